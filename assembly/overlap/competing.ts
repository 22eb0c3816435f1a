import { Signed } from "../activation/coding";
import { FEW, leads, rests } from "../activation/exponentials";
import { rivals } from "../activation/rivals";
import { inverses, softmaxShares } from "../activation/softmax";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { own } from "../tile/own";
import { pixels } from "../tile/pixels";
import { First, Power, Second } from "./power";
import { Row, SLOPES, SUMS } from "./row";

/**
 * Labels of more than two classes that compete. Planes of a caller's tensor are read and written once a block, from
 * end to end: they are often a power of two apart, and more than eight of them, read again and again, do not stay in a
 * cache together. What is read more than once stands where slopes would, in the same place for every block.
 */

/** Softmax, and the sums of errors, or of squared ones: `softmaxForward` and `gatherLinear` in one. */
export function gatherFar(from: usize, to: usize, squared: bool): void {
  const prob = frame.prob,
    probPitch = frame.probPitch,
    shares = frame.slope - from,
    pitch = frame.pitch;
  frame.prob = shares;
  frame.probPitch = pitch;
  softmaxShares(from, to);
  frame.prob = prob;
  frame.probPitch = probPitch;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++)
    if (squared) gatherPlane<Second>(c, shares + c * pitch, from, to);
    else gatherPlane<First>(c, shares + c * pitch, from, to);
}

function gatherPlane<P extends Power>(c: usize, shares: usize, from: usize, to: usize): void {
  const labels = frame.labels,
    weights = frame.unitWeights,
    prob = frame.prob + c * frame.probPitch,
    key = i32x4.splat(<i32>c),
    one = lanes.one(),
    sums = frame.sums + c * SUMS,
    power = changetype<P>(0),
    errors = sums + power.misses(),
    squared = power.misses() != offsetof<Row>("misses");
  let hits = f32x4.splat(0),
    misses = hits,
    asked = hits,
    falseAlarms = hits;
  for (let i = from, row: usize = 0; i < to; i += 32, row += 32) {
    const e = v128.load(shares + i),
      e2 = v128.load(shares + i, 16),
      large = f32x4.eq(e, v128.load(leads + row)),
      large2 = f32x4.eq(e2, v128.load(leads + row, 16)),
      yes = i32x4.eq(v128.load(labels + i), key),
      yes2 = i32x4.eq(v128.load(labels + i, 16), key);
    let p = f32x4.mul(e, v128.load(inverses + row)),
      p2 = f32x4.mul(e2, v128.load(inverses + row, 16));
    // Of many classes, most are neither what eight neighbours are nor what they look like (0.9 of the time).
    if (!v128.any_true(v128.or(v128.or(large, large2), v128.or(yes, yes2)))) {
      v128.store(prob + i, p);
      v128.store(prob + i, p2, 16);
      p = power.of(p);
      p2 = power.of(p2);
      if (weights) {
        p = f32x4.mul(v128.load(weights + i), p);
        p2 = f32x4.mul(v128.load(weights + i, 16), p2);
      }
      falseAlarms = f32x4.add(f32x4.add(falseAlarms, p), p2);
      continue;
    }
    const s = v128.bitselect(v128.load(rests + row), p, large),
      s2 = v128.bitselect(v128.load(rests + row, 16), p2, large2);
    p = f32x4.add(s, v128.and(one, large));
    p2 = f32x4.add(s2, v128.and(one, large2));
    let q = power.of(f32x4.sub(v128.andnot(one, large), s)),
      q2 = power.of(f32x4.sub(v128.andnot(one, large2), s2)),
      alarm = power.of(p),
      alarm2 = power.of(p2);
    v128.store(prob + i, s);
    v128.store(prob + i, s2, 16);
    if (weights) {
      const w = v128.load(weights + i),
        w2 = v128.load(weights + i, 16);
      p = f32x4.mul(w, p);
      p2 = f32x4.mul(w2, p2);
      q = f32x4.mul(w, q);
      q2 = f32x4.mul(w2, q2);
      alarm = f32x4.mul(w, alarm);
      alarm2 = f32x4.mul(w2, alarm2);
      if (squared) asked = f32x4.add(f32x4.add(asked, v128.and(w, yes)), v128.and(w2, yes2));
    }
    hits = f32x4.add(f32x4.add(hits, v128.and(p, yes)), v128.and(p2, yes2));
    misses = f32x4.add(f32x4.add(misses, v128.and(q, yes)), v128.and(q2, yes2));
    falseAlarms = f32x4.add(f32x4.add(falseAlarms, v128.andnot(alarm, yes)), v128.andnot(alarm2, yes2));
  }
  store<f64>(sums, load<f64>(sums) + lanes.sum(hits));
  store<f64>(errors, load<f64>(errors) + lanes.sum(misses));
  store<f64>(errors, load<f64>(errors, 8) + lanes.sum(falseAlarms), 8);
  if (squared) store<f64>(sums, load<f64>(sums, 8) + lanes.sum(asked), 8);
}

/**
 * The gradient from probabilities: `softmaxBackward` where the label says what the slopes of p are (of squared errors,
 * what they are beside p), so that these need not be written down first. What a pixel's classes share stands in the
 * rows of `leads` (the pivot) and `rests` (the sum). Own labels' numbers are taken out and put back, once a pixel, so
 * that nothing asks for them once a class.
 */
export function labelGradient(from: usize, to: usize, squared: bool): void {
  if (frame.classes <= FEW) {
    fewGradient(from, to, squared);
    return;
  }
  const far = frame.classes > 8 && frame.probPitch != frame.pitch,
    prob = far ? bringIn(from, to) : frame.prob,
    pitch = far ? frame.pitch : frame.probPitch;
  own.take(prob, pitch, from, to, frame.rows);
  if (squared) shareSquared(prob, pitch, from, to);
  else shareLinear(prob, pitch, from, to);
  let ignored = i32x4.splat(0);
  for (let i = from; i < to; i += 16) ignored = v128.or(ignored, v128.load(frame.labels + i));
  const some = i32x4.bitmask(ignored) != 0;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++)
    gradientPlane(c, prob + c * pitch, from, to, some, squared);
  own.find(frame.grad, frame.gradPitch, from, to);
  for (let row: usize = 0; row < to - from; row += 16) own.store(row, v128.load(frame.rows + row));
}

/** Tables hold nothing that all classes of a pixel share (`spareDigits`), so slopes are added up as they are. */
function shareLinear(prob: usize, pitch: usize, from: usize, to: usize): void {
  const table = frame.classTable,
    bytes = <usize>frame.classes * pitch;
  for (let i = from, row: usize = 0; i < to; i += 32, row += 32) {
    const start = prob + i,
      end = start + bytes;
    let pivot = i32x4.splat(0),
      pivot2 = pivot,
      sum = pivot,
      sum2 = pivot;
    for (let at = start, slopes = table; at < end; at += pitch, slopes += SLOPES) {
      const no = v128.load32_splat(slopes),
        s = v128.load(at),
        s2 = v128.load(at, 16);
      pivot = v128.or(pivot, v128.and(no, i32x4.shr_s(s, 31)));
      pivot2 = v128.or(pivot2, v128.and(no, i32x4.shr_s(s2, 31)));
      sum = f32x4.add(sum, f32x4.mul(no, s));
      sum2 = f32x4.add(sum2, f32x4.mul(no, s2));
    }
    addOwn(i, row, pivot, sum);
    addOwn(i + 16, row + 16, pivot2, sum2);
  }
}

/** Adds their own labels' part to what four pixels' classes share. */
function addOwn(i: usize, row: usize, pivot: v128, sum: v128): void {
  const label = v128.load(frame.labels + i),
    yes = slope.own(label, 4),
    s = v128.load(frame.rows + row);
  pivot = v128.or(pivot, v128.and(yes, i32x4.shr_s(s, 31)));
  putOwn(i, row, label, s, yes, pivot, f32x4.add(sum, f32x4.mul(yes, s)));
}

/** Leaves what four pixels share, and in the block's first row the gradient of their own labels instead of their s. */
function putOwn(i: usize, row: usize, label: v128, s: v128, slope: v128, pivot: v128, sum: v128): void {
  v128.store(leads + row, pivot);
  v128.store(rests + row, sum);
  let g = f32x4.mul(changetype<Signed>(0).p(s), f32x4.sub(f32x4.sub(slope, pivot), sum));
  if (frame.unitWeights) g = f32x4.mul(g, v128.load(frame.unitWeights + i));
  v128.store(frame.rows + row, v128.andnot(g, i32x4.shr_s(label, 31)));
}

/** Slopes no p, of the label byTarget - yes q: about the likeliest class's, as in `softmaxBackward`. */
function shareSquared(prob: usize, pitch: usize, from: usize, to: usize): void {
  const coding = changetype<Signed>(0),
    table = frame.classTable,
    bytes = <usize>frame.classes * pitch;
  for (let i = from, row: usize = 0; i < to; i += 16, row += 16) {
    const start = prob + i,
      end = start + bytes,
      label = v128.load(frame.labels + i),
      s = v128.load(frame.rows + row),
      slopeOwn = f32x4.sub(slope.own(label, 8), f32x4.mul(slope.own(label, 4), coding.q(s)));
    let best = s,
      pivot = slopeOwn;
    for (let at = start, slopes = table; at < end; at += pitch, slopes += SLOPES) {
      const x = v128.load(at),
        most = i32x4.max_u(best, x);
      pivot = v128.bitselect(pivot, f32x4.mul(v128.load32_splat(slopes), coding.p(x)), i32x4.eq(most, best));
      best = most;
    }
    let sum = f32x4.mul(f32x4.sub(slopeOwn, pivot), s);
    for (let at = start, slopes = table; at < end; at += pitch, slopes += SLOPES) {
      const x = v128.load(at),
        g = f32x4.mul(v128.load32_splat(slopes), coding.p(x));
      sum = f32x4.add(sum, f32x4.mul(f32x4.sub(g, pivot), x));
    }
    putOwn(i, row, label, s, slopeOwn, pivot, sum);
  }
}

/** The same of three or four classes. */
function fewGradient(from: usize, to: usize, squared: bool): void {
  const coding = changetype<Signed>(0),
    labels = frame.labels,
    weights = frame.unitWeights,
    table = frame.classTable,
    pitch = frame.probPitch,
    four = frame.classes == 4;
  for (let i = from; i < to; i += 16) {
    const label = v128.load(labels + i),
      at = frame.prob + i,
      s0 = v128.load(at),
      s1 = v128.load(at + pitch),
      s2 = v128.load(at + 2 * pitch);
    let p3 = f32x4.splat(0),
      g0 = slope.of(table, label, 0, s0, squared),
      g1 = slope.of(table + SLOPES, label, 1, s1, squared),
      g2 = slope.of(table + 2 * SLOPES, label, 2, s2, squared),
      g3 = p3;
    if (four) {
      p3 = v128.load(at + 3 * pitch);
      g3 = slope.of(table + 3 * SLOPES, label, 3, p3, squared);
      p3 = coding.p(p3);
    }
    if (weights) {
      const w = v128.load(weights + i);
      g0 = f32x4.mul(g0, w);
      g1 = f32x4.mul(g1, w);
      g2 = f32x4.mul(g2, w);
      g3 = f32x4.mul(g3, w);
    }
    const p0 = coding.p(s0),
      p1 = coding.p(s1),
      p2 = coding.p(s2);
    rivals.put(frame.grad + i, pixels.valid(i), 0, p0, p1, p2, p3, g0, g1, g2, g3);
  }
}

@final
class slope {
  /** A class's, as the label says. */
  @inline static of(table: usize, label: v128, c: i32, s: v128, squared: bool): v128 {
    const yes = i32x4.eq(label, i32x4.splat(c)),
      k = v128.bitselect(v128.load32_splat(table, 4), v128.load32_splat(table), yes);
    if (!squared) return k;
    const error = changetype<Signed>(0).error(s, v128.and(lanes.one(), yes));
    return f32x4.add(f32x4.mul(k, error), v128.and(v128.load32_splat(table, 8), yes));
  }
  /** That of four pixels' own classes: the number so many bytes after the first of a class. */
  @inline static own(label: v128, after: usize): v128 {
    return lanes.lookupEach(frame.classTable + after, SLOPES, i32x4.max_s(label, i32x4.splat(0)));
  }
}

/** Copies a block's probabilities to where they stay in a cache. */
function bringIn(from: usize, to: usize): usize {
  const start = frame.slope - from;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++)
    memory.copy(start + c * frame.pitch + from, frame.prob + c * frame.probPitch + from, to - from);
  return start;
}

/** The gradient of a class where it is not the label: 0 of pixels that do not count, where `some` do not. */
function gradientPlane(c: usize, prob: usize, from: usize, to: usize, some: bool, squared: bool): void {
  const coding = changetype<Signed>(0),
    weights = frame.unitWeights,
    grad = frame.grad + c * frame.gradPitch,
    no = v128.load32_splat(frame.classTable + c * SLOPES);
  for (let i = from, row: usize = 0; i < to; i += 32, row += 32) {
    const p = coding.p(v128.load(prob + i)),
      p2 = coding.p(v128.load(prob + i, 16));
    let g = no,
      g2 = no;
    if (squared) {
      g = f32x4.mul(g, p);
      g2 = f32x4.mul(g2, p2);
    }
    g = f32x4.sub(f32x4.sub(g, v128.load(leads + row)), v128.load(rests + row));
    g2 = f32x4.sub(f32x4.sub(g2, v128.load(leads + row, 16)), v128.load(rests + row, 16));
    if (weights) {
      g = f32x4.mul(g, v128.load(weights + i));
      g2 = f32x4.mul(g2, v128.load(weights + i, 16));
    }
    g = f32x4.mul(p, g);
    g2 = f32x4.mul(p2, g2);
    if (some) {
      g = v128.and(g, pixels.valid(i));
      g2 = v128.and(g2, pixels.valid(i + 16));
    }
    v128.store(grad + i, g);
    v128.store(grad + i, g2, 16);
  }
}

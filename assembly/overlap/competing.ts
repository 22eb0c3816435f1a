import { Signed } from "../activation/coding";
import { FEW, leads, rests } from "../activation/exponentials";
import { rivals } from "../activation/rivals";
import { inverses, softmaxShares } from "../activation/softmax";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { own } from "../tile/own";
import { pixels } from "../tile/pixels";
import { SLOPES, SUMS } from "./row";

/**
 * Labels of more than two classes that compete. Planes of a caller's tensor are read and written once a block, from
 * end to end: they are often a power of two apart, and more than eight of them, read again and again, do not stay in a
 * cache together. What is read more than once stands where slopes would, in the same place for every block.
 */

/** Softmax, and the sums of errors: `softmaxForward` and `gatherLinear` in one. */
export function gatherFar(from: usize, to: usize): void {
  const prob = frame.prob,
    probPitch = frame.probPitch,
    shares = frame.slope - from,
    pitch = frame.pitch;
  frame.prob = shares;
  frame.probPitch = pitch;
  softmaxShares(from, to);
  frame.prob = prob;
  frame.probPitch = probPitch;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) gatherPlane(c, shares + c * pitch, from, to);
}

function gatherPlane(c: usize, shares: usize, from: usize, to: usize): void {
  const labels = frame.labels,
    weights = frame.unitWeights,
    prob = frame.prob + c * frame.probPitch,
    key = i32x4.splat(<i32>c),
    one = lanes.one(),
    sums = frame.sums + c * SUMS;
  let hits = f32x4.splat(0),
    misses = hits,
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
      if (weights) {
        p = f32x4.mul(v128.load(weights + i), p);
        p2 = f32x4.mul(v128.load(weights + i, 16), p2);
      }
      falseAlarms = f32x4.add(f32x4.add(falseAlarms, p), p2);
      continue;
    }
    const s = v128.bitselect(v128.load(rests + row), p, large),
      s2 = v128.bitselect(v128.load(rests + row, 16), p2, large2);
    let q = f32x4.sub(v128.andnot(one, large), s),
      q2 = f32x4.sub(v128.andnot(one, large2), s2);
    p = f32x4.add(s, v128.and(one, large));
    p2 = f32x4.add(s2, v128.and(one, large2));
    v128.store(prob + i, s);
    v128.store(prob + i, s2, 16);
    if (weights) {
      const w = v128.load(weights + i),
        w2 = v128.load(weights + i, 16);
      p = f32x4.mul(w, p);
      p2 = f32x4.mul(w2, p2);
      q = f32x4.mul(w, q);
      q2 = f32x4.mul(w2, q2);
    }
    hits = f32x4.add(f32x4.add(hits, v128.and(p, yes)), v128.and(p2, yes2));
    misses = f32x4.add(f32x4.add(misses, v128.and(q, yes)), v128.and(q2, yes2));
    falseAlarms = f32x4.add(f32x4.add(falseAlarms, v128.andnot(p, yes)), v128.andnot(p2, yes2));
  }
  store<f64>(sums, load<f64>(sums) + lanes.sum(hits));
  store<f64>(sums, load<f64>(sums, 8) + lanes.sum(misses), 8);
  store<f64>(sums, load<f64>(sums, 16) + lanes.sum(falseAlarms), 16);
}

/**
 * The gradient from probabilities: `softmaxBackward` where the slopes of p are `no` and `yes`, as the label says, and
 * so need not be written down first. What a pixel's classes share stands in the rows of `leads` (the pivot) and `rests`
 * (the sum). Own labels' numbers are taken out and put back, once a pixel, so that nothing asks for them once a class.
 */
export function labelGradient(first: i32, last: i32): f64 {
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2,
    labels = frame.labels,
    table = frame.classTable;
  if (frame.classes <= FEW) {
    fewGradient(from, to);
    return 0;
  }
  const far = frame.classes > 8 && frame.probPitch != frame.pitch,
    prob = far ? bringIn(from, to) : frame.prob,
    pitch = far ? frame.pitch : frame.probPitch,
    bytes = <usize>frame.classes * pitch;
  own.take(prob, pitch, from, to, frame.rows);
  let ignored = i32x4.splat(0);
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
    ignored = v128.or(ignored, v128.or(v128.load(labels + i), v128.load(labels + i, 16)));
    ownGradient(i, row, pivot, sum);
    ownGradient(i + 16, row + 16, pivot2, sum2);
  }
  const some = i32x4.bitmask(ignored) != 0;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++)
    gradientPlane(c, prob + c * pitch, from, to, some);
  own.find(frame.grad, frame.gradPitch, from, to);
  for (let row: usize = 0; row < to - from; row += 16) own.store(row, v128.load(frame.rows + row));
  return 0;
}

/**
 * Adds their own labels' part to what four pixels' classes share, and leaves in the block's first row the gradient of
 * these instead of their s.
 */
function ownGradient(i: usize, row: usize, pivot: v128, sum: v128): void {
  const coding = changetype<Signed>(0),
    label = v128.load(frame.labels + i),
    yes = lanes.lookupEach(frame.classTable + 4, SLOPES, i32x4.max_s(label, i32x4.splat(0))),
    s = v128.load(frame.rows + row);
  pivot = v128.or(pivot, v128.and(yes, i32x4.shr_s(s, 31)));
  sum = f32x4.add(sum, f32x4.mul(yes, s));
  v128.store(leads + row, pivot);
  v128.store(rests + row, sum);
  let g = f32x4.mul(coding.p(s), f32x4.sub(f32x4.sub(yes, pivot), sum));
  if (frame.unitWeights) g = f32x4.mul(g, v128.load(frame.unitWeights + i));
  v128.store(frame.rows + row, v128.andnot(g, i32x4.shr_s(label, 31)));
}

/** The same of three or four classes. */
function fewGradient(from: usize, to: usize): void {
  const coding = changetype<Signed>(0),
    labels = frame.labels,
    weights = frame.unitWeights,
    table = frame.classTable,
    pitch = frame.probPitch,
    four = frame.classes == 4;
  for (let i = from; i < to; i += 16) {
    const label = v128.load(labels + i),
      at = frame.prob + i,
      p0 = coding.p(v128.load(at)),
      p1 = coding.p(v128.load(at + pitch)),
      p2 = coding.p(v128.load(at + 2 * pitch));
    let p3 = f32x4.splat(0),
      g0 = slope.of(table, label, 0),
      g1 = slope.of(table + SLOPES, label, 1),
      g2 = slope.of(table + 2 * SLOPES, label, 2),
      g3 = p3;
    if (four) {
      p3 = coding.p(v128.load(at + 3 * pitch));
      g3 = slope.of(table + 3 * SLOPES, label, 3);
    }
    if (weights) {
      const w = v128.load(weights + i);
      g0 = f32x4.mul(g0, w);
      g1 = f32x4.mul(g1, w);
      g2 = f32x4.mul(g2, w);
      g3 = f32x4.mul(g3, w);
    }
    rivals.put(frame.grad + i, pixels.valid(i), 0, p0, p1, p2, p3, g0, g1, g2, g3);
  }
}

@final
class slope {
  /** A class's, as the label says. */
  @inline static of(table: usize, label: v128, c: i32): v128 {
    return v128.bitselect(v128.load32_splat(table, 4), v128.load32_splat(table), i32x4.eq(label, i32x4.splat(c)));
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
function gradientPlane(c: usize, prob: usize, from: usize, to: usize, some: bool): void {
  const coding = changetype<Signed>(0),
    weights = frame.unitWeights,
    grad = frame.grad + c * frame.gradPitch,
    no = v128.load32_splat(frame.classTable + c * SLOPES);
  for (let i = from, row: usize = 0; i < to; i += 32, row += 32) {
    let g = f32x4.sub(f32x4.sub(no, v128.load(leads + row)), v128.load(rests + row)),
      g2 = f32x4.sub(f32x4.sub(no, v128.load(leads + row, 16)), v128.load(rests + row, 16));
    if (weights) {
      g = f32x4.mul(g, v128.load(weights + i));
      g2 = f32x4.mul(g2, v128.load(weights + i, 16));
    }
    g = f32x4.mul(coding.p(v128.load(prob + i)), g);
    g2 = f32x4.mul(coding.p(v128.load(prob + i, 16)), g2);
    if (some) {
      g = v128.and(g, pixels.valid(i));
      g2 = v128.and(g2, pixels.valid(i + 16));
    }
    v128.store(grad + i, g);
    v128.store(grad + i, g2, 16);
  }
}

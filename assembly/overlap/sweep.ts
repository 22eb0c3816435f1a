import { secondForward, sigmoidForward } from "../activation/channels";
import { Signed } from "../activation/coding";
import { exponentials, FEW, shares } from "../activation/exponentials";
import { rivals } from "../activation/rivals";
import { inverses, softmaxShares } from "../activation/softmax";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";

/**
 * Softmax, the sum of G_c p_c with G a map times its class's factor, and the gradient, in one step. With w the class
 * of the largest p and M = sum_{j != w} (G_j - G_w) p_j (specification 1.9): the value is G_w + M, in float64 once a
 * pixel, and g_c = p_c (G_c - G_w - M).
 */
export function sweep(from: usize, to: usize): void {
  const classes = frame.classes;
  if (classes == 2) add(sweepPair(from, to));
  else if (classes > FEW || !sweepFew(from, to)) add(sweepAll(from, to));
}

function add(value: f64): void {
  store<f64>(frame.sums, load<f64>(frame.sums) + value);
}

/** A float64 sum of float32 lanes. */
@final
class wide {
  @inline static add(sum: v128, x: v128): v128 {
    const low = f64x2.promote_low_f32x4(x),
      high = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 0));
    return f64x2.add(sum, f64x2.add(low, high));
  }
  @inline static total(sum: v128): f64 {
    return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  }
}

/** Two vectors at a time. The exponentials stand where those of other blocks did, and so stay in the caches. */
function sweepAll(from: usize, to: usize): f64 {
  const prob = frame.prob,
    start = prob - from,
    pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch,
    maps = frame.unitWeights,
    mapPitch = frame.unitWeightPitch,
    factors = frame.classTable,
    gradPitch = frame.gradPitch,
    grad = frame.grad;
  frame.prob = start;
  softmaxShares(from, to);
  frame.prob = prob;
  let total = f64x2.splat(0);
  for (let i = from, row: usize = 0; i < to; i += 32, row += 32) {
    const first = start + i,
      end = first + bytes,
      valid = pixels.valid(i),
      valid2 = pixels.valid(i + 16),
      weight = pixels.own(i),
      weight2 = pixels.own(i + 16),
      share = f32x4.mul(weight, v128.load(inverses + row)),
      share2 = f32x4.mul(weight2, v128.load(inverses + row, 16));
    let pivot = f32x4.splat(0),
      pivot2 = pivot,
      lead = f32x4.splat(-1),
      lead2 = lead,
      sum = pivot,
      sum2 = pivot;
    for (let at = first, map = maps + i, factor = factors; at < end; at += pitch, map += mapPitch, factor += 4) {
      const k = v128.load32_splat(factor),
        e = v128.load(at),
        e2 = v128.load(at, 16);
      pivot = v128.bitselect(f32x4.mul(k, v128.load(map)), pivot, f32x4.gt(e, lead));
      pivot2 = v128.bitselect(f32x4.mul(k, v128.load(map, 16)), pivot2, f32x4.gt(e2, lead2));
      lead = f32x4.pmax(lead, e);
      lead2 = f32x4.pmax(lead2, e2);
    }
    // Differences first: where other classes than a hopeless one have one G, nothing else is left of the sum.
    for (let at = first, map = maps + i, factor = factors; at < end; at += pitch, map += mapPitch, factor += 4) {
      const k = v128.load32_splat(factor),
        g = f32x4.sub(f32x4.mul(k, v128.load(map)), pivot),
        g2 = f32x4.sub(f32x4.mul(k, v128.load(map, 16)), pivot2);
      sum = f32x4.add(sum, f32x4.mul(g, v128.load(at)));
      sum2 = f32x4.add(sum2, f32x4.mul(g2, v128.load(at, 16)));
    }
    const m = f32x4.mul(sum, v128.load(inverses + row)),
      m2 = f32x4.mul(sum2, v128.load(inverses + row, 16));
    total = wide.add(total, f32x4.mul(weight, v128.and(f32x4.add(pivot, m), valid)));
    total = wide.add(total, f32x4.mul(weight2, v128.and(f32x4.add(pivot2, m2), valid2)));
    if (!grad) continue;
    let out = grad + i;
    for (let at = first, map = maps + i, factor = factors; at < end; at += pitch, map += mapPitch, factor += 4) {
      const k = v128.load32_splat(factor),
        g = f32x4.sub(f32x4.sub(f32x4.mul(k, v128.load(map)), pivot), m),
        g2 = f32x4.sub(f32x4.sub(f32x4.mul(k, v128.load(map, 16)), pivot2), m2);
      v128.store(out, v128.and(f32x4.mul(f32x4.mul(v128.load(at), share), g), valid));
      v128.store(out, v128.and(f32x4.mul(f32x4.mul(v128.load(at, 16), share2), g2), valid2), 16);
      out += gradPitch;
    }
  }
  return wide.total(total);
}

/** Three or four classes in one loop; false where an exponential is extreme: the block is then to be gone over anew. */
function sweepFew(from: usize, to: usize): bool {
  const prob = frame.prob,
    start = prob - from,
    pitch = frame.probPitch,
    four = frame.classes == 4,
    map = frame.unitWeights,
    mapPitch = frame.unitWeightPitch,
    factors = frame.classTable,
    grad = frame.grad,
    bounds = shares.bounds,
    zero = f32x4.splat(0),
    one = lanes.one();
  frame.prob = start;
  exponentials(from, to);
  frame.prob = prob;
  let total = f64x2.splat(0),
    extreme = zero;
  for (let i = from; i < to; i += 16) {
    const at = start + i + pitch,
      levels = map + i,
      weight = pixels.own(i),
      valid = pixels.valid(i);
    let p1 = v128.load(at),
      p2 = v128.load(at + pitch),
      p3 = zero,
      g3 = zero;
    if (four) {
      p3 = v128.load(at + 2 * pitch);
      g3 = f32x4.mul(f32x4.mul(weight, v128.load32_splat(factors, 12)), v128.load(levels + 3 * mapPitch));
    }
    const rest = f32x4.add(f32x4.add(p1, p2), p3),
      p0 = f32x4.div(one, f32x4.add(one, rest)),
      g0 = f32x4.mul(f32x4.mul(weight, v128.load32_splat(factors)), v128.load(levels)),
      g1 = f32x4.mul(f32x4.mul(weight, v128.load32_splat(factors, 4)), v128.load(levels + mapPitch)),
      g2 = f32x4.mul(f32x4.mul(weight, v128.load32_splat(factors, 8)), v128.load(levels + 2 * mapPitch));
    p1 = f32x4.mul(p1, p0);
    p2 = f32x4.mul(p2, p0);
    p3 = f32x4.mul(p3, p0);
    extreme = v128.or(extreme, v128.and(shares.extreme(one, rest, bounds), valid));
    const low = f32x4.add(f32x4.mul(p0, g0), f32x4.mul(p1, g1)),
      high = f32x4.add(f32x4.mul(p2, g2), f32x4.mul(p3, g3));
    total = wide.add(total, v128.and(f32x4.add(low, high), valid));
    if (grad) rivals.put(grad + i, valid, 0, p0, p1, p2, p3, g0, g1, g2, g3);
  }
  if (v128.any_true(extreme)) return false;
  add(wide.total(total));
  return true;
}

/** Two classes: p of the smaller is that of the logits' difference. */
function sweepPair(from: usize, to: usize): f64 {
  const prob = frame.prob,
    shares = prob - from + frame.probPitch,
    grad = frame.grad,
    next = grad + frame.gradPitch,
    map = frame.unitWeights,
    nextMap = map + frame.unitWeightPitch,
    factor = v128.load32_splat(frame.classTable),
    nextFactor = v128.load32_splat(frame.classTable, 4),
    zero = f32x4.splat(0),
    one = lanes.one();
  frame.prob = prob - from;
  secondForward(<i32>(from >> 2), <i32>(to >> 2));
  frame.prob = prob;
  let total = f64x2.splat(0);
  for (let i = from; i < to; i += 16) {
    const s = v128.load(shares + i),
      small = f32x4.abs(s),
      weight = pixels.own(i),
      g0 = f32x4.mul(f32x4.mul(weight, factor), v128.load(map + i)),
      g1 = f32x4.mul(f32x4.mul(weight, nextFactor), v128.load(nextMap + i)),
      by = f32x4.sub(g1, g0),
      valid = pixels.valid(i),
      // Towards the smaller share: minus `by` where the second class is the larger.
      m = f32x4.mul(s, by);
    total = wide.add(total, v128.and(f32x4.add(v128.bitselect(g1, g0, i32x4.shr_s(s, 31)), m), valid));
    if (!grad) continue;
    const g = v128.and(f32x4.mul(f32x4.mul(small, f32x4.sub(one, small)), by), valid);
    v128.store(grad + i, f32x4.sub(zero, g)); // not -0 where g is 0
    v128.store(next + i, g);
  }
  return wide.total(total);
}

/** Sigmoids: each channel's sum of G p, and p q G. */
export function sweepEntries(from: usize, to: usize): void {
  const prob = frame.prob,
    coding = changetype<Signed>(0),
    one = lanes.one();
  frame.prob = prob - from;
  sigmoidForward(<i32>(from >> 2), <i32>(to >> 2));
  frame.prob = prob;
  let total = f64x2.splat(0);
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const shares = prob - from + c * frame.probPitch,
      map = frame.unitWeights + c * frame.unitWeightPitch,
      grad = frame.grad ? frame.grad + c * frame.gradPitch : 0,
      factor = v128.load32_splat(frame.classTable + (c << 2));
    for (let i = from; i < to; i += 16) {
      const s = v128.load(shares + i),
        small = f32x4.abs(s),
        g = f32x4.mul(f32x4.mul(pixels.own(i), factor), v128.load(map + i)),
        valid = pixels.valid(i);
      total = wide.add(total, v128.and(f32x4.mul(coding.p(s), g), valid));
      if (grad) v128.store(grad + i, v128.and(f32x4.mul(f32x4.mul(small, f32x4.sub(one, small)), g), valid));
    }
  }
  add(wide.total(total));
}

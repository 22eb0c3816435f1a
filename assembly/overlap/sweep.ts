import { leads, rests } from "../activation/exponentials";
import { inverses, softmaxShares } from "../activation/softmax";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";

/**
 * Softmax, the sum of G_c p_c with G a map times its class's factor, and the gradient, in one step. With w the class
 * with p_w > 1/2, where there is one, and M = sum_{j != w} (G_j - G_w) p_j (specification 1.9): the value is G_w + M,
 * in float64 once a pixel, and g_c = p_c (G_c - G_w - M).
 */
export function sweep(from: usize, to: usize): void {
  const value = frame.classes == 2 ? sweepPair(from, to) : sweepAll(from, to);
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

function sweepAll(from: usize, to: usize): f64 {
  const pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch,
    mapPitch = frame.unitWeightPitch,
    gradPitch = frame.gradPitch,
    grad = frame.grad;
  softmaxShares(from, to);
  let total = f64x2.splat(0);
  for (let i = from, row: usize = 0; i < to; i += 16, row += 16) {
    const first = frame.prob + i,
      end = first + bytes,
      inverse = v128.load(inverses + row),
      lead = v128.load(leads + row),
      valid = pixels.valid(i);
    let pivot = f32x4.splat(0),
      sum = pivot;
    for (let at = first, map = frame.unitWeights + i, table = frame.classTable; at < end; at += pitch) {
      const e = v128.load(at),
        g = f32x4.mul(v128.load32_splat(table), v128.load(map)),
        large = f32x4.eq(e, lead);
      pivot = v128.or(pivot, v128.and(g, large));
      sum = f32x4.add(sum, f32x4.mul(g, v128.andnot(e, large)));
      map += mapPitch;
      table += 4;
    }
    const m = f32x4.add(f32x4.mul(sum, inverse), f32x4.mul(pivot, v128.load(rests + row)));
    total = wide.add(total, v128.and(f32x4.add(pivot, m), valid));
    if (!grad) continue;
    let out = grad + i;
    for (let at = first, map = frame.unitWeights + i, table = frame.classTable; at < end; at += pitch) {
      const g = f32x4.mul(v128.load32_splat(table), v128.load(map)),
        p = f32x4.mul(v128.load(at), inverse);
      v128.store(out, v128.and(f32x4.mul(p, f32x4.sub(f32x4.sub(g, pivot), m)), valid));
      map += mapPitch;
      table += 4;
      out += gradPitch;
    }
  }
  return wide.total(total);
}

/** Two classes: p of the smaller is that of the logits' difference. */
function sweepPair(from: usize, to: usize): f64 {
  const pred = frame.pred,
    second = pred + frame.predPitch,
    grad = frame.grad,
    next = grad + frame.gradPitch,
    map = frame.unitWeights,
    nextMap = map + frame.unitWeightPitch,
    zero = f32x4.splat(0),
    one = lanes.one();
  let total = f64x2.splat(0);
  for (let i = from; i < to; i += 16) {
    const x = f32x4.sub(v128.load(second + i), v128.load(pred + i)),
      e = lanes.expNegative(lanes.minusAbs(x)),
      small = f32x4.div(e, f32x4.add(one, e)),
      g0 = f32x4.mul(v128.load32_splat(frame.classTable), v128.load(map + i)),
      g1 = f32x4.mul(v128.load32_splat(frame.classTable, 4), v128.load(nextMap + i)),
      by = f32x4.sub(g1, g0),
      up = f32x4.gt(x, zero),
      valid = pixels.valid(i),
      // Towards the smaller share: minus `by` where the second class is the larger.
      m = f32x4.mul(small, v128.xor(by, i32x4.shl(up, 31)));
    total = wide.add(total, v128.and(f32x4.add(v128.bitselect(g1, g0, up), m), valid));
    if (!grad) continue;
    const g = v128.and(f32x4.mul(f32x4.mul(small, f32x4.sub(one, small)), by), valid);
    v128.store(grad + i, f32x4.sub(zero, g)); // not -0 where g is 0
    v128.store(next + i, g);
  }
  return wide.total(total);
}

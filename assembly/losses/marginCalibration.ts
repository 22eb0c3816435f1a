import { doubles } from "../math/doubles";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";

/** Its own field. */
@unmanaged
class Margin {
  margin: f32;
}

/**
 * The sum over classes of max(0, largest - z_c - margin), with the largest logit of each pixel; the gradient goes to
 * the first of equal largest ones. Liu, Ben Ayed, Galdran, Dolz, "The Devil is in the Margin: Margin-based Label
 * Smoothing for Network Calibration", 2022, equation 7. Where it counts the module's own losses of logits: a tile holds
 * all it needs.
 */
export function marginCalibration(step: i32, first: i32, last: i32): f64 {
  frame.check(first, last);
  const classes = <usize>frame.classes,
    pitch = frame.predPitch,
    gradPitch = frame.gradPitch,
    zero = f32x4.splat(0),
    margin = f32x4.splat(changetype<Margin>(frame.options).margin),
    scale = f32x4.splat(frame.scale),
    passes = frame.accumulate && !frame.units;
  let sum = f64x2.splat(0);
  for (let i = (<usize>first) << 2, to = (<usize>last) << 2; i < to; i += 16) {
    const at = frame.pred + i,
      valid = pixels.valid(i),
      weight = pixels.weight(0, i),
      share = f32x4.mul(scale, weight);
    let largest = v128.load(at),
      least = largest;
    for (let c: usize = 1; c < classes; c++) {
      const logit = v128.load(at + c * pitch);
      largest = f32x4.max(largest, logit);
      least = f32x4.min(least, logit);
    }
    // Most pixels' logits lie within the margin, and add nothing; NaN do not.
    if (passes && !v128.any_true(v128.andnot(valid, f32x4.le(f32x4.sub(largest, least), margin)))) continue;
    let over = i32x4.splat(0),
      unit = zero;
    for (let c: usize = 0, plane = at, out = frame.grad + i; c < classes; c++, plane += pitch, out += gradPitch) {
      const excess = f32x4.sub(f32x4.sub(largest, v128.load(plane)), margin),
        value = v128.and(f32x4.mul(weight, f32x4.max(excess, zero)), valid),
        beyond = v128.and(f32x4.gt(excess, zero), valid);
      sum = f64x2.add(sum, doubles.folded(value));
      over = i32x4.sub(over, beyond);
      unit = f32x4.add(unit, value);
      if (frame.grad) pixels.put(out, f32x4.neg(v128.and(share, beyond)), frame.accumulate);
    }
    if (frame.units) pixels.rank(frame.units + i, unit, valid);
    if (!frame.grad || !v128.any_true(over)) continue;
    let pull = f32x4.mul(share, f32x4.convert_i32x4_s(over));
    for (let c: usize = 0, plane = at, out = frame.grad + i; c < classes; c++, plane += pitch, out += gradPitch) {
      const own = f32x4.eq(v128.load(plane), largest);
      v128.store(out, f32x4.add(v128.load(out), v128.and(pull, own)));
      pull = v128.andnot(pull, own);
    }
  }
  return doubles.sum(sum);
}

import { doubles } from "../math/doubles";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";

/** Its own field. */
@unmanaged
class Distance {
  squared: f32; // 1: (z - tau)^2, 0: |z - tau|
}

/**
 * The sum over entries of |z - tau|, or its square, tau the mean of the target around the pixel: a map of levels in
 * place of unit weights. Murugesan, Adiga Vasudeva, Liu, Lombaert, Ben Ayed, Dolz, "Trust your neighbours:
 * Penalty-based constraints for model calibration", 2023, equation 5.
 */
export function nacl(step: i32, first: i32, last: i32): f64 {
  frame.check(first, last);
  const squared = changetype<Distance>(frame.options).squared != 0,
    scale = f32x4.splat(squared ? 2 * frame.scale : frame.scale),
    units = frame.units,
    zero = f32x4.splat(0);
  let sum = f64x2.splat(0);
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const pred = frame.pred + c * frame.predPitch,
      grad = frame.grad + c * frame.gradPitch;
    for (let i = (<usize>first) << 2, to = (<usize>last) << 2; i < to; i += 16) {
      const error = v128.and(f32x4.sub(v128.load(pred + i), pixels.weight(c, i)), pixels.valid(i)),
        weight = pixels.own(i),
        value = f32x4.mul(weight, squared ? f32x4.mul(error, error) : f32x4.abs(error));
      // The losses of a pixel's classes add up; what does not count is 0 in all, and stays -1.
      if (units && c === 0) pixels.rank(units + i, value, pixels.valid(i));
      else if (units) v128.store(units + i, f32x4.add(v128.load(units + i), value));
      sum = f64x2.add(sum, doubles.folded(value));
      if (!frame.grad) continue;
      const sign = v128.or(v128.and(error, f32x4.splat(-0.0)), v128.and(f32x4.splat(1), f32x4.ne(error, zero))),
        slope = f32x4.mul(f32x4.mul(scale, weight), squared ? error : sign);
      pixels.put(grad + i, slope, frame.accumulate);
    }
  }
  return doubles.sum(sum);
}

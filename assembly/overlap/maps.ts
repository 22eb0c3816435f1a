import { Either } from "../activation/coding";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Target } from "../tile/target";
import { SUMS } from "./row";

/** A loss that is a sum over entries of w f(p, t), w a map made beforehand: maps are planes of unit weights. */
@unmanaged
export abstract class MapLoss {
  /** w f from w, p and p - t. */
  abstract value(w: v128, p: v128, error: v128): v128;
}

/** Signed maps cancel, so every product is added in float64. */
export function gatherMap<L extends MapLoss, T extends Target>(from: usize, to: usize): void {
  const loss = changetype<L>(0),
    coding = changetype<Either>(0),
    target = changetype<T>(0);
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const prob = frame.prob + c * frame.probPitch,
      start = target.start(c),
      key = target.key(c),
      sums = frame.sums + c * SUMS;
    let low = f64x2.splat(0),
      high = f64x2.splat(0);
    for (let i = from; i < to; i += 16) {
      const s = v128.load(prob + i),
        value = v128.and(
          loss.value(pixels.mapped(c, i), coding.p(s), coding.error(s, target.t(start + i, key))),
          pixels.valid(i),
        );
      low = f64x2.add(low, f64x2.promote_low_f32x4(value));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(value, value, 1, 0)));
    }
    const both = f64x2.add(low, high);
    store<f64>(sums, load<f64>(sums) + f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1));
  }
}

/** The slope of losses that are linear in p: w times the class's factor in the table. */
export function slopeOfWeights(from: usize, to: usize): void {
  const accumulate = frame.accumulate;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const slope = frame.slope + c * frame.pitch,
      factor = v128.load32_splat(frame.classTable + (c << 2));
    for (let i = from; i < to; i += 16)
      pixels.put(slope + i, v128.and(f32x4.mul(factor, pixels.mapped(c, i)), pixels.valid(i)), accumulate);
  }
}

import { Either } from "../activation/coding";
import { doubles } from "../math/doubles";
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
    let sum = f64x2.splat(0);
    for (let i = from; i < to; i += 16) {
      const s = v128.load(prob + i),
        value = v128.and(
          loss.value(pixels.mapped(c, i), coding.p(s), coding.error(s, target.t(start + i, key))),
          pixels.valid(i),
        );
      sum = f64x2.add(sum, doubles.folded(value));
    }
    store<f64>(sums, load<f64>(sums) + doubles.sum(sum));
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

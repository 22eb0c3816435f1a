import { Coding, Plain, Signed } from "../activation/coding";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Step } from "../tile/steps";
import { Labels, Soft, Target } from "../tile/target";
import { SUMS } from "./row";

/** A loss that is a sum over entries of w f(p, t), w a map made beforehand: maps are planes of unit weights. */
@unmanaged
export abstract class MapLoss {
  /** w f from w, p and p - t. */
  abstract value(w: v128, p: v128, error: v128): v128;
  /** w df/dp. */
  abstract slope(w: v128, error: v128): v128;
}

/** Signed maps cancel, so every product is added in float64. */
function gatherMap<L extends MapLoss, A extends Coding, T extends Target>(from: usize, to: usize): void {
  const loss = changetype<L>(0),
    coding = changetype<A>(0),
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
          loss.value(pixels.weight(c, i), coding.p(s), coding.error(s, target.t(start + i, key))),
          pixels.valid(i),
        );
      low = f64x2.add(low, f64x2.promote_low_f32x4(value));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(value, value, 1, 0)));
    }
    const both = f64x2.add(low, high);
    store<f64>(sums, load<f64>(sums) + f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1));
  }
}

/** dL/dp, times the class's factor in the table. */
function slopeMap<L extends MapLoss, A extends Coding, T extends Target>(from: usize, to: usize): void {
  const loss = changetype<L>(0),
    coding = changetype<A>(0),
    target = changetype<T>(0),
    accumulate = frame.accumulate;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const plane = c * frame.pitch,
      prob = frame.prob + c * frame.probPitch,
      start = target.start(c),
      key = target.key(c),
      factor = v128.load32_splat(frame.classTable + (c << 2));
    for (let i = from; i < to; i += 16) {
      const error = coding.error(v128.load(prob + i), target.t(start + i, key)),
        slope = f32x4.mul(factor, loss.slope(pixels.weight(c, i), error));
      pixels.put(frame.slope + plane + i, v128.and(slope, pixels.valid(i)), accumulate);
    }
  }
}

/** The one entry of every member. */
export function map<L extends MapLoss>(step: i32, first: i32, last: i32): f64 {
  frame.check(first, last);
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2,
    plain = frame.plain;
  if (step == Step.GatherLabels) plain ? gatherMap<L, Plain, Labels>(from, to) : gatherMap<L, Signed, Labels>(from, to);
  else if (step == Step.GatherSoft) plain ? gatherMap<L, Plain, Soft>(from, to) : gatherMap<L, Signed, Soft>(from, to);
  else if (step == Step.SlopeLabels)
    plain ? slopeMap<L, Plain, Labels>(from, to) : slopeMap<L, Signed, Labels>(from, to);
  else plain ? slopeMap<L, Plain, Soft>(from, to) : slopeMap<L, Signed, Soft>(from, to);
  return 0;
}

import { Either } from "../activation/coding";
import { gatherMap, MapLoss } from "../overlap/maps";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Step } from "../tile/steps";
import { Labels, Soft, Target } from "../tile/target";

/**
 * Sum of w (p - t)^2, w the target's distances to the power of alpha: the one-sided form of equation 8 of Karimi,
 * Salcudean, "Reducing the Hausdorff Distance in Medical Image Segmentation with Convolutional Neural Networks", 2019.
 */
@final
@unmanaged
class HausdorffDistance extends MapLoss {
  @inline value(w: v128, p: v128, error: v128): v128 {
    return f32x4.mul(w, f32x4.mul(error, error));
  }
}

/** 2 w (p - t), times the class's factor in the table. */
function slopes<T extends Target>(from: usize, to: usize): void {
  const coding = changetype<Either>(0),
    target = changetype<T>(0),
    accumulate = frame.accumulate;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const slope = frame.slope + c * frame.pitch,
      prob = frame.prob + c * frame.probPitch,
      start = target.start(c),
      key = target.key(c),
      factor = v128.load32_splat(frame.classTable + (c << 2));
    for (let i = from; i < to; i += 16) {
      const w = pixels.mapped(c, i),
        error = coding.error(v128.load(prob + i), target.t(start + i, key)),
        product = f32x4.mul(factor, f32x4.mul(f32x4.add(w, w), error));
      pixels.put(slope + i, v128.and(product, pixels.valid(i)), accumulate);
    }
  }
}

export function hausdorffDistance(step: i32, first: i32, last: i32): f64 {
  frame.check(first, last);
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2;
  if (step == Step.GatherLabels) gatherMap<HausdorffDistance, Labels>(from, to);
  else if (step == Step.GatherSoft) gatherMap<HausdorffDistance, Soft>(from, to);
  else if (step == Step.SlopeLabels) slopes<Labels>(from, to);
  else slopes<Soft>(from, to);
  return 0;
}

/**
 * The same over whole planes, w holding the distances of target and prediction; 2 factor w (p - t) takes the place of
 * the error.
 */
export function weightedErrors(error: usize, map: usize, count: i32, factor: f64): f64 {
  let sum: f64 = 0;
  for (let at = error, end = error + ((<usize>count) << 2); at < end; at += 4) {
    const e = <f64>load<f32>(at),
      w = <f64>load<f32>(at - error + map);
    sum += w * e * e;
    store<f32>(at, <f32>(2 * factor * w * e));
  }
  return sum;
}

import { Either } from "../activation/coding";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Step } from "../tile/steps";
import { Labels, Soft, Target } from "../tile/target";
import { linear } from "./overlap";
import { OverlapLoss, PART, SUMS } from "./row";

/** Adds the sum of q (1 - t), TN: what is left of U - FP where nearly all is called positive has no digits. */
function gatherRejections<T extends Target>(from: usize, to: usize): void {
  const coding = changetype<Either>(0),
    target = changetype<T>(0);
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const prob = frame.prob + c * frame.probPitch,
      start = target.start(c),
      key = target.key(c),
      sums = frame.sums + c * SUMS;
    let rejections = f32x4.splat(0);
    for (let i = from; i < to; i += 16)
      rejections = f32x4.add(
        rejections,
        v128.and(
          f32x4.mul(pixels.weight(0, i), target.no(start + i, key, coding.q(v128.load(prob + i)))),
          pixels.valid(i),
        ),
      );
    store<f64>(sums, load<f64>(sums, 24) + lanes.sum(rejections), 24);
  }
}

/** The same where hits are min(p, t) (`gatherBetween`): then min(q, 1 - t). */
function gatherRejectionsBetween(from: usize, to: usize): void {
  const coding = changetype<Either>(0),
    one = lanes.one();
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const target = frame.target + c * frame.targetPitch,
      prob = frame.prob + c * frame.probPitch,
      sums = frame.sums + c * SUMS;
    let rejections = f32x4.splat(0);
    for (let i = from; i < to; i += 16) {
      const t = v128.load(target + i),
        rejection = f32x4.pmin(coding.q(v128.load(prob + i)), f32x4.sub(one, t));
      rejections = f32x4.add(rejections, v128.and(f32x4.mul(pixels.weight(0, i), rejection), pixels.valid(i)));
    }
    store<f64>(sums, load<f64>(sums, 24) + lanes.sum(rejections), 24);
  }
}

/** A function of all four counts: `row.rejections` is the fourth, which two answers' gather adds up, too. */
export function confusion<L extends OverlapLoss>(step: i32, first: i32, last: i32): f64 {
  const result = linear<L>(step, first, last),
    end = (<usize>last) << 2;
  for (let from = (<usize>first) << 2; from < end; from += PART) {
    const to = min(from + PART, end);
    if (step == Step.GatherLabels || step == Step.GatherFar) gatherRejections<Labels>(from, to);
    else if (step == Step.GatherSoft) gatherRejections<Soft>(from, to);
    else if (step == Step.GatherBetween) gatherRejectionsBetween(from, to);
  }
  return result;
}

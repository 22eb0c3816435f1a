import { gatherMap, MapLoss, slopeOfWeights } from "../overlap/maps";
import { LEAST, row } from "../overlap/row";
import { frame } from "../tile/frame";
import { Step } from "../tile/steps";
import { Labels, Soft } from "../tile/target";

/**
 * The sum of q over a band S around the target's skeleton: w is 1 there, where t = 1, so q = t - p. Kirchhoff, Rokuss,
 * Roy, Kovacs, Ulrich, Wald, Zenk, Vollmuth, Kleesiek, Isensee, Maier-Hein, "Skeleton Recall Loss for Connectivity
 * Conserving and Resource Efficient Segmentation of Thin Tubular Structures", 2024, equation 2.
 */
@final
@unmanaged
class SkeletonRecall extends MapLoss {
  smoothNumerator: f64;
  smoothDenominator: f64;

  @inline value(w: v128, p: v128, error: v128): v128 {
    return f32x4.neg(f32x4.mul(w, error));
  }
  /** 1 - (sum p S + s1) / (sum S + s2): row.hits is what is missed, row.target the band. */
  score(): f64 {
    const full = row.target + this.smoothDenominator,
      floored = full < LEAST,
      d = floored ? LEAST : full;
    row.no = row.yes = -1 / d;
    if (floored) return 1 - (row.target - row.hits + this.smoothNumerator) / d;
    return (row.hits + (this.smoothDenominator - this.smoothNumerator)) / d;
  }
}

export function skeletonRecall(step: i32, first: i32, last: i32): f64 {
  if (step == Step.Score) return changetype<SkeletonRecall>(frame.options).score();
  frame.check(first, last);
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2;
  if (step == Step.GatherLabels) gatherMap<SkeletonRecall, Labels>(from, to);
  else if (step == Step.GatherSoft) gatherMap<SkeletonRecall, Soft>(from, to);
  else slopeOfWeights(from, to);
  return 0;
}

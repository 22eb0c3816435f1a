import { linear } from "../overlap/overlap";
import { OverlapLoss, row } from "../overlap/row";

/**
 * R(I, P + T - I). Rahman, Wang, "Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation",
 * 2016, equation 4.
 */
@final
@unmanaged
class Iou extends OverlapLoss {
  smoothNumerator: f64;
  smoothDenominator: f64;

  score(): f64 {
    return row.ratio(1, 1, 1, this.smoothNumerator, this.smoothDenominator);
  }
}

export function iou(step: i32, from: i32, to: i32): f64 {
  return linear<Iou>(step, from, to);
}

import { linear } from "../overlap/overlap";
import { OverlapLoss, row } from "../overlap/row";

/**
 * R(I, I + alpha FP + beta FN).
 * Salehi, Erdogmus, Gholipour, "Tversky loss function for image segmentation using 3D fully convolutional deep
 * networks", 2017, equation 4.
 */
@final
@unmanaged
class Tversky extends OverlapLoss {
  alpha: f64;
  beta: f64;
  smoothNumerator: f64;
  smoothDenominator: f64;

  score(): f64 {
    return row.ratio(1, this.alpha, this.beta, this.smoothNumerator, this.smoothDenominator);
  }
}

export function tversky(step: i32, from: i32, to: i32): f64 {
  return linear<Tversky>(step, from, to);
}

import { doubles } from "../math/doubles";
import { linear } from "../overlap/overlap";
import { OverlapLoss, row } from "../overlap/row";

/**
 * max(R, 0)^(1 / gamma), R the Tversky loss of a class.
 * Abraham, Khan, "A Novel Focal Tversky Loss Function with Improved Attention U-Net for Lesion Segmentation", 2019,
 * equation 4.
 */
@final
@unmanaged
class FocalTversky extends OverlapLoss {
  alpha: f64;
  beta: f64;
  smoothNumerator: f64;
  smoothDenominator: f64;
  gamma: f64;

  score(): f64 {
    const ratio = row.ratio(1, this.alpha, this.beta, this.smoothNumerator, this.smoothDenominator);
    if (this.gamma == 1) return ratio;
    if (ratio <= 0) {
      row.scale(0);
      return 0;
    }
    const power = doubles.power(ratio, 1 / this.gamma);
    row.scale(power / (this.gamma * ratio));
    return power;
  }
}

export function focalTversky(step: i32, from: i32, to: i32): f64 {
  return linear<FocalTversky>(step, from, to);
}

import { LEAST, OverlapLoss, row } from "../overlap/row";
import { quadratic } from "../overlap/squares";

/**
 * r sum t (t - p)^2 / (T + s) + (1 - r) sum (1 - t)(t - p)^2 / (U + s). Brosch, Yoo, Tang, Li, Traboulsee, Tam,
 * "Deep Convolutional Encoder Networks for Multiple Sclerosis Lesion Segmentation", 2015, equation 6.
 */
@final
@unmanaged
class SensitivitySpecificity extends OverlapLoss {
  sensitivityWeight: f64;
  smooth: f64;

  score(): f64 {
    const yes = this.sensitivityWeight / Math.max(row.target + this.smooth, LEAST);
    const no = (1 - this.sensitivityWeight) / Math.max(row.others + this.smooth, LEAST);
    row.yes = 2 * yes;
    row.no = 2 * no;
    row.byTarget = 0;
    return yes * row.squaredMisses + no * row.squaredAlarms;
  }
}

export function sensitivitySpecificity(step: i32, from: i32, to: i32): f64 {
  return quadratic<SensitivitySpecificity>(step, from, to);
}

import { OverlapLoss, row } from "../overlap/row";
import { quadratic } from "../overlap/squares";

/**
 * (U - I) / (U - alpha I) with squared sums, alpha = 1 - 2 (boundary + s) / (size + s) held constant. With E the sum of
 * (p - t)^2 it is A / D, A = E + s and D = E + (1 - alpha) I + s, so a good prediction cancels nothing. Sun, Luo, Li,
 * "Boundary Difference Over Union Loss for Medical Image Segmentation", 2023, equations 2 and 3; the bounds of alpha
 * are those of the authors' code.
 */
@final
@unmanaged
class BoundaryDifferenceOverUnion extends OverlapLoss {
  smooth: f64;
  alphaMin: f64;
  alphaMax: f64;

  score(): f64 {
    const errors = row.squaredMisses + row.squaredAlarms + this.smooth,
      raw = 1 - (2 * (row.boundary + this.smooth)) / (row.size + this.smooth),
      alpha = Math.min(Math.max(raw, this.alphaMin), this.alphaMax);
    const overlap = (1 - alpha) * row.hits,
      d = errors + overlap,
      loss = errors / d;
    // dl/dp = 2 (p - t) (D - A) / D^2 - (1 - alpha) t l / D
    row.no = row.yes = (2 * overlap) / (d * d);
    row.byTarget = (-(1 - alpha) * loss) / d;
    return loss;
  }
}

export function boundaryDifferenceOverUnion(step: i32, from: i32, to: i32): f64 {
  return quadratic<BoundaryDifferenceOverUnion>(step, from, to);
}

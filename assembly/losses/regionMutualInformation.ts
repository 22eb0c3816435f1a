import { factorCholesky, invertLower } from "../math/cholesky";
import { addScaled } from "../math/vectors";

/**
 * A lower bound of the mutual information of prediction and target, as windows of D cells see them: half the log
 * determinant of what the prediction's windows Q leave of the target's, Y: A = YY^T - YQ^T (QQ^T + rho I)^-1 QY^T.
 * Zhao, Wang, Yang, Cai, "Region Mutual Information Loss for Semantic Segmentation", 2019, equations 14 to 21; as a
 * loss, and over D. A + rho I is the Schur complement in the joint covariance of (Q, Y) + rho I, so one Cholesky factor
 * L of that has it: nothing is inverted and then subtracted. With X and Z the blocks below Q and Y in L^-1, the
 * derivative by a window's q is X^T (X q + Z y) / D. Takes that covariance (2D rows, the prediction's first); `slopes`,
 * where it is wanted, takes the D rows of factor X^T [X Z] / D.
 */
export function regionMutualInformation(
  covariance: usize,
  inverse: usize,
  slopes: usize,
  window: i32,
  regularization: f64,
  factor: f64,
): f64 {
  const both = 2 * window,
    pitch = (<usize>both) << 3,
    half = (<usize>window) << 3;
  for (let i = 0, at = covariance; i < both; i++, at += pitch + 8) store<f64>(at, load<f64>(at) + regularization);
  factorCholesky(covariance, both, regularization);
  let logs: f64 = 0;
  for (let i = window, at = covariance + <usize>window * (pitch + 8); i < both; i++, at += pitch + 8)
    logs += Math.log(load<f64>(at));
  if (slopes) {
    invertLower(covariance, both, inverse);
    memory.fill(slopes, 0, <usize>window * pitch);
    const scale = factor / <f64>window;
    for (let i = window, row = inverse + <usize>window * pitch; i < both; i++, row += pitch) {
      for (let a: usize = 0, out = slopes; a < half; a += 8, out += pitch)
        addScaled(out, scale * load<f64>(row + a), row, pitch);
    }
  }
  return logs / <f64>window;
}

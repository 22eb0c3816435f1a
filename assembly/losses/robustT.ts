import { doubles } from "../math/doubles";
import { digamma, lgamma } from "../math/gamma";
import { OverlapLoss, row } from "../overlap/row";
import { quadratic } from "../overlap/squares";

/**
 * The negative log-likelihood of a Student t with as many dimensions as entries count, Q the sum of ((p - t) /
 * sigma)^2. Gonzalez-Jimenez, Lionetti, Gottfrois, Groger, Pouly, Navarini, "Robust T-Loss for Medical Image
 * Segmentation", 2023, equation 4.
 */
@final
@unmanaged
class RobustT extends OverlapLoss {
  logNu: f64;
  entries: f64; // of the sample
  logSigmas: f64; // their sum
  byLogNu: f64; // out

  score(): f64 {
    const nu = doubles.exp(this.logNu),
      half = 0.5 * nu,
      all = nu + this.entries,
      squares = row.squaredMisses + row.squaredAlarms;
    const log = doubles.log1p(squares / nu),
      n = this.entries;
    row.yes = row.no = all / (nu + squares);
    row.byTarget = 0;
    this.byLogNu =
      nu *
      (0.5 * (digamma(half) - digamma(0.5 * all) + log) + n / (2 * nu) - (all * squares) / (2 * nu * (nu + squares)));
    return (
      lgamma(half) - lgamma(0.5 * all) + 0.5 * n * (Math.log(Math.PI) + this.logNu) + this.logSigmas + 0.5 * all * log
    );
  }
}

export function robustT(step: i32, from: i32, to: i32): f64 {
  return quadratic<RobustT>(step, from, to);
}

import { linear } from "../overlap/overlap";
import { LEAST, OverlapLoss, row } from "../overlap/row";
import { quadratic } from "../overlap/squares";

/**
 * R(2I, P + T), as most libraries print it. Milletari, Navab, Ahmadi, "V-Net: Fully Convolutional Neural Networks for
 * Volumetric Medical Image Segmentation", 2016, square the sums below: squaredDice.
 */
@final
@unmanaged
class Dice extends OverlapLoss {
  smoothNumerator: f64;
  smoothDenominator: f64;

  score(): f64 {
    return row.ratio(2, 1, 1, this.smoothNumerator, this.smoothDenominator);
  }
}

export function dice(step: i32, from: i32, to: i32): f64 {
  return linear<Dice>(step, from, to);
}

/** R(2I, PP + TT). With E the sum of (p - t)^2, PP + TT = 2I + E, so R = (E + s2 - s1) / D. */
@final
@unmanaged
class SquaredDice extends OverlapLoss {
  smoothNumerator: f64;
  smoothDenominator: f64;

  score(): f64 {
    const errors = row.squaredMisses + row.squaredAlarms,
      n = 2 * row.hits + this.smoothNumerator;
    const full = 2 * row.hits + errors + this.smoothDenominator,
      floored = full < LEAST,
      d = floored ? LEAST : full;
    const ratio = floored ? 1 - n / d : (errors + (this.smoothDenominator - this.smoothNumerator)) / d;
    // dR/dp = 2 n (p - t) / D^2 - 2 R t / D, where no term cancels another; with the floor -2 t / D
    row.no = row.yes = floored ? 0 : (2 * n) / (d * d);
    row.byTarget = (floored ? -2 : -2 * ratio) / d;
    return ratio;
  }
}

export function squaredDice(step: i32, from: i32, to: i32): f64 {
  return quadratic<SquaredDice>(step, from, to);
}

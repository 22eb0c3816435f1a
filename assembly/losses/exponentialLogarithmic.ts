import { doubles } from "../math/doubles";
import { lanes } from "../math/lanes";
import { linear } from "../overlap/overlap";
import { OverlapLoss, row } from "../overlap/row";
import { pixelwise } from "../pixelwise/pixelwise";
import { evaluate, PixelLoss, unitRow } from "../pixelwise/units";

/**
 * The pixel part, F = u^gamma, -dF/dx = gamma u^gamma q / u.
 * Wong, Moradi, Tang, Syeda-Mahmood, "3D Segmentation with Exponential Logarithmic Loss for Highly Unbalanced Object
 * Sizes", 2018. With gamma < 1 it sees u far below float32's smallest number, where log u is log of the odds and what
 * lies beyond.
 */
@final
@unmanaged
class PowerOfLog extends PixelLoss {
  gamma: f32;

  /** The power, infinite where u is: the slopes are made of a finite one. */
  @inline private shown(u: v128, power: v128): v128 {
    return f32x4.max(power, v128.and(u, f32x4.eq(u, f32x4.splat(Infinity))));
  }
  @inline evaluate(u: v128, p: v128, q: v128, unit: usize): void {
    const power = powerOf(u, this.gamma, unit);
    unitRow.put(unit, this.shown(u, power), f32x4.mul(f32x4.mul(f32x4.splat(this.gamma), power), f32x4.div(q, u)));
  }
  @inline value(u: v128, q: v128, unit: usize): v128 {
    return this.shown(u, powerOf(u, this.gamma, unit));
  }
  @inline byU(u: v128, q: v128, unit: usize): v128 {
    // Not the power over u, which is no small number where the power ends at 2^-126.
    return f32x4.mul(f32x4.splat(this.gamma), powerOf(u, this.gamma - 1, unit));
  }
  @inline byQ(u: v128, q: v128, unit: usize): v128 {
    return f32x4.splat(0);
  }
}

/** u^exponent. Not inlined thrice: 0.9 KB, at the same speed (measured). */
function powerOf(u: v128, exponent: f32, unit: usize): v128 {
  // Logits may be further apart than float32 reaches, and its logarithm has no answer for infinity.
  const finite = f32x4.pmin(u, f32x4.splat(f32.MAX_VALUE)),
    logU = f32x4.add(lanes.log(finite), f32x4.pmin(unitRow.beyond(unit), f32x4.splat(0)));
  return v128.andnot(lanes.exp(f32x4.mul(f32x4.splat(exponent), logU)), f32x4.eq(u, f32x4.splat(0)));
}

export function powerOfLog(step: i32, from: i32, to: i32): f64 {
  return pixelwise(step, from, to, (from, to) => evaluate<PowerOfLog>(from, to));
}

/** The Dice part, (-log clamp(D, 1e-7, 1))^gamma of the Dice coefficient D = 1 - R, with log D = log1p(-R). */
@final
@unmanaged
class PowerOfLogDice extends OverlapLoss {
  gamma: f64;
  smoothNumerator: f64;
  smoothDenominator: f64;

  score(): f64 {
    const ratio = row.ratio(2, 1, 1, this.smoothNumerator, this.smoothDenominator),
      dice = 1 - ratio;
    const clamped = dice <= 1e-7,
      log = clamped ? -Math.log(1e-7) : ratio <= 0 ? 0 : -doubles.log1p(-ratio);
    if (log == 0 || clamped) row.scale(0);
    else row.scale((this.gamma * doubles.power(log, this.gamma - 1)) / dice);
    return doubles.power(log, this.gamma);
  }
}

export function powerOfLogDice(step: i32, from: i32, to: i32): f64 {
  return linear<PowerOfLogDice>(step, from, to);
}

import { power } from "../math/power";
import { pixelwise } from "../pixelwise/pixelwise";
import { evaluate, fromLogits, PixelLoss, STEEP, unitRow } from "../pixelwise/units";
import { frame } from "../tile/frame";

/** A u from which on p u is nothing, though p, which ends at e^-64, times a u of any size would be something. */
const HOPELESS: f32 = 80;

/**
 * F = q^gamma u, -dF/dx = q^gamma (q + gamma p u).
 * Lin, Goyal, Girshick, He, Dollar, "Focal Loss for Dense Object Detection", 2017, equation 4.
 * The unified focal loss gives the background an exponent of its own.
 */
@unmanaged
abstract class Exponents extends PixelLoss {
  gammaBackground: f32;
  gammaForeground: f32;

  get square(): bool {
    return this.gammaForeground == 2 && this.gammaBackground == 2;
  }
  @inline protected gamma(unit: usize): v128 {
    return v128.bitselect(
      f32x4.splat(this.gammaForeground),
      f32x4.splat(this.gammaBackground),
      unitRow.foreground(unit),
    );
  }
  @inline protected power(q: v128, unit: usize): v128 {
    const foreground = power.of(q, this.gammaForeground);
    return this.gammaForeground == this.gammaBackground
      ? foreground
      : v128.bitselect(foreground, power.of(q, this.gammaBackground), unitRow.foreground(unit));
  }
  @inline protected put(u: v128, p: v128, q: v128, unit: usize, powers: v128): void {
    const pu = f32x4.mul(p, f32x4.pmin(u, f32x4.splat(HOPELESS)));
    unitRow.put(unit, f32x4.mul(powers, u), f32x4.mul(powers, f32x4.add(q, f32x4.mul(this.gamma(unit), pu))));
  }
  /** Leaves the power for the derivatives, which are asked for next. */
  @inline value(u: v128, q: v128, unit: usize): v128 {
    const powers = this.power(q, unit);
    v128.store(unit, powers, STEEP);
    return f32x4.mul(powers, u);
  }
  @inline byU(u: v128, q: v128, unit: usize): v128 {
    return v128.load(unit, STEEP);
  }
  @inline byQ(u: v128, q: v128, unit: usize): v128 {
    return f32x4.div(f32x4.mul(f32x4.mul(this.gamma(unit), v128.load(unit, STEEP)), u), q);
  }
}

@final
@unmanaged
class Focal extends Exponents {
  @inline evaluate(u: v128, p: v128, q: v128, unit: usize): void {
    this.put(u, p, q, unit, this.power(q, unit));
  }
}

/** The published default, both of them 2: without a call in its loop, which takes 1.04 of the time. */
@final
@unmanaged
class Square extends Exponents {
  @inline evaluate(u: v128, p: v128, q: v128, unit: usize): void {
    this.put(u, p, q, unit, f32x4.mul(q, q));
  }
}

export function focal(step: i32, from: i32, to: i32): f64 {
  return pixelwise(step, from, to, (from, to) => {
    const loss = changetype<Focal>(frame.options);
    if (loss.square && !frame.plain) fromLogits<Square>(from, to);
    else evaluate<Focal>(from, to);
  });
}

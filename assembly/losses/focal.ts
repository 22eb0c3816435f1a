import { lanes } from "../math/lanes";
import { pixelwise } from "../pixelwise/pixelwise";
import { evaluate, PixelLoss, STEEP, unitRow } from "../pixelwise/units";

/** A u from which on p u is nothing, though p, which ends at e^-64, times a u of any size would be something. */
const HOPELESS: f32 = 80;

/**
 * F = q^gamma u, -dF/dx = q^gamma (q + gamma p u).
 * Lin, Goyal, Girshick, He, Dollar, "Focal Loss for Dense Object Detection", 2017, equation 4.
 * The unified focal loss gives the background an exponent of its own.
 */
@final
@unmanaged
class Focal extends PixelLoss {
  gammaBackground: f32;
  gammaForeground: f32;

  @inline private gamma(unit: usize): v128 {
    return v128.bitselect(
      f32x4.splat(this.gammaForeground),
      f32x4.splat(this.gammaBackground),
      unitRow.foreground(unit),
    );
  }
  @inline private power(q: v128, unit: usize): v128 {
    // The published default needs no logarithm.
    if (this.gammaForeground == 2 && this.gammaBackground == 2) return f32x4.mul(q, q);
    return lanes.pow(q, this.gamma(unit));
  }
  @inline evaluate(u: v128, p: v128, q: v128, unit: usize): void {
    const power = this.power(q, unit),
      pu = f32x4.mul(p, f32x4.pmin(u, f32x4.splat(HOPELESS)));
    unitRow.put(unit, f32x4.mul(power, u), f32x4.mul(power, f32x4.add(q, f32x4.mul(this.gamma(unit), pu))));
  }
  /** Leaves the power for the derivatives, which are asked for next. */
  @inline value(u: v128, q: v128, unit: usize): v128 {
    const power = this.power(q, unit);
    v128.store(unit, power, STEEP);
    return f32x4.mul(power, u);
  }
  @inline byU(u: v128, q: v128, unit: usize): v128 {
    return v128.load(unit, STEEP);
  }
  @inline byQ(u: v128, q: v128, unit: usize): v128 {
    return f32x4.div(f32x4.mul(f32x4.mul(this.gamma(unit), v128.load(unit, STEEP)), u), q);
  }
}

export function focal(step: i32, from: i32, to: i32): f64 {
  return pixelwise(step, from, to, (from, to) => evaluate<Focal>(from, to));
}

import { lanes } from "../math/lanes";
import { pixelwise } from "../pixelwise/pixelwise";
import { evaluate, ODDS, PixelLoss, STEEP, SUM, unitRow } from "../pixelwise/units";
import { frame } from "../tile/frame";

/** A u from which on p u is nothing, as in the focal loss. */
const HOPELESS: f32 = 80;
/** Below it p is floored under logarithms, and their derivative is 0 (specification 1.2). */
const FLOOR: f32 = 1e-7;

/**
 * F = q^gamma (u + epsilon q), -dF/dx = q^gamma (q + gamma p u + epsilon (gamma + 1) p q).
 * Leng, Tan, Liu, Cubuk, Shi, Cheng, Anguelov, "PolyLoss: A Polynomial Expansion Perspective of Classification Loss
 * Functions", 2022, equation 3 and table 3: Poly-1.
 */
@final
@unmanaged
class Poly extends PixelLoss {
  epsilon: f32;
  gamma: f32;

  @inline private power(q: v128): v128 {
    if (this.gamma == 0) return lanes.one();
    return lanes.pow(q, f32x4.splat(this.gamma));
  }
  @inline evaluate(u: v128, p: v128, q: v128, unit: usize): void {
    const power = this.power(q),
      pu = f32x4.mul(p, f32x4.pmin(u, f32x4.splat(HOPELESS))),
      first = f32x4.add(q, f32x4.mul(f32x4.splat(this.gamma), pu)),
      more = f32x4.mul(f32x4.splat(this.epsilon * (this.gamma + 1)), f32x4.mul(p, q));
    unitRow.put(unit, this.times(power, u, q), f32x4.mul(power, f32x4.add(first, more)));
  }
  @inline private times(power: v128, u: v128, q: v128): v128 {
    return f32x4.mul(power, f32x4.add(u, f32x4.mul(f32x4.splat(this.epsilon), q)));
  }
  /** The factor q of epsilon is the caller's own, not floored. Leaves the power for the derivatives. */
  @inline value(u: v128, q: v128, unit: usize): v128 {
    const power = this.power(q);
    v128.store(unit, power, STEEP);
    return this.times(power, u, frame.plain ? v128.load(unit, SUM) : q);
  }
  /** Epsilon's part of -dF/dp has no floor: it comes with byU / p where p has none, else with byQ, as q is large. */
  @inline byU(u: v128, q: v128, unit: usize): v128 {
    const more = f32x4.mul(f32x4.splat(this.epsilon), v128.load(unit, ODDS));
    return f32x4.mul(v128.load(unit, STEEP), f32x4.add(lanes.one(), more));
  }
  @inline byQ(u: v128, q: v128, unit: usize): v128 {
    const power = v128.load(unit, STEEP),
      first = f32x4.div(f32x4.mul(f32x4.splat(this.gamma), this.times(power, u, v128.load(unit, SUM))), q),
      floored = f32x4.lt(v128.load(unit, ODDS), f32x4.splat(FLOOR));
    return f32x4.add(first, v128.and(f32x4.mul(f32x4.splat(this.epsilon), power), floored));
  }
}

export function poly(step: i32, from: i32, to: i32): f64 {
  return pixelwise(step, from, to, (from, to) => evaluate<Poly>(from, to));
}

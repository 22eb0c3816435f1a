import { lanes } from "../math/lanes";
import { power } from "../math/power";
import { pixelwise } from "../pixelwise/pixelwise";
import { evaluate, ODDS, PixelLoss, STEEP, SUM, unitRow, VALUE } from "../pixelwise/units";
import { frame } from "../tile/frame";

/** A u from which on p u is nothing, as in the focal loss. */
const HOPELESS: f32 = 80;
/** Below it p is floored under logarithms, and their derivative is 0 (specification 1.2). */
const FLOOR: f32 = 1e-7;

/** Below it -log(1 - q) - q is a series. */
const SMALL: f32 = 0.29;

/**
 * F = q^gamma (u + epsilon q), -dF/dx = q^gamma (q + gamma p u + epsilon (gamma + 1) p q). With epsilon next to -1,
 * `less` takes q off u, where the two would cancel, and epsilon is what is left of it: 1 + epsilon. Then q less p q is
 * q^2.
 * Leng, Tan, Liu, Cubuk, Shi, Cheng, Anguelov, "PolyLoss: A Polynomial Expansion Perspective of Classification Loss
 * Functions", 2022, equation 3 and table 3: Poly-1.
 */
@final
@unmanaged
class Poly extends PixelLoss {
  epsilon: f32;
  gamma: f32;
  less: f32; // 0 or 1

  @inline private power(q: v128): v128 {
    if (this.gamma == 0) return lanes.one(); // the default needs no call
    return power.of(q, this.gamma);
  }
  /** u, or u - q. */
  @inline private first(u: v128, q: v128): v128 {
    return this.less == 0 ? u : lessFirst(u, q);
  }
  /** 1, or 1 - p. */
  @inline private share(q: v128): v128 {
    return this.less == 0 ? lanes.one() : q;
  }
  @inline evaluate(u: v128, p: v128, q: v128, unit: usize): void {
    const powers = this.power(q),
      own = this.first(u, q),
      pu = f32x4.mul(p, f32x4.pmin(own, f32x4.splat(HOPELESS))),
      first = f32x4.add(f32x4.mul(q, this.share(q)), f32x4.mul(f32x4.splat(this.gamma), pu)),
      more = f32x4.mul(f32x4.splat(this.epsilon * (this.gamma + 1)), f32x4.mul(p, q));
    unitRow.put(unit, this.times(powers, own, q), f32x4.mul(powers, f32x4.add(first, more)));
  }
  @inline private times(powers: v128, own: v128, q: v128): v128 {
    return f32x4.mul(powers, f32x4.add(own, f32x4.mul(f32x4.splat(this.epsilon), q)));
  }
  /** The factor q of epsilon is the caller's own, not floored. Leaves the power for the derivatives. */
  @inline value(u: v128, q: v128, unit: usize): v128 {
    const powers = this.power(q),
      own = frame.plain ? v128.load(unit, SUM) : q;
    v128.store(unit, powers, STEEP);
    return this.times(powers, this.first(u, own), own);
  }
  /** Epsilon's part of -dF/dp has no floor: it comes with byU / p where p has none, else with byQ, as q is large. */
  @inline byU(u: v128, q: v128, unit: usize): v128 {
    const more = f32x4.mul(f32x4.splat(this.epsilon), v128.load(unit, ODDS));
    return f32x4.mul(v128.load(unit, STEEP), f32x4.add(this.share(v128.load(unit, SUM)), more));
  }
  @inline byQ(u: v128, q: v128, unit: usize): v128 {
    const first = f32x4.div(f32x4.mul(f32x4.splat(this.gamma), v128.load(unit, VALUE)), q),
      floored = f32x4.lt(v128.load(unit, ODDS), f32x4.splat(FLOOR)),
      more = f32x4.mul(f32x4.splat(this.epsilon - this.less), v128.load(unit, STEEP));
    return f32x4.add(first, v128.and(more, floored));
  }
}

function lessFirst(u: v128, q: v128): v128 {
  return v128.bitselect(lanes.beyondFirst(q), f32x4.sub(u, q), f32x4.lt(q, f32x4.splat(SMALL)));
}

export function poly(step: i32, from: i32, to: i32): f64 {
  return pixelwise(step, from, to, (from, to) => evaluate<Poly>(from, to));
}

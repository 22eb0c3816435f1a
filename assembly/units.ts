import { frame } from "./frame";
import { lanes } from "./math/lanes";

/**
 * Losses that are sums over units (pixels; with independent channels, entries) of tau F, tau the unit's weight times its target.
 * With logits everything follows from the log-odds of the unit's class against all others, x = gap - log(sum):
 * gap is its logit less the largest other one, sum adds up exp(other - largest other) >= 1. So nothing cancels and nothing
 * underflows before F itself does. A row holds one number for each unit of a block.
 */
@unmanaged
export abstract class PixelLoss {
  /** With logits: gives F and -dF/dx to unitRow.put, from u = -log p and q = 1 - p. `unit` is for the rows below. */
  abstract evaluate(u: v128, p: v128, q: v128, unit: usize): void;
  /** Where p is the caller's: F, and its partial derivatives in dF/dp = -(byU / p + byQ). */
  abstract value(u: v128, q: v128, unit: usize): v128;
  abstract byU(u: v128, q: v128, unit: usize): v128;
  abstract byQ(u: v128, q: v128, unit: usize): v128;
}

export const ROW: usize = 1024; // bytes: 256 units

export const GAP: usize = 0;
export const SUM: usize = ROW;
export const FOREGROUND: usize = 2 * ROW;
export const VALUE: usize = 3 * ROW;
export const STEEP: usize = 4 * ROW; // with logits -dF/dx, with probabilities -dF/dp
export const TOTAL: usize = 5 * ROW; // soft targets: the value of all classes
export const LARGEST: usize = 6 * ROW; // soft targets: the largest logit
export const BEHIND: usize = 7 * ROW; // soft targets: exp(second largest - largest)
export const RUNNERS: usize = 8 * ROW; // soft targets: the sum of all but the largest, over the second largest
export const GAINS: usize = 9 * ROW; // soft targets: the sum of tau steepness / sum over all but the largest
export const LEADER: usize = 10 * ROW; // soft targets: tau steepness of the largest
export const LEAD: usize = 11 * ROW; // soft targets: largest - second largest
/** What the rows take. */
export const rowsBytes: usize = 12 * ROW;

/** What a member can ask of a unit besides u, p and q. */
@final
export class unitRow {
  /** All bits set where the class is not 0, or where the question is p rather than 1 - p. */
  @inline static foreground(unit: usize): v128 {
    return v128.load(unit, FOREGROUND);
  }
  @inline static gap(unit: usize): v128 {
    return v128.load(unit, GAP);
  }
  @inline static sum(unit: usize): v128 {
    return v128.load(unit, SUM);
  }
  @inline static put(unit: usize, value: v128, steepness: v128): void {
    v128.store(unit, value, VALUE);
    v128.store(unit, steepness, STEEP);
  }
}

/** The floor of probabilities under logs where the caller passes them (specification 1.2). */
const FLOOR: f32 = 1e-7;

/** p, q and u from gap and sum, by e = exp(-|gap|) and whether the unit's class is ahead of all others. */
@final
class odds {
  @inline static e(gap: v128): v128 {
    return lanes.expNegative(lanes.minusAbs(gap));
  }
  @inline static ahead(gap: v128): v128 {
    return f32x4.gt(gap, f32x4.splat(0));
  }
  /** The share of the unit's class, before both shares are divided by their sum. */
  @inline static own(e: v128, ahead: v128): v128 {
    return v128.bitselect(lanes.one(), e, ahead);
  }
  @inline static others(e: v128, sum: v128, ahead: v128): v128 {
    return v128.bitselect(f32x4.mul(sum, e), sum, ahead);
  }
  @inline static inverse(own: v128, others: v128): v128 {
    return f32x4.div(lanes.one(), f32x4.add(own, others));
  }
  @inline static u(gap: v128, e: v128, sum: v128, others: v128, ahead: v128): v128 {
    const excess = v128.bitselect(others, f32x4.add(f32x4.sub(sum, lanes.one()), e), ahead);
    return f32x4.sub(lanes.log1p(excess), f32x4.pmin(gap, f32x4.splat(0)));
  }
}

/** Evaluates a row of units from gap and sum. Two vectors at a time share the constants. */
export function fromLogits<L extends PixelLoss>(from: usize, to: usize): void {
  const loss = changetype<L>(frame.options);
  for (let i = from, unit = frame.rows; i < to; i += 32, unit += 32) {
    const gap = v128.load(unit, GAP),
      gap2 = v128.load(unit, GAP + 16),
      sum = v128.load(unit, SUM),
      sum2 = v128.load(unit, SUM + 16);
    const e = odds.e(gap),
      e2 = odds.e(gap2),
      ahead = odds.ahead(gap),
      ahead2 = odds.ahead(gap2);
    const own = odds.own(e, ahead),
      own2 = odds.own(e2, ahead2),
      others = odds.others(e, sum, ahead),
      others2 = odds.others(e2, sum2, ahead2);
    const u = odds.u(gap, e, sum, others, ahead),
      u2 = odds.u(gap2, e2, sum2, others2, ahead2),
      inverse = odds.inverse(own, others),
      inverse2 = odds.inverse(own2, others2);
    loss.evaluate(u, f32x4.mul(own, inverse), f32x4.mul(others, inverse), unit);
    loss.evaluate(u2, f32x4.mul(own2, inverse2), f32x4.mul(others2, inverse2), unit + 16);
  }
}

/** The same for the value alone, which needs no p and often no q. */
export function valuesFromLogits<L extends PixelLoss>(from: usize, to: usize): void {
  const loss = changetype<L>(frame.options);
  for (let i = from, unit = frame.rows; i < to; i += 32, unit += 32) {
    const gap = v128.load(unit, GAP),
      gap2 = v128.load(unit, GAP + 16),
      sum = v128.load(unit, SUM),
      sum2 = v128.load(unit, SUM + 16);
    const e = odds.e(gap),
      e2 = odds.e(gap2),
      ahead = odds.ahead(gap),
      ahead2 = odds.ahead(gap2),
      others = odds.others(e, sum, ahead),
      others2 = odds.others(e2, sum2, ahead2);
    const u = odds.u(gap, e, sum, others, ahead),
      u2 = odds.u(gap2, e2, sum2, others2, ahead2),
      q = f32x4.mul(others, odds.inverse(odds.own(e, ahead), others)),
      q2 = f32x4.mul(others2, odds.inverse(odds.own(e2, ahead2), others2));
    v128.store(unit, loss.value(u, q, unit), VALUE);
    v128.store(unit, loss.value(u2, q2, unit + 16), VALUE + 16);
  }
}

/** Evaluates a row of the caller's probabilities, which stand in the gap row; a floored factor has derivative 0. */
export function fromProbabilities<L extends PixelLoss>(bytes: usize): void {
  const loss = changetype<L>(frame.options),
    floor = f32x4.splat(FLOOR),
    one = lanes.one();
  for (let unit = frame.rows, end = unit + bytes; unit < end; unit += 16) {
    const p = v128.load(unit, GAP),
      q = f32x4.sub(one, p),
      pFloored = f32x4.pmax(p, floor),
      qFloored = f32x4.pmax(q, floor);
    const u = f32x4.neg(lanes.log(pFloored));
    v128.store(unit, f32x4.splat(0), GAP);
    v128.store(unit, loss.value(u, qFloored, unit), VALUE);
    v128.store(
      unit,
      f32x4.add(v128.and(f32x4.div(loss.byU(u, qFloored, unit), pFloored), f32x4.ge(p, floor)), v128.and(loss.byQ(u, qFloored, unit), f32x4.ge(q, floor))),
      STEEP,
    );
  }
}

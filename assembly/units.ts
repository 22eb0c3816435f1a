import { frame } from "./frame";
import { lanes } from "./math/lanes";
import { pixels } from "./pixels";

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

/** Evaluates a row of units from gap and sum; where `sparse`, without those that the map leaves out. */
export function fromLogits<L extends PixelLoss>(from: usize, to: usize, sparse: bool): void {
  const loss = changetype<L>(frame.options),
    one = lanes.one();
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    if (sparse && pixels.skipped(i)) continue;
    const gap = v128.load(unit, GAP),
      sum = v128.load(unit, SUM),
      ahead = f32x4.gt(gap, f32x4.splat(0));
    const e = lanes.expNegative(f32x4.neg(f32x4.abs(gap))),
      scaled = f32x4.mul(sum, e);
    const own = v128.bitselect(one, e, ahead),
      others = v128.bitselect(scaled, sum, ahead);
    const inverse = f32x4.div(one, f32x4.add(own, others)),
      p = f32x4.mul(own, inverse),
      q = f32x4.mul(others, inverse);
    const excess = v128.bitselect(scaled, f32x4.add(f32x4.sub(sum, one), e), ahead);
    const u = f32x4.add(f32x4.pmax(f32x4.neg(gap), f32x4.splat(0)), lanes.log1p(excess));
    loss.evaluate(u, p, q, unit);
  }
}

/** The same for the value alone, which needs no p and often no q. */
export function valuesFromLogits<L extends PixelLoss>(from: usize, to: usize): void {
  const loss = changetype<L>(frame.options),
    one = lanes.one();
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const gap = v128.load(unit, GAP),
      sum = v128.load(unit, SUM),
      ahead = f32x4.gt(gap, f32x4.splat(0));
    const e = lanes.expNegative(f32x4.neg(f32x4.abs(gap))),
      scaled = f32x4.mul(sum, e),
      excess = v128.bitselect(scaled, f32x4.add(f32x4.sub(sum, one), e), ahead);
    const u = f32x4.add(f32x4.pmax(f32x4.neg(gap), f32x4.splat(0)), lanes.log1p(excess)),
      others = v128.bitselect(scaled, sum, ahead),
      q = f32x4.mul(others, f32x4.div(one, f32x4.add(v128.bitselect(one, e, ahead), others)));
    v128.store(unit, loss.value(u, q, unit), VALUE);
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

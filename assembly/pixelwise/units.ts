import { lanes } from "../math/lanes";
import { frame, ROW } from "../tile/frame";

/**
 * Losses that are sums over units (pixels; with independent channels, entries) of tau F, tau the unit's weight times
 * its target. With logits everything follows from the odds against the unit's class, (1 - p) / p = e^-x: u =
 * log1p(odds) and p = 1 / (1 + odds), so nothing cancels. Odds that float32 cannot hold leave the rest of their
 * logarithm in the row beside them. A row holds one number for each unit of a block.
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

export const ODDS: usize = 0; // with logits (1 - p) / p, with probabilities p
// Softmax: of the other classes' exponentials, on the scale of the planes that the gradient is made of; with
// probabilities 1 - p.
export const SUM: usize = ROW;
export const FOREGROUND: usize = 2 * ROW;
export const VALUE: usize = 3 * ROW; // u, then F
export const STEEP: usize = 4 * ROW; // with logits -dF/dx, with probabilities -dF/dp
export const TOTAL: usize = 5 * ROW; // soft targets: the value of all classes
export const LARGEST: usize = 6 * ROW; // soft targets: the largest logit
export const SECOND: usize = 7 * ROW; // soft targets: exp(second largest - largest)
export const RUNNERS: usize = 8 * ROW; // soft targets: the sum of all but the largest, over the second largest
export const GAINS: usize = 9 * ROW; // soft targets: the sum of tau steepness / sum over all but the largest
export const LEADER: usize = 10 * ROW; // soft targets: tau steepness of the largest
export const LEAD: usize = 11 * ROW; // soft targets: largest - second largest
export const BEYOND: usize = 12 * ROW; // what -x is beyond the logarithm of the odds
/** What the rows take. */
export const rowsBytes: usize = 13 * ROW;

/** What a member can ask of a unit besides u, p and q. */
@final
export class unitRow {
  /** All bits set where the class is not 0, or where the question is p rather than 1 - p. */
  @inline static foreground(unit: usize): v128 {
    return v128.load(unit, FOREGROUND);
  }
  /** What -x is beyond the logarithm of the odds: 0 but where they are very large or small. */
  @inline static beyond(unit: usize): v128 {
    return v128.load(unit, BEYOND);
  }
  @inline static put(unit: usize, value: v128, steepness: v128): void {
    v128.store(unit, value, VALUE);
    v128.store(unit, steepness, STEEP);
  }
}

/** The floor of probabilities under logs where the caller passes them (specification 1.2). */
const FLOOR: f32 = 1e-7;

/** How far an exponential reaches. */
const REACH = memory.data<f32>([-87, 64], 16);

/** Odds from -x = log(sum) - gap, sum between 1 and the number of classes. */
@final
export class odds {
  @inline private static within(minusGap: v128): v128 {
    return f32x4.pmin(f32x4.pmax(minusGap, v128.load32_splat(REACH)), v128.load32_splat(REACH, 4));
  }
  @inline static p(unit: usize): v128 {
    return f32x4.div(lanes.one(), f32x4.add(lanes.one(), v128.load(unit, ODDS)));
  }
  @inline static q(unit: usize, p: v128): v128 {
    return f32x4.mul(v128.load(unit, ODDS), p);
  }
  @inline static of(minusX: v128): v128 {
    return lanes.expNormal(odds.within(minusX));
  }
  /** q */
  @inline static against(odds: v128): v128 {
    return f32x4.mul(odds, f32x4.div(lanes.one(), f32x4.add(lanes.one(), odds)));
  }
  /** Those of one other class, of two rows' vectors: stored last, so that they share the constants. */
  @inline static put(unit: usize, minusX: v128, minusX2: v128): void {
    const within = odds.within(minusX),
      within2 = odds.within(minusX2),
      e = lanes.expNormal(within),
      e2 = lanes.expNormal(within2);
    v128.store(unit, e, ODDS);
    v128.store(unit, e2, ODDS + 16);
    v128.store(unit, f32x4.sub(minusX, within), BEYOND);
    v128.store(unit, f32x4.sub(minusX2, within2), BEYOND + 16);
  }
  @inline static putSum(unit: usize, minusGap: v128, sum: v128): void {
    const within = odds.within(minusGap);
    v128.store(unit, f32x4.mul(sum, lanes.expNormal(within)), ODDS);
    v128.store(unit, f32x4.sub(minusGap, within), BEYOND);
  }
  /** The same in the lanes where `which` has all bits set. */
  @inline static replace(unit: usize, minusGap: v128, sum: v128, which: v128): void {
    const within = odds.within(minusGap);
    lanes.replace(unit + ODDS, f32x4.mul(sum, lanes.expNormal(within)), which);
    lanes.replace(unit + BEYOND, f32x4.sub(minusGap, within), which);
  }
}

/** Whether losses are no more than float32 holds, rather than infinite (`pixelwise`). */
@final
export class bounded {
  static losses: bool = false;
}

/** Evaluates a row of units. */
export function evaluate<L extends PixelLoss>(from: usize, to: usize): void {
  if (frame.plain) fromProbabilities<L>(to - from);
  else fromLogits<L>(from, to);
}

/** From their odds. */
export function fromLogits<L extends PixelLoss>(from: usize, to: usize): void {
  const loss = changetype<L>(frame.options),
    end = frame.rows + (to - from);
  logarithms(from, to);
  for (let unit = frame.rows; unit < end; unit += 16) {
    const p = odds.p(unit);
    loss.evaluate(v128.load(unit, VALUE), p, odds.q(unit, p), unit);
  }
}

/**
 * u, to the values' row. Four vectors at a time share the constants, and mostly odds are small, and need no exponents.
 * Pixels that do not count have odds of 0 here: no bit of the others may depend on them.
 */
export function logarithms(from: usize, to: usize): void {
  const zero = f32x4.splat(0),
    labels = frame.labels + from,
    end = frame.rows + (to - from);
  if (bounded.losses)
    for (let unit = frame.rows; unit < end; unit += 16)
      v128.store(unit, f32x4.pmin(v128.load(unit, BEYOND), f32x4.splat(f32.MAX_VALUE)), BEYOND);
  for (let unit = frame.rows; unit < end; unit += 64) {
    const by = labels + (unit - frame.rows);
    let a = v128.andnot(v128.load(unit, ODDS), i32x4.shr_s(v128.load(by), 31)),
      b = v128.andnot(v128.load(unit, ODDS + 16), i32x4.shr_s(v128.load(by, 16), 31)),
      c = v128.andnot(v128.load(unit, ODDS + 32), i32x4.shr_s(v128.load(by, 32), 31)),
      d = v128.andnot(v128.load(unit, ODDS + 48), i32x4.shr_s(v128.load(by, 48), 31));
    if (lanes.nearZero(a, b, c, d)) {
      a = lanes.log1pNearZero(a);
      b = lanes.log1pNearZero(b);
      c = lanes.log1pNearZero(c);
      d = lanes.log1pNearZero(d);
    } else {
      a = lanes.log1p(a);
      b = lanes.log1p(b);
      c = lanes.log1p(c);
      d = lanes.log1p(d);
    }
    v128.store(unit, f32x4.add(a, f32x4.pmax(v128.load(unit, BEYOND), zero)), VALUE);
    v128.store(unit, f32x4.add(b, f32x4.pmax(v128.load(unit, BEYOND + 16), zero)), VALUE + 16);
    v128.store(unit, f32x4.add(c, f32x4.pmax(v128.load(unit, BEYOND + 32), zero)), VALUE + 32);
    v128.store(unit, f32x4.add(d, f32x4.pmax(v128.load(unit, BEYOND + 48), zero)), VALUE + 48);
  }
}

/** Evaluates a row of the caller's probabilities, which stand in the odds' row; a floored factor has derivative 0. */
function fromProbabilities<L extends PixelLoss>(bytes: usize): void {
  const loss = changetype<L>(frame.options),
    floor = f32x4.splat(FLOOR);
  for (let unit = frame.rows, end = unit + bytes; unit < end; unit += 16) {
    const p = v128.load(unit, ODDS),
      q = v128.load(unit, SUM),
      pFloored = f32x4.pmax(p, floor),
      qFloored = f32x4.pmax(q, floor);
    // From q, which is the caller's own where the answer is no: the logarithm of 1 - q has none of its digits.
    const u = lanes.log1p(f32x4.div(q, pFloored));
    v128.store(unit, f32x4.splat(0), BEYOND);
    v128.store(unit, loss.value(u, qFloored, unit), VALUE);
    v128.store(
      unit,
      f32x4.add(
        v128.and(f32x4.div(loss.byU(u, qFloored, unit), pFloored), f32x4.ge(p, floor)),
        v128.and(loss.byQ(u, qFloored, unit), f32x4.ge(q, floor)),
      ),
      STEEP,
    );
  }
}

import { doubles } from "../math/doubles";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { VALUE } from "./units";

/** Sums of u = log1p(odds) over the pixels of a block, as logarithms of products. */

@final
export class product {
  @inline private static both(a: v128, b: v128): v128 {
    return f32x4.add(f32x4.add(a, b), f32x4.mul(a, b));
  }
  /** In pairs: a chain would wait for each step. */
  @inline static of(a: v128, b: v128, c: v128, d: v128): v128 {
    return product.both(product.both(a, b), product.both(c, d));
  }
  /** Leaves that of sixteen pixels in the values' row, where a loop of its own takes all logarithms. */
  @inline static keep(row: usize, a: v128): void {
    v128.store(frame.rows + (row >> 2), a, VALUE);
  }
  /** The sum of the logarithms of what was kept: one for four of them, where their product stays below 2^120. */
  static logarithms(bytes: usize): f64 {
    const zero = f32x4.splat(0),
      first = frame.rows,
      end = first + (bytes >> 2);
    for (let at = end; (at - first) & 63; at += 16) v128.store(at, zero, VALUE);
    let total = f64x2.splat(0);
    for (let at = first; at < end; at += 64) {
      const low = product.both(v128.load(at, VALUE), v128.load(at, VALUE + 16)),
        high = product.both(v128.load(at, VALUE + 32), v128.load(at, VALUE + 48));
      let x = product.both(low, high),
        rest = zero;
      if (!i32x4.all_true(product.small(f32x4.pmax(low, high)))) {
        x = low;
        rest = high;
      }
      for (;;) {
        total = f64x2.add(total, doubles.folded(lanes.log1p(x)));
        if (!v128.any_true(rest)) break;
        x = rest;
        rest = zero;
      }
    }
    return doubles.sum(total);
  }
  /** All bits set where it is below 2^60, and so no odds among them end at e^64, where u goes on. */
  @inline static small(a: v128): v128 {
    return f32x4.le(a, f32x4.splat(1.1529215e18));
  }
}

@final
export class weighing {
  /** All bits set where they are the same, or one of them is 0. */
  @inline static alike(a: v128, b: v128): v128 {
    return v128.or(f32x4.eq(a, b), f32x4.eq(f32x4.pmin(a, b), f32x4.splat(0)));
  }
  /** All bits set where they are `most` or 0. */
  @inline static either(some: v128, most: v128): v128 {
    return v128.or(f32x4.eq(some, most), f32x4.eq(some, f32x4.splat(0)));
  }
  /** Leaves odds in the values' row for them. */
  @inline static keep(unit: usize, a: v128, b: v128, c: v128, d: v128): void {
    v128.store(unit, a, VALUE);
    v128.store(unit, b, VALUE + 16);
    v128.store(unit, c, VALUE + 32);
    v128.store(unit, d, VALUE + 48);
  }
}

/**
 * The sum of u of the odds in the values' row, each times its pixel's weight; where `units` are wanted, each, times
 * `factor`, goes to its place there. In a loop of its own, which has registers enough for four logarithms. Where
 * weights are all the same or 0 (masks, and far from what a map stresses) one serves: pixels of weight 0 do not count,
 * and have odds of 0. Mostly odds are small, and need no exponents.
 */
export function weighed(from: usize, to: usize, units: usize, factor: f32): f64 {
  const weights = frame.unitWeights,
    one = lanes.one(),
    factors = f32x4.splat(factor);
  let total = f64x2.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 64, unit += 64) {
    let a = v128.load(unit, VALUE),
      b = v128.load(unit, VALUE + 16),
      c = v128.load(unit, VALUE + 32),
      d = v128.load(unit, VALUE + 48),
      wA = one,
      wB = one,
      wC = one,
      wD = one;
    if (weights) {
      const at = weights + i;
      wA = v128.load(at);
      wB = v128.load(at, 16);
      wC = v128.load(at, 32);
      wD = v128.load(at, 48);
      // Two vectors tell mostly.
      if (!units && i32x4.all_true(weighing.alike(wA, wB))) {
        const most = f32x4.pmax(f32x4.pmax(wA, wB), f32x4.pmax(wC, wD)),
          all = product.of(a, b, c, d),
          same = v128.and(
            v128.and(weighing.either(wA, most), weighing.either(wB, most)),
            v128.and(weighing.either(wC, most), weighing.either(wD, most)),
          );
        if (i32x4.all_true(v128.and(same, product.small(all)))) {
          total = f64x2.add(total, doubles.folded(f32x4.mul(lanes.log1p(all), most)));
          continue;
        }
      }
    }
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
    a = f32x4.mul(a, wA);
    b = f32x4.mul(b, wB);
    c = f32x4.mul(c, wC);
    d = f32x4.mul(d, wD);
    if (units) {
      pixels.rank(units + i, f32x4.mul(a, factors), pixels.valid(i));
      pixels.rank(units + i + 16, f32x4.mul(b, factors), pixels.valid(i + 16));
      pixels.rank(units + i + 32, f32x4.mul(c, factors), pixels.valid(i + 32));
      pixels.rank(units + i + 48, f32x4.mul(d, factors), pixels.valid(i + 48));
    }
    total = f64x2.add(total, doubles.folded(f32x4.add(f32x4.add(a, b), f32x4.add(c, d))));
  }
  return doubles.sum(total);
}

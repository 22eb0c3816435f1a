import { doubles } from "./doubles";

/**
 * Maps of squared distances across the boundary of a mask, four pixels at a time: `inside` holds those of the pixels
 * inside to the nearest outside and 0 elsewhere, `outside` the others; the map may take the place of either. All are
 * read and written up to 12 bytes beyond their ends, where both hold 0. They are float32, or int32 with `whole`.
 */

@final
class four {
  /** Squared distances as float32. */
  @inline static at(volume: usize, whole: bool): v128 {
    const x = v128.load(volume);
    return whole ? f32x4.convert_i32x4_s(x) : x;
  }
  /** The squared distance inside, and minus that outside. */
  @inline static squares(inside: usize, outside: usize, whole: bool): v128 {
    return f32x4.sub(four.at(inside, whole), four.at(outside, whole));
  }
}

/** a - scale sqrt(x) in float64: distances cancel. */
function lessRoot(a: f64, scale: f64, x: v128): v128 {
  const from = f64x2.splat(a),
    by = f64x2.splat(scale),
    high = v128.shuffle<i64>(x, x, 1, 0);
  return doubles.narrow(
    f64x2.sub(from, f64x2.mul(by, f64x2.sqrt(f64x2.promote_low_f32x4(x)))),
    f64x2.sub(from, f64x2.mul(by, f64x2.sqrt(f64x2.promote_low_f32x4(high)))),
  );
}

/** The distance outside, `offset` less the distance inside. */
export function signedDistances(inside: usize, outside: usize, map: usize, whole: bool, offset: f64, count: i32): void {
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const x = four.squares(inside + i, outside + i, whole),
      within = f32x4.gt(x, f32x4.splat(0));
    let distance = f32x4.sqrt(f32x4.abs(x));
    if (v128.any_true(within)) distance = v128.bitselect(lessRoot(offset, 1, x), distance, within);
    v128.store(map + i, distance);
  }
}

/** Minus the distance inside over the largest one, 1 outside. */
export function rectifiedDistances(inside: usize, outside: usize, map: usize, whole: bool, count: i32): void {
  const end = (<usize>count) << 2;
  let most = f32x4.splat(0);
  for (let i: usize = 0; i < end; i += 16) most = f32x4.pmax(most, four.at(inside + i, whole));
  most = f32x4.pmax(most, v128.shuffle<i64>(most, most, 1, 0));
  most = f32x4.pmax(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2));
  for (let i: usize = 0; i < end; i += 16) {
    const x = four.squares(inside + i, outside + i, whole),
      distance = f32x4.sqrt(f32x4.div(x, most));
    v128.store(map + i, v128.bitselect(f32x4.neg(distance), f32x4.splat(1), f32x4.gt(x, f32x4.splat(0))));
  }
}

/** Squared distances on both sides, or their roots. */
export function distances(inside: usize, outside: usize, map: usize, whole: bool, root: bool, count: i32): void {
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const x = f32x4.add(four.at(inside + i, whole), four.at(outside + i, whole));
    v128.store(map + i, root ? f32x4.sqrt(x) : x);
  }
}

/**
 * The largest number at `values` where the int32 at `labels` is `label`, or (`least`) the smallest; 0 or Infinity if
 * none is.
 */
export function extremeOf(values: usize, labels: usize, label: i32, least: boolean, count: i32): f32 {
  const wanted = i32x4.splat(label),
    none = f32x4.splat(least ? Infinity : 0);
  let found = none;
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const x = v128.bitselect(v128.load(values + i), none, i32x4.eq(v128.load(labels + i), wanted));
    found = least ? f32x4.pmin(found, x) : f32x4.pmax(found, x);
  }
  const two = v128.shuffle<i64>(found, found, 1, 0);
  found = least ? f32x4.pmin(found, two) : f32x4.pmax(found, two);
  const a = f32x4.extract_lane(found, 0),
    b = f32x4.extract_lane(found, 1);
  return least ? min(a, b) : max(a, b);
}

/** Where the int32 at `labels` is `label`, `weights` becomes a - scale times the root of the number at `squared`. */
export function penalties(
  weights: usize,
  squared: usize,
  labels: usize,
  label: i32,
  a: f64,
  scale: f64,
  count: i32,
): void {
  const wanted = i32x4.splat(label);
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const own = i32x4.eq(v128.load(labels + i), wanted);
    if (!v128.any_true(own)) continue;
    v128.store(weights + i, v128.bitselect(lessRoot(a, scale, v128.load(squared + i)), v128.load(weights + i), own));
  }
}

/** Numbers at `values` become -1 where the int32 at `labels` is. */
export function markVoid(values: usize, labels: usize, count: i32): void {
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const out = i32x4.shr_s(v128.load(labels + i), 31);
    v128.store(values + i, v128.bitselect(f32x4.splat(-1), v128.load(values + i), out));
  }
}

import { doubles } from "./doubles";

/**
 * Maps of squared distances across the boundary of a mask, four pixels at a time, in place: `inside` holds those of the
 * pixels inside to the nearest outside and 0 elsewhere, `outside` the others; `mask` has a byte a pixel, 0 inside. All
 * are read and written up to 12 bytes beyond their ends.
 */

/** All bits set at the pixels inside. */
function insideAt(mask: usize): v128 {
  const bytes = i16x8.extend_low_i8x16_u(v128.load32_zero(mask));
  return i32x4.eq(i32x4.extend_low_i16x8_u(bytes), i32x4.splat(0));
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
export function signedDistances(inside: usize, outside: usize, mask: usize, offset: f64, count: i32): void {
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const within = insideAt(mask + (i >> 2));
    let map = f32x4.sqrt(v128.load(outside + i));
    if (v128.any_true(within)) map = v128.bitselect(lessRoot(offset, 1, v128.load(inside + i)), map, within);
    v128.store(inside + i, map);
  }
}

/** Minus the distance inside over the largest one, 1 outside. */
export function rectifiedDistances(inside: usize, mask: usize, count: i32): void {
  const end = (<usize>count) << 2;
  let most = f32x4.splat(0);
  for (let i: usize = 0; i < end; i += 16)
    most = f32x4.pmax(most, v128.and(v128.load(inside + i), insideAt(mask + (i >> 2))));
  most = f32x4.pmax(most, v128.shuffle<i64>(most, most, 1, 0));
  most = f32x4.pmax(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2));
  for (let i: usize = 0; i < end; i += 16) {
    const distance = f32x4.sqrt(f32x4.div(v128.load(inside + i), most));
    v128.store(inside + i, v128.bitselect(f32x4.neg(distance), f32x4.splat(1), insideAt(mask + (i >> 2))));
  }
}

export function roots(at: usize, count: i32): void {
  for (const end = at + ((<usize>count) << 2); at < end; at += 16) v128.store(at, f32x4.sqrt(v128.load(at)));
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

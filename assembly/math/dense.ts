/** Products of float32 weights with float64 numbers, added in float64; counts are even. */

/** y += a w. */
export function addWeights(y: usize, a: f64, w: usize, count: i32): void {
  const factor = f64x2.splat(a);
  for (const end = w + ((<usize>count) << 2); w < end; w += 8, y += 16) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(w)))));
  }
}

/** The sum of w x. */
export function dotWeights(w: usize, x: usize, count: i32): f64 {
  let sum = f64x2.splat(0);
  for (const end = w + ((<usize>count) << 2); w < end; w += 8, x += 16) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(x), f64x2.promote_low_f32x4(v128.load64_zero(w))));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

import { doubles } from "./doubles";

/**
 * Dense layers: float32 weights with float64 numbers, whose products are exact and added in float64, and the way back
 * in float32.
 */

function addTo(at: usize, sum: v128): void {
  store<f64>(at, load<f64>(at) + doubles.sum(sum));
}

/**
 * sums[n][h] += w[h] . x[n]: `count` rows x of float64 and `units` rows w of float32, of `length` numbers, rows of x
 * `xBytes` and of w `wBytes` apart, into rows of float64 `sumBytes` apart. `count` is even, and so is `length` (what w
 * holds beyond its rows meets zeros of x); sums have room for a multiple of four units.
 */
export function products(
  x: usize,
  count: i32,
  xBytes: usize,
  w: usize,
  units: i32,
  wBytes: usize,
  length: i32,
  sums: usize,
  sumBytes: usize,
): void {
  const bytes = (<usize>length) << 2;
  for (let h = 0; h < units; h += 4) {
    const w0 = w + <usize>h * wBytes,
      w1 = w + <usize>min(h + 1, units - 1) * wBytes,
      w2 = w + <usize>min(h + 2, units - 1) * wBytes,
      w3 = w + <usize>min(h + 3, units - 1) * wBytes;
    for (let n = 0; n < count; n += 2) {
      const x0 = x + <usize>n * xBytes,
        x1 = x0 + xBytes;
      let a0 = f64x2.splat(0),
        a1 = f64x2.splat(0),
        a2 = f64x2.splat(0),
        a3 = f64x2.splat(0),
        b0 = f64x2.splat(0),
        b1 = f64x2.splat(0),
        b2 = f64x2.splat(0),
        b3 = f64x2.splat(0);
      for (let i: usize = 0; i < bytes; i += 8) {
        const p = v128.load(x0 + 2 * i),
          q = v128.load(x1 + 2 * i);
        let row = f64x2.promote_low_f32x4(v128.load64_zero(w0 + i));
        a0 = f64x2.add(a0, f64x2.mul(p, row));
        b0 = f64x2.add(b0, f64x2.mul(q, row));
        row = f64x2.promote_low_f32x4(v128.load64_zero(w1 + i));
        a1 = f64x2.add(a1, f64x2.mul(p, row));
        b1 = f64x2.add(b1, f64x2.mul(q, row));
        row = f64x2.promote_low_f32x4(v128.load64_zero(w2 + i));
        a2 = f64x2.add(a2, f64x2.mul(p, row));
        b2 = f64x2.add(b2, f64x2.mul(q, row));
        row = f64x2.promote_low_f32x4(v128.load64_zero(w3 + i));
        a3 = f64x2.add(a3, f64x2.mul(p, row));
        b3 = f64x2.add(b3, f64x2.mul(q, row));
      }
      const to = sums + <usize>n * sumBytes + ((<usize>h) << 3);
      addTo(to, a0);
      addTo(to + 8, a1);
      addTo(to + 16, a2);
      addTo(to + 24, a3);
      addTo(to + sumBytes, b0);
      addTo(to + sumBytes + 8, b1);
      addTo(to + sumBytes + 16, b2);
      addTo(to + sumBytes + 24, b3);
    }
  }
}

/**
 * y[n] += the sum over h of g[n][h] w[h], the way back: rows g of float32 `gBytes` apart, with zeros up to a multiple
 * of four units. `count` is even; rows of y are written in whole vectors.
 */
export function backProducts(
  g: usize,
  count: i32,
  gBytes: usize,
  w: usize,
  units: i32,
  wBytes: usize,
  length: i32,
  y: usize,
  yBytes: usize,
): void {
  const bytes = (<usize>length) << 2;
  for (let h = 0; h < units; h += 4) {
    const w0 = w + <usize>h * wBytes,
      w1 = w + <usize>min(h + 1, units - 1) * wBytes,
      w2 = w + <usize>min(h + 2, units - 1) * wBytes,
      w3 = w + <usize>min(h + 3, units - 1) * wBytes;
    for (let n = 0; n < count; n += 2) {
      const from = g + <usize>n * gBytes + ((<usize>h) << 2),
        y0 = y + <usize>n * yBytes,
        y1 = y0 + yBytes;
      const a0 = v128.load32_splat(from),
        a1 = v128.load32_splat(from + 4),
        a2 = v128.load32_splat(from + 8),
        a3 = v128.load32_splat(from + 12),
        b0 = v128.load32_splat(from + gBytes),
        b1 = v128.load32_splat(from + gBytes + 4),
        b2 = v128.load32_splat(from + gBytes + 8),
        b3 = v128.load32_splat(from + gBytes + 12);
      for (let i: usize = 0; i < bytes; i += 16) {
        const r0 = v128.load(w0 + i),
          r1 = v128.load(w1 + i),
          r2 = v128.load(w2 + i),
          r3 = v128.load(w3 + i);
        const a = f32x4.add(
            f32x4.add(f32x4.mul(a0, r0), f32x4.mul(a1, r1)),
            f32x4.add(f32x4.mul(a2, r2), f32x4.mul(a3, r3)),
          ),
          b = f32x4.add(
            f32x4.add(f32x4.mul(b0, r0), f32x4.mul(b1, r1)),
            f32x4.add(f32x4.mul(b2, r2), f32x4.mul(b3, r3)),
          );
        v128.store(y0 + i, f32x4.add(v128.load(y0 + i), a));
        v128.store(y1 + i, f32x4.add(v128.load(y1 + i), b));
      }
    }
  }
}

/** y += a w; counts are even. */
export function addWeights(y: usize, a: f64, w: usize, count: i32): void {
  const factor = f64x2.splat(a);
  for (const end = w + ((<usize>count) << 2); w < end; w += 8, y += 16) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(w)))));
  }
}

/** The sum of w x; counts are even. */
export function dotWeights(w: usize, x: usize, count: i32): f64 {
  let sum = f64x2.splat(0);
  for (const end = w + ((<usize>count) << 2); w < end; w += 8, x += 16) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(x), f64x2.promote_low_f32x4(v128.load64_zero(w))));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

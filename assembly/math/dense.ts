import { doubles } from "./doubles";
import { lanes } from "./lanes";

/**
 * Dense layers. Many inputs at once: float32, whose sums are taken to float64 every CHUNK bytes, so that their error does not grow with their
 * length. One at a time: float32 weights with float64 numbers.
 */
const CHUNK: usize = 1024;

function addTo(at: usize, sum: v128): void {
  store<f64>(at, load<f64>(at) + lanes.sum(sum));
}

/**
 * sums[n][h] = x[n] . w[h]: `count` rows x and `units` rows w of `length` numbers, rows of x `xBytes` and of w `wBytes` apart, into rows of
 * float64 `sumBytes` apart. `count` is even and `length` a multiple of four (what w holds beyond its rows meets zeros of x); sums have room
 * for a multiple of four units.
 */
export function products(x: usize, count: i32, xBytes: usize, w: usize, units: i32, wBytes: usize, length: i32, sums: usize, sumBytes: usize): void {
  memory.fill(sums, 0, <usize>count * sumBytes);
  const bytes = (<usize>length) << 2;
  for (let start: usize = 0; start < bytes; start += CHUNK) {
    const end = min(start + CHUNK, bytes);
    for (let h = 0; h < units; h += 4) {
      const w0 = w + <usize>h * wBytes,
        w1 = w + <usize>min(h + 1, units - 1) * wBytes,
        w2 = w + <usize>min(h + 2, units - 1) * wBytes,
        w3 = w + <usize>min(h + 3, units - 1) * wBytes;
      for (let n = 0; n < count; n += 2) {
        const x0 = x + <usize>n * xBytes,
          x1 = x0 + xBytes;
        let a0 = f32x4.splat(0),
          a1 = f32x4.splat(0),
          a2 = f32x4.splat(0),
          a3 = f32x4.splat(0),
          b0 = f32x4.splat(0),
          b1 = f32x4.splat(0),
          b2 = f32x4.splat(0),
          b3 = f32x4.splat(0);
        for (let i = start; i < end; i += 16) {
          const p = v128.load(x0 + i),
            q = v128.load(x1 + i);
          let row = v128.load(w0 + i);
          a0 = f32x4.add(a0, f32x4.mul(p, row));
          b0 = f32x4.add(b0, f32x4.mul(q, row));
          row = v128.load(w1 + i);
          a1 = f32x4.add(a1, f32x4.mul(p, row));
          b1 = f32x4.add(b1, f32x4.mul(q, row));
          row = v128.load(w2 + i);
          a2 = f32x4.add(a2, f32x4.mul(p, row));
          b2 = f32x4.add(b2, f32x4.mul(q, row));
          row = v128.load(w3 + i);
          a3 = f32x4.add(a3, f32x4.mul(p, row));
          b3 = f32x4.add(b3, f32x4.mul(q, row));
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
}

/**
 * y[n] += the sum over h of g[n][h] w[h], the way back: rows g of float32 `gBytes` apart, with zeros up to a multiple of four units. `count`
 * is even; rows of y are written in whole vectors.
 */
export function backProducts(g: usize, count: i32, gBytes: usize, w: usize, units: i32, wBytes: usize, length: i32, y: usize, yBytes: usize): void {
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
        const a = f32x4.add(f32x4.add(f32x4.mul(a0, r0), f32x4.mul(a1, r1)), f32x4.add(f32x4.mul(a2, r2), f32x4.mul(a3, r3))),
          b = f32x4.add(f32x4.add(f32x4.mul(b0, r0), f32x4.mul(b1, r1)), f32x4.add(f32x4.mul(b2, r2), f32x4.mul(b3, r3)));
        v128.store(y0 + i, f32x4.add(v128.load(y0 + i), a));
        v128.store(y1 + i, f32x4.add(v128.load(y1 + i), b));
      }
    }
  }
}

/** sums[h] += w[h] . x in float64, without the numbers of x that are 0; `length` is even, and sums have room for a multiple of four units. */
export function exactProducts(x: usize, w: usize, units: i32, wBytes: usize, length: i32, sums: usize): void {
  const bytes = (<usize>length) << 2;
  for (let h = 0; h < units; h += 4, sums += 32) {
    const w0 = w + <usize>h * wBytes,
      w1 = w + <usize>min(h + 1, units - 1) * wBytes,
      w2 = w + <usize>min(h + 2, units - 1) * wBytes,
      w3 = w + <usize>min(h + 3, units - 1) * wBytes;
    let a = f64x2.splat(0),
      b = f64x2.splat(0),
      c = f64x2.splat(0),
      d = f64x2.splat(0);
    for (let i: usize = 0; i < bytes; i += 8) {
      const e = v128.load(x + 2 * i);
      if (!v128.any_true(e)) continue;
      a = f64x2.add(a, f64x2.mul(e, f64x2.promote_low_f32x4(v128.load64_zero(w0 + i))));
      b = f64x2.add(b, f64x2.mul(e, f64x2.promote_low_f32x4(v128.load64_zero(w1 + i))));
      c = f64x2.add(c, f64x2.mul(e, f64x2.promote_low_f32x4(v128.load64_zero(w2 + i))));
      d = f64x2.add(d, f64x2.mul(e, f64x2.promote_low_f32x4(v128.load64_zero(w3 + i))));
    }
    store<f64>(sums, load<f64>(sums) + doubles.sum(a));
    store<f64>(sums, load<f64>(sums, 8) + doubles.sum(b), 8);
    store<f64>(sums, load<f64>(sums, 16) + doubles.sum(c), 16);
    store<f64>(sums, load<f64>(sums, 24) + doubles.sum(d), 24);
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

import { addScaled, dot } from "./vectors";

/** Dense symmetric matrices of float64, row by row; of those only the lower triangle is read. */

/** 2^-52: a pivot is known to about n of these of its diagonal element. */
const ULP: f64 = 2.220446049250313e-16;

/**
 * Replaces the lower triangle of A by L with L L^T = A. No eigenvalue of A may be below `least`: then no pivot is
 * either. One that comes out smaller (or negative, where a plain factorisation fails), or below what rounding leaves of
 * its diagonal element, becomes the larger of these two bounds. NaN stays NaN. The error is that of an A changed by a
 * few units in the last place of sqrt(a_ii a_jj) (Higham 2002, 10.3).
 */
export function factorCholesky(a: usize, n: i32, least: f64): void {
  const pitch = (<usize>n) << 3;
  for (let i = 0, row = a; i < n; i++, row += pitch) {
    for (let j = 0, other = a; j < i; j++, other += pitch) {
      const at = row + ((<usize>j) << 3);
      store<f64>(at, (load<f64>(at) - dot(row, other, (<usize>j) << 3)) / load<f64>(other + ((<usize>j) << 3)));
    }
    const at = row + ((<usize>i) << 3),
      own = load<f64>(at),
      pivot = own - dot(row, row, (<usize>i) << 3),
      floor = Math.max(least, own * (<f64>n * ULP));
    store<f64>(at, Math.sqrt(pivot < floor ? floor : pivot));
  }
}

/** The inverse of a lower triangular matrix, whose upper triangle becomes 0. */
export function invertLower(l: usize, n: i32, inverse: usize): void {
  const pitch = (<usize>n) << 3;
  memory.fill(inverse, 0, <usize>n * pitch);
  for (let i = 0, row = l, out = inverse; i < n; i++, row += pitch, out += pitch) {
    const pivot = 1 / load<f64>(row + ((<usize>i) << 3));
    for (let j = 0, other = inverse; j < i; j++, other += pitch)
      addScaled(out, -pivot * load<f64>(row + ((<usize>j) << 3)), other, (<usize>(j + 1)) << 3);
    store<f64>(out + ((<usize>i) << 3), pivot);
  }
}

import { doubles } from "./doubles";

/** Vectors of float64: `bytes` long, a multiple of 8; two numbers at a time, and the last alone where they are odd. */

/** The sum of x_k y_k. */
export function dot(x: usize, y: usize, bytes: usize): f64 {
  let sum = f64x2.splat(0),
    at: usize = 0;
  for (const end = bytes & ~15; at < end; at += 16)
    sum = f64x2.add(sum, f64x2.mul(v128.load(x + at), v128.load(y + at)));
  const pairs = doubles.sum(sum);
  return bytes & 8 ? pairs + load<f64>(x + at) * load<f64>(y + at) : pairs;
}

/** y += a x. */
export function addScaled(y: usize, a: f64, x: usize, bytes: usize): void {
  const factor = f64x2.splat(a);
  let at: usize = 0;
  for (const end = bytes & ~15; at < end; at += 16)
    v128.store(y + at, f64x2.add(v128.load(y + at), f64x2.mul(factor, v128.load(x + at))));
  if (bytes & 8) store<f64>(y + at, load<f64>(y + at) + a * load<f64>(x + at));
}

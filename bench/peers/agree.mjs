// Whether two gradients are the same: their norms, and what moves when numbers change places, their products with one
// direction.
import { random } from "../inputs.mjs";

/** Numbers in [-1, 1), the same in every run. */
export function direction(count) {
  const next = random(7);
  return Float32Array.from({ length: count }, () => 2 * next() - 1);
}

/** What is compared of a gradient. */
export function summary(gradient, along) {
  let squares = 0,
    product = 0;
  for (let i = 0; i < gradient.length; i++) {
    squares += gradient[i] * gradient[i];
    product += gradient[i] * along[i];
  }
  return { norm: Math.sqrt(squares), product };
}

/** How far value, norm and product are from what is wanted; the product, which may be about 0, in parts of the norm. */
export const apart = (found, wanted) => ({
  value: Math.abs(found.value - wanted.value) / Math.abs(wanted.value),
  norm: Math.abs(found.norm - wanted.norm) / wanted.norm,
  product: Math.abs(found.product - wanted.product) / wanted.norm,
});

/** What a relative distance may be, of the value and of the gradient: what float32 leaves of sums in pairs. */
export const FLOAT32 = { value: 1e-5, gradient: 1e-5 };
/** TensorFlow.js and jax-js add a million float32 numbers one by one: terms of a large sum lose half their digits. */
export const ONE_BY_ONE = { value: 5e-3, gradient: 1e-4 };

export function assertSame(name, found, wanted, tolerance) {
  for (const [what, distance] of Object.entries(apart(found, wanted)))
    if (!(distance <= (what === "value" ? tolerance.value : tolerance.gradient)))
      throw new Error(
        `${name}: ${what} is ${found[what]}, ours ${wanted[what]}, a relative ${distance.toExponential(1)}`,
      );
}

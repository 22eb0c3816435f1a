import { lanes } from "./lanes";

/** The largest exponent that products make. */
const MOST: f32 = 5;

/** For each number of halves n what x is at least, 2^(-252 / n) and a little: below, its power is no normal number. */
// biome-ignore format: a line for each whole number of them
const LEAST = memory.data<f32>([
  0,
  0, 1.1754944e-38,
  5.16989e-26, 1.084203e-19,
  6.731138e-16, 2.273738e-13,
  1.4551925e-11, 3.292724e-10,
  3.725293e-9, 2.594445e-8,
], 16);

@final
export class power {
  /**
   * x^y for x in [0, 1] and y >= 0. Where y is a multiple of 1/2, as mostly, it is a product of x and of its root: a
   * third of the operations of `lanes.pow`, and closer.
   */
  static of(x: v128, y: f32): v128 {
    const twice = y + y,
      halves = <i32>twice;
    if (y > MOST || <f32>halves != twice) return lanes.pow(x, f32x4.splat(y));
    const v = f32x4.pmax(x, v128.load32_splat(LEAST + ((<usize>halves) << 2)));
    let product = halves & 1 ? f32x4.sqrt(v) : lanes.one();
    for (let i = 1; i < halves; i += 2) product = f32x4.mul(product, v);
    return product;
  }
}

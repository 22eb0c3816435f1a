import { frame } from "../tile/frame";

/**
 * The gradients of all units of a ranking stand at frame.prob. Those of the units that are kept, whose factors are not
 * 0, stay there, times scale and their factors; the others become 0. What other terms left at frame.grad, if it is
 * wanted, is added.
 */
export function keepGradient(first: i32, last: i32): f64 {
  frame.check(first, last);
  const scale = f32x4.splat(frame.scale),
    zero = f32x4.splat(0),
    from = (<usize>first) << 2,
    to = (<usize>last) << 2;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const plane = frame.prob + c * frame.probPitch,
      grad = frame.grad ? frame.grad + c * frame.gradPitch : 0,
      factors = frame.unitWeights + c * frame.unitWeightPitch;
    for (let i = from; i < to; i += 32) {
      const k = v128.load(factors + i),
        k2 = v128.load(factors + i, 16);
      let g = v128.and(f32x4.mul(v128.load(plane + i), f32x4.mul(scale, k)), f32x4.ne(k, zero)),
        g2 = v128.and(f32x4.mul(v128.load(plane + i, 16), f32x4.mul(scale, k2)), f32x4.ne(k2, zero));
      if (grad) {
        g = f32x4.add(g, v128.load(grad + i));
        g2 = f32x4.add(g2, v128.load(grad + i, 16));
      }
      v128.store(plane + i, g);
      v128.store(plane + i, g2, 16);
    }
  }
  return 0;
}

import { frame } from "./frame";
import { pixels } from "./pixels";

/**
 * The channel of the largest number, the first of equals, to the labels. Returns 1 if a number of a pixel that counts
 * is NaN.
 */
export function argmax(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    classes = frame.classes;
  let unknown = i32x4.splat(0);
  for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
    let largest = v128.load(frame.pred + i),
      label = i32x4.splat(0),
      nan = f32x4.ne(largest, largest);
    for (let c = 1; c < classes; c++) {
      const z = v128.load(frame.pred + <usize>c * pitch + i),
        larger = f32x4.gt(z, largest);
      largest = v128.bitselect(z, largest, larger);
      label = v128.bitselect(i32x4.splat(c), label, larger);
      nan = v128.or(nan, f32x4.ne(z, z));
    }
    unknown = v128.or(unknown, v128.and(nan, pixels.valid(i)));
    v128.store(frame.labels + i, label);
  }
  return v128.any_true(unknown) ? 1 : 0;
}

import { frame } from "./frame";
import { pixels } from "./pixels";

@final
export class largest {
  /** The channels of the largest numbers of four pixels, the first of equals; -1 where one of a pixel's is NaN. */
  @inline static channels(i: usize): v128 {
    const pitch = frame.predPitch,
      classes = frame.classes;
    let most = v128.load(frame.pred + i),
      found = i32x4.splat(0),
      nan = f32x4.ne(most, most);
    for (let c = 1, z = frame.pred + pitch + i; c < classes; c++, z += pitch) {
      const x = v128.load(z),
        larger = f32x4.gt(x, most);
      nan = v128.or(nan, f32x4.ne(x, x));
      most = v128.bitselect(x, most, larger);
      found = v128.bitselect(i32x4.splat(c), found, larger);
    }
    return v128.or(found, nan);
  }
}

/** The largest channels to the labels. Returns 1 if a number of a pixel that counts is NaN. */
export function argmax(from: i32, to: i32): f64 {
  let unknown = i32x4.splat(0);
  for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
    const found = largest.channels(i);
    unknown = v128.or(unknown, v128.and(i32x4.shr_s(found, 31), pixels.valid(i)));
    v128.store(frame.labels + i, found);
  }
  return v128.any_true(unknown) ? 1 : 0;
}

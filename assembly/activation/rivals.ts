import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";

/**
 * The gradient of three or four classes that compete, from p and the slopes of p: the sums over pairs of p_i p_j (G_i -
 * G_j). Where there are few pairs, that is less work than a sum about a pivot (specification 1.9), and cancels less.
 */
@final
export class rivals {
  /** `at` is the place in the first plane of the gradient. Of three classes, p3 is 0. */
  @inline static put(
    at: usize,
    valid: v128,
    accumulate: i32,
    p0: v128,
    p1: v128,
    p2: v128,
    p3: v128,
    g0: v128,
    g1: v128,
    g2: v128,
    g3: v128,
  ): void {
    const pitch = frame.gradPitch,
      d01 = rivals.pair(p0, p1, g0, g1),
      d02 = rivals.pair(p0, p2, g0, g2),
      d03 = rivals.pair(p0, p3, g0, g3),
      d12 = rivals.pair(p1, p2, g1, g2),
      d13 = rivals.pair(p1, p3, g1, g3),
      d23 = rivals.pair(p2, p3, g2, g3);
    pixels.put(at, v128.and(f32x4.add(f32x4.add(d01, d02), d03), valid), accumulate);
    at += pitch;
    pixels.put(at, v128.and(f32x4.sub(f32x4.add(d12, d13), d01), valid), accumulate);
    at += pitch;
    pixels.put(at, v128.and(f32x4.sub(f32x4.sub(d23, d02), d12), valid), accumulate);
    if (frame.classes < 4) return;
    pixels.put(at + pitch, v128.and(f32x4.sub(f32x4.sub(f32x4.splat(0), d03), f32x4.add(d13, d23)), valid), accumulate);
  }
  @inline private static pair(p: v128, other: v128, g: v128, otherG: v128): v128 {
    return f32x4.mul(f32x4.mul(p, other), f32x4.sub(g, otherG));
  }
}

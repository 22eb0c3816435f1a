import { Plain, Signed } from "../activation/coding";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Labels, Soft } from "../tile/target";

/**
 * Appends a tile of one channel to whole planes of float32, each where its address is not 0: p, t, the error p - t and
 * the coding of p (activation/coding.ts), which are 0 at pixels that do not count, and `valid`, 1 at those that do. The
 * channel's planes stand first (in frame.prob and frame.target). Writes whole vectors: planes need 32 bytes to spare.
 */
export function pushPlanes(
  count: i32,
  channel: usize,
  p: usize,
  t: usize,
  error: usize,
  coded: usize,
  valid: usize,
): void {
  const signed = changetype<Signed>(0),
    plain = changetype<Plain>(0),
    labels = changetype<Labels>(0),
    soft = changetype<Soft>(0);
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const s = v128.load(frame.prob + i),
      target = frame.soft
        ? soft.t(soft.start(0) + i, soft.key(0))
        : labels.t(labels.start(channel) + i, labels.key(channel)),
      counts = pixels.valid(i);
    if (p) v128.store(p + i, v128.and(frame.plain ? plain.p(s) : signed.p(s), counts));
    if (t) v128.store(t + i, v128.and(target, counts));
    if (coded) v128.store(coded + i, v128.and(s, counts));
    if (error) v128.store(error + i, v128.and(frame.plain ? plain.error(s, target) : signed.error(s, target), counts));
    if (valid) v128.store(valid + i, v128.and(lanes.one(), counts));
  }
}

@final
class four {
  /** All bits set where p > 1/2 at a pixel that counts. */
  @inline static likely(at: usize): v128 {
    const s = v128.load(frame.prob + at);
    return v128.and(frame.plain ? f32x4.gt(s, f32x4.splat(0.5)) : i32x4.shr_s(s, 31), pixels.valid(at));
  }
}

/**
 * Appends to a plane of bytes, and up to 15 more: 1 where p > 1/2 at a pixel that counts. The signed coding decides by
 * the sign, so sigmoids by that of the logit.
 */
export function pushMask(count: i32, mask: usize): void {
  for (let i: usize = 0, end = <usize>count; i < end; i += 16) {
    const at = i << 2,
      low = i16x8.narrow_i32x4_s(four.likely(at), four.likely(at + 16)),
      high = i16x8.narrow_i32x4_s(four.likely(at + 32), four.likely(at + 48));
    v128.store(mask + i, v128.and(i8x16.narrow_i16x8_s(low, high), i8x16.splat(1)));
  }
}

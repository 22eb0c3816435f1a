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

/**
 * Appends to a plane of bytes: 1 where p > 1/2 at a pixel that counts. The signed coding decides by the sign, so
 * sigmoids by that of the logit.
 */
export function pushMask(count: i32, mask: usize): void {
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2,
      likely = frame.plain ? load<f32>(frame.prob + at) > 0.5 : load<i32>(frame.prob + at) < 0;
    store<u8>(mask + <usize>i, <u8>(likely && load<i32>(frame.labels + at) >= 0));
  }
}

import { Plain, Signed } from "./activation";
import { frame } from "./frame";
import { pixels } from "./pixels";
import { Labels, Soft } from "./target";

/**
 * Appends a tile of one channel to whole planes of float32: p, t and the error p - t, each where its address is not 0, and 0 at pixels that
 * do not count. The channel's planes stand first (in frame.prob and frame.target). Writes whole vectors: planes need 32 bytes to spare.
 */
export function pushPlanes(count: i32, channel: i32, p: usize, t: usize, error: usize): void {
  const signed = changetype<Signed>(0),
    plain = changetype<Plain>(0),
    labels = changetype<Labels>(0),
    soft = changetype<Soft>(0);
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const s = v128.load(frame.prob + i),
      target = frame.soft ? soft.at(0, i) : labels.at(channel, i),
      valid = pixels.valid(i);
    if (p) v128.store(p + i, v128.and(frame.plain ? plain.p(s) : signed.p(s), valid));
    if (t) v128.store(t + i, v128.and(target, valid));
    if (error) v128.store(error + i, v128.and(frame.plain ? plain.error(s, target) : signed.error(s, target), valid));
  }
}

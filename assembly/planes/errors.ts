import { Plain, Signed } from "../activation/coding";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Labels, Soft } from "../tile/target";

/** In place of the error of a pixel that does not count: a NaN that no arithmetic makes. */
export const VOID: i32 = 0x7fffffff;

/**
 * Appends a tile of one channel to a plane of errors |t - p|, the channel's planes standing first (in frame.prob and
 * frame.target); those of the class's own pixels take a minus sign. Writes whole vectors: the plane needs 12 bytes to
 * spare.
 */
export function pushErrors(errors: usize, count: i32, channel: usize): void {
  const signed = changetype<Signed>(0),
    plain = changetype<Plain>(0),
    labels = changetype<Labels>(0),
    soft = changetype<Soft>(0),
    absent = i32x4.splat(VOID),
    zero = f32x4.splat(0);
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const s = v128.load(frame.prob + i),
      t = frame.soft
        ? soft.t(soft.start(0) + i, soft.key(0))
        : labels.t(labels.start(channel) + i, labels.key(channel)),
      error = f32x4.abs(frame.plain ? plain.error(s, t) : signed.error(s, t)),
      own = i32x4.shl(f32x4.ne(t, zero), 31);
    v128.store(errors + i, v128.bitselect(v128.or(error, own), absent, pixels.valid(i)));
  }
}

/**
 * The same of hinges e = 1 - z (2t - 1), the channel's logits standing where its probabilities would (lovaszHinge: Yu,
 * Blaschko 2015). Those that cost nothing, e <= 0, stand as if their pixels did not count.
 */
export function pushHinges(errors: usize, count: i32, channel: usize): void {
  const labels = changetype<Labels>(0),
    soft = changetype<Soft>(0),
    absent = i32x4.splat(VOID),
    zero = f32x4.splat(0),
    one = f32x4.splat(1);
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const z = v128.load(frame.prob + i),
      t = frame.soft
        ? soft.t(soft.start(0) + i, soft.key(0))
        : labels.t(labels.start(channel) + i, labels.key(channel)),
      own = i32x4.shl(f32x4.ne(t, zero), 31),
      error = f32x4.add(one, v128.xor(z, own)),
      // a NaN is no hinge that costs nothing
      counts = v128.andnot(pixels.valid(i), f32x4.le(error, zero));
    v128.store(errors + i, v128.bitselect(v128.or(error, own), absent, counts));
  }
}

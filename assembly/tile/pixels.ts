import { lanes } from "../math/lanes";
import { frame } from "./frame";

/** Four pixels of the tile, from byte offset i of a plane on. */
@final
export class pixels {
  /** All bits set where the pixel counts: it is neither ignored nor padding. */
  @inline static valid(i: usize): v128 {
    return i32x4.gt_s(v128.load(frame.labels + i), i32x4.splat(-1));
  }

  /** Their factors for channel c: a map's, or 1. */
  @inline static weight(c: usize, i: usize): v128 {
    return frame.unitWeights ? v128.load(frame.unitWeights + c * frame.unitWeightPitch + i) : lanes.one();
  }

  /** What they weigh themselves, where that stays beside a map: else 1. */
  @inline static own(i: usize): v128 {
    return frame.pixelWeights ? v128.load(frame.pixelWeights + i) : lanes.one();
  }

  /** The map of channel c, times what they weigh themselves. */
  @inline static mapped(c: usize, i: usize): v128 {
    return f32x4.mul(pixels.weight(c, i), pixels.own(i));
  }

  /** What a ranking reads: the unit's loss, or -1 where it does not count. Never -0, whose bits would rank highest. */
  @inline static rank(at: usize, value: v128, valid: v128): void {
    v128.store(at, v128.bitselect(f32x4.abs(value), f32x4.splat(-1), valid));
  }

  /** Stores a gradient, or adds it to what other terms of a combination left there. */
  @inline static put(at: usize, value: v128, accumulate: i32): void {
    v128.store(at, accumulate ? f32x4.add(v128.load(at), value) : value);
  }
}

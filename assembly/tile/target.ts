import { lanes } from "../math/lanes";
import { frame } from "./frame";

/**
 * What a loss sees of the target: t in [0, 1], four pixels of a channel at a time. `start` and `key` are found once for
 * each channel; `at` is start plus the pixels' byte offset.
 */
@unmanaged
export abstract class Target {
  abstract start(c: usize): usize;
  abstract key(c: usize): v128;
  abstract t(at: usize, key: v128): v128;
  /** x t, and x (1 - t). */
  abstract yes(at: usize, key: v128, x: v128): v128;
  abstract no(at: usize, key: v128, x: v128): v128;
  /** no (1 - t) + yes t. */
  abstract mix(at: usize, key: v128, no: v128, yes: v128): v128;
}

/** Integer labels, compared in lanes: t is 1 where the label is the channel's. */
@final
@unmanaged
export class Labels extends Target {
  @inline start(c: usize): usize {
    return frame.labels;
  }
  @inline key(c: usize): v128 {
    return i32x4.splat(<i32>c + frame.firstLabel);
  }
  @inline t(at: usize, key: v128): v128 {
    return this.yes(at, key, lanes.one());
  }
  @inline yes(at: usize, key: v128, x: v128): v128 {
    return v128.and(x, i32x4.eq(v128.load(at), key));
  }
  @inline no(at: usize, key: v128, x: v128): v128 {
    return v128.andnot(x, i32x4.eq(v128.load(at), key));
  }
  @inline mix(at: usize, key: v128, no: v128, yes: v128): v128 {
    return v128.bitselect(yes, no, i32x4.eq(v128.load(at), key));
  }
}

/** Soft or multi-hot targets, one float32 plane per channel. */
@final
@unmanaged
export class Soft extends Target {
  @inline start(c: usize): usize {
    return frame.target + c * frame.targetPitch;
  }
  @inline key(c: usize): v128 {
    return f32x4.splat(0);
  }
  @inline t(at: usize, key: v128): v128 {
    return v128.load(at);
  }
  @inline yes(at: usize, key: v128, x: v128): v128 {
    return f32x4.mul(x, v128.load(at));
  }
  @inline no(at: usize, key: v128, x: v128): v128 {
    return f32x4.mul(x, f32x4.sub(lanes.one(), v128.load(at)));
  }
  @inline mix(at: usize, key: v128, no: v128, yes: v128): v128 {
    const t = v128.load(at);
    return f32x4.add(f32x4.mul(no, f32x4.sub(lanes.one(), t)), f32x4.mul(yes, t));
  }
}

import { frame } from "./frame";
import { lanes } from "./math/lanes";

/** What a loss sees of the target: t in [0, 1] for channel c at pixel i, four pixels at a time. */
@unmanaged
export abstract class Target {
  /** True where t is 0 or 1. */
  abstract hard(): bool;
  abstract at(c: i32, i: usize): v128;
  /** x t, and x (1 - t). */
  abstract yes(c: i32, i: usize, x: v128): v128;
  abstract no(c: i32, i: usize, x: v128): v128;
  /** no (1 - t) + yes t. */
  abstract mix(c: i32, i: usize, no: v128, yes: v128): v128;
}

/** Integer labels, compared in lanes: t is 1 where the label is the channel's. */
@final
@unmanaged
export class Labels extends Target {
  @inline hard(): bool {
    return true;
  }
  @inline at(c: i32, i: usize): v128 {
    return this.yes(c, i, lanes.one());
  }
  @inline yes(c: i32, i: usize, x: v128): v128 {
    return v128.and(x, i32x4.eq(v128.load(frame.labels + i), i32x4.splat(c + frame.firstLabel)));
  }
  @inline no(c: i32, i: usize, x: v128): v128 {
    return v128.andnot(x, i32x4.eq(v128.load(frame.labels + i), i32x4.splat(c + frame.firstLabel)));
  }
  @inline mix(c: i32, i: usize, no: v128, yes: v128): v128 {
    return v128.bitselect(yes, no, i32x4.eq(v128.load(frame.labels + i), i32x4.splat(c + frame.firstLabel)));
  }
}

/** Soft or multi-hot targets, one float32 plane per channel. */
@final
@unmanaged
export class Soft extends Target {
  @inline hard(): bool {
    return false;
  }
  @inline at(c: i32, i: usize): v128 {
    return v128.load(frame.target + <usize>c * frame.pitch + i);
  }
  @inline yes(c: i32, i: usize, x: v128): v128 {
    return f32x4.mul(x, this.at(c, i));
  }
  @inline no(c: i32, i: usize, x: v128): v128 {
    return f32x4.mul(x, f32x4.sub(lanes.one(), this.at(c, i)));
  }
  @inline mix(c: i32, i: usize, no: v128, yes: v128): v128 {
    const t = this.at(c, i);
    return f32x4.add(f32x4.mul(no, f32x4.sub(lanes.one(), t)), f32x4.mul(yes, t));
  }
}

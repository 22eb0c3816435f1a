import { lanes } from "../math/lanes";
import { Frame, frame } from "../tile/frame";

/**
 * Probabilities travel as one signed number s a (pixel, class): s = p where p <= 1/2, s = -q = p - 1 where p > 1/2,
 * so that both p and q = 1 - p keep float32's relative accuracy however confident the network is.
 * With activation "none" p is the caller's and s = p. Pixels that do not count get s = 0.
 */
@unmanaged
export abstract class Coding {
  abstract p(s: v128): v128;
  abstract q(s: v128): v128;
  /** p - t. */
  abstract error(s: v128, t: v128): v128;
}

@final
@unmanaged
export class Signed extends Coding {
  @inline p(s: v128): v128 {
    return f32x4.add(s, v128.and(i32x4.shr_s(s, 31), lanes.one()));
  }
  @inline q(s: v128): v128 {
    return f32x4.sub(v128.andnot(lanes.one(), i32x4.shr_s(s, 31)), s);
  }
  /** Where p > 1/2, (1 - t) - q. */
  @inline error(s: v128, t: v128): v128 {
    return f32x4.sub(s, f32x4.sub(t, v128.and(i32x4.shr_s(s, 31), lanes.one())));
  }
}

@final
@unmanaged
export class Plain extends Coding {
  @inline p(s: v128): v128 {
    return s;
  }
  @inline q(s: v128): v128 {
    return f32x4.sub(lanes.one(), s);
  }
  @inline error(s: v128, t: v128): v128 {
    return f32x4.sub(s, t);
  }
}

/** Both, told apart by frame.plain: an operation more, for loops that are not worth their bytes twice. */
@final
@unmanaged
export class Either extends Coding {
  /** 1 where s stands for p - 1. */
  @inline static above(s: v128): v128 {
    const plain = v128.load32_splat(changetype<usize>(frame), offsetof<Frame>("plain"));
    return v128.and(lanes.one(), v128.andnot(i32x4.shr_s(s, 31), plain));
  }
  @inline p(s: v128): v128 {
    return f32x4.add(s, Either.above(s));
  }
  @inline q(s: v128): v128 {
    return f32x4.sub(f32x4.sub(lanes.one(), Either.above(s)), s);
  }
  @inline error(s: v128, t: v128): v128 {
    return f32x4.sub(s, f32x4.sub(t, Either.above(s)));
  }
}

/** Signed probabilities as plain ones, in place. */
export function decode(from: i32, to: i32): f64 {
  const coding = changetype<Signed>(0),
    pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch;
  for (let c: usize = 0; c < bytes; c += pitch) {
    for (
      let at = frame.prob + c + ((<usize>from) << 2), end = frame.prob + c + ((<usize>to) << 2);
      at < end;
      at += 16
    ) {
      v128.store(at, coding.p(v128.load(at)));
    }
  }
  return 0;
}

import { frame } from "./frame";
import { lanes } from "./math/lanes";
import { pixels } from "./pixels";

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

export function sigmoidForward(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch,
    pred = frame.pred,
    prob = frame.prob;
  for (let c: usize = 0; c < bytes; c += pitch) {
    for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
      const z = v128.load(pred + c + i),
        e = lanes.expNegative(lanes.minusAbs(z));
      const small = f32x4.div(e, f32x4.add(lanes.one(), e)),
        likely = f32x4.gt(z, f32x4.splat(0));
      v128.store(prob + c + i, v128.and(v128.xor(small, i32x4.shl(likely, 31)), pixels.valid(i)));
    }
  }
  return 0;
}

export function noneForward(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch,
    pred = frame.pred,
    prob = frame.prob;
  for (let c: usize = 0; c < bytes; c += pitch) {
    for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
      v128.store(prob + c + i, v128.and(v128.load(pred + c + i), pixels.valid(i)));
    }
  }
  return 0;
}

export function sigmoidBackward(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch;
  const accumulate = frame.accumulate;
  for (let c: usize = 0; c < bytes; c += pitch) {
    for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
      // p q = |s| (1 - |s|), whichever of the two s holds
      const s = f32x4.abs(v128.load(frame.prob + c + i)),
        pq = f32x4.mul(s, f32x4.sub(lanes.one(), s));
      pixels.put(
        frame.grad + c + i,
        v128.and(f32x4.mul(pq, v128.load(frame.slope + c + i)), pixels.valid(i)),
        accumulate,
      );
    }
  }
  return 0;
}

export function noneBackward(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch;
  const accumulate = frame.accumulate;
  for (let c: usize = 0; c < bytes; c += pitch) {
    for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
      pixels.put(frame.grad + c + i, v128.and(v128.load(frame.slope + c + i), pixels.valid(i)), accumulate);
    }
  }
  return 0;
}

/** Signed probabilities as plain ones, in place. */
export function decode(from: i32, to: i32): f64 {
  const coding = changetype<Signed>(0),
    pitch = frame.pitch,
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

/** The channel of the largest number, the first of equals, to the labels. Returns 1 if a number of a pixel that counts is NaN. */
export function argmax(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    classes = frame.classes;
  let unknown = i32x4.splat(0);
  for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
    let largest = v128.load(frame.pred + i),
      label = i32x4.splat(0),
      nan = f32x4.ne(largest, largest);
    for (let c = 1; c < classes; c++) {
      const z = v128.load(frame.pred + <usize>c * pitch + i),
        larger = f32x4.gt(z, largest);
      largest = v128.bitselect(z, largest, larger);
      label = v128.bitselect(i32x4.splat(c), label, larger);
      nan = v128.or(nan, f32x4.ne(z, z));
    }
    unknown = v128.or(unknown, v128.and(nan, pixels.valid(i)));
    v128.store(frame.labels + i, label);
  }
  return v128.any_true(unknown) ? 1 : 0;
}

/** Adds the planes at frame.units to dL/dp. */
export function addSlope(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch;
  for (let c: usize = 0; c < bytes; c += pitch) {
    for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
      v128.store(frame.slope + c + i, f32x4.add(v128.load(frame.slope + c + i), v128.load(frame.units + c + i)));
    }
  }
  return 0;
}

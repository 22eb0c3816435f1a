import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";

@final
class signed {
  /** The coding of a sigmoid from its logit and e^-|z| (coding.ts); 0 where the pixel does not count. */
  @inline static of(z: v128, e: v128, valid: v128): v128 {
    const small = f32x4.div(e, f32x4.add(lanes.one(), e));
    return v128.and(v128.xor(small, i32x4.shl(f32x4.gt(z, f32x4.splat(0)), 31)), valid);
  }
  /** The sign is set where p > 1/2: where they tie, it is neither's. Of the logit, as s is 1/2 in a wider range. */
  @inline static opposite(s: v128, z: v128): v128 {
    const zero = f32x4.splat(0);
    return v128.bitselect(s, f32x4.sub(zero, s), f32x4.eq(z, zero));
  }
}

/**
 * Sigmoids of a plane, or of what it has more than the `first` plane; `opposite`, where it is wanted, takes 1 minus
 * them. Four vectors at a time share the constants.
 */
function forward(pred: usize, first: usize, prob: usize, opposite: usize, from: i32, to: i32): void {
  for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 64) {
    const at = pred + i,
      out = prob + i;
    let z = v128.load(at),
      z2 = v128.load(at, 16),
      z3 = v128.load(at, 32),
      z4 = v128.load(at, 48);
    if (first) {
      z = f32x4.sub(z, v128.load(first + i));
      z2 = f32x4.sub(z2, v128.load(first + i, 16));
      z3 = f32x4.sub(z3, v128.load(first + i, 32));
      z4 = f32x4.sub(z4, v128.load(first + i, 48));
    }
    const e = lanes.expNegative(lanes.minusAbs(z)),
      e2 = lanes.expNegative(lanes.minusAbs(z2)),
      e3 = lanes.expNegative(lanes.minusAbs(z3)),
      e4 = lanes.expNegative(lanes.minusAbs(z4));
    const s = signed.of(z, e, pixels.valid(i)),
      s2 = signed.of(z2, e2, pixels.valid(i + 16)),
      s3 = signed.of(z3, e3, pixels.valid(i + 32)),
      s4 = signed.of(z4, e4, pixels.valid(i + 48));
    v128.store(out, s);
    v128.store(out, s2, 16);
    v128.store(out, s3, 32);
    v128.store(out, s4, 48);
    if (!opposite) continue;
    v128.store(opposite + i, signed.opposite(s, z));
    v128.store(opposite + i, signed.opposite(s2, z2), 16);
    v128.store(opposite + i, signed.opposite(s3, z3), 32);
    v128.store(opposite + i, signed.opposite(s4, z4), 48);
  }
}

export function sigmoidForward(from: i32, to: i32): f64 {
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++)
    forward(frame.pred + c * frame.predPitch, 0, frame.prob + c * frame.probPitch, 0, from, to);
  return 0;
}

/** Of two classes that compete, the second alone: the sigmoid of the logits' difference. */
export function secondForward(from: i32, to: i32): f64 {
  forward(frame.pred + frame.predPitch, frame.pred, frame.prob + frame.probPitch, 0, from, to);
  return 0;
}

/** The smaller share is that of the logits' difference, and the other's q is the same number. */
export function pairForward(from: i32, to: i32): void {
  forward(frame.pred + frame.predPitch, frame.pred, frame.prob + frame.probPitch, frame.prob, from, to);
}

export function noneForward(from: i32, to: i32): f64 {
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const pred = frame.pred + c * frame.predPitch,
      prob = frame.prob + c * frame.probPitch;
    for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16)
      v128.store(prob + i, v128.and(v128.load(pred + i), pixels.valid(i)));
  }
  return 0;
}

export function sigmoidBackward(from: i32, to: i32): f64 {
  const accumulate = frame.accumulate;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const prob = frame.prob + c * frame.probPitch,
      slope = frame.slope + c * frame.pitch,
      grad = frame.grad + c * frame.gradPitch;
    for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
      // p q = |s| (1 - |s|), whichever of the two s holds
      const s = f32x4.abs(v128.load(prob + i)),
        pq = f32x4.mul(s, f32x4.sub(lanes.one(), s));
      pixels.put(grad + i, v128.and(f32x4.mul(pq, v128.load(slope + i)), pixels.valid(i)), accumulate);
    }
  }
  return 0;
}

export function noneBackward(from: i32, to: i32): f64 {
  const accumulate = frame.accumulate;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const slope = frame.slope + c * frame.pitch,
      grad = frame.grad + c * frame.gradPitch;
    for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16)
      pixels.put(grad + i, v128.and(v128.load(slope + i), pixels.valid(i)), accumulate);
  }
  return 0;
}

/**
 * dL/dpred of a plane of sigmoids, or of the second of two classes' probabilities, from dL/dp: p q times it.
 * `opposite`, where it is wanted, takes what is the first class's. `shares` may be any of the planes that are written.
 */
export function slopesByPred(shares: usize, slopes: usize, grad: usize, opposite: usize, count: i32): void {
  const end = (<usize>count) << 2;
  let i: usize = 0;
  for (const whole = end & ~15; i < whole; i += 16) {
    const s = f32x4.abs(v128.load(shares + i)),
      g = f32x4.mul(f32x4.mul(s, f32x4.sub(lanes.one(), s)), v128.load(slopes + i));
    v128.store(grad + i, g);
    if (opposite) v128.store(opposite + i, f32x4.sub(f32x4.splat(0), g)); // not -0 where g is 0
  }
  for (; i < end; i += 4) {
    const s = abs(load<f32>(shares + i)),
      g = s * (1 - s) * load<f32>(slopes + i);
    store<f32>(grad + i, g);
    if (opposite) store<f32>(opposite + i, 0 - g);
  }
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

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
}

export function sigmoidForward(from: i32, to: i32): f64 {
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const pred = frame.pred + c * frame.predPitch,
      prob = frame.prob + c * frame.probPitch;
    // Four vectors at a time share the constants.
    for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 64) {
      const at = pred + i,
        out = prob + i,
        z = v128.load(at),
        z2 = v128.load(at, 16),
        z3 = v128.load(at, 32),
        z4 = v128.load(at, 48),
        e = lanes.expNegative(lanes.minusAbs(z)),
        e2 = lanes.expNegative(lanes.minusAbs(z2)),
        e3 = lanes.expNegative(lanes.minusAbs(z3)),
        e4 = lanes.expNegative(lanes.minusAbs(z4));
      v128.store(out, signed.of(z, e, pixels.valid(i)));
      v128.store(out, signed.of(z2, e2, pixels.valid(i + 16)), 16);
      v128.store(out, signed.of(z3, e3, pixels.valid(i + 32)), 32);
      v128.store(out, signed.of(z4, e4, pixels.valid(i + 48)), 48);
    }
  }
  return 0;
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

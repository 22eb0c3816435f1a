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

/** Two classes need one exponential: p is the sigmoid of their difference. */
function pairForward(from: usize, to: usize): void {
  const pitch = frame.pitch,
    pred = frame.pred;
  for (let i = from; i < to; i += 32) {
    const x = f32x4.sub(v128.load(pred + pitch + i), v128.load(pred + i)),
      x2 = f32x4.sub(v128.load(pred + pitch + i, 16), v128.load(pred + i, 16));
    const e = lanes.expNegative(lanes.minusAbs(x)),
      e2 = lanes.expNegative(lanes.minusAbs(x2));
    storePair(i, x, f32x4.div(e, f32x4.add(lanes.one(), e)));
    storePair(i + 16, x2, f32x4.div(e2, f32x4.add(lanes.one(), e2)));
  }
}

/** The smaller of two classes' probabilities, of the first where x > 0; the other is its complement. */
function storePair(i: usize, x: v128, small: v128): void {
  const second = f32x4.gt(x, f32x4.splat(0)),
    valid = pixels.valid(i);
  const s = v128.and(small, valid),
    complement = v128.and(lanes.negative(small), valid);
  v128.store(frame.prob + i, v128.bitselect(s, complement, second));
  v128.store(frame.prob + frame.pitch + i, v128.bitselect(complement, s, second));
}

/** Two vectors at a time share the constants of the exponential. */
export function softmaxForward(first: i32, last: i32): f64 {
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2,
    pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch,
    pred = frame.pred,
    prob = frame.prob;
  if (frame.classes == 2) {
    pairForward(from, to);
    return 0;
  }
  for (let i = from; i < to; i += 32) {
    const end = i + bytes;
    let max = v128.load(pred + i),
      max2 = v128.load(pred + i, 16);
    for (let c = i + pitch; c < end; c += pitch) {
      max = f32x4.pmax(max, v128.load(pred + c));
      max2 = f32x4.pmax(max2, v128.load(pred + c, 16));
    }
    // others: the sum of all exponentials but the largest; a tie leaves all but one of the tied.
    let others = f32x4.splat(0),
      others2 = others,
      ties = i32x4.splat(1),
      ties2 = ties;
    for (let c = i; c < end; c += pitch) {
      const z = v128.load(pred + c),
        z2 = v128.load(pred + c, 16),
        e = lanes.expShare(f32x4.sub(z, max)),
        e2 = lanes.expShare(f32x4.sub(z2, max2)),
        equal = f32x4.eq(z, max),
        equal2 = f32x4.eq(z2, max2);
      ties = i32x4.add(ties, equal);
      ties2 = i32x4.add(ties2, equal2);
      others = f32x4.add(others, v128.andnot(e, equal));
      others2 = f32x4.add(others2, v128.andnot(e2, equal2));
      v128.store(prob + c, e);
      v128.store(prob + c, e2, 16);
    }
    normalise(i, end, max, f32x4.sub(others, f32x4.convert_i32x4_s(ties)));
    normalise(i + 16, end + 16, max2, f32x4.sub(others2, f32x4.convert_i32x4_s(ties2)));
  }
  return 0;
}

/** From exponentials to signed probabilities: -q of the largest logit where the others add up to less than its own. */
function normalise(i: usize, end: usize, max: v128, others: v128): void {
  const pitch = frame.pitch,
    pred = frame.pred,
    prob = frame.prob,
    one = lanes.one(),
    valid = pixels.valid(i);
  const inverse = f32x4.div(one, f32x4.add(others, one)),
    confident = v128.and(f32x4.lt(others, one), valid),
    minusQ = lanes.negative(f32x4.mul(others, inverse));
  for (let c = i; c < end; c += pitch) {
    const largest = v128.and(f32x4.eq(v128.load(pred + c), max), confident),
      p = v128.and(f32x4.mul(v128.load(prob + c), inverse), valid);
    v128.store(prob + c, v128.bitselect(minusQ, p, largest));
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

/**
 * g_c = p_c (G_c - sum_j G_j p_j), taken about the class w with p_w > 1/2 where there is one: M = sum_{j != w} (G_j - G_w) p_j,
 * g_c = p_c (G_c - G_w - M) and g_w = -p_w M. The plain form would subtract numbers that agree to 7 digits (specification 1.9).
 */
export function softmaxBackward(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch,
    prob = frame.prob,
    slope = frame.slope,
    grad = frame.grad;
  const coding = changetype<Signed>(0);
  const accumulate = frame.accumulate;
  for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
    let pivot = f32x4.splat(0),
      sum = f32x4.splat(0),
      q = f32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += pitch) {
      const s = v128.load(prob + c + i),
        g = v128.load(slope + c + i),
        large = i32x4.shr_s(s, 31);
      pivot = v128.or(pivot, v128.and(g, large));
      q = f32x4.sub(q, v128.and(s, large));
      sum = f32x4.add(sum, f32x4.mul(g, v128.andnot(s, large)));
    }
    sum = f32x4.sub(sum, f32x4.mul(pivot, q));
    const valid = pixels.valid(i);
    for (let c: usize = 0; c < bytes; c += pitch) {
      const s = v128.load(prob + c + i),
        g = f32x4.sub(f32x4.sub(v128.load(slope + c + i), pivot), sum);
      pixels.put(grad + c + i, v128.and(f32x4.mul(coding.p(s), g), valid), accumulate);
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
      pixels.put(frame.grad + c + i, v128.and(f32x4.mul(pq, v128.load(frame.slope + c + i)), pixels.valid(i)), accumulate);
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
    for (let at = frame.prob + c + ((<usize>from) << 2), end = frame.prob + c + ((<usize>to) << 2); at < end; at += 16) {
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

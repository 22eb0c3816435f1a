import { doubles } from "../math/doubles";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";

/**
 * Distributions P and their logarithms of the staged pixels, as planes `pitch` bytes apart: the classes' (softmax, or
 * "none" with C > 1), or p and 1 - p of each channel. P is 0 below e^-60, so that its products are never subnormal.
 */
const FAR: f32 = -60;
const FLOOR: f32 = 1e-7;
/** A little above 1, which rounding may exceed. */
const MOST: f32 = 1.001;

/** Bytes of a block of 256 pixels, whose planes stay in the first-level cache from one step to the next. */
const BLOCK: usize = 1024;
/** The block's largest logits, then logarithms of its sums of exponentials, and these sums' inverses. */
const logs: usize = memory.data(1024, 16);
const inverses: usize = memory.data(1024, 16);

// Functions of their own: where a logarithm stands beside the loops over classes, V8 keeps less of them in registers
// (1.6 times slower).

/** Each pixel's largest logit, in the row of the logarithms. */
function largest(pred: usize, bytes: usize): void {
  const planes = frame.predPitch,
    reach = <usize>frame.classes * planes;
  for (let i: usize = 0; i < bytes; i += 16) {
    let most = v128.load(pred + i);
    for (let at = pred + i + planes, end = pred + i + reach; at < end; at += planes)
      most = f32x4.pmax(most, v128.load(at));
    v128.store(logs + i, most);
  }
}

/** Logits less the largest, and their exponentials, plane by plane: no vector waits for another. */
function exponentials(pred: usize, prob: usize, log: usize, pitch: usize, bytes: usize): void {
  const planes = frame.predPitch,
    far = f32x4.splat(FAR),
    lowest = lanes.lowest();
  for (let c = 0; c < frame.classes; c++, pred += planes, prob += pitch, log += pitch) {
    for (let i: usize = 0; i < bytes; i += 16) {
      // Logits may be further apart than float32 reaches, and infinity times a P of 0 is NaN.
      const x = f32x4.pmax(f32x4.sub(v128.load(pred + i), v128.load(logs + i)), lowest);
      v128.store(log + i, x);
      v128.store(prob + i, v128.andnot(lanes.expNegative(x), f32x4.lt(x, far)));
    }
  }
}

/** Sums in float64, as float32 sums of many classes would be the largest error of a divergence by far. */
function normalisers(prob: usize, pitch: usize, bytes: usize): void {
  const reach = <usize>frame.classes * pitch;
  for (let i: usize = 0; i < bytes; i += 16) {
    let low = f64x2.splat(0),
      high = low;
    for (let at = prob + i, end = at + reach; at < end; at += pitch) {
      const e = v128.load(at);
      low = f64x2.add(low, f64x2.promote_low_f32x4(e));
      high = f64x2.add(high, doubles.high(e));
    }
    const sum = doubles.narrow(low, high);
    v128.store(inverses + i, f32x4.div(lanes.one(), sum));
    v128.store(logs + i, lanes.log(sum));
  }
}

function normalise(prob: usize, log: usize, pitch: usize, bytes: usize): void {
  const classes = frame.classes;
  for (let i: usize = 0; i < bytes; i += 16) {
    const shift = v128.load(logs + i),
      inverse = v128.load(inverses + i);
    for (let c = 0, at = i; c < classes; c++, at += pitch) {
      v128.store(log + at, f32x4.sub(v128.load(log + at), shift));
      v128.store(prob + at, f32x4.mul(v128.load(prob + at), inverse));
    }
  }
}

export function softmaxPlanes(count: i32, prob: usize, log: usize, pitch: usize): i32 {
  if (frame.classes == 2) {
    answers(frame.pred + frame.predPitch, frame.pred, count, prob + pitch, prob, log + pitch, log);
    return 0;
  }
  for (let from: usize = 0, end = (<usize>count) << 2; from < end; from += BLOCK) {
    const bytes = min(BLOCK, end - from);
    largest(frame.pred + from, bytes);
    exponentials(frame.pred + from, prob + from, log + from, pitch, bytes);
    normalisers(prob + from, pitch, bytes);
    normalise(prob + from, log + from, pitch, bytes);
  }
  return 0;
}

export function sigmoidPlanes(count: i32, prob: usize, log: usize, pitch: usize): i32 {
  for (let c = 0; c < frame.classes; c++) {
    const yes = <usize>(2 * c) * pitch,
      no = yes + pitch;
    answers(frame.pred + <usize>c * frame.predPitch, 0, count, prob + yes, prob + no, log + yes, log + no);
  }
  return 0;
}

/** Of logits at `pred`, or how far these lie above those of `other`, the probabilities of yes and no. */
function answers(pred: usize, other: usize, count: i32, yes: usize, no: usize, logYes: usize, logNo: usize): void {
  const zero = f32x4.splat(0),
    far = f32x4.splat(FAR),
    lowest = lanes.lowest();
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    let z = v128.load(pred + i);
    // They may be further apart than float32 reaches, and infinity times a P of 0 is NaN.
    if (other) z = f32x4.pmax(f32x4.pmin(f32x4.sub(z, v128.load(other + i)), lanes.negative(lowest)), lowest);
    const x = f32x4.neg(f32x4.abs(z)),
      e = lanes.expNegative(x),
      large = f32x4.div(lanes.one(), f32x4.add(lanes.one(), e)),
      small = v128.andnot(f32x4.mul(e, large), f32x4.lt(x, far)),
      bend = lanes.log1p(e),
      likely = f32x4.gt(z, zero);
    v128.store(yes + i, v128.bitselect(large, small, likely));
    v128.store(no + i, v128.bitselect(small, large, likely));
    v128.store(logYes + i, f32x4.sub(f32x4.pmin(zero, z), bend));
    v128.store(logNo + i, f32x4.sub(f32x4.pmin(zero, f32x4.neg(z)), bend));
  }
}

/** Returns 1 if a number that counts is no probability. */
export function nonePlanes(count: i32, prob: usize, log: usize, pitch: usize): i32 {
  const pair = frame.classes == 1,
    floor = f32x4.splat(FLOOR),
    most = f32x4.splat(MOST),
    zero = f32x4.splat(0);
  let outside = zero;
  for (let c = 0, entries = pair ? 2 : frame.classes; c < entries; c++) {
    const pred = frame.pred + (pair ? 0 : <usize>c * frame.predPitch),
      plane = <usize>c * pitch;
    for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
      const p = v128.load(pred + i),
        own = pair && c == 1 ? f32x4.sub(lanes.one(), p) : p;
      outside = v128.or(outside, v128.and(v128.or(f32x4.lt(own, zero), f32x4.gt(own, most)), pixels.valid(i)));
      v128.store(prob + plane + i, own);
      v128.store(log + plane + i, lanes.log(f32x4.pmax(own, floor)));
    }
  }
  return i32(v128.any_true(outside));
}

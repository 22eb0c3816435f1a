import { lanes } from "../math/lanes";
import { frame } from "./frame";
import { pixels } from "./pixels";

/** Of each pixel of a block: the sum of its classes' targets. */
const totals: usize = memory.data(1024, 16);
/** Bytes of a class's sums (overlap/row.ts). */
const SUMS: usize = 40;

/** How many lanes of a mask are set. */
function count(mask: v128): f64 {
  return <f64>popcnt<i32>(i32x4.bitmask(mask));
}

/**
 * Adds up the staged soft target: each class's sums of t and t^2 to its row at frame.sums, and to the row of class 0
 * how many numbers are outside [0, 1], how many pixels have zeros only, and how many others do not sum to 1 within
 * 1e-3. Returns the sum of t (1 - t), which is 0 where all are 0 or 1.
 */
export function sumTarget(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    one = lanes.one(),
    zero = f32x4.splat(0),
    size = (<usize>(to - from)) << 2,
    first = (<usize>from) << 2;
  let outside: f64 = 0,
    empty: f64 = 0,
    off: f64 = 0,
    between = zero;
  memory.fill(totals, 0, size);
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const plane = frame.target + c * pitch + first,
      sums = frame.sums + c * SUMS;
    let low = f64x2.splat(0),
      high = f64x2.splat(0),
      lowSquared = f64x2.splat(0),
      highSquared = f64x2.splat(0),
      wrong = i32x4.splat(0);
    for (let i: usize = 0; i < size; i += 16) {
      const t = v128.load(plane + i),
        within = v128.and(f32x4.ge(t, zero), f32x4.le(t, one)),
        a = f64x2.promote_low_f32x4(t),
        b = f64x2.promote_low_f32x4(v128.shuffle<i64>(t, t, 1, 0));
      wrong = i32x4.sub(wrong, v128.not(within));
      between = f32x4.add(between, f32x4.mul(t, f32x4.sub(one, t)));
      low = f64x2.add(low, a);
      high = f64x2.add(high, b);
      lowSquared = f64x2.add(lowSquared, f64x2.mul(a, a));
      highSquared = f64x2.add(highSquared, f64x2.mul(b, b));
      v128.store(totals + i, f32x4.add(v128.load(totals + i), t));
    }
    const sum = f64x2.add(low, high),
      squared = f64x2.add(lowSquared, highSquared);
    store<f64>(sums, load<f64>(sums) + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
    store<f64>(sums, load<f64>(sums, 8) + f64x2.extract_lane(squared, 0) + f64x2.extract_lane(squared, 1), 8);
    outside += count(i32x4.gt_s(wrong, i32x4.splat(0)));
  }
  for (let i: usize = 0; i < size; i += 16) {
    const total = v128.load(totals + i),
      valid = pixels.valid(first + i),
      none = f32x4.eq(total, zero),
      far = f32x4.gt(f32x4.abs(f32x4.sub(total, one)), f32x4.splat(1e-3));
    empty += count(v128.and(valid, none));
    off += count(v128.and(valid, v128.andnot(far, none)));
  }
  const sums = frame.sums;
  store<f64>(sums, load<f64>(sums, 16) + outside, 16);
  store<f64>(sums, load<f64>(sums, 24) + empty, 24);
  store<f64>(sums, load<f64>(sums, 32) + off, 32);
  return lanes.sum(between);
}

/** Pixels whose soft target has zeros only do not count: their label becomes -1. */
export function markVoids(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch;
  for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
    let any = i32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += pitch)
      any = v128.or(any, f32x4.ne(v128.load(frame.target + c + i), f32x4.splat(0)));
    v128.store(frame.labels + i, v128.or(v128.load(frame.labels + i), v128.not(any)));
  }
  return 0;
}

/**
 * The same of a soft target whose pixels have weights, at frame.source: each class's sums of w t and w t^2, and after
 * those of class 0 the sum of the weights of pixels that count. Returns how many of these have a weight above 0.
 */
export function sumWeightedTarget(from: i32, to: i32): f64 {
  const pitch = frame.pitch,
    end = (<usize>to) << 2;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const plane = frame.target + c * pitch,
      sums = frame.sums + c * SUMS;
    let sum = f64x2.splat(0),
      squared = sum;
    for (let i = (<usize>from) << 2; i < end; i += 8) {
      const t = f64x2.promote_low_f32x4(v128.load64_zero(plane + i)),
        weighed = f64x2.mul(t, f64x2.promote_low_f32x4(v128.load64_zero(frame.source + i)));
      sum = f64x2.add(sum, weighed);
      squared = f64x2.add(squared, f64x2.mul(t, weighed));
    }
    store<f64>(sums, load<f64>(sums) + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
    store<f64>(sums, load<f64>(sums, 8) + f64x2.extract_lane(squared, 0) + f64x2.extract_lane(squared, 1), 8);
  }
  let counted: f64 = 0,
    valid = f64x2.splat(0);
  for (let i = (<usize>from) << 2; i < end; i += 16) {
    const w = v128.and(v128.load(frame.source + i), pixels.valid(i));
    valid = f64x2.add(valid, f64x2.promote_low_f32x4(w));
    valid = f64x2.add(valid, f64x2.promote_low_f32x4(v128.shuffle<i64>(w, w, 1, 0)));
    counted += count(f32x4.gt(w, f32x4.splat(0)));
  }
  const sums = frame.sums;
  store<f64>(sums, load<f64>(sums, 16) + f64x2.extract_lane(valid, 0) + f64x2.extract_lane(valid, 1), 16);
  return counted;
}

/** Adds a pixel's weight to the table of its label, and gives 1 if it counts. */
function addWeight(table: usize, range: i32, at: usize): i32 {
  const label = load<i32>(frame.labels + at),
    weight = load<f32>(frame.source + at);
  if (<u32>label >= <u32>range) return 0;
  const sum = table + ((<usize>label) << 3);
  store<f64>(sum, load<f64>(sum) + <f64>weight);
  return <i32>(weight > 0);
}

/**
 * Adds the weights at frame.source of pixels that count to a float64 number for each label from 0 to range - 1, those
 * of every other pixel to a second table after it: one add need not wait for the one before. Returns how many of the
 * pixels have a weight above 0. The padding is of label -1.
 */
export function sumWeights(range: i32, count: i32): i32 {
  const even = frame.sums,
    odd = even + ((<usize>range) << 3);
  let counted = 0;
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 8)
    counted += addWeight(even, range, i) + addWeight(odd, range, i + 4);
  return counted;
}

/** Of weights at frame.source: 2 if one is negative or not finite, else 1 if one is 0, else 0. */
export function checkWeights(count: i32): i32 {
  let odd = i32x4.splat(0),
    none = odd;
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const w = v128.load(frame.source + i);
    odd = v128.or(odd, v128.not(v128.and(f32x4.ge(w, f32x4.splat(0)), f32x4.lt(w, f32x4.splat(<f32>Infinity)))));
    none = v128.or(none, f32x4.eq(w, f32x4.splat(0)));
  }
  return v128.any_true(odd) ? 2 : <i32>v128.any_true(none);
}

/** Pixels whose weight, at frame.source, is 0 do not count. */
export function markWeightless(count: i32): void {
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    const none = f32x4.eq(v128.load(frame.source + i), f32x4.splat(0));
    v128.store(frame.labels + i, v128.or(v128.load(frame.labels + i), none));
  }
}

/** The planes of unit weights times the pixels' weights at frame.source. */
export function weighUnits(planes: i32, count: i32): void {
  const size = (<usize>count) << 2;
  for (let c: usize = 0; c < <usize>planes; c++) {
    const plane = frame.unitWeights + c * frame.pitch;
    for (let i: usize = 0; i < size; i += 16)
      v128.store(plane + i, f32x4.mul(v128.load(plane + i), v128.load(frame.source + i)));
  }
}

/**
 * How many numbers of pred, at pixels that count, can be no probabilities: finite ones that are beyond [0, 1] by more
 * than 1e-3.
 */
export function countImprobable(from: i32, to: i32): f64 {
  const pitch = frame.predPitch,
    bytes = <usize>frame.classes * pitch;
  let found: f64 = 0;
  for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
    let beyond = i32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += pitch) {
      const far = f32x4.abs(f32x4.sub(v128.load(frame.pred + c + i), f32x4.splat(0.5)));
      beyond = v128.or(beyond, v128.and(f32x4.gt(far, f32x4.splat(0.501)), f32x4.lt(far, f32x4.splat(<f32>Infinity))));
    }
    found += count(v128.and(beyond, pixels.valid(i)));
  }
  return found;
}

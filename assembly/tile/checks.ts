import { doubles } from "../math/doubles";
import { lanes } from "../math/lanes";
import { frame, ROW } from "./frame";
import { pixels } from "./pixels";

/** Of each pixel of a block: the sum of its classes' targets. */
const totals: usize = memory.data(<i32>ROW, 16);
/** Bytes of a class's sums (overlap/row.ts). */
const SUMS: usize = 40;

/** How many lanes of a mask are set. */
function count(mask: v128): f64 {
  return <f64>popcnt<i32>(i32x4.bitmask(mask));
}

/**
 * Adds up the staged soft target: each class's sums of t and t^2 to its row at frame.sums, and to the row of class 0
 * how many vectors have numbers outside [0, 1], how many pixels have zeros only, and how many others do not sum to 1
 * within 1e-3. Returns whether a number is neither 0 nor 1.
 */
export function sumTarget(from: i32, to: i32): f64 {
  const pitch = frame.targetPitch,
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
    let sum = f64x2.splat(0),
      squared = sum,
      most = i32x4.splat(0);
    for (let i: usize = 0; i < size; i += 64) {
      const at = plane + i,
        a = v128.load(at),
        b = v128.load(at, 16),
        c = v128.load(at, 32),
        d = v128.load(at, 48),
        aa = f32x4.mul(a, a),
        bb = f32x4.mul(b, b),
        cc = f32x4.mul(c, c),
        dd = f32x4.mul(d, d);
      // As integers numbers from 0 to 1 are in order, and all others but -0 are above them.
      most = i32x4.max_u(most, i32x4.max_u(i32x4.max_u(a, b), i32x4.max_u(c, d)));
      between = v128.or(between, v128.or(f32x4.ne(a, aa), f32x4.ne(b, bb)));
      between = v128.or(between, v128.or(f32x4.ne(c, cc), f32x4.ne(d, dd)));
      sum = four.add(sum, a, b, c, d);
      squared = four.add(squared, aa, bb, cc, dd);
      const by = totals + i;
      v128.store(by, f32x4.add(v128.load(by), a));
      v128.store(by, f32x4.add(v128.load(by, 16), b), 16);
      v128.store(by, f32x4.add(v128.load(by, 32), c), 32);
      v128.store(by, f32x4.add(v128.load(by, 48), d), 48);
    }
    four.store(sums, sum);
    four.store(sums + 8, squared);
    if (!i32x4.all_true(i32x4.le_u(most, one))) outside += countOutside(plane, size);
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
  return f64(v128.any_true(between));
}

/** How many vectors have a number outside [0, 1]. */
function countOutside(plane: usize, size: usize): f64 {
  let outside: f64 = 0;
  for (let at = plane, end = plane + size; at < end; at += 16) {
    const t = v128.load(at);
    outside += f64(!i32x4.all_true(v128.and(f32x4.ge(t, f32x4.splat(0)), f32x4.le(t, lanes.one()))));
  }
  return outside;
}

/**
 * The class of the last number of a pixel's soft target that is not 0, of a one-hot one its label. Pixels that have
 * zeros only do not count: their label becomes -1.
 */
export function labelRows(from: i32, to: i32): f64 {
  const pitch = frame.targetPitch,
    zero = f32x4.splat(0);
  for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
    let found = i32x4.splat(-1);
    for (let c = 0, at = frame.target + i; c < frame.classes; c++, at += pitch)
      found = v128.bitselect(i32x4.splat(c), found, f32x4.ne(v128.load(at), zero));
    v128.store(frame.labels + i, v128.or(found, i32x4.shr_s(v128.load(frame.labels + i), 31)));
  }
  return 0;
}

/** A float64 sum of float32 lanes; of four vectors they are added up first. */
@final
class four {
  @inline static add(sum: v128, a: v128, b: v128, c: v128, d: v128): v128 {
    const all = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
    return f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(all), doubles.high(all)));
  }
  /** All in float64: rankings count down from such sums to nothing. */
  @inline static addTwo(sum: v128, a: v128, b: v128): v128 {
    return f64x2.add(sum, f64x2.add(doubles.folded(a), doubles.folded(b)));
  }
  @inline static store(at: usize, sum: v128): void {
    store<f64>(at, load<f64>(at) + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  }
}

/**
 * Of weights at frame.source: -1 if one is negative or not finite, else four times how many of the pixels that count
 * have one above 0, 2 more if some weight is above 1, and 1 more if some is 0. Adds the weights of the pixels that
 * count to the third of the sums, and leaves a bit for each pixel at frame.rows, set where its weight is 0: to read the
 * weights again would take as long.
 */
export function checkWeights(count: i32): i32 {
  const labels = frame.labels,
    source = frame.source,
    end = (<usize>count) << 2;
  // As integers numbers from 0 on are in order, and all others are above them.
  let least = i32x4.splat(-1),
    most = i32x4.splat(0),
    counted = i32x4.splat(0),
    sum = f64x2.splat(0);
  for (let i: usize = 0; i < end; i += 64) {
    const at = source + i,
      by = labels + i,
      a = looked.at(at),
      b = looked.at(at + 16),
      c = looked.at(at + 32),
      d = looked.at(at + 48),
      countA = looked.counts(by),
      countB = looked.counts(by + 16),
      countC = looked.counts(by + 32),
      countD = looked.counts(by + 48);
    least = i32x4.min_u(least, i32x4.min_u(i32x4.min_u(a, b), i32x4.min_u(c, d)));
    most = i32x4.max_u(most, i32x4.max_u(i32x4.max_u(a, b), i32x4.max_u(c, d)));
    counted = i32x4.sub(
      counted,
      i32x4.add(
        i32x4.add(looked.above(a, countA), looked.above(b, countB)),
        i32x4.add(looked.above(c, countC), looked.above(d, countD)),
      ),
    );
    looked.mark(i, a, b, c, d);
    sum = four.add(sum, v128.and(a, countA), v128.and(b, countB), v128.and(c, countC), v128.and(d, countD));
  }
  if (!looked.sum(most, sum)) return -1;
  return looked.told(<i32>lanes.sum(f32x4.convert_i32x4_s(counted)), most, !i32x4.all_true(least));
}

/** The same where all pixels count: without a look at labels. Padding has weight 0. */
export function checkAllWeights(count: i32): i32 {
  const source = frame.source,
    padded = (count + 15) & ~15,
    end = (<usize>padded) << 2;
  let most = i32x4.splat(0),
    sum = f64x2.splat(0),
    none = 0;
  for (let i: usize = 0; i < end; i += 64) {
    const at = source + i,
      a = looked.at(at),
      b = looked.at(at + 16),
      c = looked.at(at + 32),
      d = looked.at(at + 48);
    most = i32x4.max_u(most, i32x4.max_u(i32x4.max_u(a, b), i32x4.max_u(c, d)));
    none += popcnt<i32>(looked.mark(i, a, b, c, d));
    sum = four.add(sum, a, b, c, d);
  }
  if (!looked.sum(most, sum)) return -1;
  return looked.told(padded - none, most, padded - none < count);
}

/** Four weights, and pixels. */
@final
class looked {
  /** Keeps their sum; false if one is negative or not finite. */
  static sum(most: v128, sum: v128): bool {
    if (!i32x4.all_true(i32x4.lt_u(most, i32x4.splat(0x7f800000)))) return false;
    four.store(frame.sums + 16, sum);
    return true;
  }
  @inline static told(above: i32, most: v128, zeros: bool): i32 {
    const beyond = v128.any_true(f32x4.gt(most, f32x4.splat(1)));
    return (above << 2) | ((<i32>beyond) << 1) | <i32>zeros;
  }
  /** Without -0, which is as good as 0. */
  @inline static at(at: usize): v128 {
    return f32x4.add(v128.load(at), f32x4.splat(0));
  }
  /** Leaves, and returns, a bit for each of sixteen that is 0. */
  @inline static mark(i: usize, a: v128, b: v128, c: v128, d: v128): i32 {
    const low = i16x8.narrow_i32x4_s(looked.none(a), looked.none(b)),
      high = i16x8.narrow_i32x4_s(looked.none(c), looked.none(d));
    const bits = i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
    store<u16>(frame.rows + (i >> 5), <u16>bits);
    return bits;
  }
  @inline static none(weight: v128): v128 {
    return i32x4.eq(weight, i32x4.splat(0));
  }
  @inline static counts(labels: usize): v128 {
    return i32x4.gt_s(v128.load(labels), i32x4.splat(-1));
  }
  @inline static above(weight: v128, counts: v128): v128 {
    return v128.and(i32x4.gt_s(weight, i32x4.splat(0)), counts);
  }
}

/** Of a soft target whose pixels have weights, at frame.source: adds each class's sums of w t and w t^2. */
export function sumWeightedTarget(from: i32, to: i32): f64 {
  const pitch = frame.targetPitch,
    source = frame.source,
    first = (<usize>from) << 2,
    end = (<usize>to) << 2;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const plane = frame.target + c * pitch,
      sums = frame.sums + c * SUMS;
    let sum = f64x2.splat(0),
      squared = sum;
    for (let i = first; i < end; i += 32) {
      const at = plane + i,
        weights = source + i,
        tA = v128.load(at),
        tB = v128.load(at, 16),
        a = f32x4.mul(tA, v128.load(weights)),
        b = f32x4.mul(tB, v128.load(weights, 16));
      sum = four.addTwo(sum, a, b);
      squared = four.addTwo(squared, f32x4.mul(tA, a), f32x4.mul(tB, b));
    }
    four.store(sums, sum);
    four.store(sums + 8, squared);
  }
  return 0;
}

/** Adds the weights of the pixels of a label. */
function sumLabel(label: i32, to: usize, end: usize): void {
  const labels = frame.labels,
    source = frame.source,
    wanted = i32x4.splat(label);
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i < end; i += 32) {
    const by = labels + i,
      at = source + i,
      a = v128.and(v128.load(at), i32x4.eq(v128.load(by), wanted)),
      b = v128.and(v128.load(at, 16), i32x4.eq(v128.load(by, 16), wanted));
    sum = four.addTwo(sum, a, b);
  }
  four.store(to, sum);
}

/** Adds the weights at frame.source to a float64 number for each label from 0 to range - 1; padding has label -1. */
export function sumWeights(range: i32, count: i32): void {
  for (let label = 0; label < range; label++) sumLabel(label, frame.sums + ((<usize>label) << 3), (<usize>count) << 2);
}

/** A plane times its pixels' weights. Writes whole vectors: the plane needs 12 bytes to spare. */
export function weighPlane(plane: usize, weights: usize, count: i32): void {
  for (let i: usize = 0, size = (<usize>count) << 2; i < size; i += 16)
    v128.store(plane + i, f32x4.mul(v128.load(plane + i), v128.load(weights + i)));
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

import { doubles } from "../math/doubles";
import { measure, order, sortErrors } from "../planes/order";

/**
 * The Lovasz extension of the Jaccard loss of one class: sum of g_k e_k over the errors e = |t - p| in descending
 * order. With G foreground pixels, S of them and n others seen so far, the Jaccard loss is 1 - (G - S) / (G + n), so a
 * further foreground pixel adds 1 / (G + n) and another one (G - S) / ((G + n)(G + n + 1)): no differences of nearly
 * equal numbers, and nothing after the last foreground pixel. Berman, Rannen Triki, Blaschko, "The Lovasz-Softmax
 * Loss", 2018, equations 8 and 9. Counts are exact; each weight is one quotient of float32, within 3 units of the last
 * place, and float64 adds them up.
 */

/** For each set of four lanes how many of it stand before each lane. */
const before = memory.data<f32>(
  [
    0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 1, 2, 2, 0, 0, 0, 1, 0, 1, 1, 2, 0, 0, 1, 2, 0, 1, 2, 3, 0, 0, 0, 0, 0, 1, 1,
    1, 0, 0, 1, 1, 0, 1, 2, 2, 0, 0, 0, 1, 0, 1, 1, 2, 0, 0, 1, 2, 0, 1, 2, 3,
  ],
  16,
);

/** Four records: pixels and whether they are foreground, and the errors. */
function who(at: usize): v128 {
  return v128.shuffle<i32>(v128.load(at), v128.load(at, 16), 0, 2, 4, 6);
}
function errorOf(at: usize, most: v128): v128 {
  return i32x4.sub(most, v128.shuffle<i32>(v128.load(at), v128.load(at, 16), 1, 3, 5, 7));
}
/** From the last to the first, as the first of a place is the record's own (`sortErrors`). */
function scatter(slopes: usize, who: v128, x: v128): void {
  const at = i32x4.shl(who, 2);
  v128.store_lane<f32>(slopes + <usize>(<u32>i32x4.extract_lane(at, 3)), x, 3);
  v128.store_lane<f32>(slopes + <usize>(<u32>i32x4.extract_lane(at, 2)), x, 2);
  v128.store_lane<f32>(slopes + <usize>(<u32>i32x4.extract_lane(at, 1)), x, 1);
  v128.store_lane<f32>(slopes + <usize>(<u32>i32x4.extract_lane(at, 0)), x, 0);
}

/** A class without foreground: its largest error is its loss, and alone has a slope. */
function withoutForeground(errors: usize, planes: i32, stride: usize, count: i32, gradient: bool, factor: f64): f64 {
  const most = order.most;
  if (gradient) {
    let found = most < 0;
    for (let plane = 0; plane < planes; plane++, errors += stride) {
      for (let at = errors, end = errors + ((<usize>count) << 2); at < end; at += 4) {
        const first = !found && load<i32>(at) == most;
        store<f32>(at, first ? <f32>factor : 0);
        found = found || first;
      }
    }
  }
  return most < 0 ? 0 : <f64>reinterpret<f32>(most);
}

function clear(errors: usize, planes: i32, stride: usize, count: i32): void {
  for (let plane = 0; plane < planes; plane++, errors += stride) memory.fill(errors, 0, (<usize>count) << 2);
}

/**
 * What the records' pixels weigh, in their order. On its own, as fetching numbers from anywhere waits for memory, and
 * what is little code waits for many at a time (0.9 of a call).
 */
function fetch(weights: usize, records: usize, end: usize, to: usize): void {
  const last = to + ((<usize>order.sorted) << 2); // what fills up weighs nothing
  for (let at = records; at < end; at += 32, to += 16) {
    const pixel = i32x4.shl(who(at), 2);
    let m = v128.load32_zero(weights + <usize>(<u32>i32x4.extract_lane(pixel, 0)));
    m = v128.load_lane<f32>(weights + <usize>(<u32>i32x4.extract_lane(pixel, 1)), m, 1);
    m = v128.load_lane<f32>(weights + <usize>(<u32>i32x4.extract_lane(pixel, 2)), m, 2);
    m = v128.load_lane<f32>(weights + <usize>(<u32>i32x4.extract_lane(pixel, 3)), m, 3);
    v128.store(to, m);
  }
  memory.fill(last, 0, 16);
}

/** What four pixels have before each of them, added up. */
function ahead(masses: v128): v128 {
  const zero = f32x4.splat(0),
    last = v128.shuffle<i32>(zero, masses, 3, 4, 5, 6),
    two = f32x4.add(last, v128.shuffle<i32>(zero, last, 3, 4, 5, 6));
  return f32x4.add(two, v128.shuffle<i32>(zero, last, 2, 3, 4, 5));
}
/** What they have behind each of them. */
function behind(masses: v128): v128 {
  const zero = f32x4.splat(0),
    next = v128.shuffle<i32>(masses, zero, 1, 2, 3, 4),
    two = f32x4.add(next, v128.shuffle<i32>(next, zero, 1, 2, 3, 4));
  return f32x4.add(two, v128.shuffle<i32>(next, zero, 2, 3, 4, 5));
}
/** In float64, so that nothing is left after the last pixel: a heavy one that follows would make much of it. */
function together(masses: v128): f64 {
  return doubles.sum(doubles.folded(masses));
}

/**
 * The value of one class from planes of errors (planes/errors.ts), `stride` bytes apart, of `count` numbers, a multiple
 * of four; with `gradient` they take factor dL/dp of each pixel. `partial`: errors that cost nothing are left out,
 * foreground among them. `records` takes 8 bytes a number and 32 more, `spare` 8 bytes. With weights of pixels in the
 * order of the errors (else 0) counts are sums of these: with M of the foreground and n of the others before, a
 * foreground pixel of weight m adds m / (G + n) and another one (G - M) m / ((G + n)(G + n + m)).
 */
export function lovaszSoftmax(
  errors: usize,
  planes: i32,
  stride: usize,
  records: usize,
  spare: usize,
  weights: usize,
  count: i32,
  foreground: f64,
  partial: bool,
  gradient: bool,
  factor: f64,
): f64 {
  measure(errors, planes, stride, count, partial);
  const unknown: f64 = order.unknown ? NaN : 0;
  if (foreground == 0 || order.most < 0) {
    const value = withoutForeground(errors, planes, stride, count, gradient, factor);
    return unknown + value;
  }
  const sorted = sortErrors(errors, planes, stride, records, spare, count),
    end = records + ((<usize>sorted) << 3);
  if (weights) fetch(weights, records, end, spare);
  if (gradient) clear(errors, planes, stride, count);
  const unit = f32x4.splat(1),
    most = i32x4.splat(order.most),
    scale = f32x4.splat(<f32>factor),
    lane = f32x4(0, 1, 2, 3);
  let seen: f64 = 0,
    others: f64 = 0,
    sum = f64x2.splat(0);
  for (let at = records; at < end; at += 32) {
    const pixel = who(at),
      t = i32x4.shr_s(pixel, 31);
    let g: v128;
    if (weights) {
      const m = v128.load(spare + ((at - records) >> 1)),
        one = v128.and(m, t),
        zero = v128.andnot(m, t),
        union = f32x4.add(f32x4.splat(<f32>(foreground + others)), ahead(zero));
      seen += together(one);
      others += together(zero);
      const left = f32x4.add(f32x4.splat(<f32>(foreground - seen)), behind(one));
      // float32 may not hold a product of unions.
      g = f32x4.mul(f32x4.div(m, union), v128.bitselect(unit, f32x4.div(left, f32x4.add(union, m)), t));
    } else {
      const set = i32x4.bitmask(pixel),
        marked = popcnt(set),
        earlier = v128.load(before + ((<usize>set) << 4)),
        left = f32x4.sub(f32x4.splat(<f32>(foreground - seen)), earlier),
        union = f32x4.add(f32x4.splat(<f32>(foreground + others)), f32x4.sub(lane, earlier));
      g = f32x4.div(v128.bitselect(unit, left, t), f32x4.mul(union, v128.bitselect(unit, f32x4.add(union, unit), t)));
      seen += <f64>marked;
      others += <f64>(4 - marked);
    }
    sum = f64x2.add(sum, doubles.folded(f32x4.mul(g, errorOf(at, most))));
    if (gradient) scatter(errors, pixel, v128.xor(f32x4.mul(g, scale), i32x4.shl(t, 31)));
  }
  return unknown + doubles.sum(sum);
}

/**
 * Two classes that compete have the same errors, and the foreground of one is the background of the other: one sort
 * serves both. Takes the errors of class 1, how many pixels each class has and what it weighs; the planes take
 * factor (dL/dp_1 - dL/dp_0). An error of 0 costs both nothing.
 */
export function lovaszSoftmaxPair(
  errors: usize,
  planes: i32,
  stride: usize,
  records: usize,
  spare: usize,
  weights: usize,
  count: i32,
  ones: f64,
  zeros: f64,
  weightOne: f64,
  weightZero: f64,
  gradient: bool,
  factor: f64,
): f64 {
  measure(errors, planes, stride, count, true);
  const unknown: f64 = order.unknown ? NaN : 0;
  if (ones == 0 || order.most < 0) {
    const value = withoutForeground(errors, planes, stride, count, gradient, factor * weightOne);
    return unknown + weightOne * value;
  }
  const sorted = sortErrors(errors, planes, stride, records, spare, count),
    end = records + ((<usize>sorted) << 3);
  if (weights) fetch(weights, records, end, spare);
  if (gradient) clear(errors, planes, stride, count);
  const unit = f32x4.splat(1),
    most = i32x4.splat(order.most),
    scale = f32x4.splat(<f32>factor),
    w1 = f32x4.splat(<f32>weightOne),
    w0 = f32x4.splat(<f32>weightZero);
  let seenOnes: f64 = 0,
    seenZeros: f64 = 0,
    sum = f64x2.splat(0);
  for (let at = records; at < end; at += 32) {
    const pixel = who(at),
      t = i32x4.shr_s(pixel, 31),
      set = i32x4.bitmask(pixel);
    let m = unit,
      earlierOnes = v128.load(before + ((<usize>set) << 4)),
      earlierZeros = v128.load(before + ((<usize>(set ^ 15)) << 4)),
      leftOne = f32x4.sub(f32x4.splat(<f32>(ones - seenOnes)), earlierOnes),
      leftZero = f32x4.sub(f32x4.splat(<f32>(zeros - seenZeros)), earlierZeros),
      addedOnes = <f64>popcnt(set),
      addedZeros = 4 - addedOnes;
    if (weights) {
      m = v128.load(spare + ((at - records) >> 1));
      const one = v128.and(m, t),
        zero = v128.andnot(m, t);
      earlierOnes = ahead(one);
      earlierZeros = ahead(zero);
      addedOnes = together(one);
      addedZeros = together(zero);
      // What is left is light at times where heavy pixels came before: it is added up, not taken off.
      leftOne = f32x4.add(f32x4.splat(<f32>(ones - seenOnes - addedOnes)), behind(one));
      leftZero = f32x4.add(f32x4.splat(<f32>(zeros - seenZeros - addedZeros)), behind(zero));
    }
    const unionOne = f32x4.add(f32x4.splat(<f32>(ones + seenZeros)), earlierZeros),
      unionZero = f32x4.add(f32x4.splat(<f32>(zeros + seenOnes)), earlierOnes),
      mine = v128.bitselect(unionOne, unionZero, t),
      other = v128.bitselect(unionZero, unionOne, t),
      further = f32x4.add(other, m),
      left = f32x4.max(v128.bitselect(leftZero, leftOne, t), f32x4.splat(0)); // padding comes after the last zero
    let first = f32x4.div(v128.bitselect(w1, w0, t), mine),
      second = f32x4.mul(v128.bitselect(w0, w1, t), left);
    if (weights) {
      // float32 may not hold a product of unions.
      first = f32x4.mul(first, m);
      second = f32x4.mul(f32x4.div(second, other), f32x4.div(m, further));
    } else second = f32x4.div(second, f32x4.mul(other, further));
    const g = f32x4.add(first, second),
      part = f32x4.mul(g, errorOf(at, most));
    seenOnes += addedOnes;
    seenZeros += addedZeros;
    sum = f64x2.add(sum, doubles.folded(part));
    if (gradient) scatter(errors, pixel, v128.xor(f32x4.mul(g, scale), i32x4.shl(t, 31)));
  }
  return unknown + doubles.sum(sum);
}

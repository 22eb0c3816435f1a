import { doubles } from "../math/doubles";
import { lanes } from "../math/lanes";

/**
 * Selection of the largest of `count` numbers at `from`: units' losses, all >= 0, or -1 where a unit does not count.
 * `count` is a multiple of four, filled up with -1. The bits of floats >= 0 are in their order, so a histogram of the
 * highest 11 bits says where the K-th largest lies; two more, of the few numbers that share those bits, settle it. No
 * sort.
 */
export const histogram: usize = memory.data(4 * 2048 * 4, 16);
/** Neighbours count in tables of their own, as equal digits would wait for the last increment each time. */
const TABLE: usize = 2048 * 4;

function increment(table: usize, digit: i32): void {
  const bin = histogram + table + ((<usize>(digit & 2047)) << 2);
  store<i32>(bin, load<i32>(bin) + 1);
}

/** Numbers of a chunk whose digit is counted, and room for what `compress` leaves behind them. */
const CHUNK: usize = 4096;
const counted: usize = memory.data(<i32>CHUNK + 16, 16);

/**
 * Counts digit (bits >> shift) & 2047 of the numbers whose bits >> known are `prefix`. These are gathered first, as no
 * processor can guess which of four they are (0.4 of the time where the border lies among many).
 */
export function countDigit(from: usize, count: i32, shift: i32, known: i32, prefix: i32): void {
  const wanted = i32x4.splat(prefix);
  for (let at = from, end = at + ((<usize>count) << 2); at < end; ) {
    let last = counted;
    for (const stop = min(end, at + CHUNK); at < stop; at += 16) {
      const x = v128.load(at);
      last = lanes.compress(last, x, i32x4.eq(i32x4.shr_u(x, known), wanted));
    }
    let each = counted;
    for (; each + 16 <= last; each += 16) {
      increment(0, load<i32>(each) >>> shift);
      increment(TABLE, load<i32>(each, 4) >>> shift);
      increment(2 * TABLE, load<i32>(each, 8) >>> shift);
      increment(3 * TABLE, load<i32>(each, 12) >>> shift);
    }
    for (; each < last; each += 4) increment(0, load<i32>(each) >>> shift);
  }
}

/** How many more numbers equal to the border may be kept. */
let remaining: i32 = 0;

export function allowTies(count: i32): void {
  remaining = count;
}

/**
 * Turns the numbers above the border, and the first allowed ties at it, into their units' weights, or 1 where `weights`
 * is 0, all others into 0; returns the sum of what is kept, times these.
 */
export function keepLargest(from: usize, count: i32, border: i32, weights: usize): f64 {
  const borders = i32x4.splat(border),
    one = lanes.one();
  let sum = f64x2.splat(0);
  for (let at = from, end = at + ((<usize>count) << 2); at < end; at += 16) {
    const x = v128.load(at);
    let kept = i32x4.gt_s(x, borders);
    if (remaining > 0 && v128.any_true(i32x4.eq(x, borders))) kept = v128.or(kept, ties(at, border));
    let w = v128.and(one, kept),
      largest = v128.and(x, kept);
    if (weights) {
      w = v128.and(v128.load(weights + at - from), kept);
      largest = f32x4.mul(largest, w);
    }
    sum = f64x2.add(sum, doubles.folded(largest));
    v128.store(at, w);
  }
  return doubles.sum(sum);
}

/** The sum of the numbers at `numbers` whose units were kept. */
export function sumKept(from: usize, count: i32, numbers: usize): f64 {
  const zero = f32x4.splat(0);
  let sum = f64x2.splat(0);
  for (let at = from, end = at + ((<usize>count) << 2); at < end; at += 16) {
    const x = v128.and(v128.load(numbers + at - from), f32x4.ne(v128.load(at), zero));
    sum = f64x2.add(sum, doubles.folded(x));
  }
  return doubles.sum(sum);
}

/** All bits set where a number is one of the ties that may be kept. */
function ties(at: usize, border: i32): v128 {
  for (let i: usize = 0; i < 16; i += 4) {
    const kept = load<i32>(at + i) == border && remaining > 0;
    remaining -= <i32>kept;
    store<i32>(tied + i, -(<i32>kept));
  }
  return v128.load(tied);
}

const tied: usize = memory.data(16, 16);

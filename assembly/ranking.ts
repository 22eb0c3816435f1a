import { frame } from "./frame";
import { lanes } from "./math/lanes";

/**
 * Selection of the largest among numbers that arrive in chunks at frame.source: units' losses, all >= 0, or -1 where a unit does not count.
 * The bits of floats >= 0 are in their order, so a histogram of the highest 11 bits says where the K-th largest lies; two more, of the few
 * numbers that share those bits, settle it. No sort.
 */
export const histogram: usize = memory.data(2048 * 4, 16);

function countDigit(bits: i32, shift: i32): void {
  const bin = histogram + ((<usize>((bits >>> shift) & 2047)) << 2);
  store<i32>(bin, load<i32>(bin) + 1);
}

/** Counts digit (bits >> shift) & 2047 of the numbers whose bits above the digit are `prefix`; `above` is 32 where all numbers count. */
export function countDigits(count: i32, shift: i32, above: i32, prefix: i32): void {
  const numbers = frame.source,
    end = numbers + ((<usize>count) << 2),
    wanted = i32x4.splat(prefix);
  let at = numbers;
  while (at < end) {
    if (above < 32 && at + 16 <= end && !v128.any_true(i32x4.eq(i32x4.shr_u(v128.load(at), above), wanted))) {
      at += 16;
      continue;
    }
    for (const stop = min(at + 16, end); at < stop; at += 4) {
      const bits = load<i32>(at);
      if (bits >= 0 && (above == 32 || bits >>> above == prefix)) countDigit(bits, shift);
    }
  }
}

/** How many more numbers equal to the border may be kept. */
let remaining: i32 = 0;

export function allowTies(count: i32): void {
  remaining = count;
}

/** Turns the numbers above the border, and the first allowed ties at it, into 1, all others into 0; returns the sum of what is kept. */
export function keepLargest(count: i32, border: i32): f64 {
  const numbers = frame.source,
    end = numbers + ((<usize>count) << 2),
    borders = i32x4.splat(border),
    one = lanes.one();
  let sum: f64 = 0,
    at = numbers;
  while (at < end) {
    const x = v128.load(at);
    if (at + 16 <= end && !v128.any_true(i32x4.eq(x, borders))) {
      const above = i32x4.gt_s(x, borders);
      if (v128.any_true(above)) sum += lanes.sum(v128.and(x, above));
      v128.store(at, v128.and(one, above));
      at += 16;
      continue;
    }
    for (const stop = min(at + 16, end); at < stop; at += 4) {
      const bits = load<i32>(at),
        keep = bits > border || (bits == border && remaining-- > 0);
      if (keep) sum += <f64>load<f32>(at);
      store<f32>(at, keep ? 1 : 0);
    }
  }
  return sum;
}

/** Marks foreground pixels in the records of a class. */
export const FOREGROUND: u32 = 1 << 31;

/** Appends the valid pixels of a tile, the channel's planes standing first to the records: the complement of the error's bits, so that the largest come first, and the pixel. */
export function pushErrors(records: usize, count: i32, channel: i32, firstPixel: i32): usize {
  const label = channel + frame.firstLabel;
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2,
      own = load<i32>(frame.labels + at);
    if (own < 0) continue;
    const s = load<f32>(frame.prob + at),
      t = frame.soft ? load<f32>(frame.target + at) != 0 : own == label;
    // The signed coding holds p, or -q where p > 1/2 (activation.ts).
    const large = !frame.plain && reinterpret<i32>(s) < 0,
      p = large ? <f32>1 + s : s,
      q = large ? -s : <f32>1 - s;
    const error = t ? q : p,
      pixel = <u32>(firstPixel + i) | (t ? FOREGROUND : 0);
    store<u64>(records, ((<u64>~reinterpret<u32>(error)) << 32) | <u64>pixel);
    records += 8;
  }
  return records;
}

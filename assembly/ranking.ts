import { frame } from "./frame";

/**
 * Selection of the largest among numbers that arrive in chunks at frame.source: units' losses, all >= 0, or -1 where a unit does not count.
 * The bits of floats >= 0 are in their order, so a histogram of the highest 11 bits says where the K-th largest lies; two more,
 * of the numbers that share those bits, settle it. Three passes of 4 bytes a unit, and no sort.
 */
export const histogram: usize = memory.data(2048 * 4, 16);

/** Counts digit (bits >> shift) & 2047 of the numbers whose bits above the digit are `prefix`. */
export function countDigits(count: i32, shift: i32, above: i32, prefix: i32): void {
  for (let at = frame.source, end = at + ((<usize>count) << 2); at < end; at += 4) {
    const bits = load<i32>(at);
    if (bits < 0 || (above < 32 && bits >>> above != prefix)) continue;
    const bin = histogram + ((<usize>((bits >>> shift) & 2047)) << 2);
    store<i32>(bin, load<i32>(bin) + 1);
  }
}

/** How many more numbers equal to the border may be kept. */
let remaining: i32 = 0;

export function allowTies(count: i32): void {
  remaining = count;
}

/** Turns the numbers above the border, and the first allowed ties at it, into 1, all others into 0; returns the sum of what is kept. */
export function keepLargest(count: i32, border: i32): f64 {
  let sum: f64 = 0;
  for (let at = frame.source, end = at + ((<usize>count) << 2); at < end; at += 4) {
    const bits = load<i32>(at);
    let keep = bits > border;
    if (bits == border && remaining > 0) {
      keep = true;
      remaining--;
    }
    if (keep) sum += <f64>load<f32>(at);
    store<f32>(at, keep ? 1 : 0);
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

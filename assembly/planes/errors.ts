import { frame } from "../tile/frame";

/** Marks the pixels of the class in its records. */
export const IN_CLASS: u32 = 1 << 31;

/**
 * Appends the valid pixels of a tile, the channel's planes standing first to the records: the complement of the error's
 * bits, so that the largest come first, and the pixel.
 */
export function pushErrors(records: usize, count: i32, channel: i32, firstPixel: i32): usize {
  const label = channel + frame.firstLabel;
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2,
      own = load<i32>(frame.labels + at);
    if (own < 0) continue;
    const s = load<f32>(frame.prob + at),
      t = frame.soft ? load<f32>(frame.target + at) != 0 : own == label;
    // The signed coding holds p, or -q where p > 1/2 (activation/coding.ts).
    const large = !frame.plain && reinterpret<i32>(s) < 0,
      p = large ? <f32>1 + s : s,
      q = large ? -s : <f32>1 - s;
    const error = t ? q : p,
      pixel = <u32>(firstPixel + i) | (t ? IN_CLASS : 0);
    store<u64>(records, ((<u64>~reinterpret<u32>(error)) << 32) | <u64>pixel);
    records += 8;
  }
  return records;
}

import type { Kernels } from "../kernels.js";
import { CHUNK } from "../tile.js";

/**
 * Replaces the `keep` largest of the numbers [from, to) by 1 and the others by 0; returns the sum of what is kept.
 * Needs a tile that is laid out.
 */
export function keepLargest(kernels: Kernels, data: Float32Array, from: number, to: number, keep: number): number {
  const { memory } = kernels,
    source = kernels.tile.address("source") >>> 2,
    bins = kernels.exports.histogram.value >>> 2;
  const chunks = (numbers: Float32Array, first: number, end: number, work: (count: number, at: number) => void) => {
    for (let at = first; at < end; at += CHUNK) {
      const count = Math.min(CHUNK, end - at);
      memory.f32.set(numbers.subarray(at, at + count), source);
      memory.f32.fill(-1, source + count, source + count + 3);
      work(count, at);
    }
  };
  const counts = memory.i32.subarray(bins, bins + 4 * 2048),
    occurs = (digit: number) => counts[digit] + counts[2048 + digit] + counts[4096 + digit] + counts[6144 + digit];
  let above = keep; // of the numbers that are left, the above-th largest is the border
  const find = (highest: number) => {
    let digit = highest;
    while (digit > 0 && occurs(digit) < above) above -= occurs(digit--);
    return digit;
  };
  counts.fill(0);
  chunks(data, from, to, (count) => kernels.exports.countHighDigits(count));
  let prefix = find(1023); // numbers below 0 have higher digits
  const left = new Float32Array(occurs(prefix));
  let listed = 0;
  chunks(data, from, to, (count) => {
    const found = kernels.exports.listDigit(count, prefix);
    left.set(memory.f32.subarray(source, source + found), listed);
    listed += found;
  });
  for (const [shift, known, width] of [
    [10, 21, 11],
    [0, 10, 10],
  ]) {
    counts.fill(0);
    chunks(left, 0, left.length, (count) => kernels.exports.countDigit(count, shift, known, prefix));
    prefix = (prefix << width) | (find(2047) & (2 ** width - 1));
  }
  kernels.exports.allowTies(above);
  let sum = 0;
  chunks(data, from, to, (count, at) => {
    sum += kernels.exports.keepLargest(count, prefix);
    data.set(memory.f32.subarray(source, source + count), at);
  });
  return sum;
}

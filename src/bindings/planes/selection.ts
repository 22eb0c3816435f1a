import type { Kernels } from "../kernels.js";
import { CHUNK, padTo } from "../tile.js";

/** Calls `work` with numbers of the module's memory, in chunks, of which the sums are added up. */
function chunks(from: number, count: number, work: (at: number, count: number, first: number) => number): number {
  let sum = 0;
  for (let first = 0; first < count; first += CHUNK)
    sum += work(from + 4 * first, Math.min(CHUNK, count - first), first);
  return sum;
}

/**
 * Replaces the `keep` largest of the numbers from an address on by 1 and the others by 0; returns the sum of what is
 * kept. Whole vectors are read: the numbers are filled up with -1.
 */
export function keepLargest({ memory, exports }: Kernels, from: number, count: number, keep: number): number {
  const bins = exports.histogram.value >>> 2,
    counts = memory.i32.subarray(bins, bins + 4 * 2048),
    occurs = (digit: number) => counts[digit] + counts[2048 + digit] + counts[4096 + digit] + counts[6144 + digit];
  let above = keep, // of the numbers that are left, the above-th largest is the border
    prefix = 0; // the sign of those that count
  for (const [shift, known, width] of [
    [21, 31, 11],
    [10, 21, 11],
    [0, 10, 10],
  ]) {
    counts.fill(0);
    exports.countDigit(from, count, shift, known, prefix);
    let digit = 2047;
    while (digit > 0 && occurs(digit) < above) above -= occurs(digit--);
    prefix = (prefix << width) | (digit & (2 ** width - 1));
  }
  exports.allowTies(above);
  return chunks(from, padTo(count), (at, length) => exports.keepLargest(at, length, prefix));
}

/** The sum of the numbers that stand at an address, or are given, of the units that were kept. */
export function sumKept(
  { memory, tile, exports }: Kernels,
  from: number,
  count: number,
  numbers: number | Float32Array,
) {
  return chunks(from, count, (at, length, first) => {
    if (typeof numbers === "number") return exports.sumKept(at, padTo(length), numbers + 4 * first);
    const source = tile.address("source");
    memory.f32.set(numbers.subarray(first, first + length), source >>> 2);
    memory.f32.fill(0, (source >>> 2) + length, (source >>> 2) + padTo(length));
    return exports.sumKept(at, padTo(length), source);
  });
}

/** How many of the numbers from an address on are above a bound; they are filled up with -1. */
export function countAbove({ exports }: Kernels, from: number, count: number, bound: number): number {
  // In float32, the largest number that the bound reaches.
  const below = Float32Array.of(bound);
  if (below[0] > bound) new Int32Array(below.buffer)[0]--;
  return exports.countAbove(from, padTo(count), below[0], 1);
}

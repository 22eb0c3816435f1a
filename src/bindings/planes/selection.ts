import type { Kernels } from "../kernels.js";
import { CHUNK, padTo } from "../tile.js";

/** Calls `work` with numbers of the module's memory, in chunks, of which the sums are added up. */
function chunks(from: number, count: number, work: (at: number, count: number, first: number) => number): number {
  let sum = 0;
  for (let first = 0; first < count; first += CHUNK)
    sum += work(from + 4 * first, Math.min(CHUNK, count - first), first);
  return sum;
}

/** Where numbers of so many units stand, from one on, and up to a whole vector: at most a chunk of them. */
export type Beside = (first: number, count: number) => number;

/**
 * Replaces the `keep` largest of the numbers from an address on by their weights, or 1 where these have none, and the
 * others by 0; returns the sum of what is kept, weighed. Whole vectors are read: the numbers are filled up with -1.
 */
export function keepLargest(
  { memory, exports }: Kernels,
  from: number,
  count: number,
  keep: number,
  weights: Beside = () => 0,
): number {
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
  return chunks(from, count, (at, length, first) =>
    exports.keepLargest(at, padTo(length), prefix, weights(first, length)),
  );
}

/** The sum of numbers of the units that were kept. */
export function sumKept({ exports }: Kernels, from: number, count: number, numbers: Beside): number {
  return chunks(from, count, (at, length, first) => exports.sumKept(at, padTo(length), numbers(first, length)));
}

/** How many of the numbers from an address on are above a bound; they are filled up with -1. */
export function countAbove({ exports }: Kernels, from: number, count: number, bound: number): number {
  // In float32, the largest number that the bound reaches.
  const below = Float32Array.of(bound);
  if (below[0] > bound) new Int32Array(below.buffer)[0]--;
  return exports.countAbove(from, padTo(count), below[0], 1);
}

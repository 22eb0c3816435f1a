import type { Kernels } from "../kernels.js";
import { wholeLines } from "../tile.js";

/** How often each of the labels 0 to range - 1 occurs. */
export interface PairCounts {
  readonly both: Float64Array;
  readonly pred: Float64Array;
  readonly target: Float64Array;
}

/**
 * Counts the labels of two maps of bytes, and the pixels where both have the same. Labels from `range` (below 255) on
 * are not counted.
 */
export function countPairs(kernels: Kernels, pred: Uint8Array, target: Uint8Array, range: number): PairCounts {
  const { memory } = kernels,
    { length } = pred,
    counts = (labels: Uint8Array) => kernels.labels.count(labels, 0, length, range).subarray(1, range + 1);
  kernels.tile.layOut(range);
  kernels.labels.ignore(undefined, undefined);
  return memory.with([length, length], "a comparison of labels", (both, other) => {
    memory.u8.set(pred, both);
    memory.u8.set(target, other);
    kernels.exports.keepEqual(both, other, length);
    return { both: counts(memory.u8.subarray(both, both + length)), pred: counts(pred), target: counts(target) };
  });
}

/** Bytes become 1 where they are `value`, 0 elsewhere. */
export function markEqual(kernels: Kernels, bytes: Uint8Array, value: number): void {
  const { memory } = kernels;
  memory.with([bytes.length], "a mask", (at) => {
    memory.u8.set(bytes, at);
    kernels.exports.markEqual(at, value, bytes.length);
    bytes.set(memory.u8.subarray(at, at + bytes.length));
  });
}

/**
 * Where numbers are above a threshold, as 1 and 0, and whether any of them is NaN. `data` is asked for when memory has
 * grown.
 */
export function markAbove(
  kernels: Kernels,
  length: number,
  data: () => Float32Array,
  threshold: number,
): { mask: Uint8Array; unknown: boolean } {
  const { memory } = kernels,
    bytes = wholeLines(length);
  return memory.with([bytes, 4 * bytes], "a mask", (at, numbers) => {
    memory.f32.set(data(), numbers >>> 2);
    memory.f32.fill(0, (numbers >>> 2) + length, (numbers >>> 2) + bytes);
    const unknown = kernels.exports.markAbove(at, numbers, threshold, length);
    return { mask: memory.u8.slice(at, at + length), unknown: Boolean(unknown) };
  });
}

/** How many of some bytes at each of two addresses are 1, and at both. Those at the first are left at both alone. */
export function countOnes(kernels: Kernels, pred: number, target: number, length: number) {
  kernels.tile.layOut(2);
  kernels.labels.ignore(undefined, undefined);
  const { u8 } = kernels.memory,
    count = (at: number) => kernels.labels.count(u8.subarray(at, at + length), 0, length, 2)[2],
    sizes = { pred: count(pred), target: count(target) };
  kernels.exports.keepEqual(pred, target, length);
  return { ...sizes, both: count(pred) };
}

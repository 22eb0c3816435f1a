import type { Kernels } from "../kernels.js";
import { wholeLines } from "../tile.js";

/** How often each of the labels 0 to range - 1 occurs. */
export interface PairCounts {
  readonly both: Int32Array;
  readonly pred: Int32Array;
  readonly target: Int32Array;
}

/** Calls `work` with room of its own in the module's memory. */
function withRoom<T>({ memory }: Kernels, bytes: number, what: string, work: (at: number) => T): T {
  const at = memory.take(bytes, what);
  try {
    return work(at);
  } finally {
    memory.give(at);
  }
}

/**
 * Counts the labels of two maps of bytes, and the pixels where both have the same. Labels from `range` (below 255) on
 * are not counted.
 */
export function countPairs(kernels: Kernels, pred: Uint8Array, target: Uint8Array, range: number): PairCounts {
  const { memory } = kernels,
    { length } = pred,
    bytes = wholeLines(length);
  kernels.tile.layOut(range);
  kernels.labels.ignore(undefined, undefined);
  const count = (labels: Uint8Array) => kernels.labels.count(labels, 0, length, range).subarray(1, range + 1);
  return withRoom(kernels, 2 * bytes, "a comparison of labels", (at) => {
    memory.u8.set(pred, at);
    memory.u8.set(target, at + bytes);
    kernels.exports.keepEqual(at, at + bytes, length);
    return { both: count(memory.u8.subarray(at, at + length)), pred: count(pred), target: count(target) };
  });
}

/** Bytes become 1 where they are `value`, 0 elsewhere. */
export function markEqual(kernels: Kernels, bytes: Uint8Array, value: number): void {
  const { memory } = kernels;
  withRoom(kernels, bytes.length, "a mask", (at) => {
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
  return withRoom(kernels, 5 * bytes, "a mask", (at) => {
    const numbers = (at + bytes) >>> 2;
    memory.f32.set(data(), numbers);
    memory.f32.fill(0, numbers + length, numbers + bytes);
    const unknown = kernels.exports.markAbove(at, at + bytes, threshold, length);
    return { mask: memory.u8.slice(at, at + length), unknown };
  });
}

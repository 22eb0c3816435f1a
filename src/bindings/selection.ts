import type { Kernels } from "./kernels.js";
import { CHUNK } from "./tile.js";

/** Replaces the `keep` largest of the numbers [from, to) by 1 and the others by 0; returns the sum of what is kept. Needs `use`. */
export function keepLargest(kernels: Kernels, data: Float32Array, from: number, to: number, keep: number): number {
  const { memory } = kernels,
    source = kernels.address("source") >>> 2,
    bins = kernels.global("histogram") >>> 2;
  const chunks = (work: (count: number, at: number) => void) => {
    for (let at = from; at < to; at += CHUNK) {
      const count = Math.min(CHUNK, to - at);
      memory.f32.set(data.subarray(at, at + count), source);
      memory.f32.fill(-1, source + count, source + count + 3);
      work(count, at);
    }
  };
  let prefix = 0,
    above = keep; // of the numbers with this prefix, the above-th largest is the border
  const counts = memory.i32.subarray(bins, bins + 4 * 2048),
    occurs = (digit: number) => counts[digit] + counts[2048 + digit] + counts[4096 + digit] + counts[6144 + digit];
  for (const shift of [21, 10, 0]) {
    counts.fill(0);
    chunks((count) => (shift === 21 ? kernels.call("countHighDigits", count) : kernels.call("countDigits", count, shift, shift === 10 ? 21 : 10, prefix)));
    let digit = shift === 21 ? 1023 : 2047; // numbers below 0 have higher ones
    while (digit > 0 && occurs(digit) < above) above -= occurs(digit--);
    prefix = shift === 0 ? (prefix << 10) | (digit & 1023) : (prefix << 11) | digit;
  }
  kernels.call("allowTies", above);
  let sum = 0;
  chunks((count, at) => {
    sum += kernels.call("keepLargest", count, prefix);
    data.set(memory.f32.subarray(source, source + count), at);
  });
  return sum;
}

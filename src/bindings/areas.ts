import type { Kernels } from "./kernels.js";
import { wholeLines } from "./tile.js";

/** Consecutive areas of the module's memory, for one use. */
export function areas(
  kernels: Kernels,
  sizes: readonly number[],
  what: string,
): { readonly at: number[]; give(): void } {
  const rounded = sizes.map(wholeLines),
    start = kernels.memory.take(
      rounded.reduce((a, b) => a + b, 0),
      what,
    );
  let next = start;
  const at = rounded.map((bytes) => {
    next += bytes;
    return next - bytes;
  });
  return { at, give: () => kernels.memory.give(start) };
}

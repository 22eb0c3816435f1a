import type { NumberMap } from "./numbering.js";

/** A predicted object and one of the target that have pixels in common. */
interface Overlap {
  readonly pred: number;
  readonly target: number;
  readonly pixels: number;
}

/** The objects of both sides, by their numbers from 1 on, and where they meet. */
export interface Overlaps {
  /** Pixels of each number; 0 where there is no such object. Those of number 0 are of none. */
  readonly predSizes: Int32Array;
  readonly targetSizes: Int32Array;
  /** In the order of their first pixels. */
  readonly pairs: readonly Overlap[];
}

/** Counts all pairs in one pass over maps of numbers up to `most`; neighbours mostly are of the same pair. */
export function findOverlaps(
  pred: NumberMap,
  target: NumberMap,
  most: { readonly pred: number; readonly target: number },
): Overlaps {
  const predSizes = new Int32Array(most.pred + 1),
    targetSizes = new Int32Array(most.target + 1),
    counts = new Map<number, number>();
  let [key, run] = [0, 0];
  const count = () => {
    if (run > 0) counts.set(key, (counts.get(key) ?? 0) + run);
  };
  for (let i = 0; i < pred.length; i++) {
    const p = pred[i],
      t = target[i];
    predSizes[p]++;
    targetSizes[t]++;
    if (p === 0 || t === 0) continue;
    const own = p * targetSizes.length + t;
    if (own !== key) {
      count();
      key = own;
      run = 0;
    }
    run++;
  }
  count();
  const pairs = Array.from(counts, ([own, pixels]) => ({
    pred: Math.floor(own / targetSizes.length),
    target: own % targetSizes.length,
    pixels,
  }));
  return { predSizes, targetSizes, pairs };
}

/** How many objects there are. */
export const countObjects = (sizes: Int32Array): number =>
  sizes.reduce((count, pixels, number) => (number > 0 && pixels > 0 ? count + 1 : count), 0);

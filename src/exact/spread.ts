import { ExactSum } from "./exactSum.js";

/** What is said of the numbers that are not NaN; the same bits in any order. */
export interface Spread {
  /** Their exact sum, rounded, over how many they are; NaN without any. */
  readonly mean: number;
  readonly median: number;
  /** How many they are. */
  readonly defined: number;
}

export function spreadOf(numbers: Float64Array): Spread {
  const defined = numbers.filter((x) => !Number.isNaN(x)).sort(),
    n = defined.length,
    sum = new ExactSum();
  for (const x of defined) sum.add(x);
  const middle = n >> 1,
    median = n % 2 === 1 ? defined[middle] : n > 0 ? defined[middle - 1] / 2 + defined[middle] / 2 : Number.NaN;
  return { mean: sum.value / n, median, defined: n };
}

import { type OverlapScore, type ScoreContext, SUMS } from "../plan.js";
import type { Geometry } from "../shape.js";
import type { TargetStatistics } from "../target.js";

/** How the terms of a field become one number (specification of the boundary losses, rule F). */
export interface FieldReduction {
  readonly classWeights: readonly number[] | null;
  readonly includeBackground: boolean;
  readonly reduction: "mean" | "sum";
}

/** Each class's factor: its weight, for the mean over the pixels that count times the weights' sum; all 0 where nothing counts. */
export function fieldFactors({ classWeights, includeBackground, reduction }: FieldReduction, statistics: TargetStatistics, { classes }: Geometry): number[] {
  const weights = Array.from({ length: classes }, (_, c) => (c > 0 || includeBackground ? (classWeights?.[c] ?? 1) : 0)),
    divisor = statistics.valid.reduce((a, b) => a + b, 0) * weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => (divisor > 0 ? (reduction === "sum" ? w : w / divisor) : 0));
}

/** A field's value and its classes' factors; `log` turns L into log(1 + L). */
export function scoreField(reduction: FieldReduction, log: boolean, { sums, statistics, geometry }: ScoreContext): OverlapScore {
  const { batch, classes } = geometry,
    factors = fieldFactors(reduction, statistics, geometry);
  let value = 0;
  for (let plane = 0; plane < batch * classes; plane++) {
    const factor = factors[plane % classes];
    if (factor > 0) value += factor * sums[SUMS * plane];
  }
  const slope = log ? 1 / (1 + value) : 1;
  const tables = Float32Array.from({ length: batch * classes }, (_, plane) => slope * factors[plane % classes]);
  return { value: log ? Math.log1p(value) : value, tables, tableLength: classes };
}

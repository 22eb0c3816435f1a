import { SUMS } from "../bindings/tile.js";
import type { OverlapScore, ScoreContext } from "../engine/plan.js";
import type { TargetStatistics } from "../tensors/conventions.js";
import type { Geometry } from "../tensors/shape.js";

/** How the entries of a map become one number (specification of the boundary losses, rule F). */
export interface PixelMean {
  readonly classWeights: readonly number[] | null;
  readonly includeBackground: boolean;
  readonly reduction: "mean" | "sum";
}

/**
 * Each class's factor: its weight, for the mean over the pixels that count times the weights' sum; all 0 where nothing
 * counts.
 */
export function classFactors(
  { classWeights, includeBackground, reduction }: PixelMean,
  statistics: TargetStatistics,
  { classes }: Geometry,
): number[] {
  const weights: number[] = [];
  for (let c = 0; c < classes; c++) weights.push(c > 0 || includeBackground ? (classWeights?.[c] ?? 1) : 0);
  const divisor = statistics.valid.reduce((a, b) => a + b, 0) * weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => (divisor > 0 ? (reduction === "sum" ? w : w / divisor) : 0));
}

/** Takes a class's sum over a sample, and tells its mean over the sample's pixels, or itself where sums are added. */
export function classMeans(
  { reduction }: PixelMean,
  { valid }: TargetStatistics,
  ofClass: ScoreContext["ofClass"],
): ScoreContext["ofClass"] {
  return (
    ofClass &&
    ((b, c, sum) => {
      if (valid[b] > 0) ofClass(b, c, reduction === "sum" ? sum : sum / valid[b]);
    })
  );
}

/** The mean of a map times f(p, t). */
function meanValue(reduction: PixelMean, { sums, statistics, geometry, ofClass }: ScoreContext): number {
  const factors = classFactors(reduction, statistics, geometry),
    tell = classMeans(reduction, statistics, ofClass);
  let value = 0;
  for (let plane = 0; plane < sums.length / SUMS; plane++) {
    const factor = factors[plane % geometry.classes];
    if (factor <= 0) continue;
    value += factor * sums[SUMS * plane];
    tell?.(Math.floor(plane / geometry.classes), plane % geometry.classes, sums[SUMS * plane]);
  }
  return value;
}

/** The table of its slopes: the classes' factors. */
export function meanSlopes(
  reduction: PixelMean,
  statistics: TargetStatistics,
  geometry: Geometry,
  inner = 1,
): Omit<OverlapScore, "value"> {
  const { batch, classes } = geometry,
    factors = classFactors(reduction, statistics, geometry),
    tables = new Float32Array(batch * classes);
  for (let plane = 0; plane < tables.length; plane++) tables[plane] = inner * factors[plane % classes];
  return { tables, tableLength: classes };
}

/** Value and slopes; `log` turns L into log(1 + L). */
export function scorePixelMean(reduction: PixelMean, log: boolean, context: ScoreContext): OverlapScore {
  const value = meanValue(reduction, context),
    { tables, tableLength } = meanSlopes(reduction, context.statistics, context.geometry, log ? 1 / (1 + value) : 1);
  return { value: log ? Math.log1p(value) : value, tables, tableLength };
}

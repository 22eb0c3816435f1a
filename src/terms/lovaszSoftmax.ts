import { rankClass } from "../bindings/planes/lovaszSoftmax.js";
import { clearChannel } from "../bindings/planes/planes.js";
import type { FieldContext } from "../engine/plan.js";

/** Errors ranked within each class of a sample or of the batch. */
export interface LovaszSoftmax {
  readonly classWeights: readonly number[] | null;
  readonly includeBackground: boolean;
  readonly classes: "all" | "present" | "zeroAbsent";
  readonly batch: boolean;
  readonly reduction: "mean" | "sum";
}

/**
 * Ranks class by class (lovaszSoftmax), so that no more than one class's records are in the module's memory at a time.
 */
export function evaluateLovaszSoftmax(ranking: LovaszSoftmax, context: FieldContext): number {
  const { geometry, statistics, field, gradient } = context,
    { batch, classes } = geometry,
    samples = Array.from({ length: batch }, (_, b) => b).filter((b) => statistics.valid[b] > 0);
  const pools = ranking.batch ? (samples.length ? [samples] : []) : samples.map((b) => [b]);
  const total = (pool: readonly number[], c: number) =>
    pool.reduce((sum, b) => sum + statistics.total[b * classes + c], 0);
  const pairs = pools.flatMap((pool) =>
    Array.from({ length: classes }, (_, c) => ({
      pool,
      c,
      foreground: total(pool, c),
      weight: ranking.classWeights?.[c] ?? 1,
    })),
  );
  const counting = pairs.filter(
    ({ c, foreground }) => (c > 0 || ranking.includeBackground) && (foreground > 0 || ranking.classes !== "present"),
  );
  const weight = counting.reduce((sum, pair) => sum + pair.weight, 0),
    divisor = ranking.reduction === "sum" ? 1 : weight;
  const ranked = new Set(
    weight > 0 ? counting.filter(({ foreground }) => foreground > 0 || ranking.classes === "all") : [],
  );
  let value = 0;
  for (const pair of pairs) {
    const factor = ranked.has(pair) ? pair.weight / divisor : 0;
    if (factor > 0) value += factor * rankClass(context, { ...pair, factor: context.weight * factor, gradient });
    else if (gradient) for (const b of pair.pool) clearChannel(field(), b, pair.c, geometry);
  }
  if (gradient)
    for (let b = 0; b < batch; b++)
      if (statistics.valid[b] === 0) for (let c = 0; c < classes; c++) clearChannel(field(), b, c, geometry);
  return value;
}

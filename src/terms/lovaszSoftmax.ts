import { rankClass, rankPair } from "../bindings/planes/lovaszSoftmax.js";
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
 * Ranks class by class (lovaszSoftmax), so that no more than one class's records are in the module's memory at a time;
 * both of two competing classes by one sort.
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
  const factorOf = ({ foreground, weight: own }: (typeof pairs)[number]) =>
    weight > 0 && (foreground > 0 || ranking.classes === "all") ? own / divisor : 0;
  const factors = new Map(counting.map((pair) => [pair, factorOf(pair)])),
    mirrored = !context.ofClass && context.activation === "softmax" && classes === 2 && context.labels !== undefined;
  const parts: (() => number)[] = [];
  for (const pool of pools) {
    const own = pairs.filter((pair) => pair.pool === pool);
    if (mirrored && own.every((pair) => pair.foreground > 0 && (factors.get(pair) ?? 0) > 0)) {
      const [{ foreground: background }, { foreground }] = own,
        [weightZero, weightOne] = own.map((pair) => factors.get(pair) ?? 0);
      const both = { pool, foreground, background, weightOne, weightZero, factor: context.weight, gradient };
      parts.push(() => {
        const loss = rankPair(context, both);
        if (gradient) for (const b of pool) clearChannel(field(), b, 0, geometry);
        return loss;
      });
      continue;
    }
    for (const pair of own)
      parts.push(() => {
        const factor = factors.get(pair);
        if (factor) {
          const loss = rankClass(context, { ...pair, factor: context.weight * factor, gradient });
          context.ofClass?.(pool[0], pair.c, loss);
          return factor * loss;
        }
        if (factor === 0 && pair.weight > 0 && pair.foreground === 0) context.ofClass?.(pool[0], pair.c, 0);
        if (gradient) for (const b of pool) clearChannel(field(), b, pair.c, geometry);
        return 0;
      });
  }
  if (gradient)
    parts.push(() => {
      for (let b = 0; b < batch; b++)
        if (statistics.valid[b] === 0) for (let c = 0; c < classes; c++) clearChannel(field(), b, c, geometry);
      return 0;
    });
  return context.parts.sum(parts.length, (i) => parts[i]());
}

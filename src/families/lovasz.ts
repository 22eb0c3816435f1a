import type { Kernels } from "../bindings/kernels.js";
import { rankClass } from "../bindings/ranking.js";
import type { RankingTerm } from "../plan.js";
import type { Geometry, LabelArray } from "../shape.js";
import type { TargetStatistics } from "../target.js";

interface Sources {
  readonly geometry: Geometry;
  readonly statistics: TargetStatistics;
  readonly labels?: () => LabelArray;
  readonly soft?: () => Float32Array;
  /** False: the value alone is wanted. */
  readonly gradient: boolean;
}

/**
 * Ranks the errors class by class (lovaszSoftmax). `field` holds all probabilities in the kernels' coding, in pred's layout, and takes dL/dp
 * in their place; so no more than one class's records are in the module's memory at a time.
 */
export function rankErrors(kernels: Kernels, term: RankingTerm, field: () => Float32Array, { geometry, statistics, labels, soft, gradient }: Sources): number {
  const { batch, classes } = geometry,
    samples = Array.from({ length: batch }, (_, b) => b).filter((b) => statistics.valid[b] > 0);
  const pools = term.batch ? (samples.length ? [samples] : []) : samples.map((b) => [b]);
  const total = (pool: readonly number[], c: number) => pool.reduce((sum, b) => sum + statistics.total[b * classes + c], 0);
  const pairs = pools.flatMap((pool) =>
    Array.from({ length: classes }, (_, c) => ({ pool, c, foreground: total(pool, c), weight: term.classWeights?.[c] ?? 1 })),
  );
  const counting = pairs.filter(({ c, foreground }) => (c > 0 || term.includeBackground) && (foreground > 0 || term.classes !== "present"));
  const weight = counting.reduce((sum, pair) => sum + pair.weight, 0),
    divisor = term.reduction === "sum" ? 1 : weight;
  const ranked = new Set(weight > 0 ? counting.filter(({ foreground }) => foreground > 0 || term.classes === "all") : []);
  let value = 0;
  for (const pair of pairs) {
    const factor = ranked.has(pair) ? pair.weight / divisor : 0;
    if (factor > 0) value += factor * rankClass(kernels, { ...pair, factor: term.weight * factor, geometry, field, labels, soft, gradient });
    else if (gradient) clear(field(), pair.pool, pair.c, geometry);
  }
  if (gradient) for (let b = 0; b < batch; b++) if (statistics.valid[b] === 0) for (let c = 0; c < classes; c++) clear(field(), [b], c, geometry);
  return value;
}

function clear(field: Float32Array, pool: readonly number[], c: number, { classes, pixels, channelsLast }: Geometry): void {
  for (const b of pool) {
    if (!channelsLast) field.fill(0, (b * classes + c) * pixels, (b * classes + c + 1) * pixels);
    else for (let n = 0; n < pixels; n++) field[(b * pixels + n) * classes + c] = 0;
  }
}

import { ROW, SLOPES, SUMS } from "../bindings/tile.js";
import type { OverlapScore, ScoreContext } from "../engine/plan.js";
import { zeros } from "../engine/sums.js";
import type { TargetStatistics } from "../tensors/conventions.js";
import type { Geometry } from "../tensors/shape.js";

/** How ratios of classes and samples become one number (specification 1.5). */
export interface ClassAverage {
  readonly classWeights?: readonly number[];
  readonly includeBackground: boolean;
  readonly classes: "all" | "present" | "zeroAbsent";
  readonly average: "macro" | "micro";
  readonly batch: boolean;
  readonly reduction: "mean" | "sum";
  /** Each class's size and boundary, [batch, classes, 2], where the kernel asks for them. */
  readonly own?: Float32Array;
  /** Weights of a row's classes from their targets' sums, in place of `classWeights` (generalizedDice). */
  readonly weigh?: (totals: readonly number[]) => readonly number[];
  /** A function of the reduced value and its derivative (logCoshDice). */
  readonly finish?: (value: number) => { readonly value: number; readonly slope: number };
}

/** One ratio: the classes and samples whose sums it adds up, and its weight in the result. */
export interface Ratio {
  readonly members: readonly { readonly b: number; readonly c: number; readonly weight: number }[];
  readonly weight: number;
}

/** All ratios of a call. */
export function ratios(average: ClassAverage, statistics: TargetStatistics, { batch, classes }: Geometry): Ratio[] {
  const pools: number[][] = [],
    found: Ratio[] = [];
  for (let b = 0; b < batch; b++) {
    if (statistics.valid[b] === 0) continue;
    if (average.batch && pools.length > 0) pools[0].push(b);
    else pools.push([b]);
  }
  const first = average.includeBackground ? 0 : 1,
    micro = average.average === "micro";
  for (const pool of pools) {
    let members: { b: number; c: number; weight: number }[] = [];
    const weights = average.weigh?.(
      Array.from({ length: classes }, (_, c) =>
        c < first ? 0 : pool.reduce((sum, b) => sum + statistics.total[b * classes + c], 0),
      ),
    );
    for (let c = first; c < classes; c++) {
      const weight = (weights ?? average.classWeights)?.[c] ?? 1;
      for (const b of pool) members.push({ b, c, weight: micro ? weight : 1 });
      if (micro) continue;
      found.push({ members, weight });
      members = [];
    }
    if (micro) found.push({ members, weight: 1 });
  }
  return found;
}

/**
 * Where nearly all that a sample predicts is wrong, takes the slope `no` of the class that it predicts most off all of
 * its slopes, before they are float32. A softmax makes nothing of what all classes share, but where a pixel's right
 * class is hopeless and no other ahead, the rest would lose its digits to it.
 */
function spareDigits(slopes: Float64Array, sums: Float64Array, first: number, end: number): void {
  const alarms = (i: number) => sums[SUMS * i + ROW.falseAlarms];
  let right = 0,
    most = first;
  for (let i = first; i < end; i++) {
    right += 64 * sums[SUMS * i + ROW.hits] - alarms(i);
    if (alarms(i) > alarms(most)) most = i;
  }
  const shared = slopes[SLOPES * most];
  for (let i = SLOPES * first; right < 0 && i < SLOPES * end; i++) if (i % SLOPES < 2) slopes[i] -= shared;
}

/**
 * The class average of a kernel's score over the ratios that count; leaves (no, yes, byTarget) per class and sample.
 */
export function scoreClassAverage(
  average: ClassAverage,
  { kernels, kernel, sums, statistics, geometry, competing, ofClass }: ScoreContext,
): OverlapScore {
  const { batch, classes } = geometry,
    tables = zeros(batch * classes * SLOPES),
    { row } = kernels.tile;
  const scored: Ratio[] = [],
    slopes: number[] = []; // SLOPES of each
  let value = 0,
    totalWeight = 0;
  for (const ratio of ratios(average, statistics, geometry)) {
    row.fill(0);
    for (const { b, c, weight } of ratio.members) {
      const at = b * classes + c;
      for (let j = 0; j < SUMS; j++) row[j] += weight * sums[SUMS * at + j];
      row[ROW.target] += weight * statistics.total[at];
      row[ROW.others] += weight * (statistics.others?.[at] ?? statistics.valid[b] - statistics.total[at]);
    }
    for (const { b, c } of average.own ? ratio.members : []) {
      row[ROW.size] += (average.own as Float32Array)[2 * (b * classes + c)];
      row[ROW.boundary] += (average.own as Float32Array)[2 * (b * classes + c) + 1];
    }
    const absent = row[ROW.target] === 0;
    if (absent && average.classes === "present") continue;
    totalWeight += ratio.weight;
    const [{ b, c }] = ratio.members;
    if (absent && average.classes === "zeroAbsent") {
      if (ratio.weight > 0) ofClass?.(b, c, 0);
      continue;
    }
    row[ROW.foreground] = c === 0 && classes > 1 ? 0 : 1;
    const score = kernels.score(kernel);
    if (ratio.weight > 0) ofClass?.(b, c, score);
    value += ratio.weight * score;
    for (let j = 0; j < SLOPES; j++) slopes.push(row[ROW.no + j]);
    scored.push(ratio);
  }
  if (totalWeight === 0) return { value: 0, tables: new Float32Array(tables), tableLength: classes * SLOPES };
  const divisor = average.reduction === "sum" ? 1 : totalWeight;
  const finished = average.finish?.(value / divisor) ?? { value: value / divisor, slope: 1 };
  for (const [i, ratio] of scored.entries()) {
    for (const { b, c, weight } of ratio.members) {
      const factor = (finished.slope * ratio.weight * weight) / divisor;
      for (let j = 0; j < SLOPES; j++) tables[(b * classes + c) * SLOPES + j] = factor * slopes[i * SLOPES + j];
    }
  }
  for (let b = 0; competing && b < batch; b++) spareDigits(tables, sums, b * classes, (b + 1) * classes);
  return { value: finished.value, tables: new Float32Array(tables), tableLength: classes * SLOPES };
}

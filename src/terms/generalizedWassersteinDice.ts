import { SUMS } from "../bindings/tile.js";
import type { OverlapScore, ScoreContext } from "../engine/plan.js";

export interface GeneralizedWassersteinDice {
  /** C rows of C distances, the largest 1. */
  readonly distances: readonly (readonly number[])[];
  readonly weighting: "default" | "GDL";
  readonly smoothNumerator: number;
  readonly smoothDenominator: number;
  readonly batch: boolean;
  readonly reduction: "mean" | "sum";
}

/** What a denominator is at least, as in the kernels of ratios. */
const LEAST = 1e-30;

/** The distances as the kernel reads them: for each class a row by label, after a 0 for label -1. */
export function distanceTable(distances: readonly (readonly number[])[]): Float32Array {
  const classes = distances.length,
    table = new Float32Array(classes * (classes + 1));
  // The table's first 0 stands before it, so row c starts with label 0 and ends with the next row's 0.
  for (let c = 0; c < classes; c++) for (let y = 0; y < classes; y++) table[c * (classes + 1) + y] = distances[y][c];
  return table;
}

/**
 * Generalised Wasserstein Dice from the label counts and each label's sum of W (Fidon et al. 2017; "GDL": Tilborghs et
 * al. 2020). 1 - (2 tp + s1) / D is computed as (D - 2 tp - s1) / D, where D - 2 tp is a sum of W.
 */
export function scoreGeneralizedWassersteinDice(
  plan: GeneralizedWassersteinDice,
  { sums, statistics, geometry }: ScoreContext,
): OverlapScore {
  const { batch, classes } = geometry,
    { smoothNumerator, smoothDenominator } = plan,
    gdl = plan.weighting === "GDL";
  const tables = new Float64Array(batch * classes * (classes + 1)),
    plain = distanceTable(plan.distances);
  const samples = Array.from({ length: batch }, (_, b) => b).filter((b) => statistics.valid[b] > 0);
  const pools = plan.batch ? (samples.length ? [samples] : []) : samples.map((b) => [b]);
  const divisor = plan.reduction === "sum" ? 1 : pools.length;
  let value = 0;
  for (const pool of pools) {
    const labels = Array.from({ length: classes }, (_, l) => {
      let count = 0,
        distance = 0;
      for (const b of pool) {
        count += statistics.total[b * classes + l];
        // Every fourth pixel's in a number of its own.
        for (let j = 0; j < 4; j++) distance += sums[SUMS * (b * classes + l) + j];
      }
      return { count, distance, weight: gdl ? 1 / (count + 1) : l === 0 ? 0 : 1 };
    });
    let truePositives = 0,
      errors = 0; // errors = den - 2 tp
    for (const { count, distance, weight } of labels) {
      truePositives += weight * (count - distance);
      errors += gdl ? weight * distance : distance;
    }
    const full = 2 * truePositives + errors + smoothDenominator,
      floored = full < LEAST,
      d = floored ? LEAST : full;
    const numerator = 2 * truePositives + smoothNumerator;
    value += floored ? 1 - numerator / d : (errors + (smoothDenominator - smoothNumerator)) / d;
    for (const [l, { weight }] of labels.entries()) {
      // d(tp)/dW = -weight; d(den)/dW = -2 weight + (GDL: weight, default: 1)
      const byDenominator = floored ? 0 : -2 * weight + (gdl ? weight : 1);
      const slope = ((2 * weight) / d + (numerator * byDenominator) / (d * d)) / divisor;
      for (const b of pool) {
        const base = b * plain.length;
        for (let c = 0; c < classes; c++) tables[base + c * (classes + 1) + l] = slope * plain[c * (classes + 1) + l];
      }
    }
  }
  return { value: pools.length ? value / divisor : 0, tables, tableLength: plain.length };
}

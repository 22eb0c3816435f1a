import { SegLossError } from "../errors.js";
import type { Values } from "../options/options.js";
import type { averaging } from "./common.js";
import type { Found, Metric } from "./declaration.js";
import { meanOfDefined } from "./tables.js";

type Averaging = Values<typeof averaging>;

/** What an average is taken of. */
interface Averaged {
  readonly what: string;
  readonly metric: Metric;
  readonly options: Readonly<Record<string, unknown>>;
  readonly batch: number;
}

/** The mean of defined scores by weight; a score without weight is left out, infinite or not. */
function weightedMean(scores: ArrayLike<number>, weightOf: (i: number) => number): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < scores.length; i++) {
    const weight = weightOf(i);
    if (Number.isNaN(scores[i]) || weight === 0) continue;
    sum += weight * scores[i];
    total += weight;
  }
  return sum / total;
}

function readWeights({ what, batch }: Averaged, weights: readonly number[] | null): (b: number) => number {
  if (weights === null) return () => 1;
  if (weights.length !== batch || weights.every((weight) => weight === 0))
    throw new SegLossError(
      "INVALID_OPTION",
      `${what}: option sampleWeights must hold ${batch} numbers, one per sample, not all 0, got ` +
        `[${weights.join(", ")}]`,
    );
  return (b) => weights[b];
}

const kinds = ["tp", "fp", "fn", "tn"] as const;
type Tables = Readonly<Record<(typeof kinds)[number], Float64Array>>;

/** The metric's number of the counts of the entries that `wanted` picks; ignored labels have none. */
function ofSummed({ metric, options }: Averaged, tables: Tables, wanted: (at: number) => boolean): number {
  const [tp, fp, fn, tn] = kinds.map((kind) =>
    tables[kind].reduce((sum, n, at) => (Number.isNaN(n) || !wanted(at) ? sum : sum + n), 0),
  );
  return (
    metric.ofCounts?.({ both: tp, pred: tp + fp, target: tp + fn, counted: tp + fp + fn + tn }, options as never) ??
    Number.NaN
  );
}

/** Of columns of [B, C'] numbers, the sum of each over the samples. */
const sumColumn = (numbers: Float64Array, columns: number, c: number) =>
  numbers.reduce((sum, n, at) => (at % columns === c ? sum + n : sum), 0);

/** Means over the entries of perClass. */
function ofEntries(
  { perClass }: Found,
  batch: number,
  order: "entries" | "classesFirst" | "samplesFirst",
  weightOf: (b: number) => number,
): number {
  const columns = perClass.length / batch,
    sampleOf = (at: number) => Math.floor(at / columns);
  if (order === "entries") return weightedMean(perClass, (at) => weightOf(sampleOf(at)));
  if (order === "classesFirst") {
    const means = Array.from({ length: batch }, (_, b) =>
      meanOfDefined(perClass.subarray(b * columns, (b + 1) * columns)),
    );
    return weightedMean(means, weightOf);
  }
  const means = Array.from({ length: columns }, (_, c) =>
    weightedMean(
      perClass.filter((_, at) => at % columns === c),
      weightOf,
    ),
  );
  return meanOfDefined(means);
}

/** Numbers of counts that were summed. */
function ofCounts(
  found: Found,
  averaged: Averaged,
  how: Averaging["averaging"],
  weightOf: (b: number) => number,
): number {
  const { what, metric, batch } = averaged,
    columns = found.perClass.length / batch,
    refuse = (needs: string) =>
      new SegLossError(
        "UNSUPPORTED",
        `${what}: averaging ${JSON.stringify(how)} needs ${needs}, which ${metric.name} has none of; use "entries", ` +
          '"classesFirst" or "samplesFirst"',
      );
  if (how === "pooled") throw refuse("scores pooled over the samples");
  if (!metric.ofCounts) throw refuse("a score of pixel counts");
  // What has a score of counts gives its counts, under these names.
  const tables = found as unknown as Tables;
  if (how === "micro") return ofSummed(averaged, tables, () => true);
  if (how === "microBySample") {
    const scores = Array.from({ length: batch }, (_, b) =>
      ofSummed(averaged, tables, (at) => Math.floor(at / columns) === b),
    );
    return weightedMean(scores, weightOf);
  }
  return weightedMean(
    found.pooled as Float64Array,
    (c) => sumColumn(tables.tp, columns, c) + sumColumn(tables.fn, columns, c),
  );
}

/** The value of what was found, as the options have it averaged. */
export function averageOf(found: Found, averaged: Averaged): number {
  // Every metric has these two, which the type of any metric's options does not say.
  const { averaging: how, sampleWeights } = averaged.options as unknown as Averaging;
  if (how === "entries" && sampleWeights === null) return found.value ?? meanOfDefined(found.perClass);
  // That of a matrix is the number of the samples' sum.
  if (how === "pooled" && sampleWeights === null && typeof found.pooledValue === "number") return found.pooledValue;
  const refuse = (message: string) => new SegLossError("INVALID_OPTION", `${averaged.what}: ${message}`);
  if (found.value !== undefined)
    throw refuse(
      `value is a number of all classes at once, no mean over perClass; averaging ${JSON.stringify(how)} and ` +
        `sampleWeights act on ${"average" in averaged.options ? 'average "classes"' : "metrics of single classes"}`,
    );
  const weightOf = readWeights(averaged, sampleWeights);
  if (how === "entries" || how === "classesFirst" || how === "samplesFirst")
    return ofEntries(found, averaged.batch, how, weightOf);
  if (sampleWeights !== null && how !== "microBySample")
    throw refuse(`averaging ${JSON.stringify(how)} sums the samples' counts; sampleWeights act on means over samples`);
  return ofCounts(found, averaged, how, weightOf);
}

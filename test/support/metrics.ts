import { type Metric, type MetricName, type MetricResult, metricCatalog } from "../../dist/index.js";
import { seg } from "./library";
import type { Random } from "./random";

export const metrics = metricCatalog as unknown as readonly Metric[];
/** Metrics of probabilities (calibration.test.ts). */
type ScoreMetric = `${"expected" | "average" | "maximum"}CalibrationError` | "brierScore" | "negativeLogLikelihood";
export type MaskMetric = Exclude<MetricName, ScoreMetric>;
export const names = metrics.filter(({ scoresOnly }) => !scoresOnly).map(({ name }) => name) as MaskMetric[];
/** One spatial axis has to be said. */
const axes = (pred: { data?: unknown; shape?: readonly number[] } | undefined) =>
  pred?.shape?.length === (pred?.data instanceof Float32Array ? 3 : 2) ? { spatialDims: 1 } : {};
/** What has no value without it. */
export const required: Partial<Record<MetricName, object>> = {
  normalizedSurfaceDice: { tolerance: 1.5 },
  lesionWiseSurfaceDice: { tolerance: 1.5 },
};
export const lesions = ["lesionWiseDice", "lesionWiseSurfaceDice", "lesionWiseHausdorffDistance"] as const;
export const ofObjects = ["panopticQuality", "instanceF1", "averagePrecision", ...lesions] as const;
/** Metrics of images and volumes. */
const notOfLines: readonly MetricName[] = ["boundaryF", "trimapIou", "centerlineDice", "bettiError", ...ofObjects];
export const takes = (spatial: readonly number[]) =>
  names.filter((name) => spatial.length > 1 || !notOfLines.includes(name));
/** Whose value is of the whole matrix, which a sigmoid has none of. */
export const averaged: readonly MetricName[] = ["accuracy", "balancedAccuracy", "matthewsCorrelation", "cohensKappa"];
/** What a metric says, with the options that it needs. */
export const run = (
  name: MetricName,
  pred: object,
  target: object,
  options: object = {},
  library = seg,
): MetricResult =>
  library.metrics[name](
    pred as never,
    target as never,
    typeof options === "object" ? { ...axes(pred), ...required[name], ...options } : options,
  );
/** What does not depend on whether there is a matrix of classes, which a sigmoid has none of. */
export const classwise = (name: MetricName, result: MetricResult) => {
  const { perClass, labels } = result;
  return averaged.includes(name) || name === "confusionMatrix" ? { perClass, labels } : result;
};
export const list = (result: MetricResult) => Array.from(result.perClass);

/** Some labels moved, so that a prediction is nearly right. */
export function disturbed(random: Random, labels: Uint8Array, classes: number): Uint8Array {
  return labels.map((label, i) =>
    random.next() < 0.1 ? random.below(classes) : labels[Math.max(0, i - 1)] === label ? label : labels[i - 1],
  );
}

/** Only the options that a metric takes. */
export const own = (name: MetricName, options: Record<string, unknown>) => {
  const declared = metrics.find((metric) => metric.name === name)?.options ?? {};
  return Object.fromEntries(Object.entries(options).filter(([option]) => Object.hasOwn(declared, option)));
};

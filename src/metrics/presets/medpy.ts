import { only } from "../../presets/declaration.js";
import type { MetricName } from "../catalog.js";
import { metricPreset, of, perAxis, sizes, unlessEmpty } from "./declaration.js";

const raises = "raises where a mask is empty: NaN here";

/** A ratio of counts; `empty` where its denominator is 0. */
const ratio = <const N extends string>(name: N, metric: MetricName, emptyScore: number, note?: string) =>
  metricPreset({ name: `medpy.${name}` as const, arguments: {}, note, recipe: () => of(metric, { emptyScore }) });

const distance = <const N extends string>(
  name: N,
  metric: MetricName,
  options: Readonly<Record<string, unknown>> = {},
  note?: string,
) =>
  metricPreset({
    name: `medpy.${name}` as const,
    arguments: { voxelspacing: sizes },
    elsewhere: { connectivity: only([1], "surfaces of corner neighbours are not reproduced") },
    note: [raises, note].filter(Boolean).join("; "),
    recipe: (a, shape) => of(metric, { ...options, spacing: perAxis(a.voxelspacing, shape), empty: unlessEmpty }),
  });

const older = "older releases give 0 where both masks are empty";

/** Of two masks; with several labels, each class of each sample is a call of it. */
export const medpy = [
  ratio("dc", "dice", 1, older),
  ratio("jc", "iou", 1, "older releases raise where both masks are empty"),
  ratio("precision", "precision", 0),
  ratio("positive_predictive_value", "precision", 0),
  ratio("recall", "sensitivity", 0),
  ratio("sensitivity", "sensitivity", 0),
  ratio("true_positive_rate", "sensitivity", 0),
  ratio("specificity", "specificity", 0),
  ratio("true_negative_rate", "specificity", 0),
  distance("hd", "hausdorffDistance"),
  distance("hd95", "hausdorffDistance", { percentile: 95, quantile: "pooled" }),
  distance("asd", "meanSurfaceDistance", { direction: "predToTruth" }, "of result to reference"),
  distance(
    "assd",
    "averageSymmetricSurfaceDistance",
    {},
    "old releases take the mean of both directions' means: meanSurfaceDistance",
  ),
  metricPreset({
    name: "medpy.ravd",
    arguments: {},
    note: "signed, whatever its name says; raises where the reference is empty: NaN here",
    recipe: () => of("volumeDifference", { relative: true, empty: { target: Number.NaN, both: Number.NaN } }),
  }),
] as const;

import { SegLossError } from "../../errors.js";
import { choice, flag, number, only } from "../../presets/declaration.js";
import type { MetricName } from "../catalog.js";
import {
  background,
  bothFull,
  metricPreset,
  of,
  type PredictionShape,
  perAxis,
  sizes,
  unlessAbsent,
} from "./declaration.js";

const shared = {
  get_not_nans: only([false], "counts has it"),
  num_classes: only([null], "leave it out: the tensors' own options have numClasses"),
  return_with_label: only([false], "perClass and labels have it"),
};
const reduction = choice(["mean"], "mean");
const mean = { averaging: "classesFirst" };
const distance_metric = choice(["euclidean", "chessboard", "taxicab"], "euclidean");
/** Its spacing says nothing of chamfer distances. */
const far = (
  a: { readonly distance_metric: string; readonly spacing: number | readonly number[] | null },
  shape: PredictionShape,
) => ({
  distance: a.distance_metric,
  spacing: perAxis(a.distance_metric === "euclidean" ? a.spacing : 1, shape),
});
const none = "where nothing is defined its mean is 0, here NaN";

/** Metrics of single classes under MONAI's names for them. */
const confusions: Readonly<Record<string, readonly [MetricName, Readonly<Record<string, unknown>>?]>> = {
  sensitivity: ["sensitivity"],
  recall: ["sensitivity"],
  "hit rate": ["sensitivity"],
  "true positive rate": ["sensitivity"],
  tpr: ["sensitivity"],
  specificity: ["specificity"],
  selectivity: ["specificity"],
  "true negative rate": ["specificity"],
  tnr: ["specificity"],
  precision: ["precision"],
  "positive predictive value": ["precision"],
  ppv: ["precision"],
  "negative predictive value": ["negativePredictiveValue"],
  npv: ["negativePredictiveValue"],
  "fall out": ["falsePositiveRate"],
  "false positive rate": ["falsePositiveRate"],
  fpr: ["falsePositiveRate"],
  "threat score": ["iou"],
  ts: ["iou"],
  accuracy: ["accuracy", { average: "classes" }],
  acc: ["accuracy", { average: "classes" }],
  "balanced accuracy": ["balancedAccuracy", { average: "classes" }],
  ba: ["balancedAccuracy", { average: "classes" }],
  "f1 score": ["fBeta"],
  f1: ["fBeta"],
  "matthews correlation coefficient": ["matthewsCorrelation", { average: "classes" }],
  mcc: ["matthewsCorrelation", { average: "classes" }],
};
const spelled = Object.keys(confusions).flatMap((name) => [...new Set([name, name.replaceAll(" ", "_")])]);

const calibrations = {
  expected: "expectedCalibrationError",
  average: "averageCalibrationError",
  maximum: "maximumCalibrationError",
} as const;

export const monai = [
  metricPreset({
    name: "monai.DiceMetric",
    arguments: { include_background: flag(true), reduction, ignore_empty: flag(true) },
    elsewhere: shared,
    note: none,
    recipe: (a, shape) =>
      of("dice", {
        includeBackground: background(a.include_background, shape),
        ...(a.ignore_empty ? { empty: unlessAbsent } : { emptyScore: 1 }),
        ...mean,
      }),
  }),
  metricPreset({
    name: "monai.MeanIoU",
    arguments: { include_background: flag(true), reduction, ignore_empty: flag(true) },
    elsewhere: shared,
    note: none,
    recipe: (a, shape) =>
      of("iou", {
        includeBackground: background(a.include_background, shape),
        ...(a.ignore_empty ? { empty: unlessAbsent } : { emptyScore: 1 }),
        ...mean,
      }),
  }),
  metricPreset({
    name: "monai.HausdorffDistanceMetric",
    arguments: {
      include_background: flag(false),
      percentile: number(null),
      directed: flag(false),
      distance_metric,
      reduction,
      spacing: sizes,
    },
    elsewhere: shared,
    note: `spacing is what its call takes; with a percentile and one side empty it gives NaN; ${none}`,
    recipe: (a, shape) =>
      of("hausdorffDistance", {
        includeBackground: background(a.include_background, shape),
        // Its 0 is no percentile, but the maximum.
        percentile: a.percentile || 100,
        direction: a.directed ? "predToTruth" : "both",
        ...far(a, shape),
        empty: a.percentile ? bothFull : null,
        ...mean,
      }),
  }),
  metricPreset({
    name: "monai.SurfaceDistanceMetric",
    arguments: { include_background: flag(false), symmetric: flag(false), distance_metric, reduction, spacing: sizes },
    elsewhere: shared,
    note:
      `spacing is what its call takes; releases before 1.3 take the mean of two means ` +
      `(meanSurfaceDistance) where symmetric; ${none}`,
    recipe: (a, shape) => {
      const all = {
        includeBackground: background(a.include_background, shape),
        ...far(a, shape),
        ...mean,
      };
      return a.symmetric
        ? of("averageSymmetricSurfaceDistance", all)
        : of("meanSurfaceDistance", { direction: "predToTruth", ...all });
    },
  }),
  metricPreset({
    name: "monai.SurfaceDiceMetric",
    arguments: {
      class_thresholds: {
        type: "numbers",
        each: "any",
        min: 0,
        default: null,
        required: true,
        meaning: "as in the library",
      },
      include_background: flag(false),
      distance_metric,
      reduction,
      spacing: sizes,
    },
    elsewhere: {
      ...shared,
      use_subvoxels: only([false], "its subvoxel elements, as DeepMind's, are not reproduced"),
    },
    note: `spacing is what its call takes; ${none}`,
    recipe(a, shape) {
      if (a.class_thresholds === null)
        throw new SegLossError(
          "INVALID_OPTION",
          "monai.SurfaceDiceMetric: class_thresholds must be given: a list of numbers of at least 0, one per class",
        );
      return of("normalizedSurfaceDice", {
        includeBackground: background(a.include_background, shape),
        tolerance: a.class_thresholds,
        ...far(a, shape),
        ...mean,
      });
    },
  }),
  metricPreset({
    name: "monai.ConfusionMatrixMetric",
    arguments: {
      include_background: flag(true),
      metric_name: choice(spelled, "hit_rate"),
      compute_sample: flag(false),
      reduction,
    },
    elsewhere: shared,
    note: `without compute_sample its mean sums the counts of all classes and samples first; ${none}`,
    recipe(a, shape) {
      const [metric, options] = confusions[a.metric_name.replaceAll("_", " ")];
      return of(metric, {
        ...options,
        includeBackground: background(a.include_background, shape),
        averaging: a.compute_sample ? "classesFirst" : "micro",
      });
    },
  }),
  metricPreset({
    name: "monai.CalibrationErrorMetric",
    arguments: {
      num_bins: number(20),
      include_background: flag(true),
      calibration_reduction: choice(["expected", "average", "maximum"], "expected"),
      metric_reduction: reduction,
    },
    elsewhere: { get_not_nans: shared.get_not_nans, right: only([false, true], "it is true or false") },
    note: `both values of right put a probability on an edge into the lower bin; ${none}`,
    recipe: (a, shape) =>
      of(calibrations[a.calibration_reduction], {
        includeBackground: background(a.include_background, shape),
        bins: a.num_bins,
        ...mean,
      }),
  }),
] as const;

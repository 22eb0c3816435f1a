import { atLeast0, choice, label, only } from "../../presets/declaration.js";
import type { MetricName } from "../catalog.js";
import { background, metricPreset, of, perAxis, sizes } from "./declaration.js";

/** nnU-Net's foreground_mean: each class's mean over the cases that have it, then their mean. */
const nnunetMean = <const N extends string>(name: N, metric: MetricName) =>
  metricPreset({
    name: `nnunet.${name}` as const,
    arguments: { ignore_label: label(null) },
    note: "value is its foreground_mean, but a class that no case has makes that NaN and is left out here",
    recipe: (a, shape) =>
      of(metric, {
        includeBackground: background(false, shape),
        ignoreIndex: a.ignore_label,
        averaging: "samplesFirst",
      }),
  });

const pairs = "of masks that are not empty; what empty ones score, its EdgeCaseHandling says";
const panoptic = <const N extends string>(
  name: N,
  metric: MetricName,
  options: Readonly<Record<string, unknown>>,
  note: string = pairs,
) =>
  metricPreset({
    name: `panoptica.${name}` as const,
    arguments: { voxelspacing: sizes },
    note,
    recipe: (a, shape) => of(metric, { ...options, spacing: perAxis(a.voxelspacing, shape) }),
  });
const overlap = <const N extends string>(name: N, metric: MetricName) =>
  metricPreset({ name: `panoptica.${name}` as const, arguments: {}, note: pairs, recipe: () => of(metric) });

/** What a challenge joins and drops: steps of dilation, and the volume that a lesion must exceed. */
const brats = {
  "BraTS-GLI": [3, 50],
  "BraTS-SSA": [3, 50],
  "BraTS-MEN": [1, 50],
  "BraTS-PED": [3, 50],
  "BraTS-MET": [1, 2],
} as const;

export const challenges = [
  nnunetMean("Dice", "dice"),
  nnunetMean("IoU", "iou"),
  overlap("DSC", "dice"),
  overlap("IOU", "iou"),
  overlap("clDSC", "centerlineDice"),
  panoptic("HD", "hausdorffDistance", {}),
  panoptic("HD95", "hausdorffDistance", { percentile: 95, quantile: "pooled" }),
  panoptic("ASSD", "meanSurfaceDistance", {}, `the mean of both directions' means; ${pairs}`),
  panoptic("RVD", "volumeDifference", { relative: true }),
  panoptic("RVAE", "volumeDifference", { relative: true, absolute: true }),
  metricPreset({
    name: "stardist.matching",
    arguments: { thresh: atLeast0(0.5) },
    elsewhere: {
      criterion: only(["iou"], "only the intersection over union is reproduced"),
      report_matches: only([false], "the pairs are not given"),
    },
    note:
      "value is its panoptic_quality, recognitionQuality its f1, segmentationQuality its " +
      "mean_matched_score; an IoU of " +
      "thresh itself makes a pair there, not here; below 0.5 it first makes most pairs",
    recipe: (a) => of("panopticQuality", { instances: "labels", iouThreshold: a.thresh, emptyScore: 0 }),
  }),
  metricPreset({
    name: "brats.LesionWise_Score_Dice",
    arguments: {
      challenge_name: choice(["BraTS-GLI", "BraTS-SSA", "BraTS-MEN", "BraTS-PED", "BraTS-MET"], "BraTS-GLI"),
    },
    note: "of the masks of a region (WT, TC, ET), each a class; volumes in units of spacing",
    recipe({ challenge_name }) {
      const [dilation, minVolume] = brats[challenge_name];
      return of("lesionWiseDice", { dilation, minVolume, emptyScore: 1 });
    },
  }),
  metricPreset({
    name: "davis.db_eval_iou",
    arguments: {},
    elsewhere: { void_pixels: only([null], "give them a label and that as ignoreIndex") },
    recipe: () => of("iou", { emptyScore: 1 }),
  }),
  metricPreset({
    name: "davis.f_measure",
    arguments: { bound_th: { type: "number", min: 0, aboveMin: true, default: 0.008, meaning: "as in the library" } },
    elsewhere: { void_pixels: only([null], "give them a label and that as ignoreIndex") },
    recipe: ({ bound_th }) =>
      of("boundaryF", {
        boundary: "between",
        emptyScore: 1,
        ...(bound_th >= 1 ? { tolerance: bound_th } : { toleranceRatio: bound_th }),
      }),
  }),
] as const;

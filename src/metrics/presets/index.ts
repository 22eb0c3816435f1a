import type { Given } from "../../options/options.js";
import { challenges } from "./challenges.js";
import type { MetricPreset } from "./declaration.js";
import { medpy } from "./medpy.js";
import { metricsReloaded } from "./metricsReloaded.js";
import { monai } from "./monai.js";
import { torchmetrics } from "./torchmetrics.js";

/** Metrics of other libraries that segloss reproduces. */
export const metricPresets = [...monai, ...medpy, ...metricsReloaded, ...torchmetrics, ...challenges] as const;

type Entry = (typeof metricPresets)[number];
export type MetricPresetName = Entry["name"];
type ArgumentsOf<P> =
  P extends MetricPreset<string, infer A, infer E> ? Given<A> & { readonly [K in E]?: unknown } : never;
/** The arguments of each metric preset, under the library's own names. */
export type MetricPresetArguments = { [E in Entry as E["name"]]: ArgumentsOf<E> };

/** Metrics that are not reproduced, by a library's name or a metric's, and why. */
export const unreproducibleMetrics = [
  [
    "surface-distance",
    "its surface elements sit on the corners between pixels and weigh what marching squares or cubes give them, not " +
      "boundary pixels; surface Dice at tolerance 1 is 0.07 apart on average",
  ],
  ["seg-metrics", "adds 0.001 to its denominators"],
  [
    "monai.PanopticQualityMetric",
    "adds 1e-6 to its denominators and reads ids and classes from two channels; use panopticQuality with instances " +
      '"labels"',
  ],
  [
    "panoptica.NSD",
    "is the mean of both directions' shares, not the share of both lists; normalizedSurfaceDice has each",
  ],
  ["panoptica.PQ", "its matcher is greedy and pairs at the threshold itself; use panopticQuality"],
  [
    "torchmetrics.segmentation.MeanIoU",
    "averages batches, not samples, and releases differ in what a class absent from both sides scores; use iou",
  ],
  [
    "torchmetrics.segmentation.HausdorffDistance",
    "its edges and what it does at the image's border are not established; use hausdorffDistance",
  ],
  [
    "brats.LesionWise_Score_HD95",
    "takes surface-distance's elements; lesionWiseHausdorffDistance with missingDistance 374 differs by the surface",
  ],
  ["medpy.obj_asd", "pairs objects by any overlap; use panopticQuality or the lesion-wise metrics"],
] as const;

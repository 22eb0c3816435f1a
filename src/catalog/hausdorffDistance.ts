import { distancePower } from "../bindings/masks/distance.js";
import type { PlanContext } from "../engine/plan.js";
import { spacing } from "../options/shared.js";
import { type ClassMap, classMaps, liveMap } from "../targets/maps.js";
import { evaluateHausdorffDistance, type HausdorffDistance } from "../terms/hausdorffDistance.js";
import { mapContext, mapTerm } from "../terms/make.js";
import { declare, mapOptions } from "./declaration.js";

const byDistances = { variant: ["distanceTransform"] },
  byErosion = { variant: ["erosion"] },
  byBalls = { variant: ["convolution"] };

const options = {
  ...mapOptions,
  spacing: { ...spacing, when: byDistances },
  variant: {
    type: "choice",
    values: ["distanceTransform", "erosion", "convolution"],
    default: "distanceTransform",
    meaning: "errors weighted by distances; or what is left of them after erosions; or compared with balls around them",
  },
  alpha: {
    type: "number",
    min: 0,
    default: 2,
    meaning: "power of distances, of the erosion's number or of the ball's radius",
  },
  log: { type: "boolean", default: false, meaning: "true returns log(1 + L)" },
  oneSided: {
    type: "boolean",
    default: false,
    meaning: "true leaves out the distances of the prediction, and their cost",
    when: byDistances,
  },
  erosions: {
    type: "number",
    also: ["k"],
    integer: true,
    min: 1,
    default: 10,
    meaning: "how many erosions",
    when: byErosion,
  },
  scaling: {
    type: "choice",
    values: ["minMax", "fixed", "none"],
    default: "minMax",
    meaning: "what each step's result is stretched by: to [0, 1], by 1 / (1 - threshold), or not",
    when: byErosion,
  },
  threshold: {
    type: "number",
    min: 0,
    max: 1,
    belowMax: true,
    default: 0.5,
    meaning: "what soft thresholding takes off",
    when: { variant: ["erosion", "convolution"] },
  },
  radii: {
    type: "numbers",
    each: "any",
    min: 1,
    default: [3, 6, 9, 12, 15, 18],
    meaning: "radii of the balls in pixels",
    when: byBalls,
  },
} as const;

/** Distances of the target to the power of alpha, [B, C, pixels]. */
function targetDistances(
  o: Parameters<typeof mapContext>[0] & { readonly alpha: number },
  context: PlanContext,
): ClassMap {
  const map = context.targetMap(`distances ${context.geometry.classes}`, (target) =>
    classMaps(target, mapContext(o, context), distancePower(o.alpha)),
  );
  return liveMap(context.kernels, map);
}

/** The target's distances alone are a map, which is made beforehand. */
const isMap = ({ variant, oneSided }: { readonly variant: string; readonly oneSided: boolean }) =>
  variant === "distanceTransform" && oneSided;

/** Filters mix the errors of neighbours, and a logarithm of the sum is none. */
const tellsPixels = ({ variant, log }: { readonly variant: string; readonly log: boolean }) =>
  variant !== "distanceTransform"
    ? `variant "${variant}" filters neighbours; "distanceTransform" tells it`
    : !log || "log: true is no sum over pixels";

/**
 * $$
 * L = \frac{\sum_c w_c \sum_n (p_{nc} - t_{nc})^2 \bigl(d_{nc}(t)^{\alpha} + d_{nc}(p)^{\alpha}\bigr)}
 * {N \sum_c w_c}
 * $$
 *
 * - $d_{nc}(t)$: distance from pixel $n$ to the boundary of class $c$ in the target
 * - $d_{nc}(p)$: the same in the prediction, thresholded at 1/2; a constant for the gradient
 * - $\alpha$: option `alpha`
 *
 * Beside the survey: It prints the metric, not the loss. The variants "erosion" and "convolution" are read from the
 * paper: soft thresholds, rescaled after every erosion as public code does.
 */
export const hausdorffDistance = declare({
  name: "hausdorffDistance",
  also: ["hd", "hausdorffDT", "hausdorffER"],
  title: "Hausdorff distance loss",
  category: "boundary",
  formula: "mean of (p - t)^2 (d_t^a + d_p^a), d the distance to the boundary of target and prediction",
  reference: {
    authors: "Karimi, Salcudean",
    title: "Reducing the Hausdorff Distance in Medical Image Segmentation with Convolutional Neural Networks",
    year: 2019,
    url: "https://arxiv.org/abs/1904.10030",
  },
  options,
  prepares: "classes",
  advantages: [
    "punishes errors by how far they lie from the boundary",
    "three variants, with and without distance transforms",
  ],
  disadvantages: [
    "a distance transform of the prediction per class and step (unless oneSided)",
    "large values early in training; needs a region loss beside it",
  ],
  useCases: ["outliers far from the object matter, as in planning of radiotherapy"],
  splits: (o, { classes }) => (isMap(o) ? 0 : classes),
  plan(o, context) {
    if (isMap(o) && !context.perPixel)
      return [mapTerm("hausdorffDistance", targetDistances(o, context), o, context, { log: o.log })];
    const variant: HausdorffDistance =
      o.variant === "distanceTransform"
        ? { ...o, variant: o.variant, targetMaps: targetDistances(o, context), maps: mapContext(o, context) }
        : { ...o, variant: o.variant };
    return [
      {
        kind: "field",
        weight: 1,
        mapped: true,
        byClass: !o.log,
        totals: false,
        pixels: tellsPixels(o),
        evaluate: (field) => evaluateHausdorffDistance(variant, o, o.log, field),
      },
    ];
  },
});

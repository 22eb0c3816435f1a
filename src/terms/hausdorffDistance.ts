import { distanceMap, distancePower } from "../bindings/masks/distance.js";
import {
  type Convolution,
  convolvedErrors,
  type Erosion,
  erodedErrors,
  type WithPlaneLoss,
  weightedErrors,
} from "../bindings/planes/hausdorffDistance.js";
import { loadMask, planeOf, weighPlane } from "../bindings/planes/planes.js";
import type { FieldContext } from "../engine/plan.js";
import type { ClassMap, MapContext } from "../targets/maps.js";
import { classFactors, classMeans, type PixelMean } from "./pixelMean.js";

/** Errors weighted by distances of target and prediction, or eroded, or convolved with balls. */
export type HausdorffDistance =
  | {
      readonly variant: "distanceTransform";
      readonly alpha: number;
      readonly oneSided: boolean;
      readonly targetMaps: ClassMap;
      readonly maps: MapContext;
    }
  | ({ readonly variant: "erosion" } & Erosion)
  | ({ readonly variant: "convolution" } & Convolution);

/**
 * Distances of the target's mask and, unless one-sided, of the thresholded prediction's, to the power of alpha:
 * constants of the derivative.
 */
function distances(
  context: FieldContext,
  { alpha, oneSided, targetMaps, maps }: HausdorffDistance & { readonly variant: "distanceTransform" },
  factors: readonly number[],
): WithPlaneLoss {
  const { kernels, geometry, perPixel, weight } = context,
    { classes, pixels, spatial } = geometry,
    { memory } = kernels,
    power = distancePower(alpha);
  const weigh = (b: number, c: number, at: number) => {
    const from = (b * classes + c) * pixels,
      load = (mask: number) => loadMask(context, b, c, mask),
      add = (own: number) => kernels.exports.addDistances(at, own, pixels);
    memory.f32.set(targetMaps.data.subarray(from, from + pixels), at >>> 2);
    if (!oneSided) distanceMap(kernels, spatial, maps.spacing, power, load, { read: add });
    weighPlane(context, b, at);
  };
  if (!perPixel) return weightedErrors(context, weigh);
  return weightedErrors(context, weigh, (b, c, errors, map) => {
    const factor = weight * factors[c];
    for (let i = 0; i < pixels; i++) perPixel[b * pixels + i] += factor * map[i] * errors[i] ** 2;
  });
}

function planeLoss(variant: HausdorffDistance, context: FieldContext, factors: readonly number[]): WithPlaneLoss {
  switch (variant.variant) {
    case "distanceTransform":
      return distances(context, variant, factors);
    case "erosion":
      return erodedErrors(context, variant);
    case "convolution":
      return convolvedErrors(context, variant);
  }
}

/** The field's value; `log` turns L into log(1 + L). One class of one sample is in the module's memory at a time. */
export function evaluateHausdorffDistance(
  variant: HausdorffDistance,
  reduction: PixelMean,
  log: boolean,
  context: FieldContext,
): number {
  const { geometry, statistics, field, gradient, weight, parts } = context,
    { batch, classes } = geometry,
    factors = classFactors(reduction, statistics, geometry),
    tell = classMeans(reduction, statistics, context.ofClass),
    withLoss = planeLoss(variant, context, factors);
  const value = withLoss((loss) =>
    parts.sum(batch * classes, (plane) => {
      const b = Math.floor(plane / classes),
        c = plane % classes,
        factor = factors[c];
      if (factor > 0 && statistics.valid[b] > 0) {
        const sum = loss(b, c, gradient ? weight * factor : undefined);
        tell?.(b, c, sum);
        return factor * sum;
      }
      if (gradient) planeOf(context, b, c).fill(0);
      return 0;
    }),
  );
  if (!log) return value;
  if (gradient)
    parts.each(batch, (b) => {
      const sample = classes * geometry.pixels,
        slopes = field().subarray(b * sample, (b + 1) * sample),
        inner = 1 / (1 + value);
      for (let i = 0; i < slopes.length; i++) slopes[i] *= inner;
    });
  return Math.log1p(value);
}

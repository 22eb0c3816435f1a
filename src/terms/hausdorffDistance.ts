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
      readonly targetMaps: ClassMap;
      readonly maps: MapContext;
    }
  | ({ readonly variant: "erosion" } & Erosion)
  | ({ readonly variant: "convolution" } & Convolution);

/**
 * Distances of the target's mask and of the thresholded prediction's, to the power of alpha: constants of the
 * derivative.
 */
function bothDistances(context: FieldContext, alpha: number, targetMaps: ClassMap, maps: MapContext): WithPlaneLoss {
  const { kernels, geometry } = context,
    { classes, pixels, spatial } = geometry,
    { memory } = kernels,
    power = distancePower(alpha);
  return weightedErrors(context, (b, c, at) => {
    const from = (b * classes + c) * pixels,
      load = (mask: number) => loadMask(context, b, c, mask);
    memory.f32.set(targetMaps.data.subarray(from, from + pixels), at >>> 2);
    distanceMap(kernels, spatial, maps.spacing, power, load, (own) => kernels.exports.addDistances(at, own, pixels));
    weighPlane(context, b, at);
  });
}

function planeLoss(variant: HausdorffDistance, context: FieldContext): WithPlaneLoss {
  switch (variant.variant) {
    case "distanceTransform":
      return bothDistances(context, variant.alpha, variant.targetMaps, variant.maps);
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
    withLoss = planeLoss(variant, context);
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

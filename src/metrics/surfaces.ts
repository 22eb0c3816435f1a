import type { Options } from "../options/options.js";
import { spacing } from "../options/shared.js";
import { declareMetric, type MaskPair, type SurfaceDistances } from "./declaration.js";
import { empty } from "./overlap.js";

/** NaN where both masks are empty, infinity where one is, else the measure. */
function whereBoth(masks: MaskPair, measure: (distances: SurfaceDistances) => number): number {
  const { pred, target } = masks.filled;
  if (!pred || !target) return pred || target ? Number.POSITIVE_INFINITY : Number.NaN;
  return measure(masks.surfaces);
}

/** Linear interpolation at position (n - 1) q / 100 of the sorted distances. */
function quantile(squared: Float32Array, q: number): number {
  if (q === 100) {
    let largest = 0;
    for (const d of squared) largest = Math.max(largest, d);
    return Math.sqrt(largest);
  }
  const sorted = squared.sort(),
    at = ((sorted.length - 1) * q) / 100,
    [low, high] = [Math.sqrt(sorted[Math.floor(at)]), Math.sqrt(sorted[Math.ceil(at)])];
  return low + (high - low) * (at - Math.floor(at));
}

export const hausdorffDistance = declareMetric({
  name: "hausdorffDistance",
  title: "Hausdorff distance",
  formula: "max of the two q-quantiles of the distances from one surface to the other",
  best: "lowest",
  options: {
    percentile: {
      type: "number",
      min: 0,
      max: 100,
      default: 100,
      meaning: "the quantile q of each side's distances; 95 leaves out a few stray pixels",
    },
    spacing,
  },
  score: {
    of: "masks",
    from: (masks, { percentile }) =>
      whereBoth(masks, ({ fromPred, fromTarget }) =>
        Math.max(quantile(fromPred, percentile), quantile(fromTarget, percentile)),
      ),
  },
});

const sumOfRoots = (squared: Float32Array) => squared.reduce((sum, d) => sum + Math.sqrt(d), 0);

export const averageSymmetricSurfaceDistance = declareMetric({
  name: "averageSymmetricSurfaceDistance",
  title: "Average symmetric surface distance",
  formula: "mean of the distances from each surface to the other, all together",
  best: "lowest",
  options: { spacing },
  score: {
    of: "masks",
    from: (masks) =>
      whereBoth(
        masks,
        ({ fromPred, fromTarget }) =>
          (sumOfRoots(fromPred) + sumOfRoots(fromTarget)) / (fromPred.length + fromTarget.length),
      ),
  },
});

export const boundaryIou = declareMetric({
  name: "boundaryIou",
  title: "Boundary IoU",
  formula: "intersection over union of the bands of width d inside each side's boundary",
  best: "highest",
  options: {
    dilationRatio: { type: "number", min: 0, default: 0.02, meaning: "the width d as a share of the image's diagonal" },
    width: {
      type: "number",
      integer: true,
      min: 1,
      default: null,
      meaning: "the width d in pixels (overrides dilationRatio)",
    },
    ...empty,
  } as const satisfies Options,
  score: {
    of: "masks",
    from(masks, o) {
      const width = o.width ?? Math.max(1, Math.floor(o.dilationRatio * Math.hypot(...masks.image) + 0.5)),
        { both, either } = masks.bands(width);
      return either > 0 ? both / either : o.emptyScore;
    },
  },
});

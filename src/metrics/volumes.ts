import type { Options, Values } from "../options/options.js";
import { spacing } from "../options/shared.js";
import { empty } from "./confusion.js";
import { declareMetric, type Results, type Scene } from "./declaration.js";
import type { MaskPair } from "./pair.js";
import { byPair } from "./tables.js";

const results = {
  predVoxels: { shape: "[B, C']", meaning: "pixels of the prediction" },
  targetVoxels: { shape: "[B, C']", meaning: "pixels of the target" },
  predVolume: { shape: "[B, C']", meaning: "their volume, a pixel's being the product of spacing" },
  targetVolume: { shape: "[B, C']", meaning: "the target's volume" },
} as const satisfies Results;
const names = ["predVoxels", "targetVoxels", "predVolume", "targetVolume"] as const;

/** A score of the two numbers of pixels, and of what one of them is worth. */
const ofVolumes = <O extends Options>(
  score: (pred: number, target: number, voxel: number, options: Values<O>) => number,
) =>
  byPair<O, (typeof names)[number]>(names, ({ counts }: MaskPair, options, _, scene: Scene) => {
    const voxel = scene.spacing.reduce((product, n) => product * n, 1);
    return {
      score: score(counts.pred, counts.target, voxel, options),
      predVoxels: counts.pred,
      targetVoxels: counts.target,
      predVolume: counts.pred * voxel,
      targetVolume: counts.target * voxel,
    };
  });

const differenceOptions = {
  relative: { type: "boolean", default: false, meaning: "as a share of the target's volume" },
  absolute: { type: "boolean", default: false, meaning: "without its sign" },
  spacing,
  ...empty,
} as const satisfies Options;

export const volumeDifference = declareMetric({
  name: "volumeDifference",
  also: ["rvd", "ravd"],
  title: "Volume difference",
  formula: "V_P - V_T; relative: / V_T; absolute: | |",
  best: "lowest",
  options: differenceOptions,
  results,
  score: ofVolumes<typeof differenceOptions>((pred, target, voxel, { relative, absolute, emptyScore }) => {
    const sign = (n: number) => (absolute ? Math.abs(n) : n);
    if (!relative) return sign((pred - target) * voxel);
    if (target === 0) return pred === 0 ? emptyScore : Number.POSITIVE_INFINITY;
    return sign((pred - target) / target);
  }),
});

const similarityOptions = { spacing, ...empty };

export const volumeSimilarity = declareMetric({
  name: "volumeSimilarity",
  also: ["volumetricSimilarity"],
  title: "Volume similarity",
  formula: "1 - |V_P - V_T| / (V_P + V_T)",
  best: "highest",
  options: similarityOptions,
  results,
  score: ofVolumes<typeof similarityOptions>((pred, target, _, { emptyScore }) =>
    pred + target > 0 ? 1 - Math.abs(pred - target) / (pred + target) : emptyScore,
  ),
});

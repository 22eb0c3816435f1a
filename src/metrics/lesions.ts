import type { Options, Values } from "../options/options.js";
import { spacing } from "../options/shared.js";
import { refuseLines } from "./boundaries.js";
import { empty } from "./confusion.js";
import { declareMetric, type Results, type Scene } from "./declaration.js";
import type { Lesions } from "./lesionPairs.js";
import { connectivity } from "./objects.js";
import { largestQuantile, nearShare, percentile, tolerance, toleranceOf } from "./surfaces.js";
import { byPair } from "./tables.js";

const options = {
  connectivity,
  dilation: {
    type: "number",
    integer: true,
    min: 0,
    default: 0,
    meaning:
      "how many steps, across faces and edges, the target's lesions grow before they are told apart and before " +
      "predicted ones must meet them",
  },
  minVolume: {
    type: "number",
    min: 0,
    default: 0,
    meaning: "lesions of the target of this volume or less are left out, in units of spacing cubed (2-D: squared)",
  },
  spacing,
  ...empty,
} as const satisfies Options;

const names = ["tp", "fp", "fn"] as const;
const results = {
  tp: { shape: "[B, C']", meaning: "lesions of the target that a predicted one meets" },
  fp: { shape: "[B, C']", meaning: "predicted lesions that meet none of the target" },
  fn: { shape: "[B, C']", meaning: "lesions of the target that no predicted one meets" },
} as const satisfies Results;

/** The mean over the target's lesions, and the predicted ones that meet none, which have the score of a miss. */
const byLesion = <O extends typeof options>(
  missed: (options: Values<O>) => number,
  score: (lesions: Lesions, lesion: number, options: Values<O>, c: number, scene: Scene) => number,
  check: (scene: Scene, options: Values<O>) => void = () => {},
) =>
  byPair<O, (typeof names)[number]>(
    names,
    (pair, o, c, scene) => {
      const lesions = pair.lesions(o.connectivity, o.dilation),
        voxel = scene.spacing.reduce((product, n) => product * n, 1),
        // A volume that is the limit but for rounding is not above it.
        limit = (o.minVolume / voxel) * (1 + 1e-9);
      let [sum, tp, fn] = [0, 0, 0];
      for (let lesion = 1; lesion <= lesions.count; lesion++) {
        if (lesions.sizes[lesion] <= limit) continue;
        if (lesions.met[lesion].length === 0) {
          fn++;
          continue;
        }
        tp++;
        sum += score(lesions, lesion, o, c, scene);
      }
      const fp = lesions.alone;
      if (fn + fp > 0) sum += (fn + fp) * missed(o);
      return { score: tp + fn + fp > 0 ? sum / (tp + fn + fp) : o.emptyScore, tp, fp, fn };
    },
    (scene, o) => {
      refuseLines(scene);
      check(scene, o);
    },
  );

export const lesionWiseDice = declareMetric({
  name: "lesionWiseDice",
  title: "Lesion-wise Dice (BraTS 2023)",
  formula: "mean over lesions g of 2 |Q and g| / (|Q| + |g|), Q: predicted lesions that meet g; 0 for each miss",
  best: "highest",
  options,
  results,
  score: byLesion<typeof options>(
    () => 0,
    (lesions, lesion) => (2 * lesions.both[lesion]) / (lesions.predicted(lesion) + lesions.sizes[lesion]),
  ),
});

const surfaceOptions = { ...tolerance, ...options } as const satisfies Options;

export const lesionWiseSurfaceDice = declareMetric({
  name: "lesionWiseSurfaceDice",
  title: "Lesion-wise normalised surface Dice",
  formula: "mean over lesions of the normalised surface Dice of each and the predicted ones that meet it; 0 for a miss",
  best: "highest",
  surfaces: "shares",
  options: surfaceOptions,
  results,
  score: byLesion<typeof surfaceOptions>(
    () => 0,
    (lesions, lesion, o, c, scene) =>
      nearShare(lesions.surfaces(lesion, scene.spacing), "both", toleranceOf(scene, o.tolerance)(c)),
    (scene, o) => toleranceOf(scene, o.tolerance),
  ),
});

const distanceOptions = {
  ...percentile,
  missingDistance: {
    type: "number",
    min: 0,
    orInfinity: true,
    default: Number.POSITIVE_INFINITY,
    meaning: "the distance of a lesion that is missed, and of a predicted one that meets none",
  },
  ...options,
} as const satisfies Options;

export const lesionWiseHausdorffDistance = declareMetric({
  name: "lesionWiseHausdorffDistance",
  title: "Lesion-wise Hausdorff distance (BraTS 2023)",
  formula: "mean over lesions of the Hausdorff distance of each to the predicted ones that meet it",
  best: "lowest",
  surfaces: "distances",
  options: distanceOptions,
  results,
  score: byLesion<typeof distanceOptions>(
    (o) => o.missingDistance,
    (lesions, lesion, o, _, scene) => largestQuantile(lesions.surfaces(lesion, scene.spacing), o.percentile),
  ),
});

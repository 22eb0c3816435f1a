import { signedDistance } from "../bindings/masks/distance.js";
import { classMaps, givenMap, liveMap } from "../targets/maps.js";
import { mapContext, mapTerm } from "../terms/make.js";
import { declare, mapOptions } from "./declaration.js";

/**
 * $$
 * L = \frac{\sum_c w_c \sum_n \phi_{nc}\, p_{nc}}{N \sum_c w_c}
 * $$
 *
 * - $\phi_{nc}$: signed distance from pixel $n$ to the boundary of class $c$ in the target, negative inside; the extra
 *   input `distanceMap` [B, C, ...spatial] replaces it
 *
 * Beside the survey: It prints the continuous integral without the sign convention; the authors' code averages and
 * takes 1 off inside, and is followed.
 */
export const boundary = declare({
  name: "boundary",
  also: ["surfaceLoss"],
  title: "Boundary loss",
  category: "boundary",
  formula: "mean of phi p, phi the signed distance to the target's boundary (negative inside)",
  reference: {
    authors: "Kervadec, Bouchtiba, Desrosiers, Granger, Dolz, Ben Ayed",
    title: "Boundary loss for highly unbalanced segmentation",
    year: 2019,
    url: "https://arxiv.org/abs/1812.07032",
  },
  options: {
    ...mapOptions,
    insideOffset: {
      type: "number",
      min: 0,
      default: 1,
      meaning: "taken off the distances inside, in units of spacing; 1 puts 0 on an object's outermost pixels",
    },
  },
  extras: ["distanceMap"],
  prepares: "classes",
  advantages: [
    "an integral over the boundary: the sizes of the regions do not matter",
    "costs one multiplication once the map is there",
  ],
  disadvantages: [
    "an empty prediction is a stationary point, so it needs a region loss beside it",
    "a distance transform per class and target (prepare keeps it)",
  ],
  useCases: [
    "very unbalanced objects, with dice or crossEntropy in a weightedSum whose boundary weight grows during training",
  ],
  plan(o, context) {
    const { geometry, targetMap, extra } = context;
    const map = extra("distanceMap")
      ? givenMap("boundary: distanceMap", () => extra("distanceMap"), geometry)
      : liveMap(
          context.kernels,
          targetMap(`signed distance ${geometry.classes}`, (target) =>
            classMaps(target, mapContext(o, context), signedDistance(o.insideOffset)),
          ),
        );
    return [mapTerm("boundary", map, o, context, { sweeps: true })];
  },
});

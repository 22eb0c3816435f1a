import type { TargetContext } from "../engine/plan.js";
import { classWeights, spacing } from "../options/shared.js";
import { distancePenalty } from "../targets/distancePenalty.js";
import { liveMap } from "../targets/maps.js";
import { pixelTerm } from "../terms/make.js";
import { declare } from "./declaration.js";

interface PenaltyOptions {
  readonly spacing: readonly number[] | null;
  readonly normalize: boolean;
  readonly ignoreIndex: number | null;
}

/** The map of what distance from other labels adds. */
function penalty(o: PenaltyOptions, { kernels, geometry, samples, targetMap }: TargetContext): Float32Array {
  const size = o.spacing ?? geometry.spatial.map(() => 1);
  return targetMap("distancePenalty", (target) =>
    distancePenalty({ kernels, geometry, target, ignoreIndex: o.ignoreIndex }, samples, size, o.normalize),
  );
}

/**
 * $$
 * L = \frac{\sum_n w_{y_n} (1 + \Phi_n)\, (-\log p_{n y_n})}{\sum_n w_{y_n}},
 * \qquad \Phi_n = \max_{m:\, y_m = y_n} d_m - d_n
 * $$
 *
 * - $d_n$: distance from pixel $n$ to the nearest pixel of another label
 * - $\Phi_n$: the penalty, largest at the borders; with `normalize` divided by its maximum
 *
 * Beside the survey: It prints a sum, and an "inverse of the distance map"; Caliva subtracts from the maximum, as
 * here.
 */
export const distanceMapCrossEntropy = declare({
  name: "distanceMapCrossEntropy",
  also: ["dpce"],
  title: "Distance map penalised cross entropy",
  category: "pixel",
  formula: "(1 + Phi_n) (-log p_y), Phi largest at the borders of the target",
  reference: {
    authors: "Caliva, Iriondo, Morales Martinez, Majumdar, Pedoia",
    title: "Distance Map Loss Penalty Term for Semantic Segmentation",
    year: 2019,
    url: "https://arxiv.org/abs/1908.03679",
  },
  options: {
    normalize: { type: "boolean", default: false, meaning: "true divides each region's penalty by its maximum" },
    spacing,
    classWeights,
  },
  needs: { labels: true },
  advantages: ["puts weight on borders", "the map depends on the target alone"],
  disadvantages: [
    "without normalize the weight grows with the size of a region",
    "a distance transform per target (prepare keeps it)",
  ],
  useCases: ["contours matter, as with cartilage and bone"],
  prepare: penalty,
  plan(o, context) {
    const unitWeights = Object.assign(liveMap(context.kernels, penalty(o, context)), {
      planes: 1,
      sampleStride: context.geometry.pixels,
      everywhere: true,
    });
    return [pixelTerm("crossEntropy", o.reduction, { classWeights: o.classWeights ?? undefined, unitWeights })];
  },
});

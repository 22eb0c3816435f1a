import { classWeights } from "../options/shared.js";
import { boxMeans } from "../targets/boxMeans.js";
import { liveMap } from "../targets/maps.js";
import { pixelTerm } from "../terms/make.js";
import { declare, penaltyWeight } from "./declaration.js";

/**
 * $$
 * L = \mathrm{CE} + \frac{\alpha}{C N} \sum_n \sum_c |z_{nc} - \tau_{nc}|, \qquad
 * \tau_{nc} = \frac{1}{k^D} \sum_{m \in \mathcal{B}(n)} t_{mc}
 * $$
 *
 * - $\mathrm{CE}$: the cross entropy, the mean over pixels (weighted by `classWeights`)
 * - $z_{nc}$: the logits
 * - $\tau_{nc}$: mean of the target in a box; what lies outside the image, or does not count, is 0
 * - $\mathcal{B}(n)$: the box of `kernelSize` $k$ along each of $D$ axes around pixel $n$
 * - $\alpha$: option `alpha`
 *
 * Beside the survey: Not in it. The logits themselves are drawn to [0, 1], so a number added to all logits of a pixel
 * changes the loss. The paper's Gaussian windows are not offered.
 */
export const nacl = declare({
  name: "nacl",
  title: "Neighbour-aware calibration loss",
  category: "pixel",
  formula: "cross entropy + alpha mean of |z_c - mean of t_c in a box|",
  reference: {
    authors: "Murugesan, Adiga Vasudeva, Liu, Lombaert, Ben Ayed, Dolz",
    title: "Trust your neighbours: Penalty-based constraints for model calibration",
    year: 2023,
    url: "https://arxiv.org/abs/2303.06268",
  },
  options: {
    alpha: penaltyWeight,
    kernelSize: { type: "number", integer: true, odd: true, min: 1, default: 3, meaning: "side of the box, in pixels" },
    distance: {
      type: "choice",
      values: ["l1", "l2"],
      default: "l1",
      meaning: "absolute or squared differences of logits and means",
    },
    classWeights: { ...classWeights, meaning: "weight of each class in the cross entropy" },
  },
  needs: { activation: "softmax" },
  prepares: "classes",
  advantages: ["less confident where labels change, as annotators are", "the means are made of the target alone"],
  disadvantages: ["fixes the scale of the logits", "a map of the target's size to keep"],
  useCases: ["probabilities that are to mean what they say, near borders above all"],
  plan(o, context) {
    const { classes, pixels } = context.geometry,
      means = context.targetMap(`box means ${classes}`, (target) =>
        boxMeans(target, { ...context, ignoreIndex: o.ignoreIndex }, o.kernelSize),
      ),
      levels = { planes: classes, sampleStride: classes * pixels, beside: true };
    return [
      pixelTerm("crossEntropy", o.reduction, { classWeights: o.classWeights ?? undefined }),
      pixelTerm("nacl", o.reduction, {
        weight: o.alpha,
        options: [o.distance === "l2" ? 1 : 0],
        normaliser: "entries",
        unitWeights: Object.assign(liveMap(context.kernels, means), levels),
      }),
    ];
  },
});

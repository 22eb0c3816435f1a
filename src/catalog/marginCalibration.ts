import { classWeights } from "../options/shared.js";
import { pixelTerm } from "../terms/make.js";
import { declare, penaltyWeight } from "./declaration.js";

/**
 * $$
 * L = \mathrm{CE} + \frac{\alpha}{C N} \sum_n \sum_c \max\bigl(0,\, \max_k z_{nk} - z_{nc} - m\bigr)
 * $$
 *
 * - $\mathrm{CE}$: the cross entropy, the mean over pixels (weighted by `classWeights`)
 * - $z_{nc}$: the logits
 * - $\alpha$: option `alpha`
 * - $m$: option `margin`
 *
 * Beside the survey: Not in it.
 */
export const marginCalibration = declare({
  name: "marginCalibration",
  also: ["mbls"],
  title: "Margin-based label smoothing",
  category: "pixel",
  formula: "cross entropy + alpha mean of max(0, max_k z_k - z_c - margin)",
  reference: {
    authors: "Liu, Ben Ayed, Galdran, Dolz",
    title: "The Devil is in the Margin: Margin-based Label Smoothing for Network Calibration",
    year: 2022,
    url: "https://arxiv.org/abs/2111.15430",
  },
  options: {
    alpha: penaltyWeight,
    margin: { type: "number", min: 0, default: 10, meaning: "how far below the largest logit others may lie for free" },
    classWeights: { ...classWeights, meaning: "weight of each class in the cross entropy" },
  },
  needs: { activation: "softmax" },
  advantages: ["keeps confidence in bounds without moving what is right", "little more work than cross entropy"],
  disadvantages: ["two numbers to tune; the margin is on the scale of the network's logits"],
  useCases: ["probabilities that are to mean what they say"],
  plan: (o) => [
    pixelTerm("crossEntropy", o.reduction, { classWeights: o.classWeights ?? undefined }),
    pixelTerm("marginCalibration", o.reduction, {
      weight: o.alpha,
      options: [o.margin],
      normaliser: "entries",
    }),
  ],
});

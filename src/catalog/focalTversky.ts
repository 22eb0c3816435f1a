import { averageTerm } from "../terms/make.js";
import { classAverageOptions, declare, overlap, smoothing } from "./declaration.js";

/**
 * $$
 * L = \frac{\sum_c w_c L_c^{1/\gamma}}{\sum_c w_c},
 * \qquad L_c = 1 - \frac{I_c + s}{I_c + \alpha \mathrm{FP}_c + \beta \mathrm{FN}_c + s}
 * $$
 *
 * - $\mathrm{FP}_c$: false positives $\sum_n p_{nc} (1 - t_{nc})$
 * - $\mathrm{FN}_c$: false negatives $\sum_n (1 - p_{nc})\, t_{nc}$
 * - $\gamma$: option `gamma`; above 1 classes that are nearly right keep a gradient
 * - $\alpha$: option `alpha`: what a false positive costs
 * - $\beta$: option `beta`: what a false negative costs
 *
 * Beside the survey: It sums over classes: `reduction: "sum"`. Abraham's own alpha weighs false negatives: 0.7 there
 * is `beta` 0.7 here.
 */
export const focalTversky = declare({
  name: "focalTversky",
  title: "Focal Tversky loss",
  category: "region",
  formula: "tversky^(1 / gamma), class by class",
  reference: {
    authors: "Abraham, Khan",
    title: "A Novel Focal Tversky Loss Function with Improved Attention U-Net for Lesion Segmentation",
    year: 2019,
    url: "https://arxiv.org/abs/1810.07842",
  },
  options: {
    alpha: { type: "number", min: 0, default: 0.3, meaning: "weight of false positives" },
    beta: { type: "number", min: 0, default: 0.7, meaning: "weight of false negatives" },
    gamma: {
      type: "number",
      min: 0,
      aboveMin: true,
      default: 4 / 3,
      meaning: "above 1: classes that are segmented well count more; 1 is tversky",
    },
    ...smoothing(1e-5),
    overlap,
    ...classAverageOptions,
  },
  advantages: ["tells hard classes from easy ones", "trades precision against recall"],
  disadvantages: ["gradients grow without bound towards a perfect class when gamma is above 1"],
  useCases: ["small lesions besides large structures"],
  plan: (o) => [averageTerm("focalTversky", [o.alpha, o.beta, o.smoothNumerator, o.smoothDenominator, o.gamma], o)],
});

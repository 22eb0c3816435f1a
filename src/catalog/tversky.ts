import { averageTerm } from "../terms/make.js";
import { average, classAverageOptions, declare, overlap, smoothing } from "./declaration.js";

/**
 * $$
 * L = \frac{\sum_c w_c L_c}{\sum_c w_c},
 * \qquad L_c = 1 - \frac{I_c + s}{I_c + \alpha \mathrm{FP}_c + \beta \mathrm{FN}_c + s}
 * $$
 *
 * - $\mathrm{FP}_c$: false positives $\sum_n p_{nc} (1 - t_{nc})$
 * - $\mathrm{FN}_c$: false negatives $\sum_n (1 - p_{nc})\, t_{nc}$
 * - $\alpha$: option `alpha`: what a false positive costs
 * - $\beta$: option `beta`: what a false negative costs
 *
 * Beside the survey: It calls alpha the weight of false negatives and prints |Y \ T| twice; Salehi, MONAI, smp and
 * kornia put alpha on false positives, as here.
 */
export const tversky = declare({
  name: "tversky",
  title: "Tversky loss",
  category: "region",
  formula: "1 - (I + s) / (I + alpha FP + beta FN + s)",
  reference: {
    authors: "Salehi, Erdogmus, Gholipour",
    title: "Tversky loss function for image segmentation using 3D fully convolutional deep networks",
    year: 2017,
    url: "https://arxiv.org/abs/1706.05721",
  },
  options: {
    alpha: { type: "number", min: 0, default: 0.3, meaning: "weight of false positives" },
    beta: { type: "number", min: 0, default: 0.7, meaning: "weight of false negatives" },
    ...smoothing(1e-5),
    overlap,
    average,
    ...classAverageOptions,
  },
  advantages: ["trades precision against recall"],
  disadvantages: ["one more number to tune"],
  useCases: ["missing a lesion costs more than marking too much"],
  plan(o, { unsupported }) {
    if (o.average === "micro" && o.classes !== "all") unsupported('average "micro" needs classes "all"');
    return [averageTerm("tversky", [o.alpha, o.beta, o.smoothNumerator, o.smoothDenominator], o)];
  },
});

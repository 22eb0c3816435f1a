import { smoothNames } from "../options/shared.js";
import { averageTerm } from "../terms/make.js";
import { classAverageOptions, declare, overlap } from "./declaration.js";

/**
 * $$
 * L_c = 1 - \frac{\mathrm{TP} \cdot \mathrm{TN} - \mathrm{FP} \cdot \mathrm{FN} + s_1}
 * {\sqrt{(\mathrm{TP} + \mathrm{FP})(\mathrm{TP} + \mathrm{FN})(\mathrm{TN} + \mathrm{FP})(\mathrm{TN} + \mathrm{FN})
 * + s_2}}
 * $$
 *
 * - $\mathrm{TP}, \mathrm{TN}, \mathrm{FP}, \mathrm{FN}$: soft counts of class $c$, to each of which `smooth` is added
 * - $s_1$: option `smoothNumerator`
 * - $s_2$: option `smoothDenominator`
 * - $L_c$: loss of class $c$; classes are averaged with weights $w_c$
 *
 * Beside the survey: Not in it. A class that is absent and predicted absent has a loss near 1/2, as the correlation of
 * nothing is not defined: `classes: "present"` or "zeroAbsent" leaves it out.
 */
export const matthewsCorrelation = declare({
  name: "matthewsCorrelation",
  also: ["mcc"],
  title: "Matthews correlation coefficient loss",
  category: "region",
  formula: "1 - (TP TN - FP FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN))",
  reference: {
    authors: "Abhishek, Hamarneh",
    title:
      "Matthews Correlation Coefficient Loss for Deep Convolutional Networks: Application to Skin Lesion Segmentation",
    year: 2021,
    url: "https://arxiv.org/abs/2010.13454",
  },
  options: {
    smooth: { type: "number", also: smoothNames, min: 0, default: 1e-5, meaning: "added to each of the four counts" },
    smoothNumerator: { type: "number", min: 0, default: 0, meaning: "added to the numerator" },
    smoothDenominator: { type: "number", min: 0, default: 0, meaning: "added under the root" },
    overlap,
    ...classAverageOptions,
  },
  advantages: ["counts the background that is found, too: all four counts matter"],
  disadvantages: [
    "not convex, and flat where a class is absent",
    "the root's derivative is large for empty predictions",
  ],
  useCases: ["foreground and background that matter alike, as in skin lesions"],
  plan: (o) => [averageTerm("matthewsCorrelation", [o.smooth, o.smoothNumerator, o.smoothDenominator], o)],
});

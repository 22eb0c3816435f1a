import { classWeights } from "../options/shared.js";
import { pixelTerm } from "../terms/make.js";
import { declare, labelSmoothing } from "./declaration.js";

/**
 * $$
 * L = \frac{\sum_n \sum_c w_c\, t'_{nc}\, (-\log p_{nc})}{\sum_n \sum_c w_c\, t_{nc}},
 * \qquad t'_{nc} = (1 - \lambda)\, t_{nc} + \frac{\lambda}{C}
 * $$
 *
 * - $\lambda$: labelSmoothing
 * - $t'_{nc}$: the smoothed target
 *
 * Beside the survey: It prints the sum; the mean, weighted where there are weights, is the field's default. Here
 * `reduction: "sum"` is the print.
 */
export const crossEntropy = declare({
  name: "crossEntropy",
  also: ["ce", "bce", "nll", "wce", "wbce"],
  title: "Cross entropy",
  category: "pixel",
  formula: "sum_c w_c t_c (-log p_c)",
  reference: {
    authors: "Yi-de, Qing, Zhi-bai",
    title: "Automated image segmentation using improved PCNN model based on cross-entropy",
    year: 2004,
    url: "https://doi.org/10.1109/ISIMP.2004.1434171",
  },
  options: {
    classWeights,
    labelSmoothing,
    posWeight: {
      type: "numbers",
      each: "class",
      min: 0,
      single: true,
      default: null,
      meaning: "factor of the positive answer, of all channels or each (sigmoid only)",
    },
  },
  advantages: ["smooth and convex in the logits", "a gradient at every pixel"],
  disadvantages: ["dominated by frequent classes", "blind to shape and overlap"],
  useCases: ["the first loss to try where classes are balanced", "one part of most combinations"],
  plan(o, { binary, unsupported }) {
    if (o.posWeight !== null && !binary)
      unsupported(
        'posWeight needs independent channels (activation "sigmoid"); weigh competing classes by classWeights',
      );
    return [
      pixelTerm("crossEntropy", o.reduction, {
        classWeights: o.classWeights ?? undefined,
        labelSmoothing: o.labelSmoothing,
        positive: o.posWeight ?? undefined,
      }),
    ];
  },
});

import { classWeights } from "../options/shared.js";
import { averageTerm, pixelTerm } from "../terms/make.js";
import { classAverageOptions, declare, overlap, smoothing } from "./declaration.js";

/**
 * $$
 * L = v_D\, \overline{(-\log D_c)^{\gamma_D}} + v_X\, \overline{w_{y_n} (-\log p_{n y_n})^{\gamma_X}}
 * $$
 *
 * - $D_c$: Dice coefficient of class $c$; the first bar is the mean over classes
 * - $v_D$: option `diceWeight`
 * - $v_X$: option `crossEntropyWeight`; the second bar is the mean over pixels
 * - $\gamma_D$: option `gammaDice`
 * - $\gamma_X$: option `gammaCrossEntropy`
 *
 * Beside the survey: It takes the logarithm of the Dice loss, and of the summed cross entropy; Wong of the Dice
 * coefficient, and raises each pixel's term to the power, as here.
 */
export const exponentialLogarithmic = declare({
  name: "exponentialLogarithmic",
  also: ["expLog"],
  title: "Exponential logarithmic loss",
  category: "combination",
  formula: "w_d mean_c (-log D_c)^gamma_d + w_x mean_n w_y (-log p_y)^gamma_x",
  reference: {
    authors: "Wong, Moradi, Tang, Syeda-Mahmood",
    title: "3D Segmentation with Exponential Logarithmic Loss for Highly Unbalanced Object Sizes",
    year: 2018,
    url: "https://arxiv.org/abs/1809.00076",
  },
  options: {
    diceWeight: { type: "number", min: 0, default: 0.8, meaning: "weight of the Dice part" },
    crossEntropyWeight: { type: "number", min: 0, default: 0.2, meaning: "weight of the cross-entropy part" },
    gamma: { type: "number", min: 0, aboveMin: true, default: 0.3, meaning: "exponent of both parts" },
    gammaDice: {
      type: "number",
      min: 0,
      aboveMin: true,
      default: "gamma",
      meaning: "exponent of the Dice part (default: gamma)",
    },
    gammaCrossEntropy: {
      type: "number",
      min: 0,
      aboveMin: true,
      default: "gamma",
      meaning: "exponent of the cross-entropy part (default: gamma)",
    },
    ...smoothing(1),
    overlap,
    ...classAverageOptions,
    classWeights: { ...classWeights, meaning: "weight of each class in the cross-entropy part" },
  },
  advantages: ["hard classes and hard pixels at once"],
  disadvantages: ["several numbers to tune", "infinite slope at a perfect class when gamma is below 1"],
  useCases: ["structures whose sizes differ by orders of magnitude"],
  plan: (o) => [
    averageTerm(
      "powerOfLogDice",
      [o.gammaDice, o.smoothNumerator, o.smoothDenominator],
      { ...o, classWeights: null },
      { weight: o.diceWeight },
    ),
    pixelTerm("powerOfLog", o.reduction, {
      weight: o.crossEntropyWeight,
      options: [o.gammaCrossEntropy],
      classWeights: o.classWeights ?? undefined,
      normaliser: "count",
    }),
  ],
});

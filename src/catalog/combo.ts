import { classWeights } from "../options/shared.js";
import { pixelTerm } from "../terms/make.js";
import { classAverageOptions, declare, labelSmoothing, overlap, smoothing } from "./declaration.js";
import { diceOptions, diceTerm } from "./dice.js";

/**
 * $$
 * L = \alpha\, \mathrm{CE} + (1 - \alpha)\, \mathrm{Dice}
 * $$
 *
 * - $\alpha$: option `alpha`
 * - $\mathrm{CE}$: cross entropy
 * - $\mathrm{Dice}$: Dice loss
 *
 * Beside the survey: The formula is the same. Taghanaki subtracts the Dice coefficient: a constant less, the same
 * gradient. MONAI's DiceCELoss and nnU-Net's DC_and_CE_loss give both parts the weight 1; presets have their numbers.
 */
export const combo = declare({
  name: "combo",
  also: ["diceCE", "diceBCE", "bceDice"],
  title: "Combo loss",
  category: "combination",
  formula: "alpha crossEntropy + (1 - alpha) dice",
  reference: {
    authors: "Taghanaki, Zheng, Zhou, Georgescu, Sharma, Xu, Comaniciu, Hamarneh",
    title: "Combo loss: Handling input and output imbalance in multi-organ segmentation",
    year: 2019,
    url: "https://arxiv.org/abs/1805.02798",
  },
  options: {
    alpha: {
      type: "number",
      also: ["lambdaDice", "lambdaCE", "weightDice", "weightCE", "diceWeight", "crossEntropyWeight"],
      min: 0,
      max: 1,
      default: 0.5,
      meaning: "weight of the cross entropy; 1 - alpha that of the Dice loss",
    },
    beta: {
      type: "number",
      min: 0,
      aboveMin: true,
      max: 1,
      belowMax: true,
      default: null,
      meaning: "weight of the positive answer, 1 - beta of the negative (sigmoid only)",
    },
    labelSmoothing,
    ...smoothing(1e-5),
    squared: diceOptions.squared,
    overlap,
    ...classAverageOptions,
    classWeights: { ...classWeights, meaning: "weight of each class in the cross entropy" },
  },
  advantages: ["a gradient at every pixel and the overlap besides"],
  disadvantages: ["two losses of different scale to balance"],
  useCases: ["the usual choice for medical images"],
  plan(o, context) {
    if (o.beta !== null && !context.binary)
      context.unsupported('beta needs independent channels (activation "sigmoid")');
    const beta = o.beta === null ? {} : { foreground: o.beta, background: 1 - o.beta };
    return [
      pixelTerm("crossEntropy", o.reduction, {
        weight: o.alpha,
        classWeights: o.classWeights ?? undefined,
        labelSmoothing: o.labelSmoothing,
        ...beta,
      }),
      diceTerm({ ...o, classWeights: null }, context, { weight: 1 - o.alpha }),
    ];
  },
});

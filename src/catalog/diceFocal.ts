import { declare, partWeight } from "./declaration.js";
import { diceOptions, diceTerm } from "./dice.js";
import { focal, focalTerm } from "./focal.js";

/**
 * $$
 * L = a\, \mathrm{Dice} + b\, \mathrm{Focal}
 * $$
 *
 * - $a$: option `diceWeight`
 * - $b$: option `focalWeight`
 * - $\mathrm{Dice}$: Dice loss
 * - $\mathrm{Focal}$: focal loss
 *
 * Beside the survey: It is not there. With `activation: "sigmoid"` it is MONAI's DiceFocalLoss; with "softmax" the
 * focal loss is of competing classes, where MONAI's is of channels on their own (preset `monai.DiceFocalLoss`).
 */
export const diceFocal = declare({
  name: "diceFocal",
  title: "Dice and focal loss",
  category: "combination",
  formula: "diceWeight dice + focalWeight focal",
  reference: {
    authors: "Zhu, Huang, Zeng, Chen, Liu, Qian, Du, Fan, Xie",
    title: "AnatomyNet: Deep learning for fast and fully automated whole-volume segmentation of head and neck anatomy",
    year: 2018,
    url: "https://arxiv.org/abs/1808.05238",
  },
  options: {
    diceWeight: partWeight("Dice", ["lambdaDice"]),
    focalWeight: partWeight("focal", ["lambdaFocal"]),
    gamma: focal.options.gamma,
    alpha: focal.options.alpha,
    ...diceOptions,
    classWeights: { ...diceOptions.classWeights, meaning: "weight of each class, in both parts" },
    includeBackground: {
      ...diceOptions.includeBackground,
      meaning: "false leaves class 0 out of the Dice part's class average; the focal part keeps it",
    },
  },
  advantages: ["the overlap of small structures, and a gradient at their hard pixels"],
  disadvantages: ["two losses of different scale to balance, and gamma besides"],
  useCases: ["many organs of very different size in one image"],
  plan: (o, context) => [diceTerm(o, context, { weight: o.diceWeight }), focalTerm(o, { weight: o.focalWeight })],
});

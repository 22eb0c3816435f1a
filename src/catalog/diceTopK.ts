import { declare, labelSmoothing, partWeight } from "./declaration.js";
import { diceOptions, diceTerm } from "./dice.js";
import { topK, topKTerm } from "./topK.js";

/**
 * $$
 * L = a\, \mathrm{Dice} + b\, \mathrm{TopK}
 * $$
 *
 * - $a$: option `diceWeight`
 * - $b$: option `crossEntropyWeight`
 * - $\mathrm{Dice}$: Dice loss
 * - $\mathrm{TopK}$: top-k cross entropy
 *
 * Beside the survey: It is not there. nnU-Net's DC_and_topk_loss subtracts the Dice coefficient: `diceWeight` less, the
 * same gradient (preset `nnunet.DC_and_topk_loss`).
 */
export const diceTopK = declare({
  name: "diceTopK",
  also: ["DC_and_topk_loss"],
  title: "Dice and top-k loss",
  category: "combination",
  formula: "diceWeight dice + crossEntropyWeight topK",
  reference: {
    authors: "Ma, Chen, Ng, Huang, Li, Li, Yang, Martel",
    title: "Loss odyssey in medical image segmentation",
    year: 2021,
    url: "https://doi.org/10.1016/j.media.2021.102035",
  },
  options: {
    diceWeight: partWeight("Dice", ["lambdaDice"]),
    crossEntropyWeight: partWeight("top-k cross entropy", ["lambdaCe"]),
    k: topK.options.k,
    batchTopK: {
      ...topK.options.batch,
      meaning: "true ranks the pixels of the whole batch, false those of each sample",
    },
    labelSmoothing,
    ...diceOptions,
    classWeights: { ...diceOptions.classWeights, meaning: "weight of each class, in both parts" },
    includeBackground: {
      ...diceOptions.includeBackground,
      meaning: "false leaves class 0 out of the Dice part's class average; the top-k part keeps it",
    },
  },
  advantages: ["overlap and hard pixels at once: of the most robust in the comparison that it is named after"],
  disadvantages: ["follows label noise, which is hard, too", "two losses of different scale to balance"],
  useCases: ["medical images of which most is easy background, where cross entropy beside Dice fades away"],
  splits: () => false,
  plan: (o, context) => [
    diceTerm(o, context, { weight: o.diceWeight }),
    topKTerm({ ...o, batch: o.batchTopK }, { weight: o.crossEntropyWeight }),
  ],
});

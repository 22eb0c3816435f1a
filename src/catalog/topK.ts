import { classWeights } from "../options/shared.js";
import { pixelTerm } from "../terms/make.js";
import { declare, labelSmoothing } from "./declaration.js";

export const topK = declare({
  name: "topK",
  title: "Top-k cross entropy",
  category: "pixel",
  family: "ranking",
  formula: "mean of the K largest -log p_y",
  reference: {
    authors: "Wu, Shen, van den Hengel",
    title: "Bridging Category-level and Instance-level Semantic Image Segmentation",
    year: 2016,
  },
  options: {
    k: {
      type: "number",
      min: 0,
      aboveMin: true,
      max: 1,
      default: 0.1,
      meaning: "fraction of the pixels that is kept, the worst ones",
    },
    classWeights,
    labelSmoothing,
    batch: {
      type: "boolean",
      default: true,
      meaning: "true ranks the pixels of the whole batch, false those of each sample",
    },
  },
  advantages: ["spends the gradient on hard pixels", "no exponent to tune"],
  disadvantages: ["follows label noise, which is hard, too", "a ranking is needed before the gradient"],
  useCases: ["large images of which most is easy background"],
  splits: () => false,
  plan(o) {
    return [
      pixelTerm("crossEntropy", o.reduction, {
        classWeights: o.classWeights ?? undefined,
        labelSmoothing: o.labelSmoothing,
        top: { fraction: o.k, batch: o.batch },
      }),
    ];
  },
});

import { classWeights } from "../options/shared.js";
import { pixelTerm } from "../terms/make.js";
import { declare, labelSmoothing } from "./declaration.js";

/**
 * $$
 * L = \frac{1}{K} \sum_{n \in \mathcal{K}} -w_{y_n} \log p_{n y_n},
 * \qquad K = \max\bigl(\#\{n : p_{n y_n} < \tau\},\, \min(K_0, N)\bigr)
 * $$
 *
 * - $\mathcal{K}$: the $K$ pixels of the least probability of the right class
 * - $\tau$: option `threshold`; 0 turns it off
 * - $K_0$: option `minKept`, of the batch (of each sample with `batch: false`)
 *
 * Beside the survey: Not in it. Class weights and smoothing act on the loss, not on the ranking, and are not divided
 * out.
 */
export const ohem = declare({
  name: "ohem",
  title: "Online hard example mining",
  category: "pixel",
  weighing: "kept",
  formula: "mean of -log p_y over the pixels with p_y < threshold, but minKept at least",
  reference: {
    authors: "Shrivastava, Gupta, Girshick",
    title: "Training Region-based Object Detectors with Online Hard Example Mining",
    year: 2016,
    url: "https://arxiv.org/abs/1604.03540",
  },
  options: {
    threshold: {
      type: "number",
      min: 0,
      max: 1,
      default: 0.7,
      meaning: "pixels whose right class is less probable are kept",
    },
    minKept: {
      type: "number",
      integer: true,
      min: 1,
      default: 100000,
      meaning: "how many pixels are kept at least, of the batch or with batch: false of each sample",
    },
    batch: {
      type: "boolean",
      default: true,
      meaning: "true ranks the pixels of the whole batch, false those of each sample",
    },
    labelSmoothing,
    classWeights,
  },
  needs: { hard: true },
  advantages: ["easy pixels stop dominating, and what is easy is said as a probability"],
  disadvantages: ["follows label noise, which is hard, too", "minKept has to fit the size of images and batch"],
  useCases: ["street scenes and other large images of many classes"],
  splits: () => false,
  plan(o) {
    const bound = -Math.log(o.threshold),
      // Weights of pixels act on what is kept alone, and so ask for no second evaluation.
      weighed = o.classWeights || o.labelSmoothing > 0;
    return [
      pixelTerm("crossEntropy", o.reduction, {
        classWeights: o.classWeights ?? undefined,
        labelSmoothing: o.labelSmoothing,
        unweighted: !weighed,
        top: {
          batch: o.batch,
          keep: (units, above) => Math.max(above(bound), Math.min(o.minKept, units)),
          by: weighed ? pixelTerm("crossEntropy", "sum", { unweighted: true }) : undefined,
        },
      }),
    ];
  },
});

import type { PixelTerm } from "../engine/plan.js";
import { classWeights } from "../options/shared.js";
import { pixelTerm } from "../terms/make.js";
import { declare, labelSmoothing } from "./declaration.js";

interface TopKValues {
  readonly k: number;
  readonly classWeights: readonly number[] | null;
  readonly labelSmoothing: number;
  readonly batch: boolean;
  readonly reduction: "mean" | "sum";
}

/** Top-k cross entropy as a term, for itself and for combinations. */
export const topKTerm = (o: TopKValues, more: Pick<Partial<PixelTerm>, "weight"> = {}): PixelTerm =>
  pixelTerm("crossEntropy", o.reduction, {
    classWeights: o.classWeights ?? undefined,
    labelSmoothing: o.labelSmoothing,
    top: { batch: o.batch, keep: (units) => Math.max(1, Math.floor(units * o.k + 1e-9)) },
    ...more,
  });

/**
 * $$
 * L = \frac{1}{K} \sum_{n \in \mathcal{K}} -w_{y_n} \log p_{n y_n},
 * \qquad K = \max(1, \lfloor k N \rfloor)
 * $$
 *
 * - $\mathcal{K}$: the $K$ pixels of the largest loss
 * - $k$: option `k`, the share that is kept
 *
 * Beside the survey: It prints a sum over the kept pixels; Wu et al. and all public code average.
 */
export const topK = declare({
  name: "topK",
  title: "Top-k cross entropy",
  category: "pixel",
  weighing: "ranked",
  formula: "mean of the K largest -log p_y",
  reference: {
    authors: "Wu, Shen, van den Hengel",
    title: "Bridging Category-level and Instance-level Semantic Image Segmentation",
    year: 2016,
    url: "https://arxiv.org/abs/1605.06885",
  },
  options: {
    k: {
      also: ["percent", "ratio", "topK"],
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
  plan: (o) => [topKTerm(o)],
});

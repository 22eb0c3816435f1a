import { lovaszSoftmaxTerm } from "../terms/lovaszSoftmax.js";
import { classAverageOptions, declare } from "./declaration.js";

/**
 * $$
 * L_c = \sum_{k=1}^{N} e_{(k)} (J_k - J_{k-1}), \qquad J_k = 1 - \frac{T_c - S_k}{T_c + k - S_k}, \qquad J_0 = 0
 * $$
 *
 * - $e_{(k)}$: the $k$-th largest of the errors $|t_{nc} - p_{nc}|$
 * - $S_k$: how many of the first $k$ belong to the class
 * - $J_k$: the Jaccard loss if the first $k$ were wrong
 * - $L_c$: loss of class $c$; classes are averaged with weights $w_c$
 *
 * Beside the survey: Its text speaks of the Lovász hinge; its formula is the softmax loss with errors |t - p|, as
 * here.
 */
export const lovaszSoftmax = declare({
  name: "lovaszSoftmax",
  title: "Lovász-Softmax loss",
  category: "region",
  weighing: "errors",
  formula: "sum_k e_(k) (J_k - J_(k-1)), errors e = |t - p| in descending order, J the Jaccard loss of the first k",
  reference: {
    authors: "Berman, Rannen Triki, Blaschko",
    title:
      "The Lovász-Softmax Loss: A tractable surrogate for the optimization of the intersection-over-union " +
      "measure in neural networks",
    year: 2018,
    url: "https://arxiv.org/abs/1705.08790",
  },
  options: {
    ...classAverageOptions,
    classes: { ...classAverageOptions.classes, default: "present" },
    batch: {
      also: ["perImage"],
      type: "boolean",
      default: true,
      meaning: "true ranks the pixels of the whole batch, false those of each sample",
    },
  },
  needs: { hard: true },
  advantages: ["a surrogate of IoU itself, convex in the errors"],
  disadvantages: ["sorts all pixels for each class", "gradients jump where errors tie"],
  useCases: ["fine-tuning for IoU after cross entropy"],
  // Each list is ranked by one worker; both of two competing classes are one list.
  splits: ({ batch: whole, activation }, { batch, classes }) =>
    (whole ? 1 : batch) * (classes === 2 && activation === "softmax" ? 1 : classes) > 1 && classes,
  plan: (o) => [lovaszSoftmaxTerm(o)],
});

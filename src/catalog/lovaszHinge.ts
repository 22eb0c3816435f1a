import { evaluateLovaszHinge } from "../terms/lovaszHinge.js";
import { average, classAverageOptions, declare, sigmoidByDefault } from "./declaration.js";

/**
 * $$
 * L_c = \sum_{k=1}^{N} \max(0, e_{(k)})\, (J_k - J_{k-1}), \qquad e_n = 1 - z_{nc} (2 t_{nc} - 1), \qquad
 * J_k = 1 - \frac{T_c - S_k}{T_c + k - S_k}
 * $$
 *
 * - $e_{(k)}$: the $k$-th largest of the errors of channel $c$, hinges of the logits $z_{nc}$
 * - $S_k$: how many of the first $k$ belong to the class
 * - $J_k$: the Jaccard loss if the first $k$ were wrong; $J_0 = 0$
 * - $L_c$: loss of channel $c$; channels are averaged with weights $w_c$, or make one list with `average: "micro"`
 *
 * Beside the survey: It describes this loss, and prints the formula of the Lovász-Softmax loss.
 */
export const lovaszHinge = declare({
  name: "lovaszHinge",
  title: "Lovász hinge loss",
  category: "region",
  weighing: "errors",
  formula: "sum_k max(0, e_(k)) (J_k - J_(k-1)), errors e = 1 - z (2 t - 1) in descending order",
  reference: {
    authors: "Yu, Blaschko",
    title: "Learning Submodular Losses with the Lovász Hinge",
    year: 2015,
    url: "https://arxiv.org/abs/1512.07797",
  },
  options: {
    ...classAverageOptions,
    batch: {
      type: "boolean",
      default: true,
      meaning: "true ranks the pixels of the whole batch, false those of each sample",
    },
    average,
    activation: sigmoidByDefault,
  },
  needs: { hard: true, activation: "sigmoid" },
  advantages: ["a convex surrogate of IoU in the logits", "pixels that are right by a margin cost nothing"],
  disadvantages: ["its value is unbounded", "sorts all pixels that are wrong, for each class"],
  useCases: ["binary and multi-label masks that are judged by IoU"],
  splits: ({ batch: whole, average }, { batch, classes }) =>
    (whole ? 1 : batch) * (average === "micro" ? 1 : classes) > 1 && 0,
  plan(o, { unsupported }) {
    if (o.average === "micro" && (o.classes !== "all" || o.classWeights !== null))
      unsupported('average "micro" needs classes "all" and no classWeights');
    return [
      {
        kind: "neighbourhood",
        weight: 1,
        byClass: o.average === "macro",
        evaluate: (context) => evaluateLovaszHinge(o, context),
      },
    ];
  },
});

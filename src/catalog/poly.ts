import { classWeights } from "../options/shared.js";
import { pixelTerm } from "../terms/make.js";
import { declare, labelSmoothing } from "./declaration.js";

/**
 * $$
 * L = \frac{\sum_n \sum_c w_c\, t'_{nc}\, f(p_{nc})}{\sum_n \sum_c w_c\, t_{nc}},
 * \qquad f(p) = (1 - p)^{\gamma} \bigl(-\log p + \varepsilon (1 - p)\bigr)
 * $$
 *
 * - $\varepsilon$: option `epsilon`: what the first term of the logarithm's series counts more, or less
 * - $\gamma$: option `gamma`: 0 is Poly-1 cross entropy, above it Poly-1 focal loss
 * - $t'_{nc}$: the target, smoothed by `labelSmoothing`
 *
 * Beside the survey: Not in it. The focal form has no alpha; public code puts one on the focal part alone.
 */
export const poly = declare({
  name: "poly",
  title: "PolyLoss (Poly-1)",
  category: "pixel",
  formula: "(1 - p)^gamma (-log p + epsilon (1 - p))",
  reference: {
    authors: "Leng, Tan, Liu, Cubuk, Shi, Cheng, Anguelov",
    title: "PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions",
    year: 2022,
    url: "https://arxiv.org/abs/2204.12511",
  },
  options: {
    epsilon: { type: "number", min: -1, default: 1, meaning: "what is added to the factor 1 of 1 - p in the series" },
    gamma: { type: "number", min: 0, default: 0, meaning: "how strongly well classified pixels are faded out" },
    labelSmoothing,
    classWeights,
  },
  advantages: ["one number between cross entropy and losses that push confident pixels harder"],
  disadvantages: ["the best epsilon differs from task to task, in sign as well"],
  useCases: ["a cheap change of cross entropy or focal loss, tuned by one number"],
  plan(o) {
    // Next to -1 the kernel takes what is left of epsilon (assembly/losses/poly.ts).
    const less = o.epsilon < -0.9 ? 1 : 0;
    return [
      pixelTerm("poly", o.reduction, {
        options: [o.epsilon + less, o.gamma, less],
        classWeights: o.classWeights ?? undefined,
        labelSmoothing: o.labelSmoothing,
      }),
    ];
  },
});

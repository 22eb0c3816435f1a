import { componentWise } from "./componentWise.js";
import { declare, wrapping } from "./declaration.js";
import { plain } from "./plain.js";

type Name = Exclude<(typeof plain)[number]["name"], "conditionalBoundary"> | "componentWise";

/** All that are a function of scores and a target; conditionalBoundary needs features of each scale. */
const names = [...plain.map(({ name }) => name), componentWise.name].filter(
  (name): name is Name => name !== "conditionalBoundary",
);

/**
 * $$
 * L = \sum_{i} w_i\, \ell(p_i, t_i)
 * $$
 *
 * - $p_i$: prediction of scale $i$: pred for $i = 0$, then the extra inputs `pred1`, `pred2`, …
 * - $t_i$: target of its size: along each axis of $n$ pixels, output index $j$ of $m$ takes
 *   $\lfloor (2j + 1) n / (2m) \rfloor$
 * - $w_i$: option `weights`; "halving": $2^{-i} / \sum_j 2^{-j}$
 * - $\ell$: the loss that option `loss` names
 *
 * Beside the survey: Not in it. The weights are those of nnU-Net, which also sets the last one to 0. Targets are
 * resampled to the nearest pixel's label, as torch does with "nearest-exact"; soft targets and weights of pixels
 * likewise.
 */
export const deepSupervision = declare({
  name: "deepSupervision",
  title: "Deep supervision",
  category: "combination",
  formula: "sum of w_i loss(pred_i, target at the size of pred_i)",
  reference: {
    authors: "Lee, Xie, Gallagher, Zhang, Tu",
    title: "Deeply-Supervised Nets",
    year: 2015,
    url: "https://arxiv.org/abs/1409.5185",
  },
  options: {
    ...wrapping(names),
    weights: {
      type: "numbers",
      each: "any",
      word: "halving",
      min: 0,
      default: "halving",
      meaning: "weight of each scale, pred first; halving: each half of the one before, their sum 1; 0: not evaluated",
    },
  },
  extras: ["pred1", "pred2", "pred3", "pred4", "pred5", "pred6", "pred7"],
  splits: () => false,
  wraps: "scales",
  shares: ["activation", "ignoreIndex", "layout", "spatialDims", "reduction"],
  advantages: ["gradients reach the deep layers at once", "of any loss"],
  disadvantages: ["small objects vanish from the targets of coarse scales", "the network needs an output per scale"],
  useCases: ["U-Nets with an output at each level of the decoder, as nnU-Net trains them"],
});

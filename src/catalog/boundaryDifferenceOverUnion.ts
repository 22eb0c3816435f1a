import { SegLossError } from "../errors.js";
import { classWeights, includeBackground } from "../options/shared.js";
import { boundarySizes } from "../targets/boundarySizes.js";
import { averageTerm } from "../terms/make.js";
import { batch, declare } from "./declaration.js";

/**
 * $$
 * L_c = \frac{V_c - 2 I_c + s}{V_c - (1 + \alpha_c) I_c + s},
 * \qquad \alpha_c = 1 - \frac{2 (B_c + s)}{A_c + s}, \qquad V_c = \sum_n p_{nc}^2 + t_{nc}^2
 * $$
 *
 * - $B_c$: pixels of the boundary of class $c$ in the target
 * - $A_c$: all pixels of class $c$
 * - $\alpha_c$: held within `alphaMin` and `alphaMax`
 * - $V_c$: union and intersection together
 * - $L_c$: loss of class $c$; classes are averaged with weights $w_c$
 *
 * Beside the survey: Its "alpha = 1 - ^2SC" is 1 - 2C / S. The authors' code squares p and t, cuts alpha at 0.8 and
 * lets it fall to -1, and is followed.
 */
export const boundaryDifferenceOverUnion = declare({
  name: "boundaryDifferenceOverUnion",
  also: ["boundaryDoU"],
  title: "Boundary difference over union loss",
  category: "boundary",
  weighing: "ratio",
  formula: "(U - I) / (U - alpha I), alpha = 1 - 2 boundary / size of the target",
  reference: {
    authors: "Sun, Luo, Li",
    title: "Boundary Difference Over Union Loss for Medical Image Segmentation",
    year: 2023,
    url: "https://arxiv.org/abs/2308.00220",
  },
  options: {
    classWeights,
    includeBackground,
    batch,
    smooth: { type: "number", min: 0, aboveMin: true, default: 1e-5, meaning: "added to numerator and denominator" },
    alphaMax: {
      type: "number",
      min: -1,
      max: 1,
      aboveMin: true,
      belowMax: true,
      default: 0.8,
      meaning: "alpha is at most this",
    },
    alphaMin: {
      type: "number",
      min: -1,
      max: 1,
      belowMax: true,
      default: -1,
      meaning: "alpha is at least this; 0 is the paper's range",
    },
  },
  prepares: "classes",
  advantages: [
    "looks at the boundary of large objects and the whole of small ones",
    "costs as little as dice, without distance transforms",
  ],
  disadvantages: [
    "an absent class has loss 1 and no gradient",
    "alpha is one number per class: several objects share it",
  ],
  useCases: ["organs whose outlines are reported, alone or with crossEntropy"],
  plan(o, context) {
    const { kernels, geometry, targetMap } = context;
    if (o.alphaMin > o.alphaMax) {
      throw new SegLossError(
        "INVALID_OPTION",
        `boundaryDifferenceOverUnion: option alphaMin must be at most alphaMax, ${o.alphaMax}, got ${o.alphaMin}`,
      );
    }
    const own = targetMap(`boundary sizes ${geometry.classes}`, (target) =>
      boundarySizes({ kernels, geometry, target, ignoreIndex: o.ignoreIndex }),
    );
    return [averageTerm("boundaryDifferenceOverUnion", [o.smooth, o.alphaMin, o.alphaMax], o, { own, squared: true })];
  },
});

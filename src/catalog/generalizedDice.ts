import { includeBackground } from "../options/shared.js";
import { averageTerm } from "../terms/make.js";
import { batch, declare, overlap, smoothing } from "./declaration.js";

/** A class's weight from its size; an absent one has the largest of the row, or none. */
const weighings = {
  square: (total: number) => 1 / (total * total),
  simple: (total: number) => 1 / total,
  uniform: () => 1,
} as const;

function weigh(weighting: keyof typeof weighings, absentToo: boolean) {
  return (totals: readonly number[]) => {
    const weights = totals.map((total) => (total > 0 ? weighings[weighting](total) : 0)),
      absent = absentToo ? Math.max(...weights) : 0;
    return weights.map((weight) => (weight > 0 ? weight : absent));
  };
}

/**
 * $$
 * L = 1 - \frac{2 \sum_c v_c I_c + s}{\sum_c v_c (P_c + T_c) + s}, \qquad v_c = \frac{1}{T_c^2}
 * $$
 *
 * - $v_c$: the class's weight: $1/T_c^2$, $1/T_c$ or 1, as `weighting` says; an absent class has the largest of them
 *
 * Beside the survey: It mentions the loss only. An absent class's weight would be infinite: it takes the largest of
 * the others, as in MONAI, or with `classes: "present"` none; where no class is there, all weights are 0, and so is the
 * loss (for "uniform" otherwise: `dice` with `average: "micro"`). On large images $1/T_c^2$ makes sums that the default
 * `smooth` outweighs: use `smooth: 0` or "simple" there.
 */
export const generalizedDice = declare({
  name: "generalizedDice",
  also: ["gdl"],
  title: "Generalised Dice loss",
  category: "region",
  formula: "1 - (2 sum_c v_c I_c + s) / (sum_c v_c (P_c + T_c) + s), v_c = 1 / T_c^2",
  reference: {
    authors: "Sudre, Li, Vercauteren, Ourselin, Cardoso",
    title: "Generalised Dice overlap as a deep learning loss function for highly unbalanced segmentations",
    year: 2017,
    url: "https://arxiv.org/abs/1707.03237",
  },
  options: {
    weighting: {
      type: "choice",
      also: ["wType"],
      values: ["square", "simple", "uniform"],
      default: "square",
      meaning: "a class's weight: 1 / T^2, 1 / T or 1",
    },
    ...smoothing(1e-5),
    classes: {
      type: "choice",
      values: ["all", "present"],
      default: "all",
      meaning: "which classes count: all, an absent one with the largest weight of the others, or those in the target",
    },
    includeBackground,
    batch,
    overlap,
  },
  advantages: ["the size of a class does not matter", "one ratio: a small class cannot be lost in an average"],
  disadvantages: ["the weight of a class of a few pixels is very large", "unsteady where classes come and go"],
  useCases: ["strong imbalance between classes that are all there"],
  plan: ({ weighting, classes, ...o }) => [
    averageTerm(
      "dice",
      [o.smoothNumerator, o.smoothDenominator],
      { ...o, average: "micro" },
      {
        weigh: weigh(weighting, classes === "all"),
      },
    ),
  ],
});

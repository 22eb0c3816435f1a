import type { OverlapTerm, PlanContext } from "../engine/plan.js";
import { averageTerm } from "../terms/make.js";
import { average, classAverageOptions, declare, overlap, smoothing } from "./declaration.js";

export const diceOptions = {
  ...smoothing(1e-5),
  squared: { type: "boolean", default: false, meaning: "true squares the sums of the denominator, as V-Net does" },
  overlap,
  average,
  ...classAverageOptions,
} as const;

interface DiceValues {
  readonly smoothNumerator: number;
  readonly smoothDenominator: number;
  readonly squared: boolean;
  readonly overlap: "l1" | "product";
  readonly average?: "macro" | "micro";
  readonly classWeights: readonly number[] | null;
  readonly includeBackground: boolean;
  readonly classes: "all" | "present" | "zeroAbsent";
  readonly batch: boolean;
  readonly reduction: "mean" | "sum";
}

/** The Dice loss as a term, for itself and for combinations. */
export function diceTerm(
  o: DiceValues,
  { unsupported }: PlanContext,
  more: Parameters<typeof averageTerm>[3] = {},
): OverlapTerm {
  if (o.average === "micro" && (o.classes !== "all" || o.squared))
    unsupported('average "micro" needs classes "all" and squared false');
  const smooth = [o.smoothNumerator, o.smoothDenominator];
  // Squares need no other overlap: sum (p - t)^2 is least at p = t.
  return o.squared
    ? averageTerm("squaredDice", smooth, { ...o, overlap: "product" }, { ...more, squared: true })
    : averageTerm("dice", smooth, o, more);
}

/**
 * $$
 * L = \frac{\sum_c w_c L_c}{\sum_c w_c}, \qquad L_c = 1 - \frac{2 I_c + s}{P_c + T_c + s}
 * $$
 *
 * Beside the survey: It prints p + t in the denominator and credits Milletari, who squares both: `squared: true` is
 * V-Net's form.
 */
export const dice = declare({
  name: "dice",
  also: ["dsc", "f1", "f1Score"],
  title: "Dice loss",
  category: "region",
  formula: "1 - (2 sum p t + s) / (sum p + sum t + s)",
  reference: {
    authors: "Milletari, Navab, Ahmadi",
    title: "V-Net: Fully Convolutional Neural Networks for Volumetric Medical Image Segmentation",
    year: 2016,
    url: "https://arxiv.org/abs/1606.04797",
  },
  options: diceOptions,
  advantages: ["trains the overlap that is reported", "the size of a class does not matter"],
  disadvantages: ["no signal for an absent class when smooth is 0", "noisy for objects of a few pixels"],
  useCases: ["small structures in medical images"],
  plan: (o, context) => [diceTerm(o, context)],
});

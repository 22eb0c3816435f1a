import type { PixelTerm } from "../engine/plan.js";
import { classWeights } from "../options/shared.js";
import { pixelTerm } from "../terms/make.js";
import { declare } from "./declaration.js";

interface FocalValues {
  readonly gamma: number;
  readonly alpha: number | null;
  readonly classWeights: readonly number[] | null;
  readonly reduction: "mean" | "sum";
}

/** The focal loss as a term, for itself and for combinations. */
export function focalTerm(
  { gamma, alpha, classWeights, reduction }: FocalValues,
  more: Pick<Partial<PixelTerm>, "weight"> = {},
): PixelTerm {
  const sides = alpha === null ? {} : { background: 1 - alpha, foreground: alpha };
  return pixelTerm("focal", reduction, {
    options: [gamma, gamma],
    classWeights: classWeights ?? undefined,
    ...sides,
    ...more,
  });
}

/**
 * $$
 * L = \frac{\sum_n \sum_c w_c\, \alpha_c\, t_{nc}\, (1 - p_{nc})^{\gamma}\, (-\log p_{nc})}
 * {\sum_n \sum_c w_c\, t_{nc}}
 * $$
 *
 * - $\gamma$: option `gamma`: how fast easy pixels fade
 * - $\alpha_c$: option `alpha` for foreground, 1 - `alpha` for class 0; 1 where it is off
 *
 * Beside the survey: It has no alpha, and a sum: `reduction: "sum"` without `alpha` is the print.
 */
export const focal = declare({
  name: "focal",
  also: ["binaryFocalCrossentropy", "categoricalFocalCrossentropy"],
  title: "Focal loss",
  category: "pixel",
  formula: "-alpha_c (1 - p_c)^gamma log p_c",
  reference: {
    authors: "Lin, Goyal, Girshick, He, Dollár",
    title: "Focal Loss for Dense Object Detection",
    year: 2017,
    url: "https://arxiv.org/abs/1708.02002",
  },
  options: {
    gamma: {
      type: "number",
      min: 0,
      default: 2,
      meaning: "how strongly well classified pixels are faded out; 0 is cross entropy",
    },
    alpha: {
      type: "number",
      min: 0,
      max: 1,
      default: null,
      meaning: "weight of the positive answer or of the classes but 0; 1 - alpha that of the others",
    },
    classWeights,
  },
  advantages: ["easy pixels stop dominating", "differentiable everywhere"],
  disadvantages: ["two numbers to tune", "amplifies wrong labels"],
  useCases: ["few foreground pixels among many easy background ones"],
  plan: (o) => [focalTerm(o)],
});

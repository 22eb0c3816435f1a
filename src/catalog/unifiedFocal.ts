import { averageTerm, pixelTerm } from "../terms/make.js";
import { batch, declare, overlap, smoothing } from "./declaration.js";

/**
 * $$
 * L = \lambda\, \overline{a_{y_n} k_n (-\log p_{n y_n})} + (1 - \lambda)\, \overline{L_c^{e_c}},
 * \qquad L_c = 1 - \frac{I_c + s}{I_c + (1 - \delta) \mathrm{FP}_c + \delta \mathrm{FN}_c + s}
 * $$
 *
 * - $\lambda$: option `lambda`
 * - $a_{y_n}$: option `delta` for foreground, $1 - \delta$ for class 0
 * - $k_n$: $(1 - p_{n y_n})^{\gamma}$; in the asymmetric variant 1 for foreground
 * - $e_c$: $1 - \gamma$; in the asymmetric variant 1 for class 0
 * - $\delta$: option `delta`
 * - $\gamma$: option `gamma`
 * - $\mathrm{FP}_c$: false positives $\sum_n p_{nc} (1 - t_{nc})$
 * - $\mathrm{FN}_c$: false negatives $\sum_n (1 - p_{nc})\, t_{nc}$; bars are means over pixels and over classes
 *
 * Beside the survey: The formula is the same. The authors' code puts its `weight` on the Tversky part: `lambda` is 1 -
 * weight.
 */
export const unifiedFocal = declare({
  name: "unifiedFocal",
  title: "Unified focal loss",
  category: "combination",
  formula: "lambda focal + (1 - lambda) tversky^(1 - gamma)",
  reference: {
    authors: "Yeung, Sala, Schönlieb, Rundo",
    title:
      "Unified Focal loss: Generalising Dice and cross entropy-based losses to handle class imbalanced " +
      "medical image segmentation",
    year: 2022,
    url: "https://arxiv.org/abs/2102.04525",
  },
  options: {
    variant: {
      type: "choice",
      values: ["asymmetric", "symmetric"],
      default: "asymmetric",
      meaning: "asymmetric spares the rare classes the focal part and the background the exponent",
    },
    lambda: {
      type: "number",
      min: 0,
      max: 1,
      default: 0.5,
      meaning: "weight of the focal part; 1 - lambda that of the Tversky part",
    },
    delta: { type: "number", min: 0, max: 1, default: 0.6, meaning: "weight of rare classes, and of false negatives" },
    gamma: { type: "number", min: 0, max: 1, belowMax: true, default: 0.5, meaning: "0: no focusing" },
    ...smoothing(1e-7),
    overlap,
    batch,
  },
  advantages: ["one family with cross entropy, focal, Dice and Tversky in it", "few numbers to tune"],
  disadvantages: ["class 0 must be the background"],
  useCases: ["severe imbalance of classes"],
  plan(o, { binary }) {
    const asymmetric = o.variant === "asymmetric",
      exponent = 1 - o.gamma;
    return [
      pixelTerm("focal", o.reduction, {
        weight: o.lambda,
        options: [o.gamma, asymmetric ? 0 : o.gamma],
        background: 1 - o.delta,
        foreground: o.delta,
        normaliser: "count",
      }),
      averageTerm(
        "unifiedFocalOverlap",
        [o.delta, asymmetric ? 1 : exponent, exponent, o.smoothNumerator, o.smoothDenominator, binary ? 1 : 0],
        o,
        // A single channel's score is the mean of its two classes; a sum counts them both.
        { weight: (1 - o.lambda) * (binary && o.reduction === "sum" ? 2 : 1) },
      ),
    ];
  },
});

import { SegLossError } from "../errors.js";
import { distanceTable, scoreGeneralizedWassersteinDice } from "../terms/generalizedWassersteinDice.js";
import { batch, declare, smoothing } from "./declaration.js";

/**
 * $$
 * L = 1 - \frac{2\, \mathrm{tp} + s}{2\, \mathrm{tp} + \sum_n W_n + s},
 * \qquad W_n = \sum_c M_{y_n c}\, p_{nc}, \qquad \mathrm{tp} = \sum_{n:\, y_n \neq 0} (1 - W_n)
 * $$
 *
 * - $M$: option `distanceMatrix` [C, C]: what it costs to take one class for another, at most 1
 * - $W_n$: what the prediction at pixel $n$ costs
 * - $\mathrm{tp}$: the true positives
 *
 * Beside the survey: Its formula uses the zero diagonal of M alone and is 0 always; the paper and the authors' code
 * are followed.
 */
export const generalizedWassersteinDice = declare({
  name: "generalizedWassersteinDice",
  also: ["wasserstein", "gwdl"],
  title: "Generalised Wasserstein Dice loss",
  category: "region",
  formula: "1 - (2 tp + s) / (2 tp + sum W + s), W_n = sum_c M[y_n, c] p_nc",
  reference: {
    authors: "Fidon, Li, Garcia-Peraza-Herrera, Ekanayake, Kitchen, Ourselin, Vercauteren",
    title:
      "Generalised Wasserstein Dice Score for Imbalanced Multi-class Segmentation using Holistic " +
      "Convolutional Networks",
    year: 2017,
    url: "https://arxiv.org/abs/1707.00478",
  },
  options: {
    distanceMatrix: {
      type: "matrix",
      default: null,
      meaning: "C rows: how far apart two classes are; divided by its maximum (default: 1 between any two)",
    },
    weighting: {
      type: "choice",
      values: ["default", "GDL"],
      default: "default",
      meaning: "true positives of the foreground, or weighted by class volume",
    },
    ...smoothing(1e-5),
    batch,
  },
  needs: { labels: true, categorical: true },
  advantages: ["confusing related classes costs less"],
  disadvantages: ["the distances must be chosen", "default weighting knows no sample without foreground"],
  useCases: ["classes with a hierarchy, such as tumour parts"],
  plan(o, { geometry }) {
    const { classes } = geometry;
    if (o.distanceMatrix && o.distanceMatrix.length !== classes) {
      const message = `option distanceMatrix must have ${classes} rows, one per class, got ${o.distanceMatrix.length}`;
      throw new SegLossError("INVALID_OPTION", `generalizedWassersteinDice: ${message}`);
    }
    const given =
      o.distanceMatrix ??
      Array.from({ length: classes }, (_, y) => Array.from({ length: classes }, (_, c) => (c === y ? 0 : 1)));
    const max = Math.max(...given.flat());
    const distances = max > 0 ? given.map((row) => row.map((d) => d / max)) : given;
    return [
      {
        kind: "overlap",
        kernel: "generalizedWassersteinDice",
        weight: 1,
        options: [],
        gatherTable: distanceTable(distances),
        score: (context) => scoreGeneralizedWassersteinDice({ ...o, distances }, context),
      },
    ];
  },
});

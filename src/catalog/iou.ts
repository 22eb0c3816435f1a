import { averageTerm } from "../terms/make.js";
import { average, classAverageOptions, declare, overlap, smoothing } from "./declaration.js";

/**
 * $$
 * L = \frac{\sum_c w_c L_c}{\sum_c w_c}, \qquad L_c = 1 - \frac{I_c + s}{P_c + T_c - I_c + s}
 * $$
 *
 * Beside the survey: By the smoothing alone: `smooth: 0` is the print.
 */
export const iou = declare({
  name: "iou",
  also: ["jaccard", "jaccardIndex"],
  title: "IoU (Jaccard) loss",
  category: "region",
  formula: "1 - (I + s) / (P + T - I + s)",
  reference: {
    authors: "Rahman, Wang",
    title: "Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation",
    year: 2016,
    url: "https://doi.org/10.1007/978-3-319-50835-1_22",
  },
  options: { ...smoothing(1e-5), overlap, average, ...classAverageOptions },
  advantages: ["trains the metric of most benchmarks"],
  disadvantages: ["same gaps as Dice: absent and tiny classes"],
  useCases: ["IoU is what is reported"],
  plan(o, { unsupported }) {
    if (o.average === "micro" && o.classes !== "all") unsupported('average "micro" needs classes "all"');
    return [averageTerm("iou", [o.smoothNumerator, o.smoothDenominator], o)];
  },
});

import { averageTerm } from "../terms/make.js";
import { average, classAverageOptions, declare, smoothing } from "./declaration.js";

export const tversky = declare({
  name: "tversky",
  title: "Tversky loss",
  category: "region",
  family: "overlap",
  formula: "1 - (I + s) / (I + alpha FP + beta FN + s)",
  reference: {
    authors: "Salehi, Erdogmus, Gholipour",
    title: "Tversky loss function for image segmentation using 3D fully convolutional deep networks",
    year: 2017,
  },
  options: {
    alpha: { type: "number", min: 0, default: 0.3, meaning: "weight of false positives" },
    beta: { type: "number", min: 0, default: 0.7, meaning: "weight of false negatives" },
    ...smoothing(1e-5),
    average,
    ...classAverageOptions,
  },
  advantages: ["trades precision against recall"],
  disadvantages: ["one more number to tune"],
  useCases: ["missing a lesion costs more than marking too much"],
  plan(o, { unsupported }) {
    if (o.average === "micro" && o.classes !== "all") unsupported('average "micro" needs classes "all"');
    return [averageTerm("tversky", [o.alpha, o.beta, o.smoothNumerator, o.smoothDenominator], o)];
  },
});

import { smoothNames } from "../options/shared.js";
import { averageTerm } from "../terms/make.js";
import { classAverageOptions, declare } from "./declaration.js";

/**
 * $$
 * L_c = r\, \frac{\sum_n t_{nc} (t_{nc} - p_{nc})^2}{T_c + s}
 * + (1 - r)\, \frac{\sum_n (1 - t_{nc}) (t_{nc} - p_{nc})^2}{U_c + s}
 * $$
 *
 * - $r$: option `sensitivityWeight`
 * - $U_c$: pixels outside the class, $\sum_n (1 - t_{nc})$
 * - $L_c$: loss of class $c$; classes are averaged with weights $w_c$
 *
 * Beside the survey: It prints 1 - alpha sens + (1 - alpha) spec although both stand for errors; Brosch adds the two
 * errors, as here.
 */
export const sensitivitySpecificity = declare({
  name: "sensitivitySpecificity",
  title: "Sensitivity-specificity loss",
  category: "region",
  formula: "r sum t (t - p)^2 / (T + s) + (1 - r) sum (1 - t) (t - p)^2 / (U + s)",
  reference: {
    authors: "Brosch, Yoo, Tang, Li, Traboulsee, Tam",
    title: "Deep Convolutional Encoder Networks for Multiple Sclerosis Lesion Segmentation",
    year: 2015,
    url: "https://doi.org/10.1007/978-3-319-24574-4_1",
  },
  options: {
    sensitivityWeight: {
      type: "number",
      min: 0,
      max: 1,
      default: 0.05,
      meaning: "weight r of the errors inside the object; 1 - r that of those outside",
    },
    smooth: { type: "number", also: smoothNames, min: 0, default: 1e-5, meaning: "added to the denominators" },
    ...classAverageOptions,
  },
  advantages: ["both kinds of error are normalised by their own size"],
  disadvantages: ["the weight must be tuned to the imbalance"],
  useCases: ["lesions of less than one per cent of a volume"],
  plan: (o) => [averageTerm("sensitivitySpecificity", [o.sensitivityWeight, o.smooth], o, { squared: true })],
});

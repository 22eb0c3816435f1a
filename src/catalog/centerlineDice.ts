import { smoothNames } from "../options/shared.js";
import { evaluateCenterlineDice } from "../terms/centerlineDice.js";
import { average, classAverageOptions, declare } from "./declaration.js";

/**
 * $$
 * L_c = 1 - \frac{2\, \mathrm{Pr}_c\, \mathrm{Re}_c}{\mathrm{Pr}_c + \mathrm{Re}_c}, \qquad
 * \mathrm{Pr}_c = \frac{\sum_n s_{nc}\, t_{nc} + \epsilon}{\sum_n s_{nc} + \epsilon}, \qquad
 * \mathrm{Re}_c = \frac{\sum_n r_{nc}\, p_{nc} + \epsilon}{\sum_n r_{nc} + \epsilon}
 * $$
 *
 * - $s_{nc}$: soft skeleton of the prediction: what openings by `iterations` + 1 erosions take away
 * - $r_{nc}$: soft skeleton of the target
 * - $\epsilon$: option `smooth`
 * - $L_c$: loss of class $c$; classes are averaged with weights $w_c$, or summed before the ratios ("micro")
 *
 * Beside the survey: Not in it. Where several pixels are the least or largest, the first has the gradient. What is
 * wider than 2 (`iterations` + 1) pixels has no soft skeleton: missed or found, it counts for nothing, as the edge
 * cases show.
 */
export const centerlineDice = declare({
  name: "centerlineDice",
  also: ["clDice", "softClDice"],
  title: "Soft centerline Dice loss (clDice)",
  category: "region",
  formula: "1 - 2 Pr Re / (Pr + Re), of soft skeletons: Pr = (s . t) / sum s, Re = (r . p) / sum r",
  reference: {
    authors: "Shit, Paetzold, Sekuboyina, Ezhov, Unger, Zhylka, Pluim, Bauer, Menze",
    title: "clDice - a Novel Topology-Preserving Loss Function for Tubular Structure Segmentation",
    year: 2021,
    url: "https://arxiv.org/abs/2003.07311",
  },
  options: {
    iterations: {
      type: "number",
      integer: true,
      min: 0,
      default: 3,
      meaning: "how often objects are eroded: half the width of the thickest in pixels",
    },
    smooth: { type: "number", also: smoothNames, min: 0, default: 1, meaning: "added to numerators and denominators" },
    average,
    ...classAverageOptions,
    includeBackground: {
      type: "boolean",
      default: null,
      meaning: "whether class 0 counts (default: not, unless it is the only one)",
    },
  },
  spatial: true,
  advantages: ["rewards unbroken centerlines whatever their width", "works in images and volumes"],
  disadvantages: ["says little of widths: use it beside dice", "its soft skeleton is rough where p is not near 0 or 1"],
  useCases: ["vessels, roads, nerves and other thin structures that are to stay connected"],
  splits: () => false,
  plan(o, { geometry, keep, unsupported }) {
    if (o.average === "micro" && o.classes !== "all") unsupported('average "micro" needs classes "all"');
    const { iterations, smooth, reduction, classWeights, ...rest } = o,
      average = {
        ...rest,
        reduction,
        classWeights: classWeights ?? undefined,
        includeBackground: o.includeBackground ?? geometry.classes === 1,
      },
      key = `skeletons ${geometry.batch} ${geometry.classes} ${geometry.spatial}`;
    return [
      {
        kind: "field",
        weight: 1,
        byClass: average.average === "macro",
        evaluate: (context) =>
          evaluateCenterlineDice({ average, iterations, smooth, keep: (make) => keep(key, make) }, context),
      },
    ];
  },
});

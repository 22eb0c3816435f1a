import { evaluateTopological } from "../terms/topological.js";
import { classAverageOptions, declare } from "./declaration.js";

/**
 * $$
 * L_c = \sum_{k} \Bigl( \sum_{i \le \beta_k} \bigl( (1 - b_i)^2 + d_i^2 \bigr)
 * + \sum_{i > \beta_k} \tfrac{1}{2} (b_i - d_i)^2 \Bigr)
 * $$
 *
 * - $(b_i, d_i)$: values of $p$ at which the $i$-th component ($k = 0$) or hole ($k = 1$) of the superlevel sets begins
 *   and ends, the longest lived first
 * - $\beta_k$: how many components or holes the target has
 * - $L_c$: loss of class $c$; classes are averaged with weights $w_c$
 *
 * Beside the survey: Its outlook names topology-aware focal loss, a focal loss and a transport distance of persistence
 * diagrams: a weighted sum of `focal` and this loss, whose matching is exact. Unwanted pairs cost the squared distance
 * to the diagonal, as in the paper; its code charges four times that, and looks at components of patches only.
 */
export const topological = declare({
  name: "topological",
  title: "Topological loss (persistence)",
  category: "region",
  formula: "persistence pairs of p: as many as the target has to (1, 0), the others to the diagonal",
  reference: {
    authors: "Hu, Li, Samaras, Chen",
    title: "Topology-Preserving Deep Image Segmentation",
    year: 2019,
    url: "https://arxiv.org/abs/1906.05404",
  },
  options: {
    dimensions: {
      type: "numbers",
      each: "any",
      among: [0, 1],
      min: 0,
      default: [0, 1],
      meaning: "what is compared: 0 components, 1 holes",
    },
    minPersistence: {
      type: "number",
      min: 0,
      max: 1,
      belowMax: true,
      default: 0,
      meaning: "pairs that the target lacks and that last no longer are left alone",
    },
    classWeights: classAverageOptions.classWeights,
    classes: classAverageOptions.classes,
    includeBackground: {
      type: "boolean",
      default: null,
      meaning: "whether class 0 counts (default: not, unless it is the only one)",
    },
  },
  needs: { planar: true },
  spatial: true,
  unweighted: "its terms are pairs of critical pixels, no sums over pixels",
  advantages: ["counts components and holes, and says at which pixels they come and go"],
  disadvantages: ["a gradient at few pixels", "it does not see where an object is: it needs a partner"],
  useCases: ["cells, membranes and networks whose number of objects or loops matters, beside dice or focal"],
  splits: () => false,
  plan(o, { geometry, keep }) {
    const { dimensions, minPersistence, classes, reduction } = o,
      average = {
        classes,
        reduction,
        average: "macro",
        batch: false,
        classWeights: o.classWeights ?? undefined,
        includeBackground: o.includeBackground ?? geometry.classes === 1,
      } as const,
      key = `betti numbers ${geometry.batch} ${geometry.classes} ${geometry.spatial}`;
    return [
      {
        kind: "field",
        weight: 1,
        byClass: true,
        evaluate: (context) =>
          evaluateTopological({ average, dimensions, minPersistence, keep: (make) => keep(key, make) }, context),
      },
    ];
  },
});

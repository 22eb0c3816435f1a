import { evaluateTopological } from "../terms/topological.js";
import { classAverageOptions, declare } from "./declaration.js";

/**
 * $$
 * L_c = \sum_{k} \Bigl( \sum_{i \le \beta_k} \bigl( (1 - b_i)^2 + d_i^2 \bigr)
 * + \sum_{i > \beta_k} \tfrac{1}{2} (b_i - d_i)^2 \Bigr)
 * \quad \text{or} \quad
 * \sum_{k} \Bigl( \sum_{(i, j) \in M_k} 2 \bigl( (b_i - b'_j)^2 + (d_i - d'_j)^2 \bigr)
 * + \sum_{i \notin M_k} (b_i - d_i)^2 + \sum_{j \notin M_k} (b'_j - d'_j)^2 \Bigr)
 * $$
 *
 * - $(b_i, d_i)$: values of $p$ at which the $i$-th component ($k = 0$) or hole ($k = 1$) of the superlevel sets begins
 *   and ends, the longest lived first; the last component ends at 0
 * - $\beta_k$: how many components or holes the target has
 * - $(b'_j, d'_j)$: the same of $t$, which for labels is $(1, 0)$
 * - $M_k$: with `matching: "induced"`, the second sum: pairs that are the same in space, as both lie in the same
 *   component or hole of $\max(p, t)$
 * - $L_c$: loss of class $c$; classes are averaged with weights $w_c$
 *
 * Beside the survey: Its outlook names topology-aware focal loss, a focal loss and a transport distance of persistence
 * diagrams: a weighted sum of `focal` and this loss, whose matching is exact. Unwanted pairs cost the squared distance
 * to the diagonal, as in the paper; its code charges four times that, and looks at components of patches only.
 * `matching: "induced"` is the Betti matching loss (Stucki, Paetzold, Shit, Menze, Bauer, "Topologically Faithful Image
 * Segmentation via Induced Matching of Persistence Barcodes", 2023, arXiv 2211.15272) with the factor 2 of its authors'
 * code, so that of two binary images it is the Betti matching error, the number of components and holes of either side
 * that the other lacks. What the target alone has is in the value, and 0 means equal topology, but it has no
 * derivative. Pixels are squares that touch 8 neighbours, where that code by default lets 4 touch; the last components
 * of both sides are matched where both are there. Of equal numbers the pixel that comes first in the image begins
 * first, in $p$, $t$ and $\max(p, t)$: which of several ties is matched may depend on it. Soft targets are taken as
 * they are, where `"longest"` asks whether they exceed 1/2. Volumes and lines are taken with `dimensions: [0]`, so
 * components alone; voxels are cubes that touch 26 neighbours.
 */
export const topological = declare({
  name: "topological",
  also: ["bettiMatching"],
  title: "Topological loss (persistence)",
  category: "region",
  formula:
    "persistence pairs of p: as many as the target has to (1, 0), or matched ones to the target's; others to the " +
    "diagonal",
  reference: {
    authors: "Hu, Li, Samaras, Chen",
    title: "Topology-Preserving Deep Image Segmentation",
    year: 2019,
    url: "https://arxiv.org/abs/1906.05404",
  },
  options: {
    matching: {
      type: "choice",
      values: ["longest", "induced"],
      default: "longest",
      meaning:
        "which pairs are wanted: the longest, as many as the target has; or those that are the same as the target's " +
        "in space (Betti matching)",
    },
    dimensions: {
      type: "numbers",
      each: "any",
      among: [0, 1],
      min: 0,
      default: [0, 1],
      meaning: "what is compared: 0 components, 1 holes, which are of images alone",
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
  needs: { planar: "dimensions: [0]" },
  spatial: true,
  unweighted: "its terms are pairs of critical pixels, no sums over pixels",
  advantages: ["counts components and holes, and says at which pixels they come and go"],
  disadvantages: [
    "a gradient at few pixels: it needs a partner",
    "the longest pairs may lie elsewhere than the target's; the induced matching sees where, in up to thrice the time",
  ],
  useCases: ["cells, membranes and networks whose number of objects or loops matters, beside dice or focal"],
  splits: () => false,
  plan(o, { geometry, keep, unsupported }) {
    const { spatial } = geometry;
    if (spatial.length !== 2 && o.dimensions.includes(1))
      unsupported(
        `pred must be images, with 2 spatial dimensions, got ${spatial.length} (${spatial.join(" x ")}); volumes and ` +
          "lines take dimensions: [0], components alone",
      );
    const { matching, dimensions, minPersistence, classes, reduction } = o,
      average = {
        classes,
        reduction,
        average: "macro",
        batch: false,
        classWeights: o.classWeights ?? undefined,
        includeBackground: o.includeBackground ?? geometry.classes === 1,
      } as const,
      key = `betti numbers ${geometry.batch} ${geometry.classes} ${spatial}`;
    return [
      {
        kind: "field",
        weight: 1,
        byClass: true,
        evaluate: (context) =>
          evaluateTopological(
            { matching, average, dimensions, minPersistence, keep: (make) => keep(key, make) },
            context,
          ),
      },
    ];
  },
});

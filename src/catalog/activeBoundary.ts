import type { TargetContext } from "../engine/plan.js";
import { targetBoundarySquares } from "../targets/labelBoundary.js";
import { evaluateActiveBoundary } from "../terms/activeBoundary.js";
import { declare } from "./declaration.js";

/** Squared distances to the target's boundary. */
const boundarySquares = (
  { ignoreIndex }: { readonly ignoreIndex: number | null },
  { kernels, geometry, samples, targetMap }: TargetContext,
) =>
  targetMap("target boundary", (target) => targetBoundarySquares({ kernels, geometry, target, ignoreIndex }, samples));

/**
 * $$
 * L = \frac{1}{|B|} \sum_{i \in B} \frac{\min(M_i, \theta)}{\theta}
 * \Bigl(-\sum_j \tau_{ij} \log \mathrm{softmax}_j\, \mathrm{KL}(p_j \,\|\, p_i)\Bigr)
 * $$
 *
 * - $B$: pixels of the predicted boundary
 * - $j$: the eight neighbours of pixel $i$
 * - $M_i$: distance to the target's boundary
 * - $\theta$: option `maxDistance`
 * - $\tau_{ij}$: 1 for the neighbour that is nearest to the target's boundary, smoothed by `labelSmoothing`
 * - $\mathrm{KL}$: Kullback-Leibler divergence of the two pixels' distributions over classes
 *
 * Beside the survey: It leaves out the weight min(M, theta) / theta, the smoothing and the selection. The authors'
 * code truncates distances to whole numbers: `distance: "truncated"`.
 */
export const activeBoundary = declare({
  name: "activeBoundary",
  also: ["abl"],
  title: "Active boundary loss",
  category: "boundary",
  formula:
    "mean of (min(M, theta) / theta) CE(softmax_j KL(P_j || P_i), direction to the target's boundary) over " +
    "the predicted boundary",
  detached: true,
  reference: {
    authors: "Wang, Zhang, Cui, Ren, Yang, Xie, Hua, Bao, Xu",
    title: "Active Boundary Loss for Semantic Segmentation",
    year: 2022,
    url: "https://arxiv.org/abs/2102.02696",
  },
  options: {
    maxBoundaryRatio: {
      type: "number",
      min: 0,
      max: 1,
      default: 0.01,
      meaning:
        "how many pixels of the batch the predicted boundary starts from at most, as a share of one sample's " +
        "(times B: that share of every sample)",
    },
    maxDistance: {
      type: "number",
      min: 0,
      aboveMin: true,
      default: 20,
      meaning: "pixels from the target's boundary beyond which the weight grows no more",
    },
    labelSmoothing: {
      type: "number",
      min: 0,
      max: 1,
      default: 0.2,
      meaning: "taken off the direction's target; an eighth of it goes to each other direction",
    },
    detachNeighbors: {
      type: "boolean",
      default: true,
      meaning: "false also sends gradients to the neighbours, which the authors found to be unstable",
    },
    distance: {
      type: "choice",
      values: ["exact", "truncated"],
      default: "exact",
      meaning: "the paper's distances, or those of the authors' code: rounded down, less 1",
    },
  },
  needs: { planar: true },
  unweighted: "it is a mean over boundary pixels that the prediction selects",
  advantages: ["moves the predicted boundary towards the target's, pixel by pixel", "cost grows with the boundary"],
  disadvantages: [
    "looks at the predicted boundary only: objects that are missed stay missed",
    "a distance transform per target (prepare keeps it)",
  ],
  useCases: ["sharper contours in the last epochs, beside crossEntropy and lovaszSoftmax in a weightedSum"],
  splits: (_, { batch }) => batch > 1 && 1,
  prepare: boundarySquares,
  plan(o, context) {
    const squares = context.kernels.memory.pin(boundarySquares(o, context));
    return [
      {
        kind: "neighbourhood",
        weight: 1,
        mapped: true,
        evaluate: (scene) => evaluateActiveBoundary(o, squares, scene),
      },
    ];
  },
});

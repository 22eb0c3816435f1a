import { ensureShipped, evaluateInverseForm, readNetwork, shippedFor } from "../terms/inverseForm.js";
import { declare } from "./declaration.js";

/**
 * $$
 * L = \frac{1}{|\mathcal{T}|} \sum_{T \in \mathcal{T}} \bigl\| F(E_p, E_t) - F(E_t, E_p) \bigr\|
 * $$
 *
 * - $\mathcal{T}$: tiles in which the target has an edge
 * - $E_p, E_t$: edge maps of prediction and target in a tile
 * - $F$: a small network that answers the six numbers of the affine map between two edge maps
 *
 * Beside the survey: It prints the total training loss; this is the InverseForm part alone: add crossEntropy with
 * weightedSum. The network is ours (200,000 parameters instead of 100 million).
 */
export const inverseForm = declare({
  name: "inverseForm",
  title: "InverseForm loss",
  category: "boundary",
  formula:
    "mean over tiles of |F(E_p, E_t) - F(E_t, E_p)|, F a network that answers the affine map between two edge maps E",
  reference: {
    authors: "Borse, Wang, Zhang, Porikli",
    title: "InverseForm: A Loss Function for Structured Boundary-Aware Segmentation",
    year: 2021,
    url: "https://arxiv.org/abs/2104.02745",
  },
  options: {
    distance: {
      type: "choice",
      values: ["euclidean", "geodesic"],
      default: "euclidean",
      meaning: "length of the map: of its matrix less the identity, or along the scaled rotations",
    },
    tileSize: {
      type: "number",
      integer: true,
      min: 4,
      default: 32,
      meaning: "pixels of a tile's side; must fit the network's weights",
    },
    downsample: {
      type: "number",
      integer: true,
      min: 1,
      default: 1,
      meaning: "edges are those of means over blocks of so many pixels a side",
    },
  },
  extras: ["w1", "b1", "w2", "b2", "w3", "b3"],
  needs: { planar: true },
  prepares: "classes",
  unweighted: "its network sees tiles, and is no sum over pixels",
  advantages: ["sees how far a boundary has moved, turned or grown, where a pixel loss sees only that it is wrong"],
  disadvantages: [
    "blind to what has no edge: add crossEntropy by weightedSum (the authors weigh this loss by 0.3)",
    "a network per tile: dearer than most losses",
  ],
  useCases: ["street scenes and other structured boundaries, beside crossEntropy"],
  asset: async ({ w1 }) => (w1 ? undefined : ensureShipped()),
  splits: () => false,
  plan(o, { extra, keep, geometry }) {
    const network = readNetwork(o.tileSize, extra) ?? shippedFor(o.tileSize);
    return [
      {
        kind: "neighbourhood",
        weight: 1,
        evaluate: (context) =>
          evaluateInverseForm(network, o, (b) => keep(`tiles ${geometry.classes} ${b}`, () => ({})), context),
      },
    ];
  },
});

import { declare, wrapping } from "./declaration.js";

/**
 * $$
 * L = \frac{1}{B} \sum_b \frac{1}{K_b} \sum_{k=1}^{K_b} \ell(p, t;\; M_{bk})
 * $$
 *
 * - $B$: samples that have a component
 * - $K_b$: connected regions of one label of at least 1 in sample $b$
 * - $\ell$: the loss that option `loss` names
 * - $M_{bk}$: the pixels that it counts: those of component $k$, and those of label 0; all others are ignored
 *
 * Beside the survey: Not in it. The paper adds it to the same loss of the whole image, at weights of 1 and 2, which a
 * weighted sum does. Its public code multiplies logits by the mask, so that pixels of other components still count, as
 * logits of 0; here they are left out.
 */
export const componentWise = declare({
  name: "componentWise",
  also: ["blobLoss"],
  title: "Component-wise loss (blob loss)",
  category: "combination",
  formula: "mean over components of loss(pixels of one component and of label 0)",
  reference: {
    authors: "Kofler, Shit, Ezhov, Fidon, Horvath, Al-Maskari, Li, Bhatia, Loehr, Piraud, Erturk, Kirschke, et al.",
    title: "blob loss: instance imbalance aware loss functions for semantic segmentation",
    year: 2023,
    url: "https://arxiv.org/abs/2205.08209",
  },
  options: {
    ...wrapping([
      "crossEntropy",
      "topK",
      "focal",
      "poly",
      "ohem",
      "dice",
      "logCoshDice",
      "iou",
      "tversky",
      "focalTversky",
      "generalizedDice",
      "matthewsCorrelation",
      "sensitivitySpecificity",
      "generalizedWassersteinDice",
      "marginCalibration",
      "lovaszSoftmax",
      "lovaszHinge",
      "combo",
      "exponentialLogarithmic",
      "unifiedFocal",
      "diceFocal",
      "diceTopK",
    ]),
    connectivity: {
      type: "choice",
      values: ["full", "face"],
      default: "full",
      meaning: "which pixels touch: across faces (4, 6 neighbours), or also across edges and corners (8, 26)",
    },
  },
  extras: ["components"],
  needs: { labels: true },
  prepares: "classes",
  splits: () => false,
  wraps: "components",
  // Not the reduction: components are averaged apart from their pixels.
  shares: ["activation", "ignoreIndex", "layout", "spatialDims"],
  advantages: ["small objects count as much as large ones", "of any loss that counts pixels"],
  disadvantages: [
    "of losses that rank, the cost grows with the number of components",
    "false positives far from any object count for all",
  ],
  useCases: ["lesions, cells and other objects of very different sizes, beside the same loss of the whole image"],
});

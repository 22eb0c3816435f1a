import type { Term } from "../engine/plan.js";
import { classWeights, includeBackground } from "../options/shared.js";
import { pixelTerm } from "../terms/make.js";
import { evaluateRegionMutualInformation } from "../terms/regionMutualInformation.js";
import { declare } from "./declaration.js";

/** Windows of a volume have the cube of it cells. */
const WIDEST_IN_3D = 5;

/**
 * Added to all probabilities, as in the authors' code; it shows where pooling averages them with zeros beyond the
 * border.
 */
const OFFSET = 1e-6;

/**
 * $$
 * L = \lambda\, \mathrm{CE} + (1 - \lambda) \sum_c w_c
 * \frac{\log \det\bigl(\Sigma_Y - \Sigma_{YQ} (\Sigma_Q + \rho I)^{-1} \Sigma_{YQ}^{\top} + \rho I\bigr)}{2 d}
 * $$
 *
 * - $\mathrm{CE}$: cross entropy
 * - $\lambda$: option `crossEntropyWeight`
 * - $Y, Q$: windows of $d$ pooled cells of target and prediction, as columns
 * - $\Sigma$: their covariances (sums of products of what deviates from the mean)
 * - $d$: cells of a window, `radius` to the power of the spatial dimensions
 * - $\rho$: option `regularization`
 *
 * Beside the survey: It prints the bound that is to be maximised; the loss is its negative, by class, divided by d,
 * beside the cross entropy of the authors' code.
 */
export const regionMutualInformation = declare({
  name: "regionMutualInformation",
  also: ["rmi"],
  title: "Region mutual information loss",
  category: "region",
  formula:
    "lambda crossEntropy + (1 - lambda) sum_c w_c log det(Cov(Y | Q) + rho I) / (2D), windows of D pooled " +
    "cells of target (Y) and prediction (Q)",
  reference: {
    authors: "Zhao, Wang, Yang, Cai",
    title: "Region Mutual Information Loss for Semantic Segmentation",
    year: 2019,
    url: "https://arxiv.org/abs/1910.12037",
  },
  options: {
    radius: {
      type: "number",
      integer: true,
      min: 1,
      max: 10,
      default: 3,
      meaning: "cells of a window along each axis; in 3-D up to 5",
    },
    pool: {
      type: "choice",
      values: ["average", "max", "none"],
      default: "average",
      meaning: "what a cell takes of its pixels",
    },
    poolSize: { type: "number", integer: true, min: 1, default: 4, meaning: "pixels of a cell along each axis" },
    crossEntropyWeight: {
      type: "number",
      min: 0,
      max: 1,
      default: 0.5,
      meaning: "weight lambda of the cross entropy; 1 - lambda that of the mutual information",
    },
    regularization: {
      type: "number",
      min: 0,
      aboveMin: true,
      default: 5e-4,
      meaning:
        "rho, added to the diagonal of the covariances; below 1e-15 a window, what float64 cannot tell from " +
        "0, it counts as that",
    },
    classWeights,
    includeBackground: { ...includeBackground, meaning: "false leaves class 0 out of the mutual information" },
    activation: {
      type: "choice",
      values: ["softmax", "sigmoid", "none"],
      default: "sigmoid",
      meaning: "what turns pred into probabilities; none: they are probabilities",
    },
  },
  spatial: true,
  unweighted: "covariances of pooled windows are no sums over pixels",
  advantages: [
    "sees neighbouring pixels together, so it rewards shapes as well as labels",
    "no more parameters or memory than a pixel loss for the network",
  ],
  disadvantages: [
    "blind to where images are smaller than its windows",
    "its value may be negative and grows with the number of classes",
  ],
  useCases: ["semantic segmentation with large images and many classes, beside a cross entropy"],
  splits: ({ crossEntropyWeight }, { classes }) => (crossEntropyWeight === 1 ? 0 : classes),
  plan(o, { geometry, unsupported }) {
    if (geometry.spatial.length > 2 && o.radius > WIDEST_IN_3D)
      unsupported(`radius must be at most ${WIDEST_IN_3D} in 3-D, got ${o.radius}`);
    const { poolSize, radius, regularization, classWeights, includeBackground, reduction } = o,
      pool = poolSize === 1 ? "none" : (o.pool as "average" | "max" | "none");
    const information = {
      pool,
      poolSize,
      radius,
      offset: OFFSET,
      regularization,
      classWeights,
      includeBackground,
      reduction,
    };
    const terms: readonly Term[] = [
      pixelTerm("crossEntropy", reduction, {
        weight: o.crossEntropyWeight,
        classWeights: classWeights ?? undefined,
        normaliser: "pixelsAndOne",
      }),
      {
        kind: "field",
        weight: 1 - o.crossEntropyWeight,
        byClass: true,
        byPred: ({ activation }) => activation === "sigmoid",
        evaluate: (context) => evaluateRegionMutualInformation(information, context),
      },
    ];
    return terms.filter(({ weight }) => weight > 0);
  },
});

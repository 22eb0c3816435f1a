import type { PlanContext } from "../engine/plan.js";
import { classWeights, includeBackground } from "../options/shared.js";
import { readFloats } from "../tensors/extras.js";
import { evaluateConditionalBoundary, type FeatureInputs } from "../terms/conditionalBoundary.js";
import { declare } from "./declaration.js";

/** The extra inputs, checked. */
function featureInputs({ geometry, extra, unsupported }: PlanContext): FeatureInputs | undefined {
  const { batch, classes, spatial, channelsLast } = geometry,
    read = (name: string, expected: readonly (number | string)[]) => {
      const given = extra(name);
      return given === undefined ? undefined : readFloats(`conditionalBoundary: ${name}`, given, expected);
    };
  const order = channelsLast ? [batch, ...spatial, "F"] : [batch, "F", ...spatial],
    features = read("features", order);
  if (!features) {
    const alone = ["classifierWeight", "classifierBias"].find((name) => extra(name) !== undefined);
    return alone
      ? unsupported(`${alone} belongs to features; without them the logits are the features and classify themselves`)
      : undefined;
  }
  const count = features.shape[channelsLast ? features.shape.length - 1 : 1],
    weight = read("classifierWeight", [classes, count]),
    bias = read("classifierBias", [classes]);
  if (bias && !weight) unsupported("classifierBias needs classifierWeight");
  // The features are read anew, as they may lie in the module's memory, which grows meanwhile.
  return {
    count,
    data: () => (read("features", order) as { data: Float32Array }).data,
    weight: weight?.data.slice(),
    bias: bias?.data.slice(),
  };
}

const part = (value: number, meaning: string) => ({ type: "number", min: 0, default: value, meaning }) as const;

/**
 * $$
 * L = a\, \overline{\bigl(\cos(f_i, f_j) - [y_i = y_j]\bigr)^2} + b\, \overline{(f_i - e_i)^2} + g\,
 * \overline{\mathrm{CE}(e_i, y_i)}
 * $$
 *
 * - $f_i$: features at boundary pixel $i$: the extra input `features`, or pred itself
 * - $j$: its neighbours in the window that are predicted right
 * - $e_i$: mean of those neighbours that are of $i$'s class
 * - $a$: option `contextWeight`
 * - $b$: option `pairWeight`
 * - $g$: option `classificationWeight`
 * - $\mathrm{CE}$: cross entropy of the classifier at $e_i$; bars are means over boundary pixels
 *
 * Beside the survey: It prints no formula. The released code differs from the paper in three places: the default is
 * the paper's, `correctnessAware: false` the code's.
 */
export const conditionalBoundary = declare({
  name: "conditionalBoundary",
  also: ["cbl"],
  title: "Conditional boundary loss",
  category: "boundary",
  formula:
    "mean (cos(f_i, f_j) - [y_i = y_j])^2 + 2 mean (f_i - e_i)^2 + 0.2 CE(e_i, y_i) over boundary pixels i, " +
    "e_i the mean of neighbours of i's class",
  detached: true,
  reference: {
    authors: "Wu, Guo, Li, Yu, Gao, Sang",
    title: "Conditional Boundary Loss for Semantic Segmentation",
    year: 2023,
    url: "https://doi.org/10.1109/TIP.2023.3290519",
  },
  options: {
    classWeights,
    includeBackground,
    kernelSize: {
      type: "number",
      integer: true,
      odd: true,
      min: 3,
      default: 5,
      meaning: "side of the window around a boundary pixel, an odd number",
    },
    dilationRatio: {
      type: "number",
      min: 0,
      default: 0.005,
      meaning: "how far the boundary reaches, as a share of the image's diagonal (at least one pixel)",
    },
    contextWeight: part(1, "weight of the pairs of a boundary pixel and its neighbours"),
    pairWeight: part(
      2,
      "weight of the squared distance from the neighbours' mean, which itself gets no gradient from it",
    ),
    classificationWeight: part(0.2, "weight of the cross entropy of that mean"),
    correctnessAware: {
      type: "boolean",
      default: true,
      meaning:
        "false also pairs with neighbours that are predicted wrong, and also classifies the mean of all " +
        "neighbours, as in the authors' code",
    },
  },
  extras: ["features", "classifierWeight", "classifierBias"],
  needs: { several: true, planar: true },
  raw: true,
  unweighted: "it is a mean over pairs of boundary pixels",
  advantages: ["shapes features at boundaries, where networks mix classes", "draws to neighbours that are right only"],
  disadvantages: [
    "cost grows with boundary pixels times window times features",
    "meant beside crossEntropy: pixels inside regions get nothing",
  ],
  useCases: [
    "semantic segmentation with many classes, on the decoder's features with the frozen classifier beside them",
  ],
  splits: () => false,
  plan(o, context) {
    const own = featureInputs(context),
      { grads } = context;
    return [
      { kind: "neighbourhood", weight: 1, evaluate: (scene) => evaluateConditionalBoundary(o, own, grads, scene) },
    ];
  },
});

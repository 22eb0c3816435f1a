import { classWeights, includeBackground, spacing } from "../options/shared.js";
import { encodeBins } from "../targets/distanceBins.js";
import { pixelTerm } from "../terms/make.js";
import { declare, sigmoidByDefault } from "./declaration.js";

/**
 * $$
 * L = \frac{\sum_k w_k \sum_n -t_{nk} \log p_{nk} - (1 - t_{nk}) \log (1 - p_{nk})}{N \sum_k w_k}
 * $$
 *
 * - $k$: a bin of the distance to the object's boundary, a channel of pred
 * - $t_{nk}$: 1 where pixel $n$ lies in bin $k$ (`boundaryAwareEncode`)
 * - $p_{nk}$: the probability of that
 * - $w_k$: classWeights, one for each bin
 *
 * Beside the survey: The formula is the same; the survey does not give the bins: uniform levels are ours.
 */
export const boundaryAware = declare({
  name: "boundaryAware",
  title: "Boundary-aware loss",
  category: "boundary",
  formula: "mean of -t log p - (1 - t) log(1 - p) over bins of the distance to the object's boundary",
  reference: {
    authors: "Hayder, He, Salzmann",
    title: "Boundary-Aware Instance Segmentation",
    year: 2017,
    url: "https://arxiv.org/abs/1612.03129",
  },
  options: {
    activation: sigmoidByDefault,
    classWeights,
    includeBackground,
    spacing,
    truncation: {
      type: "number",
      min: 0,
      aboveMin: true,
      default: null,
      meaning: "distance R of the last bin (default: number of bins - 1)",
    },
  },
  needs: { several: true },
  encode(o, labels, geometry, squaredDistance) {
    const bins = geometry.classes,
      spacing = o.spacing ?? geometry.spatial.map(() => 1),
      encoded = new Int16Array(labels.length);
    encodeBins(
      labels,
      geometry,
      o.ignoreIndex,
      { bins, truncation: o.truncation ?? bins - 1, spacing },
      squaredDistance,
      encoded,
    );
    const { ignoreIndex } = o;
    if (ignoreIndex !== null) for (let i = 0; i < labels.length; i++) if (labels[i] === ignoreIndex) encoded[i] = -1;
    return encoded;
  },
  prepares: "classes",
  advantages: [
    "masks that may reach beyond their box, and objects that touch",
    "the decoded mask is a union of discs: smooth, and robust to single errors",
  ],
  disadvantages: [
    "channels are distance bins, not classes: the network must be built for it",
    "objects one or two pixels thin vanish",
  ],
  useCases: ["instance segmentation; labels are object ids, boundaryAwareDecode gives the mask back"],
  plan(o, { geometry }) {
    const { classes } = geometry;
    const weights = Array.from({ length: classes }, (_, c) =>
      c === 0 && !o.includeBackground ? 0 : (o.classWeights?.[c] ?? 1),
    );
    const more = { classWeights: weights, normaliser: "entries", independent: o.activation !== "softmax" } as const;
    return o.activation === "softmax"
      ? [pixelTerm("boundaryAware", o.reduction, { ...more, untold: true })]
      : [pixelTerm("crossEntropy", o.reduction, more)];
  },
});

import type { Options, Values } from "../options/options.js";
import { activation, ignoreIndex, layout, spatialDims } from "../options/shared.js";

/** Options of all metrics. */
export const common = {
  activation,
  ignoreIndex,
  includeBackground: {
    type: "boolean",
    default: null,
    meaning: "whether label 0 is a class (default: yes; no where the labels that occur are the classes)",
  },
  layout,
  numClasses: {
    type: "number",
    integer: true,
    min: 1,
    default: null,
    meaning: "number of classes, where pred holds labels (default: the labels that occur are the classes)",
  },
  labels: { type: "labels", default: null, meaning: "the labels that are scored (default: those of all classes)" },
  spatialDims,
} as const satisfies Options;

const meansOfClasses = '"entries" is the mean over all samples and classes, "classesFirst" and "samplesFirst" of means';
/** How a value is made of scores [B, C']. */
export const averaging = {
  averaging: {
    type: "choice",
    values: ["entries", "classesFirst", "samplesFirst", "pooled", "weighted", "micro", "microBySample"],
    instead: {
      macro: meansOfClasses,
      mean: meansOfClasses,
      none: "perClass of the result has each score",
    },
    default: "entries",
    meaning:
      "how value averages: over all entries of perClass; over each sample's classes, then the samples (MONAI); over " +
      "each class's samples, then the classes (nnU-Net); over the classes' pooled scores, each alike or by " +
      "its pixels " +
      "in the target; or the score of all classes' counts summed, of all samples or of each",
  },
  sampleWeights: {
    type: "numbers",
    each: "any",
    min: 0,
    default: null,
    meaning: "how much each sample counts where value averages over samples, one number each",
  },
} as const satisfies Options;

/** Options of metrics of masks. */
export const emptyCases = {
  empty: {
    type: "cases",
    default: null,
    meaning:
      "scores where the target alone is empty, the prediction alone, or both, instead of the metric's own: { target: " +
      "NaN, both: NaN } leaves out classes that are absent from the target (MONAI's ignore_empty); " +
      '"diagonal" is the ' +
      "image's, in units of spacing",
  },
} as const satisfies Options;

/** What the options that all metrics share come to. */
export type Common = Values<typeof common>;

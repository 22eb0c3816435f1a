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

/** What the options that all metrics share come to. */
export type Common = Values<typeof common>;

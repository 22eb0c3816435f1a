import type { Given, Options, Values } from "../options/options.js";
import { activation, ignoreIndex, layout, spatialDims } from "../options/shared.js";
import type { Counts } from "./sides.js";

/** Squared distances of each side's surface pixels to the other's surface, in no order. */
export interface SurfaceDistances {
  readonly fromPred: Float32Array;
  readonly fromTarget: Float32Array;
}

/** One sample's and class's masks, as metrics look at them; what several need is found once. */
export interface MaskPair {
  /** Whether there is a pixel inside. */
  readonly filled: { readonly pred: boolean; readonly target: boolean };
  /** Sizes of the whole image. */
  readonly image: readonly number[];
  /** Of masks that are filled. */
  readonly surfaces: SurfaceDistances;
  /** Pixels in both of the bands that are so wide inside each side's boundary, and in one of them or both. */
  bands(width: number): { readonly both: number; readonly either: number };
}

/** Everything there is to know of a metric; types, validation, documentation and the command line derive from it. */
export interface Metric<N extends string = string, O extends Options = Options> {
  readonly name: N;
  readonly title: string;
  readonly formula: string;
  /** Whether a perfect prediction has the highest or the lowest score. */
  readonly best: "highest" | "lowest";
  readonly options: O;
  readonly score: Score<O>;
}

/** From numbers of pixels, or from where they are. */
type Score<O extends Options> =
  | { readonly of: "counts"; readonly from: (counts: Counts, options: Values<O>) => number }
  | { readonly of: "masks"; readonly from: (masks: MaskPair, options: Values<O>) => number };

const common = {
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

/** Declares a metric; the options that all metrics share are added. */
export function declareMetric<const N extends string, const O extends Options>(
  metric: Omit<Metric<N, O & typeof common>, "options"> & { readonly options: O },
): Metric<N, O & typeof common> {
  return { ...metric, options: { ...metric.options, ...common } };
}

export type MetricOptionsOf<M> = M extends Metric<string, infer O> ? Given<O> : never;

/** What the options that all metrics share come to. */
export type Common = Values<typeof common>;

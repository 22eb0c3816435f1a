import type { BoundaryOptions } from "../bindings/masks/boundary.js";
import type { Given, Options, Values } from "../options/options.js";
import { activation, ignoreIndex, layout, spatialDims } from "../options/shared.js";
import type { Counts } from "./sides.js";

/** One sample's and class's masks within the box that holds both; beyond it all is outside. */
export interface MaskPair {
  readonly pred: Uint8Array;
  readonly target: Uint8Array;
  /** Of the box. */
  readonly spatial: readonly number[];
  /** Of the whole image. */
  readonly image: readonly number[];
  /** Size of a pixel along each spatial axis. */
  readonly spacing: readonly number[];
  readonly boundary: (mask: Uint8Array, options: BoundaryOptions) => Uint8Array;
  /** Pixels in both of two masks, and in one of them or both. */
  readonly overlap: (one: Uint8Array, other: Uint8Array) => { both: number; either: number };
  /** Squared distances of the pixels where `marks` is not 0 to the nearest where `mask` is not. */
  readonly squaredDistances: (marks: Uint8Array, mask: Uint8Array) => Float32Array;
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

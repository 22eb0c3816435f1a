import type { Kernels } from "../bindings/kernels.js";
import type { Given, Options, Values } from "../options/options.js";
import type { Geometry } from "../tensors/shape.js";
import { averaging, common, emptyCases } from "./common.js";
import type { MaskPair } from "./pair.js";
import type { Probabilities } from "./probabilities.js";
import type { Sample } from "./sample.js";
import type { Counts } from "./sides.js";

/** A call as scorers see it. */
export interface Scene {
  readonly kernels: Kernels;
  /** What is at fault in messages. */
  readonly what: string;
  readonly geometry: Geometry;
  /** The label of each column. */
  readonly labels: readonly number[];
  /** Whether a column's label is ignored: it has no score. */
  readonly ignored: (c: number) => boolean;
  readonly spacing: readonly number[];
  /** Whether the classes of a pixel compete, so that there is a matrix of them; true of a single class, too. */
  readonly competing: boolean;
  /** Whether the caller named the columns' labels. */
  readonly chosen: boolean;
  /** Of metrics that take scores only: what they look at. */
  readonly probabilities: () => Probabilities;
  /** Whether both sides hold labels. */
  readonly labelled: boolean;
  readonly unsupported: (message: string) => never;
}

/** What a scorer has found; its further results by their names. */
export interface Found {
  readonly perClass: Float64Array;
  /** Unless it is the mean of what is defined. */
  readonly value?: number;
  readonly labels?: readonly number[];
  readonly [result: string]: unknown;
}

/** Numbers of a call that add up over samples, and what is made of their sums. */
export interface Pool {
  readonly sums: Float64Array;
  /** The results that are of all samples together, from sums over any samples. */
  readonly results: (sums: Float64Array) => Readonly<Record<string, unknown>>;
  /** Whether some of it rests on a score that makes no probability. */
  readonly unknown?: boolean;
}

/** Gathers one metric's scores over a call: everything is looked at once, by all scorers. */
export interface Scorer {
  /** A class of a sample; not of ignored labels, nor where a prediction is NaN. */
  pair?(b: number, c: number, pair: MaskPair): void;
  /** A sample, after its classes. */
  sample?(b: number, sample: Sample): void;
  found(): Found;
  /** Of metrics that have a number of all samples together, after `found`. */
  pool?(): Pool;
}

/** A result beside value and perClass. */
export interface ResultWords {
  /** Its dimensions; "" of a number, "labels" of a list of labels. */
  readonly shape: string;
  readonly meaning: string;
  /** Whether there are calls without it. */
  readonly optional?: true;
}
export type Results = Readonly<Record<string, ResultWords>>;

/** Everything there is to know of a metric; types, validation, documentation and the command line derive from it. */
export interface Metric<N extends string = string, O extends Options = Options, R extends Results = Results> {
  readonly name: N;
  /** What else the field calls it; refusals of those names, and the page of metrics, say so. */
  readonly also?: readonly string[];
  /** The options, or the arithmetic, that make it what one of those names stands for. */
  readonly how?: Readonly<Record<string, string>>;
  readonly title: string;
  readonly formula: string;
  /** Whether a perfect prediction has the highest or the lowest score. */
  readonly best: "highest" | "lowest";
  /** What it looks at, where that is the surfaces: shares of them, or distances between them in units of spacing. */
  readonly surfaces?: "shares" | "distances";
  /** True where labels are no prediction: it looks at probabilities. */
  readonly scoresOnly?: true;
  /** Whether value is no mean over perClass, but a number of all classes at once. */
  readonly overall?: (options: Values<O>) => boolean;
  readonly options: O;
  /** What it gives beside value, perClass and labels. */
  readonly results: R;
  readonly score: (scene: Scene, options: Values<O>) => Scorer;
  /** Of metrics that are a number of a class's counts: it, for those who sum counts themselves. */
  readonly ofCounts?: (counts: Counts, options: Values<O>) => number;
}

const ofAll = { ...averaging, ...common };
const ofMasks = { ...emptyCases, ...ofAll };

/** Declares a metric of probabilities; the options that all metrics share are added. */
export function declareScoreMetric<
  const N extends string,
  const O extends Options,
  const R extends Results = Readonly<Record<never, ResultWords>>,
>(metric: Declared<O, R> & { readonly name: N }): Metric<N, O & typeof ofAll, R> {
  return filledIn({ ...metric, scoresOnly: true }, ofAll);
}

/** Declares a metric of masks; the options that all of them share are added. */
export function declareMetric<
  const N extends string,
  const O extends Options,
  const R extends Results = Readonly<Record<never, ResultWords>>,
>(metric: Declared<O, R> & { readonly name: N }): Metric<N, O & typeof ofMasks, R> {
  return filledIn(metric, ofMasks);
}

/** A metric as its file writes it. */
type Declared<O extends Options, R extends Results> = Omit<
  Metric<string, O, R>,
  "options" | "results" | "score" | "ofCounts" | "overall" | "scoresOnly"
> & {
  readonly options: O;
  readonly results?: R;
  readonly overall?: (options: Values<O>) => boolean;
  readonly score: (scene: Scene, options: Values<O>) => Scorer;
  readonly ofCounts?: (counts: Counts, options: Values<O>) => number;
};

/** The shared options go before those of the metric that have their name. */
function filledIn<N extends string, O extends Options, S extends Options, R extends Results>(
  metric: Declared<O, R> & { readonly name: N; readonly scoresOnly?: true },
  shared: S,
): Metric<N, O & S, R> {
  type Whole = Metric<N, O & S, R>;
  return {
    ...metric,
    options: { ...metric.options, ...shared, ...metric.options },
    results: (metric.results ?? {}) as R,
    overall: metric.overall as Whole["overall"],
    score: metric.score as Whole["score"],
    ofCounts: metric.ofCounts as Whole["ofCounts"],
  };
}

export type MetricOptionsOf<M> = M extends Metric<string, infer O, infer _R> ? Given<O> : never;

/** How many entries are what. */
export interface EntryCounts {
  /** Scores that are numbers, infinite ones among them: value is their mean. */
  readonly defined: number;
  /** Scores that are NaN; ignored labels are not counted. */
  readonly undefined: number;
  /** Scores that are infinite. */
  readonly infinite: number;
  /** Classes that the target has and the prediction lacks altogether; nothing where no masks were looked at. */
  readonly missed?: number | undefined;
}

/** A metric's scores. */
export interface MetricResult {
  /** The mean of the scores that are defined, as `averaging` says; NaN where none is. */
  readonly value: number;
  /** [B, labels.length]; NaN where a score is undefined, or its label ignored. */
  readonly perClass: Float64Array;
  /** The label of each column. */
  readonly labels: readonly number[];
  /** How many of the scores of perClass are defined, undefined, infinite, and of classes missed. */
  readonly counts: EntryCounts;
}

type ResultOf<W> = W extends { shape: "" } ? number : W extends { shape: "labels" } ? (number | null)[] : Float64Array;
export type MetricResultOf<M> =
  M extends Metric<string, infer _O, infer R>
    ? MetricResult & {
        readonly [K in keyof R]: R[K] extends { optional: true } ? ResultOf<R[K]> | undefined : ResultOf<R[K]>;
      }
    : never;

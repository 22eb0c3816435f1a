import type { Kernels } from "../bindings/kernels.js";
import { SegLossError } from "../errors.js";
import { dataType, type Geometry, isLabelArray, type NumberTensor } from "../tensors/shape.js";
import { readSpacing } from "../utilities/arguments.js";
import { averageOf } from "./averaging.js";
import { findBand } from "./band.js";
import type { Common } from "./common.js";
import type { Metric, MetricResult, Pool, Scene, Scorer } from "./declaration.js";
import { caseOf, countEntries, type EmptyCase, withEmptyCases } from "./emptyCases.js";
import { MetricInputs } from "./inputs.js";
import { markLabelBand } from "./labelBand.js";
import { pairsOf } from "./pairs.js";
import { Probabilities } from "./probabilities.js";
import type { Sample } from "./sample.js";
import { type Counts, countSides } from "./sides.js";

/** One metric with its options read. */
export interface ReadRequest {
  /** What is at fault in messages. */
  readonly what: string;
  readonly metric: Metric;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Of options that say how the tensors are read; metrics that read them alike share all work. */
// Every metric declares these (declaration.ts), which the type of any metric's options does not say.
const commonOf = ({ options }: ReadRequest) => options as unknown as Common & { spacing?: readonly number[] | null };
function readingOf(request: ReadRequest): string {
  const { activation, ignoreIndex, includeBackground, layout, numClasses, labels, spatialDims } = commonOf(request);
  return JSON.stringify([activation, ignoreIndex, includeBackground, layout, numClasses, labels, spatialDims]);
}

/** What the classes' pairs and counts of a sample are found from, each once. */
function pairsOfSample(kernels: Kernels, { labels }: MetricInputs, sample: Sample) {
  const { pred, target, spatial, counted } = sample,
    bands = new Map<number, Uint8Array>();
  let counts: readonly Counts[] | undefined;
  return pairsOf({
    kernels,
    pred,
    target,
    spatial,
    counts(c) {
      counts ??= countSides(kernels, pred, target, labels.length, counted);
      return counts[c];
    },
    labelBand(width) {
      const known = bands.get(width);
      if (known) return known;
      const band = new Uint8Array(spatial.reduce((all, n) => all * n, 1));
      const labels = sample.targetLabels();
      if (labels) markLabelBand(kernels, labels, spatial, width, band);
      else for (const mask of sample.targetMasks()) findBand(kernels, mask, spatial, width, band);
      bands.set(width, band);
      return band;
    },
  });
}

/** Labels say nothing of how sure a prediction is. */
function refuseLabels({ what, metric }: ReadRequest, pred: NumberTensor): void {
  if (metric.scoresOnly && isLabelArray(pred.data))
    throw new SegLossError(
      "UNSUPPORTED",
      `${what}: looks at probabilities, which labels (${dataType(pred)}) have none of; pass the scores that they ` +
        "were made of, logits or probabilities in a Float32Array [B, C, ...spatial]",
    );
}

/** What is known of all masks when they were shown. */
interface Shown {
  /** Whether some make no prediction. */
  readonly unknown: boolean;
  /** Which masks of each entry of perClass are empty; nothing where no scorer looks at classes. */
  readonly cases?: readonly EmptyCase[];
}

/** Shows every class of every sample, and the samples. */
function showMasks(kernels: Kernels, inputs: MetricInputs, scorers: readonly Scorer[]): Shown {
  const { geometry, labels, ignored } = inputs,
    paired = scorers.filter(({ pair }) => pair !== undefined),
    cases = new Array<EmptyCase>(geometry.batch * labels.length).fill(undefined),
    unknown = new Set<number>();
  for (let b = 0; b < geometry.batch; b++) {
    const sample = inputs.sample(b),
      pairs = pairsOfSample(kernels, inputs, sample);
    for (let c = 0; c < labels.length; c++) {
      if (ignored(c)) continue;
      if (sample.pred.unknown(c)) {
        unknown.add(b);
        continue;
      }
      if (paired.length === 0) continue;
      const pair = pairs(c);
      cases[b * labels.length + c] = caseOf(pair.filled.pred, pair.filled.target);
      for (const scorer of paired) scorer.pair?.(b, c, pair);
    }
    if (!unknown.has(b)) for (const scorer of scorers) scorer.sample?.(b, sample);
  }
  return { unknown: unknown.size > 0, cases: paired.length > 0 ? cases : undefined };
}

/** What the tensors of a call are, whatever they hold: calls of which this is the same have scores of the same kind. */
export interface Kind {
  readonly classes: number;
  readonly axes: number;
  /** The label of each column, and whether it is ignored. */
  readonly labels: readonly number[];
  readonly ignored: readonly boolean[];
  readonly competing: boolean;
  readonly labelled: boolean;
}

/** What a metric found, and what of it adds up over calls. */
export interface Evaluated {
  readonly result: MetricResult;
  readonly pool: () => Pool | undefined;
  /** Samples of the call. */
  readonly batch: number;
  readonly kind: Kind;
}

function sceneOf(
  kernels: Kernels,
  request: ReadRequest,
  geometry: Geometry,
  { labels, ignored, competing, labelled }: Kind,
  probabilities: () => Probabilities,
): Scene {
  const { what } = request;
  return {
    kernels,
    what,
    geometry,
    labels,
    ignored: (c) => ignored[c],
    spacing: readSpacing(what, commonOf(request).spacing, geometry.spatial.length),
    competing,
    labelled,
    chosen: commonOf(request).labels !== null,
    probabilities,
    unsupported: (message) => {
      throw new SegLossError("UNSUPPORTED", `${what}: ${message}`);
    },
  };
}

const nothing = () => new Float32Array(0);

/** What is made of the sums of calls of this kind; they need not be at hand. */
export function poolOf(kernels: Kernels, request: ReadRequest, kind: Kind): Pool["results"] | undefined {
  const { classes, axes } = kind,
    spatial = new Array<number>(axes).fill(0),
    geometry = { batch: 0, classes, spatial, pixels: 0, channelsLast: false, batched: true },
    none = { pred: { scores: nothing }, target: { scores: nothing } },
    probabilities = () => new Probabilities(geometry, none, commonOf(request).activation, undefined),
    scorer = request.metric.score(sceneOf(kernels, request, geometry, kind, probabilities), request.options as never);
  return scorer.pool?.().results;
}

/** Metrics that read the tensors alike. */
function evaluateAlike(
  kernels: Kernels,
  requests: readonly ReadRequest[],
  pred: NumberTensor,
  target: NumberTensor,
): Evaluated[] {
  for (const request of requests) refuseLabels(request, pred);
  const inputs = new MetricInputs(kernels, requests[0].what, commonOf(requests[0]), pred, target),
    { geometry, labels, competing, labelled } = inputs,
    { batch, classes } = geometry,
    axes = geometry.spatial.length,
    kind = { classes, axes, labels, ignored: labels.map((_, c) => inputs.ignored(c)), competing, labelled };
  let probabilities: Probabilities | undefined;
  const seen = () => {
      probabilities ??= inputs.probabilities();
      return probabilities;
    },
    scenes = requests.map((request) => sceneOf(kernels, request, geometry, kind, seen)),
    scorers = requests.map(({ metric, options }, i) => metric.score(scenes[i], options as never)),
    ofMasks = scorers.filter(({ pair, sample }) => pair || sample),
    shown = ofMasks.length > 0 ? showMasks(kernels, inputs, ofMasks) : { unknown: false };
  probabilities?.read();
  return scorers.map((scorer, i) => ({
    result: finish(scorer, requests[i], scenes[i], shown),
    pool() {
      const pool = scorer.pool?.();
      return pool && { ...pool, unknown: pool.unknown || (shown.unknown && scorer.pair !== undefined) };
    },
    batch,
    kind,
  }));
}

/** A scorer's result as its options have it. What is found of part of the classes alone is not said of all. */
function finish(scorer: Scorer, request: ReadRequest, scene: Scene, { unknown, cases }: Shown): MetricResult {
  const ofClasses = scorer.pair ? cases : undefined,
    found = withEmptyCases(scorer.found(), scene, request.options, ofClasses),
    value = averageOf(found, { ...request, batch: scene.geometry.batch }),
    { perClass, labels = scene.labels, value: _, ...others } = found,
    isIgnored = (at: number) => labels.length > 0 && scene.ignored(at % labels.length),
    counts = countEntries(perClass, isIgnored, ofClasses),
    result = { value, perClass, labels: [...labels], counts, ...others };
  if (!unknown || !scorer.pair) return result;
  return { ...result, value: Number.NaN, ...("pooledValue" in others ? { pooledValue: Number.NaN } : {}) };
}

/** All results in the requests' order; what several need is found once. */
export function evaluateAll(
  kernels: Kernels,
  requests: readonly ReadRequest[],
  pred: NumberTensor,
  target: NumberTensor,
): Evaluated[] {
  const alike = new Map<string, number[]>(),
    results = new Array<Evaluated>(requests.length);
  for (const [i, request] of requests.entries())
    alike.set(readingOf(request), [...(alike.get(readingOf(request)) ?? []), i]);
  for (const indices of alike.values()) {
    const found = evaluateAlike(
      kernels,
      indices.map((i) => requests[i]),
      pred,
      target,
    );
    for (const [k, i] of indices.entries()) results[i] = found[k];
  }
  return results;
}

import type { Kernels } from "../bindings/kernels.js";
import { readOptions } from "../options/options.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { readSpacing } from "../utilities/arguments.js";
import { type MetricName, type MetricOptions, metricCatalog } from "./catalog.js";
import type { Common, Metric } from "./declaration.js";
import { MetricInputs } from "./inputs.js";
import { pairsOf } from "./pairs.js";
import { countSides } from "./sides.js";

/** A metric's scores. */
export interface MetricResult {
  /** The mean of the scores that are defined; NaN where none is. */
  readonly value: number;
  /** [B, labels.length]; NaN where a score is undefined, or its label ignored. */
  readonly perClass: Float64Array;
  /** The label of each column. */
  readonly labels: readonly number[];
}

/** One method per metric. */
export type Metrics = {
  readonly [N in MetricName]: (pred: TensorLike, target: TensorLike, options?: MetricOptions[N]) => MetricResult;
};

/** The mean of the numbers that are defined. */
function meanOfDefined(scores: Float64Array): number {
  const defined = scores.filter((score) => !Number.isNaN(score));
  return defined.reduce((sum, score) => sum + score, 0) / defined.length;
}

function evaluate(
  kernels: Kernels,
  { name, options: declared, score }: Metric,
  pred: TensorLike,
  target: TensorLike,
  given: unknown,
): MetricResult {
  const what = `metrics.${name}`,
    options = readOptions(what, declared, given),
    // Of a metric that is found by name: that all have the common options, no type says.
    common = options as unknown as Common & { spacing?: readonly number[] | null },
    inputs = new MetricInputs(
      kernels,
      what,
      common,
      readTensor(pred, `${what}: pred`),
      readTensor(target, `${what}: target`),
    ),
    { labels, ignored } = inputs,
    { batch, spatial } = inputs.geometry,
    spacing = readSpacing(what, common.spacing, spatial.length),
    perClass = new Float64Array(batch * labels.length).fill(Number.NaN);
  let unknown = false;
  for (let b = 0; b < batch; b++) {
    const { pred: p, target: t, counted } = inputs.sample(b),
      counts = score.of === "counts" ? countSides(kernels, p, t, labels.length, counted) : [],
      pairs = pairsOf({ kernels, pred: p, target: t, spatial, spacing });
    for (let c = 0; c < labels.length; c++) {
      if (ignored(c)) continue;
      if (p.unknown(c)) unknown = true;
      else
        perClass[b * labels.length + c] =
          score.of === "counts" ? score.from(counts[c], options) : score.from(pairs(c), options);
    }
  }
  return { value: unknown ? Number.NaN : meanOfDefined(perClass), perClass, labels: [...labels] };
}

/** The metrics of an instance, whose kernels are asked for at each call. */
export function createMetrics(kernels: () => Kernels): Metrics {
  const methods = (metricCatalog as readonly unknown[] as readonly Metric[]).map((metric) => {
    const method = (pred: TensorLike, target: TensorLike, options?: unknown) =>
      evaluate(kernels(), metric, pred, target, options);
    return [metric.name, Object.defineProperty(method, "name", { value: metric.name })];
  });
  return Object.freeze(Object.fromEntries(methods)) as Metrics;
}

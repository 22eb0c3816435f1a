import type { Kernels } from "../bindings/kernels.js";
import { boundaryMask } from "../bindings/masks/boundary.js";
import { countPairs } from "../bindings/masks/bytes.js";
import { distancesTo } from "../bindings/masks/distance.js";
import { readOptions } from "../options/options.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { readSpacing } from "../utilities/arguments.js";
import { type MetricName, type MetricOptions, metricCatalog } from "./catalog.js";
import type { Common, MaskPair, Metric } from "./declaration.js";
import { MetricInputs, type Sample } from "./inputs.js";
import { countSides } from "./sides.js";

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

function maskPair(
  kernels: Kernels,
  { geometry }: MetricInputs,
  { pred, target }: Sample,
  c: number,
  spacing: readonly number[],
): MaskPair {
  const box = pred.box(c).with(target.box(c)),
    spatial = box.size.slice(3 - geometry.spatial.length);
  return {
    pred: pred.mask(c, box),
    target: target.mask(c, box),
    spatial,
    image: geometry.spatial,
    spacing,
    boundary(mask, options) {
      const out = new Uint8Array(mask.length);
      boundaryMask(kernels, mask, spatial, options, out);
      return out;
    },
    overlap(one, other) {
      const { both, pred: own, target: rest } = countPairs(kernels, one, other, 2);
      return { both: both[1], either: own[1] + rest[1] - both[1] };
    },
    squaredDistances: (marks, mask) => distancesTo(kernels, mask, spatial, spacing, marks),
  };
}

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
    const sample = inputs.sample(b),
      { pred: p, target: t, counted } = sample,
      counts = score.of === "counts" ? countSides(kernels, p, t, labels.length, counted) : [];
    for (let c = 0; c < labels.length; c++) {
      if (ignored(c)) continue;
      if (p.unknown(c)) unknown = true;
      else
        perClass[b * labels.length + c] =
          score.of === "counts"
            ? score.from(counts[c], options)
            : score.from(maskPair(kernels, inputs, sample, c, spacing), options);
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

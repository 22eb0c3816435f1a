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

/** A metric's scores. */
export interface MetricResult {
  /** The mean of the scores that are defined; NaN where none is. */
  readonly value: number;
  /** [B, C'], C' = C, or C - 1 without the background; NaN where a score is undefined. */
  readonly perClass: Float64Array;
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
    { batch, classes, spatial } = inputs.geometry,
    spacing = readSpacing(what, common.spacing, spatial.length),
    first = common.includeBackground ? 0 : 1,
    selected = Array.from({ length: classes - first }, (_, i) => first + i),
    perClass = new Float64Array(batch * selected.length);
  let unknown = false;
  for (let b = 0; b < batch; b++) {
    const sample = inputs.sample(b),
      counts = score.of === "counts" ? countSides(kernels, sample.pred, sample.target, selected, sample.counted) : [];
    for (const [i, c] of selected.entries()) {
      const at = b * selected.length + i;
      if (sample.pred.unknown(c)) {
        perClass[at] = Number.NaN;
        unknown = true;
      } else
        perClass[at] =
          score.of === "counts"
            ? score.from(counts[i], options)
            : score.from(maskPair(kernels, inputs, sample, c, spacing), options);
    }
  }
  return { value: unknown ? Number.NaN : meanOfDefined(perClass), perClass };
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

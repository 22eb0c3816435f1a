import { SegLossError } from "../errors.js";
import type { MetricResult } from "../metrics/declaration.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import { type IgnoreIndex, ignoredLabels } from "../tensors/ignoredLabels.js";
import { type OneHot, readSync, readTarget } from "./target.js";
import type { TfTensor } from "./tensorflow.js";

/** What `model.compile({ metrics })` takes. */
export type MetricFunction<S> = (yTrue: TfTensor, yPred: TfTensor) => S;

/**
 * A metric of `seg.metrics` as a function of tensors of TensorFlow.js: targets as with `toLoss`, `options` are the
 * metric's own; `layout` is "channelsLast". TensorFlow.js averages the scores of batches: give an `emptyScore` where
 * one may be undefined (NaN). Throws SegLossError.
 */
export function toMetric<O extends object, S extends TfTensor>(
  tf: { scalar(value: number): S },
  metric: (pred: TensorLike, target: TensorLike, options?: O) => MetricResult,
  options?: O & OneHot,
): MetricFunction<S> {
  if (typeof metric !== "function")
    throw new SegLossError(
      "INVALID_OPTION",
      `toMetric: metric must be one of seg.metrics, such as seg.metrics.dice, got ${String(metric)}`,
    );
  const { oneHot, ...own } = { layout: "channelsLast", ...options } as OneHot & {
    layout: string;
    ignoreIndex?: IgnoreIndex;
  };
  if (own.layout !== "channelsLast")
    throw new SegLossError(
      "INVALID_OPTION",
      `toMetric: option layout must be "channelsLast", as TensorFlow.js has tensors, got ${JSON.stringify(own.layout)}`,
    );
  const reading = {
    what: `metrics.${metric.name}: yTrue`,
    oneHot,
    ignoreIndex: ignoredLabels(own.ignoreIndex)[0] ?? null,
  };
  const score: MetricFunction<S> = (yTrue, yPred) => {
    const pred = readSync(yPred, `metrics.${metric.name}: yPred`);
    // `own` was read from O.
    return tf.scalar(
      metric(pred, readTarget(readSync(yTrue, reading.what), yPred.shape, reading), own as unknown as O).value,
    );
  };
  // TensorFlow.js calls it by this name in its logs and histories.
  return Object.defineProperty(score, "name", { value: metric.name });
}

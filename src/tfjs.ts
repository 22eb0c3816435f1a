// Losses and metrics for TensorFlow.js. The caller passes `tf` and what `load()` of "segloss" made, so that neither is
// imported here.

export type { AnyLoss } from "./instance/loss.js";
export { type LossFunction, toLoss } from "./tfjs/loss.js";
export { type MetricFunction, toMetric } from "./tfjs/metric.js";
export type { OneHot } from "./tfjs/target.js";
export type { TensorFlow, TfTensor } from "./tfjs/tensorflow.js";
export { type TrainableModel, type TrainStep, trainStep } from "./tfjs/trainStep.js";

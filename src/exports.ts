// What the package exports in every runtime, besides `load`.
export type { LoadOptions } from "./bindings/load.js";
export type { Declaration } from "./catalog/declaration.js";
export { catalog, type LossName, type LossOptions } from "./catalog/index.js";
export { SegLossError, type SegLossErrorCode } from "./errors.js";
export type { Spread } from "./exact/spread.js";
export type { Extra, PreparedTarget, Target } from "./instance/inputs.js";
export type { Finding, FindingCode, Inspection } from "./instance/inspect.js";
export type { ResidentTensor, SegLoss } from "./instance/instance.js";
export type { Loss, Reweighted, ValueAndGrad } from "./instance/loss.js";
export type { LossState, LossStateResult } from "./instance/lossState.js";
export { mergeShards, ShardSums } from "./instance/shards.js";
export {
  type LabelNames,
  type LabelRegions,
  type RegionMasks,
  type RegionOptions,
  type RemapOptions,
  type RemappedLabels,
  remap,
} from "./masks/remap.js";
export { type MetricName, type MetricOptions, type MetricResults, metricCatalog } from "./metrics/catalog.js";
export type { EntryCounts, Metric, MetricResult } from "./metrics/declaration.js";
export type {
  AnyRequest,
  Evaluation,
  MetricPresetRequest,
  MetricPresetResult,
  MetricRequest,
  Metrics,
} from "./metrics/metrics.js";
export {
  type MetricPresetArguments,
  type MetricPresetName,
  metricPresets,
  unreproducibleMetrics,
} from "./metrics/presets/index.js";
export type { MetricState, MetricSummary, StateResult, UpdateOptions } from "./metrics/state.js";
export { type PresetArguments, type PresetName, presets, unreproducible } from "./presets/index.js";
export type { ExtraInputs } from "./tensors/extras.js";
export type { TensorLike } from "./tensors/foreignTensors.js";
export type { LabelData } from "./tensors/labelData.js";

import { SegLossError } from "../../errors.js";
import { readOptions } from "../../options/options.js";
import { presetOf, readArguments } from "../../presets/arguments.js";
import { presets as losses } from "../../presets/index.js";
import { isLabelArray, type NumberTensor } from "../../tensors/shape.js";
import type { ReadRequest } from "../call.js";
import { metricCatalog } from "../catalog.js";
import type { Metric } from "../declaration.js";
import type { MetricPreset, PredictionShape } from "./declaration.js";
import { metricPresets, unreproducibleMetrics } from "./index.js";

/** What a metric preset is told of the tensors. */
export interface MetricPresetTensors {
  /** What turns scores into a prediction (default: "softmax"). */
  readonly activation?: "softmax" | "sigmoid" | "none";
  /** Pixels with this label, or one of these labels, do not count. */
  readonly ignoreIndex?: number | readonly number[];
  /** Whether label 0 is a class, where the library has no argument for it. */
  readonly includeBackground?: boolean;
  /** The labels that are scored. */
  readonly labels?: readonly number[];
  /** Where the channels stand (default: "channelsFirst"). */
  readonly layout?: "channelsFirst" | "channelsLast";
  /** Number of classes, where pred holds labels. */
  readonly numClasses?: number;
  /** Size of a pixel along each spatial axis, where the library has no argument for it. */
  readonly spacing?: readonly number[];
  /** How many spatial axes there are; one has to be said. */
  readonly spatialDims?: 1 | 2 | 3;
}

const told: readonly (keyof MetricPresetTensors)[] = [
  ...(["activation", "ignoreIndex", "includeBackground", "labels"] as const),
  ...(["layout", "numClasses", "spacing", "spatialDims"] as const),
];

export const isToldOf = (option: string): boolean => (told as readonly string[]).includes(option);

const presets = metricPresets as readonly unknown[] as readonly MetricPreset[];
export const isPresetName = (name: unknown): name is string => typeof name === "string" && name.includes(".");

/** Losses of other libraries, for those who ask for one among the metrics. */
const lossPresets = { known: losses, says: (name: string) => `the loss: seg.preset("${name}")` };

function shapeOf({ data, shape }: NumberTensor, { layout, numClasses }: MetricPresetTensors): PredictionShape {
  if (isLabelArray(data)) return { numClasses, axes: shape.length - 1 };
  return { channels: layout === "channelsLast" ? shape.at(-1) : shape[1], axes: shape.length - 2 };
}

/** Throws where a metric is known not to be reproduced. */
function refuseUnreproducible(name: unknown): void {
  const found = unreproducibleMetrics.find(([of]) => name === of || String(name).startsWith(`${of}.`));
  if (found) throw new SegLossError("UNSUPPORTED", `${String(name)} is not reproduced: ${found[1]}`);
}

/** What another library's metric is here, with the options that its arguments say. */
export interface Translated {
  readonly metric: Metric;
  readonly own: Readonly<Record<string, unknown>>;
}

export function translate(
  what: string,
  name: string,
  given: unknown,
  tensors: MetricPresetTensors,
  pred: NumberTensor,
): Translated {
  refuseUnreproducible(name);
  const preset = presetOf(presets, name, `${what}: there is no metric`, [lossPresets]),
    recipe = preset.recipe(readArguments(preset, given) as never, shapeOf(pred, tensors)),
    metric = (metricCatalog as readonly unknown[] as readonly Metric[]).find((each) => each.name === recipe.metric);
  if (!metric) throw new Error(`${name} has no metric ${recipe.metric}`);
  const own = Object.entries(recipe.options).filter(([, value]) => value !== null && value !== undefined);
  return { metric, own: Object.fromEntries(own) };
}

/** The request of ours that it is. */
export const requestOf = (
  name: string,
  { metric, own }: Translated,
  tensors: Readonly<Record<string, unknown>>,
): ReadRequest => ({ what: name, metric, options: readOptions(name, metric.options, { ...tensors, ...own }) });

/** Throws for what says nothing of tensors, and for what the library's own arguments say. */
export function checkTensors(name: string, { own }: Translated, tensors: Readonly<Record<string, unknown>>): void {
  const refuse = (message: string) => new SegLossError("INVALID_OPTION", `${name}: ${message}`);
  for (const [option, value] of Object.entries(tensors)) {
    if (value === undefined) continue;
    if (!isToldOf(option))
      throw refuse(`${option} says nothing of the tensors; what is said of them: ${told.join(", ")}`);
    if (Object.hasOwn(own, option))
      throw refuse(`what ${option} says of the tensors, an argument of ${name} says; leave ${option} out`);
  }
}

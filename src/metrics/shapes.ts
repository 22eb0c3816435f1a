import type { Kernels } from "../bindings/kernels.js";
import { SegLossError } from "../errors.js";
import { type LabelAxes, labelAxes, scoreAxes, show } from "../tensors/axes.js";
import { isBinary } from "../tensors/conventions.js";
import {
  count,
  dataType,
  type Geometry,
  isLabelArray,
  type LabelArray,
  type NumberTensor,
  readShape,
  same,
} from "../tensors/shape.js";
import type { Common } from "./common.js";

/** A side's numbers; arrays by function, as those in the module's memory are made anew when it grows. */
type Numbers =
  | { readonly labels: () => LabelArray; readonly scores?: undefined }
  | { readonly labels?: undefined; readonly scores: () => Float32Array };

/** A call's tensors, which fit each other. */
export interface Given {
  /** `classes` is 0 where the labels that occur are the classes. */
  readonly geometry: Geometry;
  /** False where the labels that occur are the classes. */
  readonly counted: boolean;
  readonly pred: Numbers;
  readonly target: Numbers;
  /** Whether each channel is its own yes/no question. */
  readonly binary: boolean;
  /** Scores above it are inside, where they do not compete. */
  readonly threshold: number;
}

function refuseType(what: string, argument: "pred" | "target", tensor: NumberTensor): never {
  const holds = argument === "pred" ? "scores in a Float32Array or labels" : "labels";
  throw new SegLossError(
    argument === "pred" ? "SHAPE_MISMATCH" : "INVALID_TARGET",
    `${what}: ${argument} must hold ${holds} in an integer typed array` +
      `${argument === "pred" ? "" : " or soft targets in a Float32Array"}, got ${dataType(tensor)}`,
  );
}

function read(kernels: Kernels, what: string, argument: "pred" | "target", tensor: NumberTensor): Numbers {
  const data: unknown = tensor.data;
  if (isLabelArray(data)) return { labels: kernels.memory.pin(data) };
  if (data instanceof Float32Array) return { scores: kernels.memory.pin(data) };
  return refuseType(what, argument, tensor);
}

/** The axes of a prediction, scores or labels, and its number of classes; 0 where that is not said. */
function predAxes(
  what: string,
  shape: readonly number[],
  isLabels: boolean,
  { numClasses, layout, spatialDims }: Common,
): LabelAxes & { readonly classes: number } {
  if (isLabels) return { ...labelAxes(shape, spatialDims, `${what}: pred (labels)`), classes: numClasses ?? 0 };
  const axes = scoreAxes(shape, spatialDims, layout === "channelsLast", `${what}: pred (scores)`);
  if (numClasses !== null && numClasses !== axes.classes)
    throw new SegLossError(
      "INVALID_OPTION",
      `${what}: option numClasses is ${numClasses}, but pred has ${axes.classes} channels in shape ${show(shape)}`,
    );
  return axes;
}

function checkTarget(
  what: string,
  target: NumberTensor,
  isLabels: boolean,
  pred: NumberTensor,
  { batch, spatial, batched, classes }: LabelAxes & { readonly classes: number },
  { layout }: Common,
): void {
  const shape = readShape(target, `${what}: target`),
    got = `${dataType(target)} of shape ${show(shape)}`,
    start = batched ? [batch] : [],
    labels = [...start, ...spatial],
    soft = layout === "channelsLast" ? [...labels, classes] : [...start, classes, ...spatial];
  if (isLabels) {
    // The prediction has said how many axes are spatial.
    const read = labelAxes(shape, spatial.length as 1 | 2 | 3, `${what}: target (labels)`);
    if (read.batch === batch && same(read.spatial, spatial)) return;
    const hint = same(shape, soft) ? "; a one-hot or multi-hot target must be a Float32Array" : "";
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what}: target holds labels and must have shape ${show(labels)} for pred of shape ${show(pred.shape)}, ` +
        `got ${got}${hint}`,
    );
  }
  if (same(shape, labels) || (shape.length === labels.length && !same(shape, soft)))
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what}: a Float32Array target is soft and must have shape ${show(soft)}, got ${got}; ` +
        "labels must be in an integer typed array such as Uint8Array or Int32Array",
    );
  if (classes === 0)
    throw new SegLossError(
      "INVALID_OPTION",
      `${what}: option numClasses must be given where pred holds labels and target is soft`,
    );
  if (!same(shape, soft))
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what}: a Float32Array target is soft and must have shape ${show(soft)} for pred of shape ` +
        `${show(pred.shape)}, got ${got}`,
    );
}

/** Reads the tensors of a metric's call, or refuses them. */
export function readGiven(
  kernels: Kernels,
  what: string,
  options: Common,
  pred: NumberTensor,
  target: NumberTensor,
): Given {
  const shape = readShape(pred, `${what}: pred`),
    predNumbers = read(kernels, what, "pred", pred),
    targetNumbers = read(kernels, what, "target", target),
    isLabels = predNumbers.labels !== undefined,
    axes = predAxes(what, shape, isLabels, options),
    { classes, batch, spatial } = axes,
    { activation, layout } = options;
  if (!isLabels && activation === "softmax" && classes === 1)
    throw new SegLossError(
      "UNSUPPORTED",
      `${what}: softmax over one channel is always 1 (pred has shape ${show(shape)}, C = 1); ` +
        'use activation "sigmoid"',
    );
  checkTarget(what, target, targetNumbers.labels !== undefined, pred, axes, options);
  return {
    geometry: {
      batch,
      classes,
      spatial,
      pixels: count(spatial),
      channelsLast: layout === "channelsLast",
      batched: axes.batched,
    },
    counted: classes > 0,
    pred: predNumbers,
    target: targetNumbers,
    binary: isBinary(activation, classes) || classes === 1,
    threshold: activation === "none" ? 0.5 : 0,
  };
}

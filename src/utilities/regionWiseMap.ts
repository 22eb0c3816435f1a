import type { Kernels } from "../bindings/kernels.js";
import { rectified, signedDistance } from "../bindings/masks/distance.js";
import { countLabels } from "../engine/statistics.js";
import { SegLossError } from "../errors.js";
import { type Options, readOptions } from "../options/options.js";
import { ignoreIndex, spacing, spatialDims } from "../options/shared.js";
import { classMaps } from "../targets/maps.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { ignoredLabel, ignoredLabels, mergeIgnored } from "../tensors/ignoredLabels.js";
import { dataType, isLabelArray } from "../tensors/shape.js";
import { type AxesOptions, checkOut, readPixelShape, readSpacing, splitOut, type Tensor } from "./arguments.js";

export interface RegionWiseMapOptions extends AxesOptions {
  /** C; with 1 the only class is the foreground, label 1. */
  readonly numClasses: number;
  /** "rectified" (default): -d / max d inside, 1 outside; "boundary": signed distances. */
  readonly map?: "rectified" | "boundary";
  /** Size of a pixel along each spatial axis (default: 1). */
  readonly spacing?: readonly number[];
  /** Pixels of this label, or of one of these, lie outside every object. */
  readonly ignoreIndex?: number | readonly number[];
  /** Takes the result instead of a new array. */
  readonly out?: Float32Array;
}

const declared = {
  numClasses: { type: "number", integer: true, min: 1, default: null, meaning: "how many classes" },
  map: { type: "choice", values: ["rectified", "boundary"], default: "rectified", meaning: "which map" },
  spacing,
  spatialDims,
  ignoreIndex: { ...ignoreIndex, meaning: "pixels of this label, or of one of these, lie outside every object" },
} as const satisfies Options;

export function regionWiseMap(kernels: Kernels, input: TensorLike, given: RegionWiseMapOptions): Tensor {
  const name = "regionWiseMap",
    { out, rest } = splitOut(name, given),
    o = readOptions(name, declared, rest),
    labels = readTensor(input, `${name}: labels`),
    { batch, spatial, pixels, batched } = readPixelShape(labels, o.spatialDims, `${name}: labels`),
    { data } = labels;
  if (o.numClasses === null)
    throw new SegLossError(
      "INVALID_OPTION",
      `${name}: option numClasses must be given: labels do not say how many classes there are`,
    );
  if (!isLabelArray(data))
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${name}: labels must be in an integer typed array, got ${dataType(labels)}`,
    );
  const ignored = ignoredLabels(o.ignoreIndex),
    geometry = { batch, classes: o.numClasses, spatial, pixels, channelsLast: false, batched },
    result = kernels.memory.pin(checkOut(name, out, Float32Array, data.length * o.numClasses));
  const context = {
    geometry,
    samples: { first: 0, end: batch },
    spacing: readSpacing(name, o.spacing, spatial.length),
    ignoreIndex: ignoredLabel(ignored),
    kernels,
  };
  const pinned = kernels.memory.pin(mergeIgnored(data, ignored, `${name}: labels`));
  countLabels(kernels, pinned, geometry, context.ignoreIndex ?? undefined, `${name}: labels`, undefined, ignored);
  result().set(classMaps({ labels: pinned().slice() }, context, o.map === "rectified" ? rectified : signedDistance(0)));
  return { data: result(), shape: batched ? [batch, o.numClasses, ...spatial] : [o.numClasses, ...spatial] };
}

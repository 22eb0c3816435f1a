import type { Kernels } from "../bindings/kernels.js";
import { maskDistance, type SquaredDistance } from "../bindings/masks/distance.js";
import { SegLossError } from "../errors.js";
import { type Options, readOptions } from "../options/options.js";
import { ignoreIndex, layout, spacing, spatialDims } from "../options/shared.js";
import { type Binning, decodeBins, encodeBins } from "../targets/distanceBins.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { ignoredLabel, ignoredLabels, mergeIgnored } from "../tensors/ignoredLabels.js";
import {
  dataType,
  type Geometry,
  isLabelArray,
  type LabelArray,
  type Layout,
  type NumberTensor,
  readGeometry,
  readShape,
} from "../tensors/shape.js";
import { type AxesOptions, checkOut, type MaskTensor, readPixelShape, readSpacing, splitOut } from "./arguments.js";
import { argmax } from "./scores.js";

interface BinningOptions extends AxesOptions {
  /** Distance of the last bin (default: bins - 1, so that bin n stands for n pixels). */
  readonly truncation?: number;
  /** Size of a pixel along each spatial axis (default: 1). */
  readonly spacing?: readonly number[];
  /** Takes the result instead of a new array. */
  readonly out?: Uint8Array;
}
export interface EncodeOptions extends BinningOptions {
  /** How many bins there are, 2 to 256. */
  readonly bins: number;
  /** Pixels with this label, or one of these, are outside every object. */
  readonly ignoreIndex?: number | readonly number[];
}
export interface DecodeOptions extends BinningOptions {
  /** Number of bins; scores have one channel each. */
  readonly bins?: number;
  /** What scores mean: the bin with the largest (default), or every bin above `threshold`. */
  readonly mode?: "argmax" | "threshold";
  /** A score above it draws its bin (default: 0.5). */
  readonly threshold?: number;
  /** Where the channels of scores stand. */
  readonly layout?: Layout;
}

const binning = {
  bins: { type: "number", integer: true, min: 2, max: 256, default: null, meaning: "number of bins" },
  truncation: {
    type: "number",
    min: 0,
    aboveMin: true,
    default: null,
    meaning: "distance of the last bin (default: bins - 1)",
  },
  spacing,
  spatialDims,
} as const satisfies Options;
const encode = {
  ...binning,
  ignoreIndex: { ...ignoreIndex, meaning: "pixels with this label, or one of these, are outside every object" },
} as const satisfies Options;
const decode = {
  ...binning,
  mode: {
    type: "choice",
    values: ["argmax", "threshold"],
    default: "argmax",
    meaning: "the bin with the largest score, or every bin above threshold",
  },
  threshold: { type: "number", default: 0.5, meaning: "a score above it draws its bin" },
  layout,
} as const satisfies Options;

function readBinning(
  what: string,
  o: { truncation: number | null; spacing: readonly number[] | null },
  bins: number | null,
  axes: number,
): Binning {
  if (bins === null)
    throw new SegLossError("INVALID_OPTION", `${what}: option bins must be given, a whole number in [2, 256]`);
  return { bins, truncation: o.truncation ?? bins - 1, spacing: readSpacing(what, o.spacing, axes) };
}

const distanceOf =
  (kernels: Kernels): SquaredDistance =>
  (...args) =>
    maskDistance(kernels, ...args, false);

/** Labels, copied where they lie in the module's memory, which may grow. */
const keep = (kernels: Kernels, data: LabelArray): LabelArray =>
  data.buffer === kernels.memory.u8.buffer ? data.slice() : data;

export function boundaryAwareEncode(kernels: Kernels, input: TensorLike, given: EncodeOptions): MaskTensor {
  const what = "boundaryAwareEncode",
    { out, rest } = splitOut(what, given),
    options = readOptions(what, encode, rest),
    labels = readTensor(input, `${what}: labels`),
    dimensions = readPixelShape(labels, options.spatialDims, `${what}: labels`),
    binned = readBinning(what, options, options.bins, dimensions.spatial.length),
    { data } = labels;
  if (!isLabelArray(data))
    throw new SegLossError(
      "INVALID_TARGET",
      `${what}: labels must be in an integer typed array, got ${dataType(labels)}`,
    );
  const result = kernels.memory.pin(checkOut(what, out, Uint8Array, data.length)),
    bins = new Uint8Array(data.length);
  const ignored = ignoredLabels(options.ignoreIndex),
    merged = mergeIgnored(keep(kernels, data), ignored, `${what}: labels`);
  encodeBins(merged, dimensions, ignoredLabel(ignored), binned, distanceOf(kernels), bins);
  result().set(bins);
  return { data: result(), shape: dimensions.shape };
}

/** The largest bin whose score is above the threshold, as its ball holds the smaller ones; 0 where none is. */
function largestAbove(
  data: ArrayLike<number>,
  { batch, classes, pixels, channelsLast }: Geometry,
  threshold: number,
): Int32Array {
  const found = new Int32Array(batch * pixels),
    [perClass, perPixel] = channelsLast ? [1, classes] : [pixels, 1];
  for (let b = 0; b < batch; b++) {
    const first = b * classes * pixels;
    for (let c = 1; c < classes; c++) {
      for (let i = 0; i < pixels; i++)
        if (data[first + c * perClass + i * perPixel] > threshold) found[b * pixels + i] = c;
    }
  }
  return found;
}

function checkBins(what: string, binMap: LabelArray, bins: number): void {
  const at = (binMap as Int32Array).findIndex((n) => !(n >= 0 && n < bins));
  if (at >= 0)
    throw new SegLossError(
      "INVALID_TARGET",
      `${what}: binMap has bin ${binMap[at]} at index ${at}, expected 0 to ${bins - 1}`,
    );
}

/** One bin per pixel of what came: a map of bins, or scores. */
function readBins(
  kernels: Kernels,
  what: string,
  input: NumberTensor,
  o: { bins: number | null; mode: string; threshold: number; layout: Layout; spatialDims: number | null },
) {
  const shape = readShape(input, `${what}: input`),
    { data } = input;
  if (isLabelArray(data)) {
    const axes = readPixelShape(input, o.spatialDims, `${what}: binMap`);
    return { binMap: keep(kernels, data), bins: o.bins, ...axes, shape };
  }
  const geometry = readGeometry(shape, o.layout, `${what}: scores`, o.spatialDims),
    { batch, spatial, pixels, classes, batched } = geometry;
  if (classes < 2 || (o.bins ?? classes) !== classes)
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what}: scores must have a channel for each of ${o.bins ?? "2 or more"} bins, got ${classes} in ` +
        `shape [${shape.join(", ")}]`,
    );
  const binMap =
    o.mode === "argmax"
      ? (argmax(kernels, input, { layout: o.layout, spatialDims: o.spatialDims as 1 | 2 | 3 | null })
          .data as Int32Array)
      : largestAbove(data, geometry, o.threshold);
  return { binMap, bins: classes, batch, spatial, pixels, shape: batched ? [batch, ...spatial] : spatial };
}

export function boundaryAwareDecode(kernels: Kernels, input: TensorLike, given?: DecodeOptions): MaskTensor {
  const what = "boundaryAwareDecode",
    { out, rest } = splitOut(what, given),
    options = readOptions(what, decode, rest),
    { binMap, bins, batch, spatial, pixels, shape } = readBins(
      kernels,
      what,
      readTensor(input, `${what}: input`),
      options,
    ),
    binned = readBinning(what, options, bins, spatial.length);
  checkBins(what, binMap, binned.bins);
  const result = kernels.memory.pin(checkOut(what, out, Uint8Array, batch * pixels));
  for (let b = 0; b < batch; b++)
    result().set(
      decodeBins(binMap.subarray(b * pixels, (b + 1) * pixels), spatial, binned, distanceOf(kernels)),
      b * pixels,
    );
  return { data: result(), shape };
}

import type { Kernels } from "../bindings/kernels.js";
import { tilePixels } from "../bindings/tile.js";
import { type Options, readOptions } from "../options/options.js";
import { layout, spatialDims } from "../options/shared.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import type { LabelData } from "../tensors/labelData.js";
import { type Geometry, isLabelArray, type Layout, readGeometry, readShape } from "../tensors/shape.js";
import { type AxesOptions, checkOut, splitOut, type Tensor } from "./arguments.js";

export interface LabelTensor {
  readonly data: LabelData;
  readonly shape: readonly number[];
}
type Labels = Int32Array | Uint8Array | Uint16Array;

export interface UtilityOptions<Out> extends AxesOptions {
  /** Where the channels stand (default: "channelsFirst", [B, C, ...spatial]). */
  readonly layout?: Layout;
  /** Takes the result instead of a new array. */
  readonly out?: Out;
}
const declared = { layout, spatialDims } as const satisfies Options;

/** Scores of a caller's tensor, and their shape. */
function readScores(
  what: string,
  input: TensorLike,
): { readonly data: Float32Array; readonly shape: readonly number[] } {
  const tensor = readTensor(input, what),
    shape = readShape(tensor, what);
  return { data: tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data), shape };
}

/** Calls `work` with each staged tile of a prediction. */
function eachTile(
  kernels: Kernels,
  data: Float32Array,
  { batch, classes, pixels, channelsLast }: Geometry,
  work: (b: number, first: number, count: number, padded: number) => void,
): void {
  const pinned = kernels.memory.pin(data),
    size = tilePixels(classes);
  kernels.tile.layOut(classes);
  for (let b = 0; b < batch; b++) {
    for (let first = 0; first < pixels; first += size) {
      const count = Math.min(size, pixels - first);
      kernels.tile.stage("pred", pinned(), b * classes * pixels, pixels, first, count, channelsLast);
      work(b, first, count, kernels.labels.stageNone(count));
    }
  }
}

export function softmax(kernels: Kernels, input: TensorLike, options?: UtilityOptions<Float32Array>): Tensor {
  const { out, rest } = splitOut("softmax", options),
    o = readOptions("softmax", declared, rest);
  const { data, shape } = readScores("softmax: input", input);
  const geometry = readGeometry(shape, o.layout, "softmax: input", o.spatialDims),
    result = kernels.memory.pin(checkOut("softmax", out, Float32Array, data.length));
  const { classes, pixels, channelsLast } = geometry;
  eachTile(kernels, data, geometry, (b, first, count, padded) => {
    kernels.run(padded, kernels.step("softmaxForward"), kernels.step("decode"));
    kernels.tile.unstage("prob", result(), b * classes * pixels, pixels, first, count, channelsLast);
  });
  return { data: result(), shape };
}

/** Writes the class of the largest number of each pixel, the first of equals; true if any number is NaN. */
export function findLargest(kernels: Kernels, data: Float32Array, geometry: Geometry, result: () => Labels): boolean {
  const { pixels } = geometry;
  let unknown = 0;
  eachTile(kernels, data, geometry, (b, first, count, padded) => {
    unknown += kernels.run(padded, kernels.step("argmax"));
    result().set(kernels.labels.read(count), b * pixels + first);
  });
  return unknown > 0;
}

export function argmax(kernels: Kernels, input: TensorLike, options?: UtilityOptions<Labels>): LabelTensor {
  const { out, rest } = splitOut("argmax", options),
    o = readOptions("argmax", declared, rest);
  const { data, shape } = readScores("argmax: input", input),
    geometry = readGeometry(shape, o.layout, "argmax: input", o.spatialDims);
  const { batch, spatial, pixels, batched } = geometry,
    result = kernels.memory.pin(
      checkOut("argmax", out, Int32Array as new (n: number) => Labels, batch * pixels, isLabelArray),
    );
  findLargest(kernels, data, geometry, result);
  return { data: result(), shape: batched ? [batch, ...spatial] : spatial };
}

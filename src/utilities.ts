import { maskDistance } from "./bindings/distance.js";
import type { Kernels } from "./bindings/kernels.js";
import { SegLossError } from "./errors.js";
import type { Options } from "./options.js";
import { readOptions } from "./options.js";
import { type Geometry, type Layout, readGeometry, readShape, type TensorLike } from "./shape.js";

export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}
export interface LabelTensor {
  readonly data: Int32Array | Uint8Array | Uint16Array;
  readonly shape: readonly number[];
}
export interface UtilityOptions<Out> {
  readonly layout?: Layout;
  /** Takes the result instead of a new array. */
  readonly out?: Out;
}
export interface DistanceOptions {
  /** Size of a pixel along each spatial axis (default: 1). */
  readonly spacing?: readonly number[];
  /** True returns squared distances. */
  readonly squared?: boolean;
  readonly out?: Float32Array;
}

const layout = {
  layout: { type: "choice", values: ["channelsFirst", "channelsLast"], default: "channelsFirst", meaning: "where the channels stand" },
} as const satisfies Options;
const distance = {
  spacing: { type: "numbers", each: "axis", min: 0, aboveMin: true, default: null, meaning: "size of a pixel along each spatial axis" },
  squared: { type: "boolean", default: false, meaning: "squared distances" },
} as const satisfies Options;

export function splitOut<O extends { out?: unknown }>(what: string, options: O | undefined): { out: O["out"]; rest: Omit<O, "out"> } {
  if (options !== undefined && (options === null || typeof options !== "object")) {
    throw new SegLossError("INVALID_OPTION", `${what}: options must be an object, got ${String(options)}`);
  }
  const { out, ...rest } = options ?? ({} as O);
  return { out, rest };
}

function readData(what: string, tensor: TensorLike): Float32Array {
  readShape(tensor, what);
  return tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data);
}

export function checkOut<A extends { length: number }>(what: string, out: A | undefined, make: new (length: number) => A, length: number): A {
  const array = out ?? new make(length),
    kind = make as unknown as { name: string };
  const fits =
    make === (Float32Array as unknown)
      ? array instanceof Float32Array
      : ArrayBuffer.isView(array) && !(array instanceof Float32Array) && !(array instanceof Float64Array);
  if (!fits)
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what}: out must be a typed array such as ${kind.name}, got ${(array as object).constructor?.name ?? String(array)}`,
    );
  if (array.length !== length) throw new SegLossError("SHAPE_MISMATCH", `${what}: out must hold ${length} numbers, got ${array.length}`);
  return array;
}

/** Calls `work` with each staged tile of a prediction. */
function eachTile(
  kernels: Kernels,
  data: Float32Array,
  { batch, classes, pixels, channelsLast }: Geometry,
  work: (b: number, first: number, count: number, padded: number) => void,
): void {
  const pinned = kernels.memory.pin(data),
    size = kernels.use(classes);
  for (let b = 0; b < batch; b++) {
    for (let first = 0; first < pixels; first += size) {
      const count = Math.min(size, pixels - first);
      kernels.stage("pred", pinned(), b * classes * pixels, pixels, first, count, channelsLast);
      work(b, first, count, kernels.stageNoLabels(count));
    }
  }
}

export function softmax(kernels: Kernels, input: TensorLike, options?: UtilityOptions<Float32Array>): Tensor {
  const { out, rest } = splitOut("softmax", options),
    o = readOptions("softmax", layout, rest);
  const data = readData("softmax: input", input),
    shape = readShape(input, "softmax: input");
  const geometry = readGeometry(shape, o.layout, "softmax: input"),
    result = kernels.memory.pin(checkOut("softmax", out, Float32Array, data.length));
  const { classes, pixels, channelsLast } = geometry;
  eachTile(kernels, data, geometry, (b, first, count, padded) => {
    kernels.run(padded, ["softmaxForward"], ["decode"]);
    kernels.unstage("prob", result(), b * classes * pixels, pixels, first, count, channelsLast);
  });
  return { data: result(), shape };
}

export function argmax(kernels: Kernels, input: TensorLike, options?: UtilityOptions<LabelTensor["data"]>): LabelTensor {
  const { out, rest } = splitOut("argmax", options),
    o = readOptions("argmax", layout, rest);
  const data = readData("argmax: input", input),
    geometry = readGeometry(readShape(input, "argmax: input"), o.layout, "argmax: input");
  const { batch, spatial, pixels } = geometry,
    result = kernels.memory.pin(checkOut("argmax", out, Int32Array as new (n: number) => LabelTensor["data"], batch * pixels));
  eachTile(kernels, data, geometry, (b, first, count, padded) => {
    kernels.run(padded, ["argmax"]);
    result().set(kernels.labels(count), b * pixels + first);
  });
  return { data: result(), shape: [batch, ...spatial] };
}

export function distanceTransform(kernels: Kernels, mask: TensorLike, options?: DistanceOptions): Tensor {
  const { out, rest } = splitOut("distanceTransform", options),
    o = readOptions("distanceTransform", distance, rest),
    shape = readShape(mask, "distanceTransform: mask");
  const [batch, ...spatial] = shape;
  if (spatial.length < 1 || spatial.length > 3)
    throw new SegLossError("SHAPE_MISMATCH", `distanceTransform: mask must be [B, ...spatial] with 1 to 3 spatial dimensions, got shape [${shape.join(", ")}]`);
  const spacing = o.spacing ?? spatial.map(() => 1);
  if (spacing.length !== spatial.length)
    throw new SegLossError(
      "INVALID_OPTION",
      `distanceTransform: option spacing must hold ${spatial.length} numbers, one per spatial axis, got ${spacing.length}`,
    );
  const { data } = mask,
    pixels = spatial.reduce((a, b) => a * b, 1),
    bytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray ? undefined : new Uint8Array(pixels);
  const result = kernels.memory.pin(checkOut("distanceTransform", out, Float32Array, data.length)),
    source = kernels.memory.pin(data);
  for (let b = 0; b < batch; b++) {
    const values = source();
    if (bytes) for (let i = 0; i < pixels; i++) bytes[i] = values[b * pixels + i] === 0 ? 0 : 1;
    maskDistance(
      kernels,
      bytes ?? (values as Uint8Array).subarray(b * pixels, (b + 1) * pixels),
      spatial,
      spacing,
      result().subarray(b * pixels, (b + 1) * pixels),
      !o.squared,
    );
  }
  return { data: result(), shape };
}

import type { Kernels } from "../bindings/kernels.js";
import { SegLossError } from "../errors.js";
import { type Options, readOptions, type Values } from "../options/options.js";
import type { spatialDims } from "../options/shared.js";
import { labelAxes, type SpatialDims } from "../tensors/axes.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { count, held, type NumberTensor, readShape } from "../tensors/shape.js";

export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}
export interface MaskTensor {
  readonly data: Uint8Array;
  readonly shape: readonly number[];
}

/** What every utility takes. */
export interface AxesOptions {
  /**
   * How many spatial axes there are (default: 2 or 3, by the rank); one has to be said. Given, the batch axis may be
   * left out.
   */
  readonly spatialDims?: 1 | 2 | 3 | null;
}

/** Options without `out`, which takes the result instead of a new array. */
export function splitOut<O extends object>(
  what: string,
  options: O | undefined,
): { out: unknown; rest: Omit<O, "out"> } {
  if (options !== undefined && (options === null || typeof options !== "object")) {
    throw new SegLossError("INVALID_OPTION", `${what}: options must be an object, got ${String(options)}`);
  }
  const { out, ...rest } = (options ?? {}) as O & { out?: unknown };
  return { out, rest };
}

/** The array that takes the result: the caller's, checked, or a new one. */
export function checkOut<A extends ArrayLike<number>>(
  what: string,
  out: unknown,
  make: new (length: number) => A,
  length: number,
  fits: (out: unknown) => boolean = (array) => array instanceof make,
): A {
  if (out === undefined) return new make(length);
  const array = out as A;
  if (!fits(array)) {
    const got = (array as object | null)?.constructor?.name ?? String(array);
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what}: out must be a typed array such as ${Reflect.get(make, "name")}, got ${got}`,
    );
  }
  if (array.length !== length)
    throw new SegLossError("SHAPE_MISMATCH", `${what}: out must hold ${length} numbers, got ${held(array)}`);
  return array;
}

/** One number per axis: those given, or ones. */
export function readSpacing(
  what: string,
  given: readonly number[] | null | undefined,
  axes: number,
): readonly number[] {
  if (!given) return Array<number>(axes).fill(1);
  if (given.length === axes) return given;
  throw new SegLossError(
    "INVALID_OPTION",
    `${what}: option spacing must hold ${axes} numbers, one per spatial axis, got ${given.length}`,
  );
}

/**
 * A checked call on one number per pixel, [B, ...spatial]. Arrays by function, as those in the module's memory are made
 * anew when it grows.
 */
export interface PixelCall<O extends Options, Out, In = ArrayLike<number>> {
  /** For messages: the utility and its argument. */
  readonly what: string;
  readonly options: Values<O>;
  readonly shape: readonly number[];
  readonly batch: number;
  readonly spatial: readonly number[];
  readonly pixels: number;
  readonly spacing: readonly number[];
  readonly source: () => In;
  readonly result: () => Out;
}

/** Dimensions of [B, ...spatial] (`labelAxes`), and the shape as it came. */
export function readPixelShape(
  tensor: NumberTensor,
  spatialDims: SpatialDims,
  what: string,
): { shape: readonly number[]; batch: number; spatial: readonly number[]; pixels: number; batched: boolean } {
  const shape = readShape(tensor, what),
    { batch, spatial, batched } = labelAxes(shape, spatialDims, what);
  return { shape, batch, spatial, batched, pixels: count(spatial) };
}

export function readPixelCall<
  O extends Options & { readonly spatialDims: typeof spatialDims },
  Out extends ArrayLike<number>,
>(
  kernels: Kernels,
  name: string,
  argument: string,
  input: TensorLike,
  declared: O,
  given: object | undefined,
  make: new (length: number) => Out,
): PixelCall<O, Out> {
  const { out, rest } = splitOut(name, given),
    options = readOptions(name, declared, rest),
    what = `${name}: ${argument}`,
    tensor = readTensor(input, what),
    dimensions = readPixelShape(tensor, options.spatialDims as number | null, what);
  return {
    what,
    options,
    ...dimensions,
    spacing: readSpacing(name, (options as { spacing?: readonly number[] | null }).spacing, dimensions.spatial.length),
    source: kernels.memory.pin(tensor.data),
    result: kernels.memory.pin(checkOut(name, out, make, tensor.data.length)),
  };
}

/** The mask of one sample, any number but 0 being inside; a copy, which stays when the module's memory grows. */
export function sampleMask(
  { what, source, pixels }: Pick<PixelCall<Options, unknown>, "what" | "source" | "pixels">,
  b: number,
): Uint8Array {
  const data = source();
  if (data instanceof Uint8Array) return data.slice(b * pixels, (b + 1) * pixels);
  const mask = new Uint8Array(pixels);
  for (let i = 0, at = b * pixels; i < pixels; i++, at++) {
    if (Number.isNaN(data[at])) throw refuseNaN(what, at);
    mask[i] = data[at] === 0 ? 0 : 1;
  }
  return mask;
}

const refuseNaN = (what: string, index: number) =>
  new SegLossError("INVALID_TARGET", `${what} has NaN at index ${index}, which is neither inside nor outside (0)`);

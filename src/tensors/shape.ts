import { SegLossError } from "../errors.js";
import { type SpatialDims, scoreAxes, show } from "./axes.js";

/** A typed array of numbers: a plain list has no `byteLength`. */
export type Numbers = ArrayLike<number> & { readonly byteLength: number };

/** A tensor as everything below the entrances knows it: what `readTensor` makes of a caller's. */
export interface NumberTensor {
  readonly data: Numbers;
  readonly shape: readonly number[];
  /** The type of the caller's data where it was converted; messages name it. */
  readonly came?: string;
}

export type Layout = "channelsFirst" | "channelsLast";

/** A prediction's dimensions, whatever the layout. */
export interface Geometry {
  readonly batch: number;
  readonly classes: number;
  readonly spatial: readonly number[];
  /** Pixels of one sample. */
  readonly pixels: number;
  readonly channelsLast: boolean;
  /** False where the caller left the batch axis out. */
  readonly batched: boolean;
}

export type LabelArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** How many numbers a tensor of this shape holds. */
export function count(shape: ArrayLike<number>): number {
  let product = 1;
  for (let i = 0; i < shape.length; i++) product *= shape[i];
  return product;
}

export function isLabelArray(data: unknown): data is LabelArray {
  if (data instanceof Uint8Array || data instanceof Int32Array) return true; // most are
  return (
    ArrayBuffer.isView(data) &&
    !(data instanceof Float32Array) &&
    !(data instanceof Float64Array) &&
    !(data instanceof DataView) &&
    !/^Big/.test(data.constructor.name)
  );
}

export function typeOf(data: unknown): string {
  return data === null || data === undefined ? String(data) : ((data as object).constructor?.name ?? typeof data);
}

/** What a tensor's data are called in messages. */
export const dataType = ({ data, came }: NumberTensor): string => came ?? typeOf(data);

export function checkTensor(given: unknown, what: string): void {
  if (given === null || typeof given !== "object" || !("data" in given))
    throw new SegLossError("SHAPE_MISMATCH", `${what} must be { data, shape }, got ${typeOf(given)}`);
}

export function checkDimensions(shape: unknown, what: string): asserts shape is ArrayLike<number> {
  const axes = (shape ?? {}) as ArrayLike<unknown>;
  let whole = typeof axes.length === "number";
  for (let i = 0; whole && i < axes.length; i++) whole = Number.isInteger(axes[i]) && (axes[i] as number) >= 0;
  if (!whole) throw new SegLossError("SHAPE_MISMATCH", `${what} needs a shape of whole numbers, got ${String(shape)}`);
}

/** How many numbers data hold, and what may have become of none: a view of a buffer that is gone has no length. */
export function held(data: ArrayLike<number> | null | undefined): string {
  const gone = ArrayBuffer.isView(data) && data.buffer.byteLength === 0;
  return `${data?.length ?? typeOf(data)}${gone ? GONE : ""}`;
}

const GONE = " (if it held some before, its buffer was transferred, or its memory grew: take the tensor's data anew)";

/** The shape of a tensor, checked against the length of its data. */
export function readShape(tensor: NumberTensor, what: string): readonly number[] {
  checkTensor(tensor, what);
  const { shape, data } = tensor;
  checkDimensions(shape, what);
  if (data === null || typeof data !== "object" || data.length !== count(shape)) {
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what} has shape ${show(shape)}, which is ${count(shape)} numbers, but its data holds ${held(data)}`,
    );
  }
  return Array.isArray(shape) ? shape.slice() : Array.from(shape);
}

/** Reads [B, C, ...spatial], or [B, ...spatial, C] (`scoreAxes`). */
export function readGeometry(
  shape: readonly number[],
  layout: Layout,
  what: string,
  spatialDims: SpatialDims = null,
): Geometry {
  const channelsLast = layout === "channelsLast",
    { batch, classes, spatial, batched } = scoreAxes(shape, spatialDims, channelsLast, what);
  return { batch, classes, spatial, pixels: count(spatial), channelsLast, batched };
}

/** Whether shapes are equal. */
export const same = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** Whether a shape is another with its batch axis, of length 1, put in or left out. */
const sameSample = (shape: readonly number[], other: readonly number[]) =>
  same(shape, [1, ...other]) || same([1, ...shape], other);

/** Why labels, or a soft target, may have another shape than pred calls for: what to do about it. */
function cure(shape: readonly number[], predShape: readonly number[], geometry: Geometry, soft: boolean): string {
  const { batch, classes, spatial, channelsLast } = geometry,
    labels = [batch, ...spatial],
    first = [batch, classes, ...spatial],
    last = [batch, ...spatial, classes],
    expected = soft ? (channelsLast ? last : first) : labels,
    otherLabels = channelsLast ? [batch, ...predShape.slice(2)] : predShape.slice(0, -1);
  if (soft && (same(shape, labels) || (classes > 1 && same(shape, [batch, 1, ...spatial]))))
    return "; labels must be in an integer typed array such as Uint8Array or Int32Array";
  if (!soft && same(shape, predShape)) return "; a one-hot or multi-hot target must be a Float32Array";
  if (batch === 1 && same([1, ...shape], expected)) return `; is the batch axis missing? ${show(expected)}`;
  if (!soft && same(shape, [...labels, 1])) return `; leave the 1 out: ${show(labels)}`;
  if (soft && same(shape, channelsLast ? first : last))
    return (
      `; is it channels ${channelsLast ? "first" : "last"}, other than pred? pred has layout ` +
      `"${channelsLast ? "channelsLast" : "channelsFirst"}"`
    );
  if (!soft && geometry.batched && same(shape, otherLabels))
    return (
      `; is pred channels ${channelsLast ? "first" : "last"}? set layout: ` +
      `"${channelsLast ? "channelsFirst" : "channelsLast"}"`
    );
  return "";
}

/** Checks that a target fits a prediction; true when it is a soft target, false when it holds labels. */
export function isSoftTarget(
  target: NumberTensor,
  predShape: readonly number[],
  geometry: Geometry,
  loss: string,
  spatialDims: SpatialDims = null,
): boolean {
  const shape = readShape(target, `${loss}: target`),
    { batch, spatial, batched } = geometry,
    // Where `spatialDims` is given, either may leave out its batch axis.
    fits = (expected: readonly number[]) =>
      same(shape, expected) || (spatialDims !== null && batch === 1 && sameSample(shape, expected)),
    got = () => `${dataType(target)} of shape ${show(shape)}`;
  if (isLabelArray(target.data)) {
    const labels = batched ? [batch, ...spatial] : spatial;
    if (fits(labels) || same(shape, [batch, 1, ...spatial])) return false;
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${loss}: target holds labels and must have shape ${show(labels)} for pred of shape ` +
        `${show(predShape)}, got ${got()}${cure(shape, predShape, geometry, false)}`,
    );
  }
  if (target.data instanceof Float32Array) {
    if (fits(predShape)) return true;
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${loss}: a Float32Array target is soft and must have pred's shape ${show(predShape)}, got ` +
        `${got()}${cure(shape, predShape, geometry, true)}`,
    );
  }
  throw new SegLossError(
    "INVALID_TARGET",
    `${loss}: target must hold labels in an integer typed array or soft targets in a Float32Array, got ${got()}`,
  );
}

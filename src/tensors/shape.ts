import { SegLossError } from "../errors.js";

/** A tensor as everything below the entrances knows it: what `readTensor` makes of a caller's. */
export interface NumberTensor {
  readonly data: ArrayLike<number>;
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
}

export type LabelArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

const show = (shape: readonly number[]) => `[${shape.join(", ")}]`;
/** How many numbers a tensor of this shape holds. */
export const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

export function isLabelArray(data: unknown): data is LabelArray {
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
  const { length } = (shape ?? {}) as { length?: unknown };
  if (
    typeof length !== "number" ||
    !Array.from(shape as ArrayLike<unknown>).every((n) => Number.isInteger(n) && (n as number) >= 0)
  )
    throw new SegLossError("SHAPE_MISMATCH", `${what} needs a shape of whole numbers, got ${String(shape)}`);
}

/** The shape of a tensor, checked against the length of its data. */
export function readShape(tensor: NumberTensor, what: string): readonly number[] {
  checkTensor(tensor, what);
  const { shape, data } = tensor;
  checkDimensions(shape, what);
  if (data === null || typeof data !== "object" || data.length !== count(shape)) {
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what} has shape ${show(shape)}, which is ${count(shape)} numbers, but its data holds ${data?.length ?? typeOf(data)}`,
    );
  }
  return Array.from(shape);
}

/** Reads [B, C, ...spatial], or [B, ...spatial, C], with 1 to 3 spatial dimensions. */
export function readGeometry(shape: readonly number[], layout: Layout, what: string): Geometry {
  const order = layout === "channelsLast" ? "[B, ...spatial, C]" : "[B, C, ...spatial]";
  if (shape.length < 3 || shape.length > 5) {
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what} must be ${order} with 1 to 3 spatial dimensions, got shape ${show(shape)}`,
    );
  }
  const channelsLast = layout === "channelsLast";
  const spatial = channelsLast ? shape.slice(1, -1) : shape.slice(2);
  const classes = channelsLast ? shape[shape.length - 1] : shape[1];
  if (classes < 1)
    throw new SegLossError("SHAPE_MISMATCH", `${what} has no channels: shape ${show(shape)} as ${order}`);
  return { batch: shape[0], classes, spatial, pixels: count(spatial), channelsLast };
}

/** Checks that a target fits a prediction; true when it is a soft target, false when it holds labels. */
export function isSoftTarget(
  target: NumberTensor,
  predShape: readonly number[],
  geometry: Geometry,
  loss: string,
): boolean {
  const shape = readShape(target, `${loss}: target`);
  const labels = [geometry.batch, ...geometry.spatial];
  const same = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((n, i) => n === b[i]);
  const got = () => `${dataType(target)} of shape ${show(shape)}`;
  if (isLabelArray(target.data)) {
    if (same(shape, labels)) return false;
    const hint = same(shape, predShape) ? "; a one-hot or multi-hot target must be a Float32Array" : "";
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${loss}: target holds labels and must have shape ${show(labels)} for pred of shape ${show(predShape)}, got ${got()}${hint}`,
    );
  }
  if (target.data instanceof Float32Array) {
    if (same(shape, predShape)) return true;
    const hint = same(shape, labels)
      ? "; labels must be in an integer typed array such as Uint8Array or Int32Array"
      : "";
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${loss}: a Float32Array target is soft and must have pred's shape ${show(predShape)}, got ${got()}${hint}`,
    );
  }
  throw new SegLossError(
    "INVALID_TARGET",
    `${loss}: target must hold labels in an integer typed array or soft targets in a Float32Array, got ${got()}`,
  );
}

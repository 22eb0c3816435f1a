import { SegLossError } from "./errors.js";

/** Anything with numbers and a shape. `dims` is read where there is no `shape` (ONNX Runtime's tensors). */
export type TensorLike =
  | { readonly data: ArrayLike<number>; readonly shape: readonly number[] }
  | { readonly data: ArrayLike<number>; readonly dims: readonly number[] };

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

export type LabelArray = Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array;

const show = (shape: readonly number[]) => `[${shape.join(", ")}]`;
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

export function isLabelArray(data: unknown): data is LabelArray {
  return (
    ArrayBuffer.isView(data) &&
    !(data instanceof Float32Array) &&
    !(data instanceof Float64Array) &&
    !(data instanceof DataView) &&
    !/^Big/.test(data.constructor.name)
  );
}

function typeOf(data: unknown): string {
  return data === null || data === undefined ? String(data) : ((data as object).constructor?.name ?? typeof data);
}

/** The shape of a tensor, checked against the length of its data. */
export function readShape(tensor: TensorLike, what: string): readonly number[] {
  if (tensor === null || typeof tensor !== "object" || !("data" in tensor)) {
    throw new SegLossError("SHAPE_MISMATCH", `${what} must be { data, shape }, got ${typeOf(tensor)}`);
  }
  const shape = "shape" in tensor ? tensor.shape : tensor.dims;
  if (!shape || typeof shape.length !== "number" || !Array.from(shape).every((n) => Number.isInteger(n) && n >= 0)) {
    throw new SegLossError("SHAPE_MISMATCH", `${what} needs a shape of whole numbers, got ${String(shape)}`);
  }
  if (tensor.data === null || typeof tensor.data !== "object" || tensor.data.length !== product(shape)) {
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what} has shape ${show(shape)}, which is ${product(shape)} numbers, but its data holds ${tensor.data?.length ?? typeOf(tensor.data)}`,
    );
  }
  return Array.from(shape);
}

/** Reads [B, C, ...spatial], or [B, ...spatial, C], with 1 to 3 spatial dimensions. */
export function readGeometry(shape: readonly number[], layout: Layout, what: string): Geometry {
  const order = layout === "channelsLast" ? "[B, ...spatial, C]" : "[B, C, ...spatial]";
  if (shape.length < 3 || shape.length > 5) {
    throw new SegLossError("SHAPE_MISMATCH", `${what} must be ${order} with 1 to 3 spatial dimensions, got shape ${show(shape)}`);
  }
  const channelsLast = layout === "channelsLast";
  const spatial = channelsLast ? shape.slice(1, -1) : shape.slice(2);
  const classes = channelsLast ? shape[shape.length - 1] : shape[1];
  if (classes < 1) throw new SegLossError("SHAPE_MISMATCH", `${what} has no channels: shape ${show(shape)} as ${order}`);
  return { batch: shape[0], classes, spatial, pixels: product(spatial), channelsLast };
}

/** Checks that a target fits a prediction; true when it is a soft target, false when it holds labels. */
export function isSoftTarget(target: TensorLike, predShape: readonly number[], geometry: Geometry, loss: string): boolean {
  const shape = readShape(target, `${loss}: target`);
  const labels = [geometry.batch, ...geometry.spatial];
  const same = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((n, i) => n === b[i]);
  const got = `${typeOf(target.data)} of shape ${show(shape)}`;
  if (isLabelArray(target.data)) {
    if (same(shape, labels)) return false;
    const hint = same(shape, predShape) ? "; a one-hot or multi-hot target must be a Float32Array" : "";
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${loss}: target holds labels and must have shape ${show(labels)} for pred of shape ${show(predShape)}, got ${got}${hint}`,
    );
  }
  if (target.data instanceof Float32Array) {
    if (same(shape, predShape)) return true;
    const hint = same(shape, labels) ? "; labels must be in an integer typed array such as Uint8Array or Int32Array" : "";
    throw new SegLossError("SHAPE_MISMATCH", `${loss}: a Float32Array target is soft and must have pred's shape ${show(predShape)}, got ${got}${hint}`);
  }
  throw new SegLossError("INVALID_TARGET", `${loss}: target must hold labels in an integer typed array or soft targets in a Float32Array, got ${got}`);
}

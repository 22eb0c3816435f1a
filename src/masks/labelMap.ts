import { SegLossError } from "../errors.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import type { LabelData } from "../tensors/labelData.js";
import { readShape } from "../tensors/shape.js";

/** Labels of one image, a target as every loss takes it. */
export interface LabelMap<Data extends LabelData = LabelData> {
  readonly data: Data;
  /** [1, H, W] */
  readonly shape: readonly [number, number, number];
}

/** An array for so many labels, of the smallest type that holds all of these. */
export function labelArray(length: number, labels: readonly number[]): Uint8Array | Uint16Array | Int32Array {
  if (labels.some((label) => label < 0 || label > 65535)) return new Int32Array(length);
  return labels.some((label) => label > 255) ? new Uint16Array(length) : new Uint8Array(length);
}

export const isLabel = (label: unknown): label is number =>
  Number.isInteger(label) && Math.abs(label as number) < 2 ** 31;

/** The numbers of one image, [H, W] or [1, H, W]. */
export function readPlane(
  given: TensorLike,
  what: string,
): { readonly data: ArrayLike<number>; readonly height: number; readonly width: number } {
  const tensor = readTensor(given, what),
    shape = readShape(tensor, what);
  if (shape.length === 2 || (shape.length === 3 && shape[0] === 1)) {
    const [height, width] = shape.slice(-2);
    return { data: tensor.data, height, width };
  }
  throw new SegLossError(
    "SHAPE_MISMATCH",
    `${what} must be one image, [H, W] or [1, H, W], got shape [${shape.join(", ")}]`,
  );
}

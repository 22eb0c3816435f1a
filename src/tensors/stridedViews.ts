import { SegLossError } from "../errors.js";
import { show } from "./axes.js";
import { count } from "./shape.js";

/** A typed array of any kind; `subarray` and the constructor give others of its kind. */
export interface NumberArray extends ArrayBufferView, ArrayLike<number> {
  subarray(from: number, to: number): NumberArray;
}

/** The number at [i, j, ...] stands at `offset + i stride[0] + j stride[1] + ...` (the ndarray of scijs). */
export interface Strides {
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly offset: number;
}

const isWhole = (n: unknown): n is number => Number.isInteger(n);

/** Whether the numbers stand in the order of their indices, without gaps; strides of axes of length 1 say nothing. */
function isContiguous({ shape, stride }: Strides): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

function checkStrides(length: number, { shape, stride, offset }: Strides, what: string): void {
  if (stride.length !== shape.length || !stride.every(isWhole) || !isWhole(offset))
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what} needs a whole stride for each axis of shape ${show(shape)}, got [${String(stride)}] and ` +
        `offset ${offset}`,
    );
  const reach = shape.map((n, axis) => (n - 1) * stride[axis]),
    first = reach.reduce((sum, n) => sum + Math.min(n, 0), offset),
    last = reach.reduce((sum, n) => sum + Math.max(n, 0), offset);
  if (first >= 0 && last < length) return;
  const got = `shape ${show(shape)}, stride ${show(stride)} and offset ${offset}`;
  throw new SegLossError(
    "SHAPE_MISMATCH",
    `${what} has ${got}, which reads indices ${first} to ${last}, but its data holds ${length}`,
  );
}

/**
 * The numbers of a view in the order of their indices: the array itself, a part of it, or a copy where they stand
 * otherwise.
 */
export function gather(data: NumberArray, view: Strides, what: string): NumberArray {
  const { shape, stride, offset } = view,
    length = count(shape);
  if (length > 0) checkStrides(data.length, view, what);
  if (length === 0 || isContiguous(view))
    return offset === 0 && data.length === length ? data : data.subarray(offset, offset + length);
  const out = new (data.constructor as new (length: number) => { [i: number]: number } & NumberArray)(length),
    last = shape.length - 1;
  let at = 0;
  const walk = (axis: number, from: number) => {
    if (axis < last) for (let i = 0; i < shape[axis]; i++) walk(axis + 1, from + i * stride[axis]);
    else for (let i = 0; i < shape[axis]; i++) out[at++] = data[from + i * stride[axis]];
  };
  walk(0, offset);
  return out;
}

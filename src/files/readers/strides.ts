import { type Numbers, product } from "./volume.js";

/** The step from one entry to the next along each axis, the last axis fastest. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = Array<number>(shape.length).fill(1);
  for (let k = shape.length - 2; k >= 0; k--) strides[k] = strides[k + 1] * shape[k + 1];
  return strides;
}

/** Numbers in the order of a shape whose axes step as said (backwards where below 0) from a first one. */
export function arrange<T extends Numbers>(
  data: T,
  shape: readonly number[],
  strides: readonly number[],
  first = 0,
): T {
  const size = product(shape),
    out = new (data.constructor as new (length: number) => T)(size),
    rank = shape.length,
    [width, step] = rank > 0 ? [shape[rank - 1], strides[rank - 1]] : [1, 1],
    index = Array<number>(rank).fill(0);
  let from = first;
  for (let at = 0; at < size; at += width) {
    for (let i = 0, k = from; i < width; i++, k += step) out[at + i] = data[k];
    for (let axis = rank - 2; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

/** Numbers with their axes in another order. */
export function permute<T extends Numbers>(data: T, shape: readonly number[], order: readonly number[]): T {
  if (order.every((axis, i) => axis === i)) return data;
  const strides = stridesOf(shape);
  return arrange(
    data,
    order.map((axis) => shape[axis]),
    order.map((axis) => strides[axis]),
  );
}

import { SegLossError } from "../errors.js";
import { type NumberTensor, readShape } from "./shape.js";

/**
 * An extra input as numbers and their shape: a tensor of float32, or the bare array. `expected` may hold one name, of a
 * dimension (1 or more) that the input decides.
 */
export function readFloats(
  what: string,
  given: NumberTensor | Float32Array,
  expected: readonly (number | string)[],
): { readonly data: Float32Array; readonly shape: readonly number[] } {
  const bare = ArrayBuffer.isView(given),
    data = bare ? given : (given as { data?: unknown } | null)?.data,
    rest = expected.reduce<number>((product, n) => (typeof n === "number" ? product * n : product), 1);
  const free = (n: number) => Number.isInteger(n) && n > 0;
  const shape = bare
    ? expected.map((n) => (typeof n === "number" ? n : given.length / rest))
    : Array.from(readShape(given as NumberTensor, what));
  const fits =
    shape.length === expected.length &&
    shape.every((n, i) => (typeof expected[i] === "number" ? n === expected[i] : free(n) || rest === 0)) &&
    (!bare || given.length === shape.reduce((a, b) => a * b, 1));
  if (data instanceof Float32Array && fits) return { data, shape };
  const got = bare
    ? `${data?.constructor.name} of length ${given.length}`
    : `${(data as object)?.constructor?.name} of shape [${shape.join(", ")}]`;
  throw new SegLossError(
    "SHAPE_MISMATCH",
    `${what} must be a Float32Array of shape [${expected.join(", ")}], got ${got}`,
  );
}

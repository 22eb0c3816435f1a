import { SegLossError } from "../errors.js";
import { count, type NumberTensor, readShape, typeOf } from "./shape.js";

/** An extra input as it came: a tensor, or the bare array. */
export type ExtraInput = NumberTensor | Float32Array;

interface Expectation {
  /** Whose shape it is. */
  readonly as?: string;
  /** What the shape follows from. */
  readonly why?: string;
}

/**
 * An extra input as numbers and their shape: a tensor of float32, or the bare array. `expected` may hold one name, of a
 * dimension (1 or more) that the input decides; without it any shape will do.
 */
export function readFloats(
  what: string,
  given: ExtraInput,
  expected?: readonly (number | string)[],
  { as = "shape", why = "" }: Expectation = {},
): { readonly data: Float32Array; readonly shape: readonly number[] } {
  const bare = ArrayBuffer.isView(given),
    data = bare ? given : (given as { data?: unknown } | null)?.data,
    rest = count((expected ?? []).filter((n) => typeof n === "number"));
  const free = (n: number) => Number.isInteger(n) && n > 0;
  const shape = bare
    ? (expected?.map((n) => (typeof n === "number" ? n : given.length / rest)) ?? [given.length])
    : readShape(given, what);
  const fits =
    !expected ||
    (shape.length === expected.length &&
      shape.every((n, i) => (typeof expected[i] === "number" ? n === expected[i] : free(n) || rest === 0)) &&
      (!bare || given.length === count(shape)));
  if (data instanceof Float32Array && fits) return { data, shape };
  const wanted = expected ? ` of ${as} [${expected.join(", ")}]${why}` : "",
    got = bare ? `length ${given.length}` : `shape [${shape.join(", ")}]`;
  throw new SegLossError("SHAPE_MISMATCH", `${what} must be a Float32Array${wanted}, got ${typeOf(data)} of ${got}`);
}

import { SegLossError } from "../errors.js";
import type { NumberTensor } from "../tensors/shape.js";
import type { LiveExtra } from "./inputs.js";

/** What an input holds, where that is an array. */
const arrayOf = (given: NumberTensor | Float32Array | undefined): unknown =>
  ArrayBuffer.isView(given) ? given : given?.data;

function meet(a: ArrayBufferView, b: unknown): b is ArrayBufferView {
  return (
    ArrayBuffer.isView(b) &&
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}

/**
 * Whether the gradient takes the place of pred, of all of it. Another input, or a part of pred, would be overwritten
 * before it is read, and is refused.
 */
export function isInPlace(
  loss: string,
  out: Float32Array,
  pred: NumberTensor,
  target: NumberTensor,
  names: readonly string[],
  extra: LiveExtra,
): boolean {
  const own = meet(out, pred.data),
    whole = own && pred.data.byteOffset === out.byteOffset && pred.data.byteLength === out.byteLength,
    other =
      own && !whole ? "pred" : meet(out, target.data) ? "target" : names.find((n) => meet(out, arrayOf(extra(n))));
  if (other === undefined) return whole;
  throw new SegLossError(
    "INVALID_OPTION",
    `${loss}: out shares memory with ${other}${other === "pred" ? ", but is not all of it" : ""}: the gradient would ` +
      "overwrite what is still read; pass an array of its own",
  );
}

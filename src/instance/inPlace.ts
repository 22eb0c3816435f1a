import { SegLossError } from "../errors.js";
import type { NumberTensor } from "../tensors/shape.js";
import { shareBytes } from "../tensors/sharedBytes.js";
import type { LiveExtra } from "./inputs.js";

/** What a call reads, of which the gradient may take the place. */
interface Read {
  readonly pred: NumberTensor;
  readonly target: NumberTensor;
  /** The names of the extra inputs that came. */
  readonly names: readonly string[];
  readonly extra: LiveExtra;
  /** Whether pred is read again when some of its gradient is there. */
  readonly again: boolean;
  /** Whether several workers write the gradient, each its own part. */
  readonly shared: boolean;
}

const arrayOf = (given: NumberTensor | Float32Array | undefined): unknown =>
  ArrayBuffer.isView(given) ? given : given?.data;

const meet = (out: Float32Array, data: unknown): data is ArrayBufferView =>
  ArrayBuffer.isView(data) && shareBytes(out, data);

/**
 * Whether the gradient must be gathered in an array of its own, as what would be overwritten is still read: another
 * input, or a part of pred. All of pred is read before its gradient comes, if it is not read again.
 */
export function standsApart(
  loss: string,
  out: Float32Array,
  { pred, target, names, extra, again, shared }: Read,
): boolean {
  const own = meet(out, pred.data),
    whole = own && pred.data.byteOffset === out.byteOffset && pred.data.byteLength === out.byteLength;
  if (whole) return again;
  const other = own ? "pred" : meet(out, target.data) ? "target" : names.find((n) => meet(out, arrayOf(extra(n))));
  if (other !== undefined && shared)
    throw new SegLossError(
      "INVALID_OPTION",
      `${loss}: out shares memory with ${other}, which other workers still read; pass an array of its own`,
    );
  return other !== undefined;
}

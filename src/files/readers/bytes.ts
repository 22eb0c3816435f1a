import { mapInto } from "../../tensors/mapInto.js";
import type { Numbers } from "./volume.js";

/** A byte's character: ASCII, and what formats begin with. */
export function latin1(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = "";
  // A call takes some ten thousand arguments at most.
  for (let at = from; at < to; at += 8192) text += String.fromCharCode(...bytes.subarray(at, Math.min(at + 8192, to)));
  return text;
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Turns the bytes of each number around. */
function swap(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

type Wide = BigInt64Array | BigUint64Array;
type Constructor = { new (buffer: ArrayBuffer): Numbers | Wide; readonly BYTES_PER_ELEMENT: number };

/** Number types by kind (i, u, f) and bytes. */
const types: Record<string, Constructor> = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
  f4: Float32Array,
  f8: Float64Array,
};

/** A number of 16 bits (IEEE 754 binary16): 1 sign, 5 exponent and 10 fraction bits. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/**
 * `count` numbers of a kind from a byte on; undefined for a kind that is not known. With `last` nothing may follow: a
 * file that goes on holds more than would be read.
 */
export function readNumbers(
  bytes: Uint8Array,
  kind: string,
  from: number,
  count: number,
  littleEndian: boolean,
  last = false,
): Numbers | undefined {
  const half = kind === "f2",
    Type = types[half ? "u2" : kind.replace("b1", "u1")];
  if (!Type) return undefined;
  const size = Type.BYTES_PER_ELEMENT,
    held = Math.floor((bytes.length - from) / size);
  if (held < count)
    throw new Error(`is cut or broken: its header tells of ${count} numbers, it holds ${Math.max(0, held)}`);
  const rest = bytes.length - from - count * size;
  if (last && rest > 0)
    throw new Error(
      `is ${rest} bytes longer than its header tells of (${count} numbers): it is broken, or holds more than one array`,
    );
  // A copy of its own begins where the numbers' type wants it, and may be swapped.
  const own = new Uint8Array(bytes.subarray(from, from + count * size));
  if (size > 1 && littleEndian !== hostIsLittleEndian) swap(own, size);
  const numbers = new Type(own.buffer);
  if (half) return mapInto(new Float32Array(count), numbers as Uint16Array, fromHalf);
  // NumPy's default integers have 64 bits; a float64 holds them exactly up to 2^53.
  if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array)
    return mapInto(new Float64Array(count), numbers, Number);
  return numbers;
}

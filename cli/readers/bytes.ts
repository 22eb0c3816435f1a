import { endianness } from "node:os";
import type { Numbers } from "./volume";

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

/** `count` numbers of a kind from a byte on; undefined for a kind that is not known. */
export function readNumbers(
  bytes: Buffer,
  kind: string,
  from: number,
  count: number,
  littleEndian: boolean,
): Numbers | undefined {
  const half = kind === "f2",
    Type = types[half ? "u2" : kind.replace("b1", "u1")];
  if (!Type) return undefined;
  const size = Type.BYTES_PER_ELEMENT,
    held = Math.floor((bytes.length - from) / size);
  if (held < count)
    throw new Error(`is cut or broken: its header tells of ${count} numbers, it holds ${Math.max(0, held)}`);
  // A copy of its own begins where the numbers' type wants it, and may be swapped.
  const own = Buffer.from(new Uint8Array(count * size).buffer);
  bytes.copy(own, 0, from, from + count * size);
  if (size > 1 && littleEndian !== (endianness() === "LE")) {
    if (size === 2) own.swap16();
    else if (size === 4) own.swap32();
    else own.swap64();
  }
  const numbers = new Type(own.buffer as ArrayBuffer);
  if (half) return Float32Array.from(numbers as Uint16Array, fromHalf);
  // NumPy's default integers have 64 bits; a float64 holds them exactly up to 2^53.
  if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array) return Float64Array.from(numbers, Number);
  return numbers;
}

import { SegLossError } from "../errors.js";

/** The numbers of binary16 patterns, each exactly, whether or not the runtime has Float16Array. */
export function float16ToFloat32(patterns: Uint16Array): Float32Array {
  const out = new Float32Array(patterns.length),
    bits = new Uint32Array(out.buffer);
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i],
      sign = (pattern & 0x8000) << 16,
      rest = (pattern & 0x7fff) << 13;
    // Infinity and NaN have the largest exponent; all others are right but for the difference of the exponents' biases,
    // 127 - 15.
    if ((pattern & 0x7c00) === 0x7c00) bits[i] = sign | 0x7f800000 | rest;
    else {
      bits[i] = sign | rest;
      out[i] *= 2 ** 112;
    }
  }
  return out;
}

/** Labels of 64 bits as labels of 32; the first that does not fit is refused. */
export function int64ToInt32(labels: BigInt64Array | BigUint64Array, what: string): Int32Array {
  // Halves, the lower one first as on every machine with WebAssembly's byte order; a BigInt for each label would be
  // slow.
  const halves = new Int32Array(labels.buffer, labels.byteOffset, 2 * labels.length),
    out = new Int32Array(labels.length),
    isSigned = labels instanceof BigInt64Array;
  for (let i = 0; i < out.length; i++) {
    const low = halves[2 * i],
      high = halves[2 * i + 1];
    if (isSigned ? high !== low >> 31 : high !== 0 || low < 0)
      throw new SegLossError(
        "INVALID_TARGET",
        `${what} has label ${labels[i]} at index ${i}, expected labels that fit 32 bits (-2147483648 to 2147483647)`,
      );
    out[i] = low;
  }
  return out;
}

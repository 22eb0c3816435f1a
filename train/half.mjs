// float16: half the bytes, and the figures hold.

const one = new Float32Array(1),
  bits = new Uint32Array(one.buffer);

/** The bits of the nearest float16 (ties to even). */
function encode(x) {
  one[0] = x;
  const sign = (bits[0] >>> 16) & 0x8000,
    magnitude = Math.abs(one[0]);
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) {
    const n = magnitude * 2 ** 24,
      floor = Math.floor(n),
      up = n - floor > 0.5 || (n - floor === 0.5 && floor % 2 === 1);
    return sign | (floor + (up ? 1 : 0));
  }
  const rest = bits[0] & 0x7fffffff;
  return sign | ((rest - (112 << 23) + 0xfff + ((rest >>> 13) & 1)) >>> 13);
}

function decode(half) {
  const exponent = (half >>> 10) & 31,
    mantissa = half & 1023,
    sign = half & 0x8000 ? -1 : 1;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Bytes of float16 numbers, and the numbers that they hold. */
export function toHalf(data) {
  const halves = Uint16Array.from(data, encode);
  return { bytes: new Uint8Array(halves.buffer), rounded: Float32Array.from(halves, decode) };
}

/**
 * The numbers of a file of float16.
 * @public
 */
export const readHalves = (bytes) => Float32Array.from(new Uint16Array(bytes.slice().buffer), decode);

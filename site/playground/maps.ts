// Gradient maps for the page: whole, or the strongest of each 2x2 pixels, and where their colours end.

/** Maps that the page is done with: new ones would be pages of memory that the system has to clear, for each stroke. */
let spare: Float32Array<ArrayBuffer>[] = [];
/** Takes maps back, in place of those that nobody used. */
export function takeBack(maps: readonly Float32Array<ArrayBuffer>[]): void {
  spare = [...maps];
}
export function giveBack(map: Float32Array<ArrayBuffer>): void {
  if (map.length > 0) spare.push(map);
}
function mapOf(length: number): Float32Array<ArrayBuffer> {
  const at = spare.findIndex((each) => each.length === length);
  return at < 0 ? new Float32Array(length) : spare.splice(at, 1)[0];
}

// Without their sign, the bits of numbers are in the order of their sizes: what is the stronger of two then takes no
// branch, and on a gradient, of which nobody can foresee the next pixel, branches take five times as long.
const SIZE = 0x7fffffff;
const bitsOf = ({ buffer, byteOffset, length }: Float32Array) => new Int32Array(buffer, byteOffset, length);
const number = new Float32Array(1),
  numberBits = new Int32Array(number.buffer);

/** The number of those bits; where they are none, the map has NaN, which is left out. */
function sizeOf(bits: number, map: Float32Array): number {
  numberBits[0] = bits;
  if (!Number.isNaN(number[0])) return number[0];
  return map.reduce((largest, each) => (Math.abs(each) > largest ? Math.abs(each) : largest), 0);
}

export interface Shown {
  readonly map: Float32Array<ArrayBuffer>;
  readonly mapWidth: number;
  readonly mapHeight: number;
  readonly largest: number;
}

/** The strongest of each 2x2 pixels: thin lines stay in a small picture. */
export function pooled(gradient: Float32Array, width: number, height: number): Shown {
  const w = width >> 1,
    h = height >> 1,
    map = mapOf(w * h),
    from = bitsOf(gradient),
    out = bitsOf(map);
  let largest = 0;
  for (let y = 0, to = 0; y < h; y++)
    for (let x = 0, at = 2 * y * width; x < w; x++, at += 2) {
      const a = from[at],
        b = from[at + 1],
        c = from[at + width],
        d = from[at + width + 1];
      // A difference's sign, spread over all bits, picks one of two.
      const top = a ^ ((a ^ b) & (((a & SIZE) - (b & SIZE)) >> 31)),
        low = c ^ ((c ^ d) & (((c & SIZE) - (d & SIZE)) >> 31)),
        strongest = top ^ ((top ^ low) & (((top & SIZE) - (low & SIZE)) >> 31)),
        size = strongest & SIZE;
      out[to++] = strongest;
      largest ^= (largest ^ size) & ((largest - size) >> 31);
    }
  return { map, mapWidth: w, mapHeight: h, largest: sizeOf(largest, map) };
}

export function whole(gradient: Float32Array, width: number, height: number): Shown {
  const map = mapOf(width * height),
    bits = bitsOf(map);
  map.set(gradient);
  let largest = 0;
  for (let i = 0; i < bits.length; i++) {
    const size = bits[i] & SIZE;
    largest ^= (largest ^ size) & ((largest - size) >> 31);
  }
  return { map, mapWidth: width, mapHeight: height, largest: sizeOf(largest, map) };
}

import { findComponents } from "./components.js";
import { pad, type Sizes } from "./grid.js";

/** The Euler characteristic as a sum over the windows of 2x2x2 pixels, by which of their pixels are inside. */
function sumWindows(padded: Uint8Array, [depth, height, width]: Sizes, table: Int8Array): number {
  let sum = 0;
  for (let z = 1; z < depth; z++)
    for (let y = 1; y < height; y++) {
      const at = (z * height + y) * width,
        above = at - width,
        before = at - height * width,
        corner = before - width;
      // The windows' left halves are the right halves of those before them.
      let code = 0;
      for (let x = 0; x < width; x++) {
        code =
          ((code >> 1) & 0x55) |
          (padded[at + x] << 7) |
          (padded[above + x] << 5) |
          (padded[before + x] << 3) |
          (padded[corner + x] << 1);
        sum += table[code];
      }
    }
  return sum;
}

/** Bit 4 dz + 2 dy + dx of a window. */
const bits = (...pixels: number[]) => pixels.reduce((code, k) => code | (1 << k), 0);
const all = (code: number, mask: number) => ((code & mask) === mask ? 1 : 0);
const any = (code: number, mask: number) => ((code & mask) !== 0 ? 1 : 0);
const planes = [bits(0, 1, 2, 3), bits(0, 1, 4, 5), bits(0, 2, 4, 6)];
const pairs = [bits(0, 1), bits(0, 2), bits(0, 4)];
/** Pixels at the faces and edges that begin at the window's middle and go on in the direction of its last pixel. */
const faces = [bits(3, 7), bits(5, 7), bits(6, 7)];
const edges = [bits(1, 3, 5, 7), bits(2, 3, 6, 7), bits(4, 5, 6, 7)];
const makeTable = (of: (code: number) => number) => Int8Array.from({ length: 256 }, (_, code) => of(code));

const tables = {
  /** Cells of the union of closed pixels that begin at the window's middle: vertex - edges + faces - pixel. */
  full: makeTable(
    (code) =>
      any(code, 255) -
      edges.reduce((n, mask) => n + any(code, mask), 0) +
      faces.reduce((n, mask) => n + any(code, mask), 0) -
      all(code, bits(7)),
  ),
  /** Pixels - pairs + squares - blocks that begin at the window's first pixel. */
  face: makeTable(
    (code) =>
      all(code, bits(0)) -
      pairs.reduce((n, mask) => n + all(code, mask), 0) +
      planes.reduce((n, mask) => n + all(code, mask), 0) -
      all(code, 255),
  ),
};
const dual = { full: "face", face: "full" } as const;

/** Components, tunnels and, in a volume, cavities of one mask; beyond the image is outside. */
export function findBetti(
  mask: ArrayLike<number>,
  sizes: Sizes,
  axes: 2 | 3,
  connectivity: "face" | "full",
): readonly number[] {
  const { data, sizes: padded } = pad(mask, sizes),
    numbers = new Int32Array(data.length),
    components = findComponents(data, padded, connectivity, numbers).count,
    holes = holesOf(data, padded, axes, dual[connectivity], numbers);
  if (axes === 2) return [components, holes];
  return [components, components + holes - sumWindows(data, padded, tables[connectivity]), holes];
}

/** Components of the outside but the one around the image, of whose planes an image has only the middle one. */
function holesOf(
  padded: Uint8Array,
  [depth, height, width]: Sizes,
  axes: 2 | 3,
  connectivity: "face" | "full",
  numbers: Int32Array,
): number {
  const plane = height * width,
    inner = axes === 3 ? padded : padded.subarray(plane, 2 * plane),
    outside = inner.map((pixel) => 1 - pixel),
    sizes = [axes === 3 ? depth : 1, height, width] as const;
  return findComponents(outside, sizes, connectivity, numbers.subarray(0, outside.length)).count - 1;
}

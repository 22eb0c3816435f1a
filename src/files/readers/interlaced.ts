import { unfilter } from "./pngRows.js";

// fast-png reads interlaced pixels of less than a byte as if each had one, and pngjs needs Node.

/** First column and row of each pass, and the steps from one to the next (PNG, 8.2: Adam7). */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Passes of an image that have pixels, each with its own width and height. */
function passesOf(width: number, height: number) {
  const own = passes.map(([x0, y0, dx, dy]) => ({
    ...{ x0, y0, dx, dy },
    columns: Math.ceil((width - x0) / dx),
    rows: Math.ceil((height - y0) / dy),
  }));
  return own.filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Bytes of all rows of all passes, where a pixel has so many bits, with those of their filters. */
export const interlacedSize = (width: number, height: number, bits: number): number =>
  passesOf(width, height).reduce((size, { columns, rows }) => size + rows * (1 + Math.ceil((columns * bits) / 8)), 0);

/** Interlaced pixels of 1, 2 or 4 bits: grey levels, or entries of a palette. */
export function interlacedLevels(stored: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const levels = 2 ** depth,
    data = new Uint8Array(width * height);
  let from = 0;
  for (const { x0, y0, dx, dy, columns, rows } of passesOf(width, height)) {
    const perRow = Math.ceil((columns * depth) / 8);
    let above: Uint8Array = new Uint8Array(perRow);
    for (let r = 0; r < rows; r++, from += perRow + 1) {
      const row = stored.slice(from + 1, from + 1 + perRow);
      unfilter(stored[from], row, above);
      for (let c = 0; c < columns; c++) {
        const bit = c * depth;
        data[(y0 + r * dy) * width + x0 + c * dx] = (row[bit >> 3] >> (8 - depth - (bit & 7))) & (levels - 1);
      }
      above = row;
    }
  }
  return data;
}

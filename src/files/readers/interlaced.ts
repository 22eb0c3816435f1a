import { viewOf } from "./bytes.js";
import { inflated } from "./gzip.js";
import type { Pixels } from "./pixels.js";
import { chunksOf, unfilter } from "./pngRows.js";

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

/** Interlaced pixels of 1, 2 or 4 bits: grey levels, or entries of a palette. */
export async function readSmallInterlaced(bytes: Uint8Array): Promise<Pixels> {
  const view = viewOf(bytes),
    [width, height, depth] = [view.getUint32(16), view.getUint32(20), bytes[24]],
    levels = 2 ** depth,
    stored = await inflated(chunksOf(bytes).stored),
    data = new Uint8Array(width * height);
  let from = 0;
  for (const [x0, y0, dx, dy] of passes) {
    const [columns, rows] = [Math.ceil((width - x0) / dx), Math.ceil((height - y0) / dy)];
    if (columns <= 0 || rows <= 0) continue;
    const perRow = Math.ceil((columns * depth) / 8);
    let above: Uint8Array = new Uint8Array(perRow);
    for (let r = 0; r < rows; r++, from += perRow + 1) {
      const row = stored.slice(from + 1, from + 1 + perRow);
      if (row.length < perRow) throw new Error("too few pixels");
      unfilter(stored[from], row, above);
      for (let c = 0; c < columns; c++) {
        const bit = c * depth;
        data[(y0 + r * dy) * width + x0 + c * dx] = (row[bit >> 3] >> (8 - depth - (bit & 7))) & (levels - 1);
      }
      above = row;
    }
  }
  return { width, height, channels: 1, data, top: levels - 1, indexed: bytes[25] === 3 };
}

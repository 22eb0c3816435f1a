import { latin1, viewOf } from "./bytes.js";
import { inflated } from "./gzip.js";
import type { Pixels } from "./pixels.js";

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

/** The compressed pixels: what all IDAT chunks hold. */
function storedPixels(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [],
    view = viewOf(bytes);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (latin1(bytes, at + 4, at + 8) === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let size = 0;
  for (const part of parts) {
    all.set(part, size);
    size += part.length;
  }
  return all;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** A row as it was before its filter (PNG, 9.2); pixels of less than a byte are filtered by bytes. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array): void {
  if (filter > 4) throw new Error("no such filter");
  for (let i = 0; i < row.length; i++) {
    const left = i > 0 ? row[i - 1] : 0,
      up = above[i],
      corner = i > 0 ? above[i - 1] : 0;
    row[i] += [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
  }
}

/** Interlaced pixels of 1, 2 or 4 bits: grey levels, or entries of a palette. */
export async function readSmallInterlaced(bytes: Uint8Array): Promise<Pixels> {
  const view = viewOf(bytes),
    [width, height, depth] = [view.getUint32(16), view.getUint32(20), bytes[24]],
    levels = 2 ** depth,
    stored = await inflated(storedPixels(bytes)),
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

import { unzlibSync } from "fflate";
import { latin1, viewOf } from "./bytes.js";
import type { Pixels } from "./pixels.js";

/** The compressed pixels, what all IDAT chunks hold; whether there is a palette; whether the file goes to its end. */
export function chunksOf(bytes: Uint8Array) {
  const parts: Uint8Array[] = [],
    view = viewOf(bytes);
  let [palette, complete] = [false, false];
  for (let at = 8; at + 12 <= bytes.length && !complete; ) {
    const length = view.getUint32(at),
      name = latin1(bytes, at + 4, at + 8);
    if (name === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + length));
    palette ||= name === "PLTE";
    complete = name === "IEND";
    at += 12 + length;
  }
  const stored = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let size = 0;
  for (const part of parts) {
    stored.set(part, size);
    size += part.length;
  }
  return { stored, palette, complete };
}

function paeth(left: number, up: number, corner: number): number {
  const a = Math.abs(up - corner),
    b = Math.abs(left - corner),
    c = Math.abs(left + up - 2 * corner);
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** A row of pixels of a byte or less, filtered by bytes, as it was before its filter (PNG, 9.2). */
export function unfilter(filter: number, row: Uint8Array, above: Uint8Array): void {
  if (filter > 4) throw new Error("no such filter");
  if (filter === 0) return;
  for (let i = 0, left = 0, corner = 0; i < row.length; i++) {
    const up = above[i];
    if (filter === 1) row[i] += left;
    else if (filter === 2) row[i] += up;
    else if (filter === 3) row[i] += (left + up) >> 1;
    else row[i] += paeth(left, up, corner);
    left = row[i];
    corner = up;
  }
}

/**
 * Grey levels or entries of a palette of one byte, not interlaced; undefined for what is anything else. fast-png reads
 * them, too, but allocates six times as much, which keeps a second thread from gaining what it could.
 */
export function readSingleBytes(bytes: Uint8Array): Pixels | undefined {
  const [depth, type, interlace] = [bytes[24], bytes[25], bytes[28]];
  if (depth !== 8 || (type !== 0 && type !== 3) || interlace !== 0) return undefined;
  const view = viewOf(bytes),
    [width, height] = [view.getUint32(16), view.getUint32(20)],
    { stored, palette, complete } = chunksOf(bytes);
  if (!complete || palette !== (type === 3)) return undefined;
  const rows = unzlibSync(stored, { out: new Uint8Array(height * (width + 1)) });
  if (rows.length < height * (width + 1)) throw new Error("ends before its last row");
  const data = new Uint8Array(width * height);
  let above = new Uint8Array(width);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width),
      from = y * (width + 1);
    row.set(rows.subarray(from + 1, from + 1 + width));
    unfilter(rows[from], row, above);
    above = row;
  }
  return { width, height, channels: 1, data, top: 255, indexed: palette };
}

import { latin1, viewOf } from "./bytes.js";
import { Flaw } from "./volume.js";

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
  const { length } = row;
  if (filter > 4) throw new Flaw(`a row has a filter that there is not, ${filter}`);
  // A loop for each, as what happens at every pixel of every image.
  if (filter === 1) for (let i = 1; i < length; i++) row[i] += row[i - 1];
  if (filter === 2) for (let i = 0; i < length; i++) row[i] += above[i];
  if (filter === 3) for (let i = 0; i < length; i++) row[i] += ((i > 0 ? row[i - 1] : 0) + above[i]) >> 1;
  if (filter !== 4) return;
  for (let i = 0, left = 0, corner = 0; i < length; i++) {
    const up = above[i];
    row[i] += paeth(left, up, corner);
    left = row[i];
    corner = up;
  }
}

/** Rows of grey levels or of entries of a palette, a byte each and not interlaced, after their filters' bytes. */
export function levelsOf(rows: Uint8Array, width: number, height: number): Uint8Array {
  // Where they are, over the bytes that tell their filters: memory that is new costs more than what is done in it.
  let above: Uint8Array = new Uint8Array(width);
  for (let y = 0; y < height; y++) {
    const from = y * (width + 1),
      filter = rows[from],
      row = rows.subarray(y * width, (y + 1) * width);
    rows.copyWithin(y * width, from + 1, from + 1 + width);
    if (filter !== 0) unfilter(filter, row, above);
    above = row;
  }
  return rows.subarray(0, width * height);
}

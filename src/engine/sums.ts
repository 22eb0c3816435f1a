import type { Share } from "./share.js";

/** Counts that a soft target's sums come with. */
export const CHECKS = 4;

/** Most calls have no terms of one kind or another. */
const NONE = new Float64Array(0);
/**
 * Numbers of an array that V8 keeps in its heap. Longer ones take 8 times as long (measured), and those of up to `CUT`
 * are cut off a larger one.
 */
const IN_HEAP = 8;
const CUT = 64;
let sheet = NONE;
let cut = 0;

/** So many zeros, a view of more perhaps: its buffer is nobody's business. */
export function zeros(length: number): Float64Array {
  if (length === 0) return NONE;
  if (length <= IN_HEAP || length > CUT) return new Float64Array(length);
  if (cut + length > sheet.length) {
    sheet = new Float64Array(64 * CUT);
    cut = 0;
  }
  cut += length;
  return sheet.subarray(cut - length, cut);
}

/**
 * Sums over tiles, a row of `width` numbers in each of some slots (every sample, or one for the whole call). Shares of
 * a call leave the row of each tile on their board, and each adds all of them up in the order of the tiles: the same
 * bits however a call is split.
 */
export class TileSums {
  readonly #total: Float64Array;
  readonly #rows: Float64Array | undefined;

  constructor(
    readonly slots: number,
    readonly width: number,
    readonly tiles: number,
    share?: Share,
  ) {
    this.#total = zeros(slots * width);
    this.#rows = share?.room(tiles * width);
  }

  /** Adds the row of a tile. */
  add(tile: number, row: Float64Array): void {
    if (this.#rows) this.#rows.set(row, tile * this.width);
    else this.#addRow(tile, row, 0);
  }

  #addRow(tile: number, rows: Float64Array, from: number): void {
    const to = Math.floor((tile * this.slots) / this.tiles) * this.width;
    for (let i = 0; i < this.width; i++) this.#total[to + i] += rows[from + i];
  }

  /** What the tiles add up to, once all are done; shares meet before. */
  total(): Float64Array {
    const rows = this.#rows;
    if (rows) for (let tile = 0; tile < this.tiles; tile++) this.#addRow(tile, rows, tile * this.width);
    return this.#total;
  }
}

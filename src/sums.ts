/** An evaluation: it stops where sums are complete, and goes on with what the tiles of the whole call add up to. */
export type Steps<T> = Generator<readonly TileSums[], T, readonly Float64Array[]>;

/** What a share's tiles found: for each its number in the call, the slot that it belongs to, and a row of numbers. */
export interface TileRows {
  readonly tiles: Int32Array;
  readonly slots: Int32Array;
  readonly rows: Float64Array;
}

/**
 * Sums over tiles, a row of `width` numbers in each of some slots (a sample, or the whole call). For a share of a call, the rows of up to `room` tiles
 * are kept instead, so that those of all shares are added in the order of the tiles: the same bits however a call is split.
 */
export class TileSums {
  readonly total: Float64Array;
  readonly #rows: TileRows | undefined;
  #kept = 0;

  constructor(
    readonly slots: number,
    readonly width: number,
    room?: number,
  ) {
    this.total = new Float64Array(slots * width);
    if (room !== undefined) this.#rows = { tiles: new Int32Array(room), slots: new Int32Array(room), rows: new Float64Array(room * width) };
  }

  /** Adds the row of a tile. */
  add(tile: number, slot: number, row: Float64Array): void {
    if (this.#rows) {
      this.#rows.tiles[this.#kept] = tile;
      this.#rows.slots[this.#kept] = slot;
      this.#rows.rows.set(row, this.#kept++ * this.width);
    } else addRow(this.total, slot * this.width, row, 0, this.width);
  }

  /** What is to be merged with other shares' rows. */
  get kept(): TileRows | undefined {
    if (!this.#rows) return undefined;
    const { tiles, slots, rows } = this.#rows;
    return { tiles: tiles.slice(0, this.#kept), slots: slots.slice(0, this.#kept), rows: rows.slice(0, this.#kept * this.width) };
  }
}

function addRow(total: Float64Array, to: number, rows: Float64Array, from: number, width: number): void {
  for (let i = 0; i < width; i++) total[to + i] += rows[from + i];
}

/** Adds up the shares of a call in the order of its tiles. */
export function mergeShares(slots: number, width: number, shares: readonly TileRows[]): Float64Array {
  const total = new Float64Array(slots * width),
    found = shares.flatMap((share) => Array.from(share.tiles, (tile, at) => ({ tile, at, share })));
  found.sort((a, b) => a.tile - b.tile);
  for (const { at, share } of found) addRow(total, share.slots[at] * width, share.rows, at * width, width);
  return total;
}

/** Runs an evaluation that has all tiles. */
export function runWhole<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next(step.value.map(({ total }) => total));
  return step.value;
}

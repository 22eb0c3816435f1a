/** An evaluation: it stops where sums are complete, and goes on with what the tiles of the whole call add up to. */
export type Steps<T> = Generator<readonly TileSums[], T, readonly Float64Array[]>;

/** What a share's tiles found: a row of numbers for each, and the slot that each belongs to. */
export interface TileRows {
  readonly slots: Int32Array;
  readonly rows: Float64Array;
}

/**
 * Sums over tiles, a row of `width` numbers in each of some slots (a sample, or the whole call). For a share of a call the rows of its `kept` tiles
 * are kept instead, so that those of all shares are added in the order of the tiles: the same bits however a call is split.
 */
export class TileSums {
  readonly total: Float64Array;
  readonly #rows: Float64Array | undefined;
  readonly #slots: Int32Array | undefined;
  #kept = 0;

  constructor(
    readonly slots: number,
    readonly width: number,
    kept?: number,
  ) {
    this.total = new Float64Array(slots * width);
    if (kept === undefined) return;
    this.#rows = new Float64Array(kept * width);
    this.#slots = new Int32Array(kept);
  }

  /** Adds a tile's row. */
  add(slot: number, row: Float64Array): void {
    if (this.#rows && this.#slots) {
      this.#slots[this.#kept] = slot;
      this.#rows.set(row, this.#kept++ * this.width);
    } else addRow(this.total, slot * this.width, row, 0, this.width);
  }

  /** What is to be merged with other shares' rows. */
  get kept(): TileRows | undefined {
    return this.#rows && this.#slots && { slots: this.#slots, rows: this.#rows };
  }
}

function addRow(total: Float64Array, to: number, rows: Float64Array, from: number, width: number): void {
  for (let i = 0; i < width; i++) total[to + i] += rows[from + i];
}

/** Adds up the shares of a call, given in their order. */
export function mergeShares(slots: number, width: number, shares: readonly TileRows[]): Float64Array {
  const total = new Float64Array(slots * width);
  for (const share of shares) for (let i = 0; i < share.slots.length; i++) addRow(total, share.slots[i] * width, share.rows, i * width, width);
  return total;
}

/** Runs an evaluation that has all tiles. */
export function runWhole<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next(step.value.map(({ total }) => total));
  return step.value;
}

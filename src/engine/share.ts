/** What a worker is told of its part in a call that several share. */
export interface ShareMessage {
  readonly index: number;
  readonly of: number;
  /** Shared memory: how often a share arrived at a meeting, then the next tile of each pass. */
  readonly control: Int32Array;
  /** Shared memory for the sums of tiles. */
  readonly board: Float64Array;
}

const ARRIVED = 0;
const CLAIMS = 1;
/** More than an evaluation goes over its tiles. */
const PASSES = 8;
/** Far below every count of arrivals. */
const GIVEN_UP = -(2 ** 30);
/**
 * Loads before a share sleeps, about 20 microseconds: shares that claim tiles arrive together, and to be woken takes
 * longer.
 */
const SPINS = 5000;

/** The control of a new call. */
export const newControl = (): Int32Array => new Int32Array(new SharedArrayBuffer((CLAIMS + PASSES) * 4));

/** Sends away the shares that wait for one that will not come. */
export function giveUp(control: Int32Array): void {
  Atomics.store(control, ARRIVED, GIVEN_UP);
  Atomics.notify(control, ARRIVED);
}

/**
 * One of several workers' parts of a call. They all take the same steps, claim tiles, and meet where sums must be
 * complete.
 */
export class Share {
  readonly index: number;
  readonly of: number;
  readonly #control: Int32Array;
  readonly #board: Float64Array;
  #used = 0;
  #meetings = 0;

  constructor({ index, of, control, board }: ShareMessage) {
    this.index = index;
    this.of = of;
    this.#control = control;
    this.#board = board;
  }

  /** The next tile of a pass. Workers that claim tiles end together even if one was held up. */
  claim(pass: number): number {
    return Atomics.add(this.#control, CLAIMS + pass, 1);
  }

  /** This share's part of so many things. */
  part(count: number): { readonly first: number; readonly end: number } {
    return { first: Math.floor((this.index * count) / this.of), end: Math.floor(((this.index + 1) * count) / this.of) };
  }

  /** So many numbers of the board, the same ones for every share; nothing else is written there during the call. */
  room(length: number): Float64Array {
    const from = this.#used;
    this.#used += length;
    if (this.#used > this.#board.length)
      throw new RangeError(
        `segloss: the board of a shared call holds ${this.#board.length} numbers, ${this.#used} are needed`,
      );
    return this.#board.subarray(from, this.#used);
  }

  /** Waits until every share has come as far. */
  meet(): void {
    const control = this.#control,
      all = ++this.#meetings * this.of;
    Atomics.add(control, ARRIVED, 1);
    Atomics.notify(control, ARRIVED);
    for (let spins = 0; ; spins++) {
      const arrived = Atomics.load(control, ARRIVED);
      if (arrived < 0) throw new Error("segloss: another share of the call failed");
      if (arrived >= all) return;
      if (spins > SPINS) Atomics.wait(control, ARRIVED, arrived);
    }
  }

  /** Adds up the rows of all shares, in their order; exact for counts, and where only one of them is not 0. */
  addUp(row: Float64Array): Float64Array {
    const rows = this.room(this.of * row.length),
      total = new Float64Array(row.length);
    rows.set(row, this.index * row.length);
    this.meet();
    for (let i = 0; i < rows.length; i++) total[i % row.length] += rows[i];
    return total;
  }
}

/** What a worker is told of its part in a call that several share. */
export interface ShareMessage {
  readonly index: number;
  readonly of: number;
  /** Shared memory: how often a share arrived at a meeting, then the next tile or part of each pass. */
  readonly control: Int32Array;
  /** Shared memory for the sums of tiles and the values of parts. */
  readonly board: Float64Array;
}

const ARRIVED = 0;
const CLAIMS = 1;
/** For each loss: more than an evaluation goes over its tiles, and over parts of its terms. */
const PASSES = 12;
/** Far below every count of arrivals. */
const GIVEN_UP = -(2 ** 30);
/**
 * Loads before a share sleeps, about 20 microseconds: shares that claim tiles arrive together, and to be woken takes
 * longer.
 */
const SPINS = 5000;

/** The control of a new call of so many losses. */
export const newControl = (losses: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer((CLAIMS + PASSES * losses) * 4));

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
  #passes = 0;

  constructor({ index, of, control, board }: ShareMessage) {
    this.index = index;
    this.of = of;
    this.#control = control;
    this.#board = board;
  }

  /**
   * Which of so many things, such as tiles, are done here, each when it is wanted. Shares claim them, and so end
   * together even if one was held up; or, with maps that hold only what a share needs (`mapped`), have their own.
   */
  *indices(count: number, mapped: boolean): Generator<number> {
    const at = CLAIMS + this.#passes++,
      { first, end } = this.part(count);
    if (mapped) for (let i = first; i < end; i++) yield i;
    else for (let i = this.#claim(at); i < count; i = this.#claim(at)) yield i;
  }

  #claim(at: number): number {
    return Atomics.add(this.#control, at, 1);
  }

  /** This share's part of so many things. */
  part(count: number): { readonly first: number; readonly end: number } {
    return { first: Math.floor((this.index * count) / this.of), end: Math.floor(((this.index + 1) * count) / this.of) };
  }

  /** The samples that a share's own things are of, however many each sample has. */
  samples(batch: number): { readonly first: number; readonly end: number } {
    return {
      first: Math.floor((this.index * batch) / this.of),
      end: Math.ceil(((this.index + 1) * batch) / this.of),
    };
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

  /** The same in float32. */
  floats(length: number): Float32Array {
    const { buffer, byteOffset } = this.room(Math.ceil(length / 2));
    return new Float32Array(buffer, byteOffset, length);
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

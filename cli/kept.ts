import type { Both } from "../src/files/both";

/** Of one name may be several, as a manifest gives each case its spacing. */
interface Pair {
  readonly pred: string;
  readonly target: string;
  readonly spacing?: readonly number[];
}

export const pairKey = ({ pred, target, spacing }: Pair) => JSON.stringify([pred, target, spacing]);

/**
 * Milliseconds of reading a byte from which on it is worth to be kept: memory that is new takes some 2 ns a byte, and
 * reading a PNG of labels again, into memory that is not, 1 (measured).
 */
const WORTH = 4e-6;

/**
 * What a first look decoded, until its scores are taken: reading may be half the time of a run. The first pairs that
 * find room stay, as they are the first to be scored; the others are read again.
 */
export class Kept {
  readonly #pairs = new Map<string, { readonly both: Both; readonly bytes: number }>();
  #room: number;

  /** Room in bytes. */
  constructor(room: number) {
    this.#room = room;
  }

  /** Whether there is room for it, and reading it took so long (in milliseconds) that it is worth that. */
  keep(pair: Pair, both: Both, took: number): boolean {
    const { volume, truth } = both,
      key = pairKey(pair);
    // How much objects hold is not told, and a pair of a name that is kept is scored with it.
    if (volume.objects || truth.objects || this.#pairs.has(key)) return false;
    // A view keeps all of the bytes behind it.
    const bytes = volume.data.buffer.byteLength + truth.data.buffer.byteLength;
    if (bytes > this.#room || took < WORTH * bytes) return false;
    this.#room -= bytes;
    this.#pairs.set(key, { both, bytes });
    return true;
  }

  take(pair: Pair): Both | undefined {
    const key = pairKey(pair),
      found = this.#pairs.get(key);
    if (found) this.#room += found.bytes;
    this.#pairs.delete(key);
    return found?.both;
  }
}

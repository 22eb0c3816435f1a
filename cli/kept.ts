import type { Both } from "../src/files/both";

/** Of one name may be several, as a manifest gives each case its spacing. */
interface Pair {
  readonly pred: string;
  readonly target: string;
  readonly spacing?: readonly number[];
}

export const pairKey = ({ pred, target, spacing }: Pair) => JSON.stringify([pred, target, spacing]);

/**
 * What a first look decoded, until its scores are taken: reading is half the time of a run of small images. The first
 * pairs that find room stay, as they are the first to be scored; the others are read again.
 */
export class Kept {
  readonly #pairs = new Map<string, { readonly both: Both; readonly bytes: number }>();
  #room: number;

  /** Room in bytes. */
  constructor(room: number) {
    this.#room = room;
  }

  /** Whether there is room for it. */
  keep(pair: Pair, both: Both): boolean {
    const { volume, truth } = both,
      key = pairKey(pair);
    // How much objects hold is not told, and a pair of a name that is kept is scored with it.
    if (volume.objects || truth.objects || this.#pairs.has(key)) return false;
    // A view keeps all of the bytes behind it.
    const bytes = volume.data.buffer.byteLength + truth.data.buffer.byteLength;
    if (bytes > this.#room) return false;
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

import { eachRun, fillRun } from "../tensors/runs.js";
import type { LabelArray } from "../tensors/shape.js";

/** A map of numbers, bytes where they suffice: memory that is new costs more than what is done in it. */
export type NumberMap = Uint8Array | Int32Array;

/** What stands where a pixel does not count. */
export const VOID = 0;

/** A label of two bytes is looked up. */
const LOOKED_UP = 65_536,
  MOST_OF_BYTES = 255;

/**
 * Numbers labels 1, 2, … in the order in which they are first seen, so that what follows grows with how many there
 * are, not with how high they are.
 */
export class Numbering {
  /** The label of each number, beginning with number 1. */
  readonly names: number[] = [];
  readonly #numbers = new Map<number, number>();

  #of(label: number): number {
    let number = this.#numbers.get(label);
    if (number === undefined) {
      this.names.push(label);
      number = this.names.length;
      this.#numbers.set(label, number);
    }
    return number;
  }

  /** The numbers of labels; `VOID` where `voids` is not 0. */
  read(labels: LabelArray, voids: Uint8Array | undefined): NumberMap {
    const bytes = new Uint8Array(labels.length);
    if (labels instanceof Uint8Array && !voids) {
      const known = new Uint8Array(256);
      eachRun(labels, labels, (label, _, from, to) => {
        known[label] ||= this.#of(label);
        fillRun(bytes, known[label], from, to);
      });
      if (this.names.length <= MOST_OF_BYTES) return bytes;
    }
    if (this.#readInto(bytes, labels, voids, MOST_OF_BYTES)) return bytes;
    const wide = new Int32Array(labels.length);
    this.#readInto(wide, labels, voids, Number.POSITIVE_INFINITY);
    return wide;
  }

  /** False as soon as a number is above `most`. */
  #readInto(out: NumberMap, labels: LabelArray, voids: Uint8Array | undefined, most: number): boolean {
    const known = new Int32Array(LOOKED_UP);
    let last = Number.NaN,
      number = VOID;
    for (let i = 0; i < labels.length; i++) {
      if (voids !== undefined && voids[i] !== 0) continue;
      const label = labels[i];
      if (label !== last) {
        last = label;
        number = label >= 0 && label < LOOKED_UP ? known[label] : this.#of(label);
        if (number === VOID) {
          number = this.#of(label);
          known[label] = number;
        }
        if (number > most) return false;
      }
      out[i] = number;
    }
    return true;
  }
}

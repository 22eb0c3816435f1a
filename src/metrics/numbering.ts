import type { LabelArray } from "../tensors/shape.js";

/**
 * Numbers labels 0, 1, … in the order in which they are first seen, so that what follows grows with how many there
 * are, not with how high they are.
 */
export class Numbering {
  /** The label of each number. */
  readonly names: number[] = [];
  readonly #numbers = new Map<number, number>();

  #of(label: number): number {
    let number = this.#numbers.get(label);
    if (number === undefined) {
      number = this.names.length;
      this.names.push(label);
      this.#numbers.set(label, number);
    }
    return number;
  }

  /** The numbers of labels; -1 where `voids` is not 0. Neighbours mostly have the same label. */
  read(labels: LabelArray, voids: Uint8Array | undefined): Int32Array {
    const out = new Int32Array(labels.length);
    let last = Number.NaN,
      number = 0;
    for (let i = 0; i < out.length; i++) {
      if (voids?.[i]) {
        out[i] = -1;
        continue;
      }
      const label = labels[i];
      if (label !== last) {
        last = label;
        number = this.#of(label);
      }
      out[i] = number;
    }
    return out;
  }
}

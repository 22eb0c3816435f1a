/** Squared distances of one side's surface pixels to the other's surface. */
export class Distances {
  #sorted?: Float32Array;

  constructor(readonly squared: Float32Array) {}

  get count(): number {
    return this.squared.length;
  }

  /** In rising order: a copy, so that the bits of a sum do not depend on which other metrics were asked for. */
  get sorted(): Float32Array {
    this.#sorted ??= this.squared.slice().sort();
    return this.#sorted;
  }

  get sum(): number {
    let sum = 0;
    for (const d of this.squared) sum += Math.sqrt(d);
    return sum;
  }

  /** How many are `most` or less, with some slack for rounding. */
  within(most: number): number {
    const bound = most * most * (1 + 1e-6);
    let count = 0;
    for (const d of this.squared) if (d <= bound) count++;
    return count;
  }

  /** Linear interpolation at position (n - 1) q / 100 of the sorted distances. */
  quantile(q: number): number {
    if (q === 100) {
      let largest = 0;
      for (const d of this.squared) largest = Math.max(largest, d);
      return Math.sqrt(largest);
    }
    const { sorted } = this,
      at = ((sorted.length - 1) * q) / 100,
      [low, high] = [Math.sqrt(sorted[Math.floor(at)]), Math.sqrt(sorted[Math.ceil(at)])];
    return low === high ? low : low + (high - low) * (at - Math.floor(at));
  }

  /** Both lists as one. */
  with(other: Distances): Distances {
    const all = new Float32Array(this.count + other.count);
    all.set(this.squared);
    all.set(other.squared, this.count);
    return new Distances(all);
  }
}

/** Distances from each side's surface to the other's. */
export interface Surfaces {
  readonly fromPred: Distances;
  readonly fromTarget: Distances;
}

/** A part of a sample that holds a class's pixels. */
export interface Window {
  readonly pred: Uint8Array;
  readonly target: Uint8Array;
  /** Its sizes along the spatial axes. */
  readonly spatial: readonly number[];
}

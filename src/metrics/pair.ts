import type { Counts } from "./sides.js";

/** Squared distances of one side's surface pixels to the other's surface. */
export class Distances {
  #isSorted = false;

  constructor(readonly squared: Float32Array) {}

  get count(): number {
    return this.squared.length;
  }

  /** In rising order. */
  get sorted(): Float32Array {
    if (!this.#isSorted) this.squared.sort();
    this.#isSorted = true;
    return this.squared;
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

/** Pixels of one side that touch no others of it, in the box around them, and the other side's mask there. */
export interface Part {
  readonly own: Uint8Array;
  readonly other: Uint8Array;
  /** Sizes of the box along the spatial axes. */
  readonly spatial: readonly number[];
}

/** One sample's and class's masks, as metrics look at them; what several need is found once. */
export interface MaskPair {
  /** Whether there is a pixel inside. */
  readonly filled: { readonly pred: boolean; readonly target: boolean };
  readonly counts: Counts;
  /** Sizes of the whole image. */
  readonly image: readonly number[];
  /** Of masks that are filled. */
  surfaces(spacing: readonly number[]): Surfaces;
  /** Pixels in both of the bands that are so wide inside each side's boundary, and in one of them or both. */
  bands(width: number): { readonly both: number; readonly either: number };
  /** The masks in the box around both, and so many pixels more to each side where the image has them. */
  window(margin?: number): Window;
  /**
   * A side's mask in parts that do not touch, not even at corners; what is found in one does not depend on others. One
   * part where its pixels are not far apart.
   */
  parts(side: "pred" | "target"): Iterable<Part>;
  /**
   * Pixels in both masks, and in one of them or both, that lie within `width` of the target's boundary: the class's
   * own, or any class's.
   */
  inBand(width: number, around: "class" | "labels"): { readonly both: number; readonly either: number };
}

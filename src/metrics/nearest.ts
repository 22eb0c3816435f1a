/** Fewer points than this are looked at one by one. */
const FEW = 8;

/** The square of how far apart two places are. */
export type Measure = "euclidean" | "taxicab" | "chessboard";

/**
 * Finds the nearest of some points: a k-d tree (Bentley, Multidimensional binary search trees used for associative
 * searching, 1975) that is nothing but the points' order, the middle one of each range parting it along one axis.
 */
export class NearestPoints {
  readonly #points: Float64Array;
  readonly #axes: number;
  #best = 0;

  /** Points as their coordinates one after another; they are put in another order. */
  constructor(
    points: Float64Array,
    axes: number,
    readonly measure: Measure = "euclidean",
  ) {
    this.#points = points;
    this.#axes = axes;
    this.#part(0, points.length / axes, 0);
  }

  #swap(i: number, j: number): void {
    const points = this.#points,
      axes = this.#axes;
    for (let k = 0; k < axes; k++) {
      const kept = points[i * axes + k];
      points[i * axes + k] = points[j * axes + k];
      points[j * axes + k] = kept;
    }
  }

  #part(low: number, high: number, axis: number): void {
    if (high - low <= FEW) return;
    const middle = (low + high) >> 1;
    this.#select(low, high - 1, middle, axis);
    const next = (axis + 1) % this.#axes;
    this.#part(low, middle, next);
    this.#part(middle + 1, high, next);
  }

  /** Puts the point that would stand at `middle` there, none after it being smaller (Hoare's selection). */
  #select(first: number, last: number, middle: number, axis: number): void {
    const points = this.#points,
      axes = this.#axes;
    let low = first,
      high = last;
    while (low < high) {
      const pivot = points[((low + high) >> 1) * axes + axis];
      let i = low,
        j = high;
      while (i <= j) {
        while (points[i * axes + axis] < pivot) i++;
        while (points[j * axes + axis] > pivot) j--;
        if (i <= j) this.#swap(i++, j--);
      }
      if (middle <= j) high = j;
      else if (middle >= i) low = i;
      else return;
    }
  }

  /** The squared distance from a point, given by its coordinates from `at` on, to the nearest; Infinity without any. */
  squaredDistance(from: Float64Array, at: number): number {
    this.#best = Number.POSITIVE_INFINITY;
    this.#search(from, at, 0, this.#points.length / this.#axes, 0);
    return this.#best;
  }

  #compare(from: Float64Array, at: number, i: number): void {
    let [squared, sum, most] = [0, 0, 0];
    for (let k = 0; k < this.#axes; k++) {
      const apart = Math.abs(from[at + k] - this.#points[i * this.#axes + k]);
      squared += apart * apart;
      sum += apart;
      if (apart > most) most = apart;
    }
    if (this.measure !== "euclidean") squared = this.measure === "taxicab" ? sum * sum : most * most;
    if (squared < this.#best) this.#best = squared;
  }

  #search(from: Float64Array, at: number, low: number, high: number, axis: number): void {
    if (high - low <= FEW) {
      for (let i = low; i < high; i++) this.#compare(from, at, i);
      return;
    }
    const middle = (low + high) >> 1,
      next = (axis + 1) % this.#axes,
      away = from[at + axis] - this.#points[middle * this.#axes + axis];
    this.#compare(from, at, middle);
    if (away < 0) this.#search(from, at, low, middle, next);
    else this.#search(from, at, middle + 1, high, next);
    if (away ** 2 >= this.#best) return;
    if (away < 0) this.#search(from, at, middle + 1, high, next);
    else this.#search(from, at, low, middle, next);
  }
}

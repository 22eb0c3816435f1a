import { Box, type Volume } from "./box.js";
import type { NumberMap } from "./numbering.js";

/** The pixels' numbers of an image, and which are those of its classes. */
interface ClassMap {
  readonly numbers: NumberMap;
  readonly volume: Volume;
  /** The number of each class. */
  readonly ofClass: Int32Array;
  /** The class of each number; below 0 of none. */
  readonly classOf: Int32Array;
  /** How many pixels a class has. */
  size(c: number): number;
}

/**
 * The pixels of each class of a map of numbers, one class after another, and what is known of all classes at once: so
 * that classes whose pixels are few and far apart cost no more than these.
 */
export class ClassPixels {
  readonly #order: Int32Array;
  readonly #starts: Int32Array;
  readonly #side: ClassMap;
  readonly #axes: number;
  /** Which pixels have been put in a part. */
  #seen: Uint8Array | undefined;
  #inner: { readonly width: number; readonly inside: Uint8Array } | undefined;

  constructor(side: ClassMap, axes: number) {
    const { numbers, ofClass, classOf } = side,
      classes = ofClass.length,
      starts = new Int32Array(classes + 1);
    for (let c = 0; c < classes; c++) starts[c + 1] = starts[c] + side.size(c);
    const next = starts.slice(),
      order = new Int32Array(starts[classes]);
    for (let i = 0; i < numbers.length; i++) {
      const c = classOf[numbers[i]];
      if (c >= 0) order[next[c]++] = i;
    }
    this.#order = order;
    this.#starts = starts;
    this.#side = side;
    this.#axes = axes;
  }

  of(c: number): Int32Array {
    return this.#order.subarray(this.#starts[c], this.#starts[c + 1]);
  }

  /** Where the surface's pixels lie, in units of `spacing`: those with another class, or none, across a face. */
  surface(c: number, spacing: readonly number[]): Float64Array {
    return surfaceOf(this.of(c), this.#side, this.#side.ofClass[c], this.#axes, spacing);
  }

  /** A class's pixels in parts that touch, if only at corners, each with the box around it. */
  *parts(c: number): Iterable<{ readonly pixels: readonly number[]; readonly box: Box }> {
    const { numbers, volume, ofClass } = this.#side,
      [depth, height, width] = volume,
      number = ofClass[c],
      own = this.of(c);
    this.#seen ??= new Uint8Array(numbers.length);
    const seen = this.#seen;
    for (const first of own) seen[first] = 0;
    for (const first of own) {
      if (seen[first] === 1) continue;
      const pixels = [first],
        box = new Box();
      seen[first] = 1;
      for (let n = 0; n < pixels.length; n++) {
        const x = pixels[n] % width,
          row = (pixels[n] - x) / width,
          y = row % height,
          z = (row - y) / height;
        box.add(z, y, x, x);
        for (let w = Math.max(0, z - 1); w <= z + 1 && w < depth; w++)
          for (let v = Math.max(0, y - 1); v <= y + 1 && v < height; v++)
            for (let u = Math.max(0, x - 1); u <= x + 1 && u < width; u++) {
              const i = (w * height + v) * width + u;
              if (numbers[i] !== number || seen[i] === 1) continue;
              seen[i] = 1;
              pixels.push(i);
            }
      }
      yield { pixels, box };
    }
  }

  /** 1 at the pixels around which all within `width` steps along every axis are of the same class and in the image. */
  inner(width: number): Uint8Array {
    if (this.#inner?.width !== width)
      this.#inner = { width, inside: findInner(this.#side.numbers, this.#side.volume, this.#axes, width) };
    return this.#inner.inside;
  }
}

/** Where those of some pixels of one number lie, in units of `spacing`, that have another one across a face. */
export function surfaceOf(
  pixels: Iterable<number>,
  { numbers, volume }: Pick<ClassMap, "numbers" | "volume">,
  own: number,
  axes: number,
  spacing: readonly number[],
): Float64Array {
  const sizes = volume.slice(3 - axes),
    found: number[] = [],
    place = new Array<number>(axes);
  for (const i of pixels) {
    let outer = false;
    for (let k = axes - 1, rest = i, stride = 1; k >= 0; k--) {
      const x = rest % sizes[k];
      outer ||= x === 0 || x === sizes[k] - 1 || numbers[i - stride] !== own || numbers[i + stride] !== own;
      place[k] = x * spacing[k];
      rest = (rest - x) / sizes[k];
      stride *= sizes[k];
    }
    if (outer) for (const x of place) found.push(x);
  }
  return Float64Array.from(found);
}

/** Axis by axis: a window is of one class where the windows of one axis less are, and in a row of the same class. */
function findInner(numbers: NumberMap, volume: Volume, axes: number, width: number): Uint8Array {
  const inside = new Uint8Array(numbers.length).fill(1),
    across = 2 * width + 1;
  for (let axis = 2, stride = 1; axis > 2 - axes; stride *= volume[axis--]) {
    const size = volume[axis],
      runs = new Int32Array(stride);
    for (let first = 0; first < numbers.length; first += size * stride) {
      runs.fill(0);
      for (let x = 0, at = first; x < size; x++) {
        for (let k = 0; k < stride; k++, at++) {
          const goes = x > 0 && runs[k] > 0 && numbers[at - stride] === numbers[at];
          runs[k] = inside[at] === 0 ? 0 : goes ? runs[k] + 1 : 1;
          if (x >= width) inside[at - width * stride] = runs[k] >= across ? 1 : 0;
        }
      }
      inside.fill(0, first + Math.max(0, size - width) * stride, first + size * stride);
    }
  }
  return inside;
}

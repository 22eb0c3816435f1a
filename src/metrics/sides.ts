import type { Kernels } from "../bindings/kernels.js";
import { countPairs, markAbove, markEqual } from "../bindings/masks/bytes.js";
import { copied, type LoadMask } from "../bindings/masks/distance.js";
import { eachRun } from "../tensors/runs.js";
import { findComponents } from "../topology/components.js";
import type { Connectivity } from "../topology/grid.js";
import { Box, type Volume } from "./box.js";
import { ClassPixels } from "./classPixels.js";
import { type NumberMap, VOID } from "./numbering.js";

/** One side of a comparison, the prediction or the target of one sample: a mask for each class. */
export interface Side {
  /** Around the class's pixels. */
  box(c: number): Box;
  /** 1 at the class's pixels, 0 elsewhere; of all, or of a box. Not to be written to. */
  mask(c: number, box?: Box): Uint8Array;
  /** Leaves the mask of a box in the module's memory. */
  load(c: number, box: Box): LoadMask;
  /** True where a number that counts is NaN, so that there is no mask. */
  unknown(c: number): boolean;
}

/** A box of a volume. */
export function crop<A extends NumberMap>(whole: A, volume: Volume, box: Box): A {
  if (box.pixels === whole.length) return whole.slice() as A;
  const out = new (whole.constructor as new (length: number) => A)(box.pixels);
  eachRow(volume, box, (from, to, at) => out.set(whole.subarray(from, to), at));
  return out;
}

/** Where a box's rows begin and end in the volume, and begin in the box. */
export function eachRow(
  [, height, width]: Volume,
  box: Box,
  work: (from: number, to: number, at: number) => void,
): void {
  const [depth, rows, length] = box.size;
  for (let z = 0, at = 0; z < depth; z++) {
    for (let y = 0; y < rows; y++, at += length) {
      const from = ((box.low[0] + z) * height + box.low[1] + y) * width + box.low[2];
      work(from, from + length, at);
    }
  }
}

/** A number per pixel: of a class, or of what is none. */
export class LabelSide implements Side {
  /** The number of each class; `VOID` where it does not occur. */
  readonly ofClass: Int32Array;
  readonly #components = new Map<Connectivity, Int32Array>();
  #boxes?: readonly Box[];
  #sizes?: Int32Array;
  #pixels?: ClassPixels;

  constructor(
    readonly kernels: Kernels,
    readonly numbers: NumberMap,
    readonly volume: Volume,
    readonly classes: number,
    /** The class of each number; below 0 of none. */
    readonly classOf: Int32Array,
    readonly isUnknown: boolean,
  ) {
    this.ofClass = new Int32Array(classes).fill(VOID);
    for (let number = 0; number < classOf.length; number++)
      if (classOf[number] >= 0) this.ofClass[classOf[number]] = number;
  }

  unknown(): boolean {
    return this.isUnknown;
  }

  box(c: number): Box {
    this.#boxes ??= this.#findBoxes();
    return this.#boxes[c];
  }

  /** How many pixels a class has. */
  size(c: number): number {
    const number = this.ofClass[c];
    if (number === VOID) return 0;
    this.#sizes ??= countEach(this.numbers, this.classOf.length);
    return this.#sizes[number];
  }

  /** Whether a pixel is of a class. */
  has(i: number, c: number): boolean {
    const number = this.numbers[i];
    return number !== VOID && number === this.ofClass[c];
  }

  /** The pixels of each class, in an image of so many axes. */
  pixels(axes: number): ClassPixels {
    this.#pixels ??= new ClassPixels(this, axes);
    return this.#pixels;
  }

  /** The number of each pixel's component, of the whole map at once. */
  components(connectivity: Connectivity): Int32Array {
    const known = this.#components.get(connectivity) ?? findComponents(this.numbers, this.volume, connectivity).numbers;
    this.#components.set(connectivity, known);
    return known;
  }

  /** All classes' boxes in one pass: they change only where runs of a number begin and end. */
  #findBoxes(): Box[] {
    const boxes = Array.from({ length: this.classes }, () => new Box()),
      { numbers, classOf } = this,
      [, height, width] = this.volume;
    // The row that a run begins in, without a division for each of the many short ones.
    let [row, y, z] = [0, 0, 0];
    eachRun(numbers, numbers, (number, _, from, to) => {
      if (classOf[number] < 0) return;
      for (; row + width <= from; row += width)
        if (++y === height) {
          y = 0;
          z++;
        }
      const box = boxes[classOf[number]],
        right = to - 1 - row;
      if (right < width) return box.add(z, y, from - row, right);
      // Over several rows, or planes, it reaches from edge to edge.
      const last = y + Math.floor(right / width),
        planes = Math.floor(last / height);
      box.add(z, planes > 0 ? 0 : y, 0, width - 1);
      box.add(z + planes, planes > 0 ? height - 1 : last, 0, width - 1);
    });
    return boxes;
  }

  mask(c: number, box = Box.around(this.volume)): Uint8Array {
    const number = this.ofClass[c];
    if (number === VOID) return new Uint8Array(box.pixels);
    const own = crop(this.numbers, this.volume, box);
    if (own instanceof Uint8Array) {
      markEqual(this.kernels, own, number);
      return own;
    }
    const mask = new Uint8Array(own.length);
    for (let i = 0; i < mask.length; i++) mask[i] = own[i] === number ? 1 : 0;
    return mask;
  }

  load(c: number, box: Box): LoadMask {
    const { kernels, numbers, volume } = this,
      number = this.ofClass[c];
    if (number === VOID || !(numbers instanceof Uint8Array)) return copied(kernels, this.mask(c, box));
    return (mask) => {
      const { u8 } = kernels.memory;
      if (box.pixels === numbers.length) u8.set(numbers, mask);
      else eachRow(volume, box, (from, to, at) => u8.set(numbers.subarray(from, to), mask + at));
      kernels.exports.markEqual(mask, number, box.pixels);
    };
  }
}

function countEach(numbers: NumberMap, range: number): Int32Array {
  const counts = new Int32Array(range);
  eachRun(numbers, numbers, (number, _, from, to) => {
    counts[number] += to - from;
  });
  return counts;
}

/** Numbers per class and pixel, of which those above a threshold are inside. */
export class ChannelSide implements Side {
  /** The last class's mask: a class is asked for its box first. */
  #known: { readonly c: number; readonly mask: Uint8Array } = { c: -1, mask: new Uint8Array(0) };
  readonly #unknown: boolean[] = [];

  constructor(
    readonly kernels: Kernels,
    /** A class's numbers. */
    readonly channel: (c: number) => Float32Array,
    readonly volume: Volume,
    readonly threshold: number,
    /** 1 where a pixel does not count. */
    readonly ignored: Uint8Array | undefined,
  ) {}

  unknown(c: number): boolean {
    if (this.#unknown[c] === undefined) this.mask(c);
    return this.#unknown[c];
  }

  mask(c: number, box?: Box): Uint8Array {
    const whole = this.#whole(c);
    return !box || box.pixels === whole.length ? whole : crop(whole, this.volume, box);
  }

  load(c: number, box: Box): LoadMask {
    return copied(this.kernels, this.mask(c, box));
  }

  #whole(c: number): Uint8Array {
    if (this.#known.c === c) return this.#known.mask;
    const { ignored, channel } = this,
      length = this.volume[0] * this.volume[1] * this.volume[2];
    const { mask, unknown } = markAbove(this.kernels, length, () => channel(c), this.threshold);
    this.#unknown[c] = unknown && channel(c).some((number, i) => Number.isNaN(number) && !ignored?.[i]);
    if (ignored) for (let i = 0; i < length; i++) if (ignored[i]) mask[i] = 0;
    this.#known = { c, mask };
    return mask;
  }

  box(c: number): Box {
    const mask = this.#whole(c),
      box = new Box(),
      [depth, height, width] = this.volume;
    for (let z = 0, row = 0; z < depth; z++) {
      for (let y = 0; y < height; y++, row += width) {
        const own = mask.subarray(row, row + width),
          left = own.indexOf(1);
        if (left >= 0) box.add(z, y, left, own.lastIndexOf(1));
      }
    }
    return box;
  }
}

/** Pixels of a class: in both, in the prediction, in the target, and all that count. */
export interface Counts {
  readonly both: number;
  readonly pred: number;
  readonly target: number;
  readonly counted: number;
}

/** What counts the classes of two sides: a pair of label maps at once, masks one class after another. */
export function countSides(kernels: Kernels, pred: Side, target: Side, classes: number, counted: number): Counts[] {
  const each = <T>(pick: (c: number) => T) => Array.from({ length: classes }, (_, c) => pick(c));
  if (pred instanceof LabelSide && target instanceof LabelSide) {
    const counts = countNumbers(pred, target);
    return each((c) => ({ ...counts(c), counted }));
  }
  return each((c) => {
    const { both, pred: own, target: rest } = countPairs(kernels, pred.mask(c), target.mask(c), 2);
    return { both: both[1], pred: own[1], target: rest[1], counted };
  });
}

/** Pixels of each class of two sides, whose numbers mean the same. */
function countNumbers(pred: LabelSide, target: LabelSide): (c: number) => Omit<Counts, "counted"> {
  const [both, own, theirs] = [0, 1, 2].map(() => new Int32Array(pred.classOf.length));
  eachRun(pred.numbers, target.numbers, (p, t, from, to) => {
    own[p] += to - from;
    theirs[t] += to - from;
    if (p === t) both[p] += to - from;
  });
  // What is none has no class.
  for (const counts of [both, own, theirs]) counts[VOID] = 0;
  return (c) => {
    const number = pred.ofClass[c];
    return { both: both[number], pred: own[number], target: theirs[number] };
  };
}

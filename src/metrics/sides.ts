import type { Kernels } from "../bindings/kernels.js";
import { countPairs, markAbove, markEqual } from "../bindings/masks/bytes.js";
import { Box, type Volume } from "./box.js";
import { ClassPixels } from "./classPixels.js";

/** One side of a comparison, the prediction or the target of one sample: a mask for each class. */
export interface Side {
  /** Around the class's pixels. */
  box(c: number): Box;
  /** 1 at the class's pixels, 0 elsewhere; of all, or of a box. Not to be written to. */
  mask(c: number, box?: Box): Uint8Array;
  /** True where a number that counts is NaN, so that there is no mask. */
  unknown(c: number): boolean;
}

/** Classes' numbers of one sample: bytes where they hold every class and `noClass`. */
export type Labels = Uint8Array | Int32Array;

/** What stands where there is no class. */
export const noClass = (classes: number): number => Math.max(255, classes);

/** A box of a volume. */
export function crop<A extends Labels>(whole: A, volume: Volume, box: Box): A {
  if (box.pixels === whole.length) return whole.slice() as A;
  const [depth, rows, length] = box.size,
    [, height, width] = volume,
    out = new (whole.constructor as new (length: number) => A)(box.pixels);
  for (let z = 0, at = 0; z < depth; z++) {
    for (let y = 0; y < rows; y++, at += length) {
      const from = ((box.low[0] + z) * height + box.low[1] + y) * width + box.low[2];
      out.set(whole.subarray(from, from + length), at);
    }
  }
  return out;
}

/** A number per pixel: that of its class, or `none` where it is of no class, or does not count. */
export class LabelSide implements Side {
  #boxes?: readonly Box[];
  #sizes?: Int32Array;
  #pixels?: ClassPixels;

  constructor(
    readonly kernels: Kernels,
    readonly labels: Labels,
    readonly volume: Volume,
    readonly classes: number,
    readonly isUnknown: boolean,
  ) {}

  unknown(): boolean {
    return this.isUnknown;
  }

  box(c: number): Box {
    this.#boxes ??= this.#findBoxes();
    return this.#boxes[c];
  }

  /** How many pixels a class has. */
  size(c: number): number {
    this.#sizes ??= countEach(this.labels, this.classes);
    return this.#sizes[c];
  }

  /** The pixels of each class, in an image of so many axes. */
  pixels(axes: number): ClassPixels {
    this.#pixels ??= new ClassPixels(this, axes);
    return this.#pixels;
  }

  /** All classes' boxes in one pass: they change only where runs of a label begin and end. */
  #findBoxes(): Box[] {
    const boxes = Array.from({ length: this.classes }, () => new Box()),
      { labels, classes } = this,
      [depth, height, width] = this.volume;
    for (let z = 0, row = 0; z < depth; z++) {
      for (let y = 0; y < height; y++, row += width) {
        for (let x = 0; x < width; ) {
          const left = x,
            label = labels[row + x];
          do x++;
          while (x < width && labels[row + x] === label);
          if (label < classes) boxes[label].add(z, y, left, x - 1);
        }
      }
    }
    return boxes;
  }

  mask(c: number, box = Box.around(this.volume)): Uint8Array {
    const labels = crop(this.labels, this.volume, box);
    if (labels instanceof Uint8Array) {
      markEqual(this.kernels, labels, c);
      return labels;
    }
    const mask = new Uint8Array(labels.length);
    for (let i = 0; i < mask.length; i++) mask[i] = labels[i] === c ? 1 : 0;
    return mask;
  }
}

function countEach(labels: Labels, classes: number): Int32Array {
  const counts = new Int32Array(noClass(classes) + 1);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
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
    const counts = countLabels(pred, target);
    return each((c) => ({ both: counts.both[c], pred: counts.pred[c], target: counts.target[c], counted }));
  }
  return each((c) => {
    const { both, pred: own, target: rest } = countPairs(kernels, pred.mask(c), target.mask(c), 2);
    return { both: both[1], pred: own[1], target: rest[1], counted };
  });
}

function countLabels({ labels: pred, classes }: LabelSide, { labels: target }: LabelSide) {
  const size = noClass(classes) + 1,
    counts = { both: new Int32Array(size), pred: new Int32Array(size), target: new Int32Array(size) };
  for (let i = 0; i < pred.length; i++) {
    counts.pred[pred[i]]++;
    counts.target[target[i]]++;
    if (pred[i] === target[i]) counts.both[pred[i]]++;
  }
  return counts;
}

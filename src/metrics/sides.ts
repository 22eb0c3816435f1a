import type { Kernels } from "../bindings/kernels.js";
import { countPairs, markAbove, markEqual, type PairCounts } from "../bindings/masks/bytes.js";
import { Box, type Volume } from "./box.js";

/** One side of a comparison, the prediction or the target of one sample: a mask for each class. */
export interface Side {
  /** Around the class's pixels. */
  box(c: number): Box;
  /** 1 at the class's pixels, 0 elsewhere; of all, or of a box. Not to be written to. */
  mask(c: number, box?: Box): Uint8Array;
  /** True where a number that counts is NaN, so that there is no mask. */
  unknown(c: number): boolean;
}

/** Labels of one sample: bytes where they hold every class and one that is none. */
export type Labels = Uint8Array | Int32Array;

/** A box of a volume. */
function crop<A extends Labels>(whole: A, volume: Volume, box: Box): A {
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

/** A label per pixel: class c has label c + first; all others stand for no class, or for pixels that do not count. */
export class LabelSide implements Side {
  #boxes?: readonly Box[];

  constructor(
    readonly kernels: Kernels,
    readonly labels: Labels,
    readonly volume: Volume,
    readonly classes: number,
    readonly first: number,
    readonly isUnknown: boolean,
  ) {}

  unknown(): boolean {
    return this.isUnknown;
  }

  box(c: number): Box {
    this.#boxes ??= this.#findBoxes();
    return this.#boxes[c];
  }

  /** All classes' boxes in one pass: they change only where runs of a label begin and end. */
  #findBoxes(): Box[] {
    const boxes = Array.from({ length: this.classes }, () => new Box()),
      { labels, first, classes } = this,
      [depth, height, width] = this.volume;
    for (let z = 0, row = 0; z < depth; z++) {
      for (let y = 0; y < height; y++, row += width) {
        for (let x = 0; x < width; ) {
          const left = x,
            label = labels[row + x];
          do x++;
          while (x < width && labels[row + x] === label);
          if (label >= first && label < first + classes) boxes[label - first].add(z, y, left, x - 1);
        }
      }
    }
    return boxes;
  }

  mask(c: number, box = Box.around(this.volume)): Uint8Array {
    const labels = crop(this.labels, this.volume, box),
      label = c + this.first;
    if (!(labels instanceof Uint8Array)) return Uint8Array.from(labels, (other) => (other === label ? 1 : 0));
    markEqual(this.kernels, labels, label);
    return labels;
  }
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

/** What counts some classes of two sides: a pair of label maps at once, masks one class after another. */
export function countSides(
  kernels: Kernels,
  pred: Side,
  target: Side,
  classes: readonly number[],
  counted: number,
): Counts[] {
  if (pred instanceof LabelSide && target instanceof LabelSide) {
    const pairs = countLabels(kernels, pred, target);
    return classes.map((c) => pick(pairs, c + pred.first, counted));
  }
  return classes.map((c) => pick(countPairs(kernels, pred.mask(c), target.mask(c), 2), 1, counted));
}

const pick = ({ both, pred, target }: PairCounts, label: number, counted: number): Counts => ({
  both: both[label],
  pred: pred[label],
  target: target[label],
  counted,
});

function countLabels(
  kernels: Kernels,
  { labels: pred, first, classes }: LabelSide,
  { labels: target }: LabelSide,
): PairCounts {
  const range = first + classes;
  if (pred instanceof Uint8Array && target instanceof Uint8Array) return countPairs(kernels, pred, target, range);
  const counts = {
    both: new Int32Array(range + 1),
    pred: new Int32Array(range + 1),
    target: new Int32Array(range + 1),
  };
  for (let i = 0; i < pred.length; i++) {
    counts.pred[pred[i]]++;
    counts.target[target[i]]++;
    if (pred[i] === target[i]) counts.both[pred[i]]++;
  }
  return counts;
}

import type { Exports } from "../../dist/kernels.js";
import type { LabelArray } from "../tensors/shape.js";
import type { LinearMemory } from "./memory.js";
import { FEW_LABELS, padTo, tilePixels } from "./tile.js";
import { FRAME, type TileMemory } from "./tileMemory.js";

const isSigned = (labels: LabelArray): boolean =>
  labels instanceof Int8Array || labels instanceof Int16Array || labels instanceof Int32Array;

/** Labels of the tile that is laid out: bringing them in, which do not count, and how often they occur. */
export class TileLabels {
  readonly #exports: Exports;
  readonly #memory: LinearMemory;
  readonly #tile: TileMemory;

  constructor(exports: Exports, memory: LinearMemory, tile: TileMemory) {
    this.#exports = exports;
    this.#memory = memory;
    this.#tile = tile;
  }

  /**
   * Labels of pixels [from, from + count) as class numbers, -1 where they do not count, as those of weight 0 do not, of
   * which there are `marks`; returns the padded count.
   */
  stage(labels: LabelArray, from: number, count: number, marks?: Uint8Array): number {
    const padded = padTo(count),
      bytes = labels.BYTES_PER_ELEMENT;
    const raw = new Uint8Array(labels.buffer, labels.byteOffset + from * bytes, count * bytes),
      source = this.#bringIn(raw, count === padded);
    this.#tile.set(FRAME.source, source);
    if (marks) this.#memory.u8.set(marks, this.#tile.address("rows"));
    this.#exports.stageLabels(bytes, isSigned(labels) ? 1 : 0, count, padded, marks !== undefined);
    this.#tile.set(FRAME.source, this.#tile.address("source"));
    return padded;
  }

  /** Where a step finds bytes: where they lie, if that is in the module's memory and they are whole vectors. */
  #bringIn(raw: Uint8Array, whole: boolean): number {
    if (whole && raw.buffer === this.#memory.u8.buffer) return raw.byteOffset;
    const at = this.#tile.address("source");
    this.#memory.u8.set(raw, at);
    return at;
  }

  /** The label that does not count, if there is one that these labels can hold. */
  ignore(ignoreIndex: number | undefined, labels: LabelArray | undefined): void {
    const numbers = 2 ** (8 * (labels?.BYTES_PER_ELEMENT ?? 4)),
      least = labels && !isSigned(labels) ? 0 : -numbers / 2,
      possible = ignoreIndex !== undefined && ignoreIndex >= least && ignoreIndex < least + numbers;
    this.#tile.set(FRAME.hasIgnoreIndex, possible ? 1 : 0);
    this.#tile.set(FRAME.ignoreIndex, ignoreIndex ?? 0);
  }

  /**
   * Leaves in `counts`, from `at` on, how often each label occurs: the ignored one, 0 to range - 1, and all others
   * together.
   */
  count(
    labels: LabelArray,
    start: number,
    length: number,
    range: number,
    counts: Float64Array = new Float64Array(range + 2),
    at = 0,
  ): Float64Array {
    if (labels instanceof Uint8Array && range <= FEW_LABELS)
      return this.#countBytes(labels, start, length, range, counts, at);
    const bins = this.#tile.address("bins"),
      size = range + 2,
      view = this.#memory.i32.subarray(bins >>> 2, (bins >>> 2) + 4 * size).fill(0),
      chunk = tilePixels(this.#tile.classes);
    for (let first = 0; first < length; first += chunk) {
      const count = Math.min(chunk, length - first);
      this.stage(labels, start + first, count);
      this.#exports.countLabels(bins, range, count);
    }
    for (let i = 0; i < size; i++) counts[at + i] = view[i] + view[size + i] + view[2 * size + i] + view[3 * size + i];
    return counts;
  }

  #countBytes(
    labels: Uint8Array,
    start: number,
    length: number,
    range: number,
    counts: Float64Array,
    at: number,
  ): Float64Array {
    const chunk = tilePixels(this.#tile.classes),
      ignored = this.#tile.get(FRAME.hasIgnoreIndex) ? this.#tile.get(FRAME.ignoreIndex) : -1;
    let others = length;
    for (let first = 0; first < length; first += chunk) {
      const count = Math.min(chunk, length - first);
      this.#tile.set(FRAME.source, this.#bringIn(labels.subarray(start + first, start + first + count), true));
      if (ignored >= 0 && ignored < 256) counts[at] += this.#exports.countByte(ignored, count);
      for (let label = 0; label < range; label++)
        if (label !== ignored) counts[at + label + 1] += this.#exports.countByte(label, count);
    }
    this.#tile.set(FRAME.source, this.#tile.address("source"));
    for (let i = 0; i <= range; i++) others -= counts[at + i];
    counts[at + range + 1] = others;
    return counts;
  }

  /** Where every pixel counts: label 0, and -1 in the padding. */
  stageNone(count: number): number {
    const padded = padTo(count),
      at = this.#tile.address("labels") >>> 2;
    this.#memory.i32.fill(0, at, at + count).fill(-1, at + count, at + padded);
    return padded;
  }

  /** The marks that a look at weights left, until the next step, a bit for each pixel. */
  marks(padded: number): Uint8Array {
    const at = this.#tile.address("rows");
    return this.#memory.u8.subarray(at, at + padded / 8);
  }

  /** Pixels of weight 0 do not count either. */
  markWeightless(weights: Float32Array, padded: number): void {
    this.#exports.markWeightless(this.#tile.findSource(weights, padded, 0, "unitWeights"), padded);
  }

  /** Those of the tile, until memory grows. */
  read(count: number): Int32Array {
    const at = this.#tile.address("labels") >>> 2;
    return this.#memory.i32.subarray(at, at + count);
  }
}

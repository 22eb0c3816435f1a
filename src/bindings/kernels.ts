import type { LabelArray } from "../tensors/shape.js";
import { LinearMemory } from "./memory.js";
import {
  type Area,
  afterPage,
  BLOCK,
  CHUNK,
  FEW_LABELS,
  PLANES,
  type PlaneSet,
  padTo,
  SLOPES,
  SUMS,
  tilePixels,
} from "./tile.js";

type Entry = (step: number, from: number, to: number) => number;
/** A step over the pixels [from, to) of a tile. */
export type StepCall = (from: number, to: number) => number;
export type Exports = Record<string, WebAssembly.Global | WebAssembly.Memory | ((...args: number[]) => number)>;

/** The compiled module: memory, frame and steps. Nothing above this class sees an address. */
export class Kernels {
  readonly memory: LinearMemory;
  readonly #exports: Exports;
  readonly #slots: Record<string, number> = {};
  readonly #steps: Record<string, number> = {};
  readonly #views = new Map<number, Float64Array>();
  readonly #calls = new Map<string, Map<string | undefined, StepCall>>();
  readonly #row: number;
  readonly rowOutputs: number;
  readonly #at = {} as Record<Area, number>;
  #classes = 0;
  #pitch = 0;
  #room = { start: 0, bytes: 0 };

  constructor(exports: Exports) {
    this.#exports = exports;
    for (const name of Object.keys(exports)) {
      if (name.startsWith("frame_")) this.#slots[name.slice(6)] = (this.global("frame") + this.global(name)) >>> 2;
      if (name.startsWith("Step.")) this.#steps[name.slice(5)] = this.global(name);
    }
    this.#row = this.global("row");
    this.rowOutputs = this.global("row_no") >>> 3;
    this.memory = new LinearMemory(exports.memory as WebAssembly.Memory, this.global("heap"));
  }

  /** A number that the module exports. */
  global(name: string): number {
    return (this.#exports[name] as WebAssembly.Global).value >>> 0;
  }

  /** Where an area of the tile begins, until memory grows. */
  address(area: Area): number {
    return this.#at[area];
  }

  get pitch(): number {
    return this.#pitch;
  }

  /**
   * Lays out a tile for so many classes. The last layout stays, so calls with the same number of classes pay nothing.
   */
  use(classes: number): number {
    const pixels = tilePixels(classes);
    if (classes === this.#classes) return pixels;
    // A pitch that is not a power of two keeps the planes out of each other's cache sets.
    const pitch = pixels * 4 + 64;
    const sizes: Record<string, number> = {
      labels: pixels * 4,
      bins: (classes + 3) * 16,
      rows: this.global("rowsBytes"),
      sums: classes * SUMS * 8,
      options: 256,
      source: Math.max(classes * pixels, CHUNK) * 4 + 64,
      classTable: classes * Math.max(SLOPES, classes + 1) * 4 + 64,
    };
    for (const set of PLANES) sizes[set] = classes * pitch;
    const total = Object.values(sizes).reduce((sum, n) => afterPage(sum) + n, 0);
    if (total > this.#room.bytes) {
      this.#classes = 0;
      this.memory.give(this.#room.start);
      this.#room = { start: 0, bytes: 0 };
      this.#room = { start: this.memory.take(total, `a tile of ${classes} classes`), bytes: total };
    }
    let at = this.#room.start;
    for (const [name, size] of Object.entries(sizes)) {
      const start = afterPage(at);
      this.#at[name as Area] = name === "classTable" ? start + 64 : start;
      at = start + size;
    }
    this.#classes = classes;
    this.#pitch = pitch;
    this.set("classes", classes);
    this.set("pitch", pitch);
    for (const name of [
      "pred",
      "prob",
      "slope",
      "target",
      "labels",
      "rows",
      "sums",
      "options",
      "classTable",
      "source",
    ] as const)
      this.set(name, this.#at[name]);
    return pixels;
  }

  set(field: string, value: number): void {
    this.memory.i32[this.#slots[field]] = value;
  }

  setFloat(field: string, value: number): void {
    this.memory.f32[this.#slots[field]] = value;
  }

  /** Points the frame at planes that a step uses only where they are wanted. */
  want(set: "grad" | "units" | "unitWeights", wanted: boolean): void {
    this.set(set, wanted ? this.#at[set] : 0);
  }

  /** Copies pixels [first, first + count) of a sample that starts at `start` into planes. */
  stage(
    set: PlaneSet,
    data: Float32Array,
    start: number,
    pixels: number,
    first: number,
    count: number,
    channelsLast = false,
    planes = this.#classes,
  ): void {
    const at = this.#at[set] >>> 2,
      stride = this.#pitch >>> 2,
      { f32 } = this.memory;
    if (channelsLast) {
      const from = start + first * planes;
      f32.set(data.subarray(from, from + count * planes), this.#at.source >>> 2);
      this.call("toPlanes", this.#at[set], count);
      return;
    }
    for (let c = 0; c < planes; c++) {
      const from = start + c * pixels + first;
      f32.set(data.subarray(from, from + count), at + c * stride);
    }
  }

  /** The way back. */
  unstage(
    set: PlaneSet,
    data: Float32Array,
    start: number,
    pixels: number,
    first: number,
    count: number,
    channelsLast = false,
    planes = this.#classes,
  ): void {
    const at = this.#at[set] >>> 2,
      stride = this.#pitch >>> 2,
      { f32 } = this.memory;
    if (channelsLast) {
      this.call("fromPlanes", this.#at[set], count);
      const source = this.#at.source >>> 2;
      data.set(f32.subarray(source, source + count * planes), start + first * planes);
      return;
    }
    for (let c = 0; c < planes; c++)
      data.set(f32.subarray(at + c * stride, at + c * stride + count), start + c * pixels + first);
  }

  /** Labels of pixels [from, from + count) as class numbers, -1 where they do not count; returns the padded count. */
  stageLabels(labels: LabelArray, from: number, count: number): number {
    const padded = padTo(count),
      bytes = labels.BYTES_PER_ELEMENT;
    const raw = new Uint8Array(labels.buffer, labels.byteOffset + from * bytes, count * bytes);
    this.memory.u8.set(raw, this.#at.source);
    const signed = labels instanceof Int8Array || labels instanceof Int16Array || labels instanceof Int32Array;
    this.call("stageLabels", bytes, signed ? 1 : 0, count, padded);
    return padded;
  }

  /** The label that does not count, if there is one that these labels can hold. */
  ignore(ignoreIndex: number | undefined, labels: LabelArray | undefined): void {
    const least = labels instanceof Uint32Array ? 0 : -(2 ** 31);
    const possible =
      ignoreIndex !== undefined &&
      ignoreIndex >= least &&
      ignoreIndex < least + 2 ** 32 &&
      (least === 0 || ignoreIndex < 2 ** 31);
    this.set("hasIgnoreIndex", possible ? 1 : 0);
    this.set("ignoreIndex", ignoreIndex ?? 0);
  }

  /** How often each label occurs: the ignored one, 0 to range - 1, and all others together. */
  countLabels(labels: LabelArray, start: number, length: number, range: number): Int32Array {
    if (labels instanceof Uint8Array && range <= FEW_LABELS) return this.#countBytes(labels, start, length, range);
    const bins = this.#at.bins,
      size = range + 2,
      view = this.memory.i32.subarray(bins >>> 2, (bins >>> 2) + 4 * size).fill(0),
      chunk = tilePixels(this.#classes);
    for (let first = 0; first < length; first += chunk) {
      const count = Math.min(chunk, length - first);
      this.stageLabels(labels, start + first, count);
      this.call("countLabels", bins, range, count);
    }
    return view.slice(0, size).map((n, i) => n + view[size + i] + view[2 * size + i] + view[3 * size + i]);
  }

  #countBytes(labels: Uint8Array, start: number, length: number, range: number): Int32Array {
    const counts = new Int32Array(range + 2),
      chunk = tilePixels(this.#classes),
      ignored = this.memory.i32[this.#slots.hasIgnoreIndex] ? this.memory.i32[this.#slots.ignoreIndex] : -1;
    let others = length;
    for (let first = 0; first < length; first += chunk) {
      const count = Math.min(chunk, length - first);
      this.memory.u8.set(labels.subarray(start + first, start + first + count), this.#at.source);
      if (ignored >= 0 && ignored < 256) counts[0] += this.call("countByte", ignored, count);
      for (let label = 0; label < range; label++)
        if (label !== ignored) counts[label + 1] += this.call("countByte", label, count);
    }
    for (const count of counts) others -= count;
    counts[range + 1] = others;
    return counts;
  }

  /** Where every pixel counts: label 0, and -1 in the padding. */
  stageNoLabels(count: number): number {
    const padded = padTo(count),
      at = this.#at.labels >>> 2;
    this.memory.i32.fill(0, at, at + count).fill(-1, at + count, at + padded);
    return padded;
  }

  /** Padding holds what earlier tiles left, and must not be NaN times 0. */
  clearPadding(set: PlaneSet, count: number, padded: number): void {
    const at = this.#at[set] >>> 2,
      stride = this.#pitch >>> 2;
    for (let c = 0; c < this.#classes; c++) this.memory.f32.fill(0, at + c * stride + count, at + c * stride + padded);
  }

  smoothTarget(padded: number): void {
    this.call("smoothTarget", 0, padded);
  }

  /** Calls an export with numbers. */
  call(name: string, ...args: number[]): number {
    return (this.#exports[name] as (...args: number[]) => number)(...args);
  }

  /** A step to run: an export, and what it is asked to do where it can do several things. */
  step(name: string, what?: string): StepCall {
    const calls = this.#calls.get(name) ?? new Map<string | undefined, StepCall>(),
      known = calls.get(what);
    if (known) return known;
    const entry = this.#exports[name] as Entry,
      number = this.#steps[what as string],
      call: StepCall = what === undefined ? (entry as unknown as StepCall) : (from, to) => entry(number, from, to);
    this.#calls.set(name, calls.set(what, call));
    return call;
  }

  /** Runs one step, or several in turn, over a tile block by block; the sum of what the last step returns. */
  run(padded: number, ...steps: readonly StepCall[]): number {
    let sum = 0;
    for (let from = 0; from < padded; from += BLOCK) {
      const to = Math.min(from + BLOCK, padded);
      let last = 0;
      for (const step of steps) last = step(from, to);
      sum += last;
    }
    return sum;
  }

  score(kernel: string): number {
    return (this.#exports[kernel] as Entry)(this.#steps.Score, 0, 0);
  }

  /** Views are kept: one made anew costs as much as a step on a small tile. */
  #view64(at: number, length: number): Float64Array {
    const known = this.#views.get(at),
      { f64 } = this.memory;
    if (known?.length === length && known.buffer === f64.buffer) return known;
    const view = f64.subarray(at >>> 3, (at >>> 3) + length);
    this.#views.set(at, view);
    return view;
  }

  /** SUMS numbers a class. */
  get sums(): Float64Array {
    return this.#view64(this.#at.sums, SUMS * this.#classes);
  }

  /** What a score reads, and from `rowOutputs` on the slopes it leaves (assembly/overlap/overlap.ts, class Row). */
  get row(): Float64Array {
    return this.#view64(this.#row, this.rowOutputs + SLOPES);
  }

  /** A member's own fields. */
  get options(): Float64Array {
    return this.#view64(this.#at.options, 32);
  }

  writeOptions(values: ArrayLike<number>, float64: boolean): void {
    if (float64) this.memory.f64.set(values, this.#at.options >>> 3);
    else this.memory.f32.set(values, this.#at.options >>> 2);
  }

  /** Per-class numbers; the entry before the first serves label -1. */
  writeClassTable(values: ArrayLike<number>): void {
    this.memory.f32[(this.#at.classTable >>> 2) - 1] = 0;
    this.memory.f32.set(values, this.#at.classTable >>> 2);
  }

  /** One plane of what the last tile left, until memory grows. */
  plane(set: PlaneSet, c: number, count: number): Float32Array {
    const at = (this.#at[set] + c * this.#pitch) >>> 2;
    return this.memory.f32.subarray(at, at + count);
  }

  labels(count: number): Int32Array {
    return this.memory.i32.subarray(this.#at.labels >>> 2, (this.#at.labels >>> 2) + count);
  }
}

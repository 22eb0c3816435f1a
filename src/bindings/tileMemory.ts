import { type Exports, structures } from "../../dist/kernels.js";
import type { LinearMemory } from "./memory.js";
import { type Area, afterPage, CHUNK, PLANES, type PlaneSet, padTo, ROW, SLOPES, SUMS, tilePixels } from "./tile.js";

/** Where a field of the frame stands; of a type of its own, as any number would do otherwise. */
type FrameField = number & { readonly of: "Frame" };
/** By name: V8 knows beforehand where `FRAME.scale` stands, and looks up a name in a variable each time. */
// What the build writes are numbers; their type is for those who pass them.
export const FRAME = structures.Frame as unknown as Readonly<
  Record<Exclude<keyof typeof structures.Frame, "bytes">, FrameField>
>;

/** Areas that the frame has the addresses of whatever a call wants. */
const SHOWN = [
  ...(["pred", "prob", "slope", "target"] as const),
  ...(["labels", "rows", "sums", "options", "classTable", "source"] as const),
];

/** Planes that may be those of a tensor in the module's memory. */
const PITCHES = {
  pred: "predPitch",
  prob: "probPitch",
  grad: "gradPitch",
  target: "targetPitch",
  unitWeights: "unitWeightPitch",
} as const;
export type Placeable = keyof typeof PITCHES;

/** A call's memory (assembly/tile/frame.ts): where its areas lie, and views of them. */
export class TileMemory {
  readonly #exports: Exports;
  readonly #memory: LinearMemory;
  readonly #frame: number;
  readonly #views = new Map<number, Float64Array>();
  readonly #at = {} as Record<Area, number>;
  #classes = 0;
  #pitch = 0;
  #room = { start: 0, bytes: 0 };

  constructor(exports: Exports, memory: LinearMemory) {
    this.#exports = exports;
    this.#memory = memory;
    this.#frame = exports.frame.value >>> 0;
  }

  /** Where an area of the tile begins, until memory grows. */
  address(area: Area): number {
    return this.#at[area];
  }

  get pitch(): number {
    return this.#pitch;
  }

  get classes(): number {
    return this.#classes;
  }

  /**
   * Lays out a tile of `tilePixels` pixels for so many classes. The last layout stays, so calls with the same number of
   * classes pay nothing.
   */
  layOut(classes: number): void {
    if (classes === this.#classes) return;
    const pixels = tilePixels(classes);
    // A pitch that is not a power of two keeps the planes out of each other's cache sets.
    const pitch = pixels * 4 + 1088;
    const sizes: Record<string, number> = {
      labels: pixels * 4,
      bins: (classes + 3) * 16,
      rows: this.#exports.rowsBytes.value,
      sums: classes * SUMS * 8,
      options: 256,
      source: Math.max(classes * pixels, CHUNK) * 4 + 64,
      classTable: classes * Math.max(SLOPES, classes + 1) * 4 + 64,
    };
    for (const set of PLANES) sizes[set] = classes * pitch;
    const total = Object.values(sizes).reduce((sum, n) => afterPage(sum) + n, 0);
    if (total > this.#room.bytes) {
      this.#classes = 0;
      this.#memory.give(this.#room.start);
      this.#room = { start: 0, bytes: 0 };
      this.#room = { start: this.#memory.take(total, `a tile of ${classes} classes`), bytes: total };
    }
    let at = this.#room.start;
    for (const [name, size] of Object.entries(sizes)) {
      const start = afterPage(at);
      this.#at[name as Area] = name === "classTable" ? start + 64 : start;
      at = start + size;
    }
    this.#classes = classes;
    this.#pitch = pitch;
    this.set(FRAME.classes, classes);
    this.set(FRAME.pitch, pitch);
    for (const name of SHOWN) this.set(FRAME[name], this.#at[name]);
    this.#own("pred");
    this.#own("prob");
    this.#own("target");
  }

  set(field: FrameField, value: number): void {
    this.#memory.i32[(this.#frame + field) >>> 2] = value;
  }

  setFloat(field: FrameField, value: number): void {
    this.#memory.f32[(this.#frame + field) >>> 2] = value;
  }

  get(field: FrameField): number {
    return this.#memory.i32[(this.#frame + field) >>> 2];
  }

  /** Points the frame at planes that a step uses only where they are wanted. */
  want(set: "prob" | "grad" | "target" | "units" | "unitWeights", wanted: boolean): void {
    if (set !== "units" && set !== "unitWeights") this.#own(set);
    this.set(FRAME[set], wanted ? this.#at[set] : 0);
  }

  #own(set: Placeable): void {
    this.set(FRAME[set], this.#at[set]);
    this.set(FRAME[PITCHES[set]], this.#pitch);
  }

  /**
   * Points the frame at pixels of a tensor of the module's memory, which then need not be copied. Refuses where they
   * are elsewhere, or where steps, which take whole vectors, would reach beyond them.
   */
  place(set: Placeable, data: Float32Array, start: number, pixels: number, count: number): boolean {
    if (data.buffer !== this.#memory.f32.buffer || padTo(count) !== count) return false;
    if (set === "pred") this.#own("prob");
    this.set(FRAME[set], data.byteOffset + 4 * start);
    this.set(FRAME[PITCHES[set]], 4 * pixels);
    return true;
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
      { f32 } = this.#memory;
    if (set === "pred" || set === "prob" || set === "target") this.#own(set);
    if (set === "pred") this.#own("prob");
    if (channelsLast) {
      const from = start + first * planes;
      f32.set(data.subarray(from, from + count * planes), this.#at.source >>> 2);
      this.#exports.toPlanes(this.#at[set], count);
      return;
    }
    for (let c = 0; c < planes; c++) {
      const from = start + c * pixels + first;
      f32.set(data.subarray(from, from + count), at + c * stride);
    }
  }

  /**
   * A soft target's planes. Those of two classes or one steps find where they lie, if they can (0.89 of the time).
   * More, which a copy brings nearer to each other (else 1.04), are copied and padded with zeros, as is what a step
   * `writes`.
   */
  bringTarget(
    data: Float32Array,
    start: number,
    pixels: number,
    first: number,
    count: number,
    channelsLast: boolean,
    writes = false,
  ): void {
    const few = this.#classes <= 2 && !channelsLast && !writes;
    if (few && this.place("target", data, start + first, pixels, count)) return;
    this.stage("target", data, start, pixels, first, count, channelsLast);
    this.clearPadding("target", count, padTo(count));
  }

  /** Where numbers of pixels lie, in the module's memory or brought there, to an area of it. */
  findSource(data: Float32Array, padded: number, padding = 0, area: "source" | "unitWeights" = "source"): number {
    if (data.buffer === this.#memory.f32.buffer && data.length === padded) return data.byteOffset;
    const at = this.#at[area] >>> 2;
    this.#memory.f32.set(data, at);
    this.#memory.f32.fill(padding, at + data.length, at + padded);
    return this.#at[area];
  }

  /** Has `work` find numbers of pixels there, or where they lie in the module's memory. */
  withSource<T>(data: Float32Array, padded: number, padding: number, work: () => T): T {
    this.set(FRAME.source, this.findSource(data, padded, padding));
    try {
      return work();
    } finally {
      this.set(FRAME.source, this.#at.source);
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
      { f32 } = this.#memory;
    if (channelsLast) {
      this.#exports.fromPlanes(this.#at[set], count);
      const source = this.#at.source >>> 2;
      data.set(f32.subarray(source, source + count * planes), start + first * planes);
      return;
    }
    for (let c = 0; c < planes; c++)
      data.set(f32.subarray(at + c * stride, at + c * stride + count), start + c * pixels + first);
  }

  /** Padding holds what earlier tiles left, and must not be NaN times 0. */
  clearPadding(set: PlaneSet, count: number, padded: number): void {
    const at = this.#at[set] >>> 2,
      stride = this.#pitch >>> 2;
    for (let c = 0; c < this.#classes; c++) this.#memory.f32.fill(0, at + c * stride + count, at + c * stride + padded);
  }

  /** Views are kept: one made anew costs as much as a step on a small tile. */
  #view64(at: number, length: number): Float64Array {
    const known = this.#views.get(at),
      { f64 } = this.#memory;
    if (known?.length === length && known.buffer === f64.buffer) return known;
    const view = f64.subarray(at >>> 3, (at >>> 3) + length);
    this.#views.set(at, view);
    return view;
  }

  /** SUMS numbers a class. */
  get sums(): Float64Array {
    return this.#view64(this.#at.sums, SUMS * this.#classes);
  }

  /** So many of the numbers from the first class's sums on. */
  allSums(length: number): Float64Array {
    return this.#view64(this.#at.sums, length);
  }

  /** What a score reads, and the slopes it leaves; `ROW` says where. */
  get row(): Float64Array {
    return this.#view64(this.#exports.row.value >>> 0, ROW.bytes);
  }

  /** A member's own fields. */
  get options(): Float64Array {
    return this.#view64(this.#at.options, 32);
  }

  writeOptions(values: ArrayLike<number>, float64: boolean): void {
    if (values.length === 0) return;
    if (float64) this.#memory.f64.set(values, this.#at.options >>> 3);
    else this.#memory.f32.set(values, this.#at.options >>> 2);
  }

  /**
   * Per-class numbers, some of those given, times a factor; the entry before the first serves label -1. One by one, as
   * a view of a few numbers takes longer than they do.
   */
  writeClassTable(values: ArrayLike<number>, from = 0, to = values.length, factor = 1): void {
    const { f32 } = this.#memory,
      first = this.#at.classTable >>> 2;
    f32[first - 1] = 0;
    for (let i = from; i < to; i++) f32[first + i - from] = factor * values[i];
  }

  /** One plane of what the last tile left, until memory grows. */
  plane(set: PlaneSet, c: number, count: number): Float32Array {
    const at = (this.#at[set] + c * this.#pitch) >>> 2;
    return this.#memory.f32.subarray(at, at + count);
  }
}

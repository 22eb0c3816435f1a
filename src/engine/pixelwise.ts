import type { Kernels, StepCall } from "../bindings/kernels.js";
import { type Beside, countAbove, keepLargest, sumKept } from "../bindings/planes/selection.js";
import { padTo } from "../bindings/tile.js";
import { FRAME } from "../bindings/tileMemory.js";
import type { TargetStatistics } from "../tensors/conventions.js";
import { isBinary } from "../tensors/conventions.js";
import type { Geometry } from "../tensors/shape.js";
import type { Job } from "./job.js";
import type { PixelTerm, Tile, Top, UnitWeights } from "./plan.js";

/** Per class the factor of its term (categorical), or per channel those of the answers yes and no (binary). */
function classTable(term: PixelTerm, classes: number, binary: boolean): Float32Array {
  const { classWeights, background, foreground, positive } = term;
  const weight = (c: number) => classWeights?.[c] ?? 1;
  const table = new Float32Array(binary ? 2 * classes : classes);
  for (let c = 0; c < classes; c++) {
    if (!binary) {
      table[c] = weight(c) * (c === 0 ? background : foreground);
      continue;
    }
    const yes = typeof positive === "number" ? positive : (positive?.[c] ?? 1);
    table[2 * c] = weight(c) * foreground * yes;
    table[2 * c + 1] = weight(c) * background;
  }
  return table;
}

/** A pixel term, what its sum is multiplied by, and what its evaluation has in common for all tiles. */
export interface ScaledTerm {
  readonly term: PixelTerm;
  readonly scale: number;
  readonly table: Float32Array;
  /** Whether the table says the same of all classes. */
  readonly uniform: boolean;
  /** Whether the target is read as planes. */
  readonly planes: boolean;
  /** Whether each entry is a unit. */
  readonly binary: boolean;
  readonly step: StepCall;
}

/** By whether each entry is a unit, and whether the target is read as planes. */
const STEPS = [
  ["CategoricalLabels", "CategoricalSoft"],
  ["EntryLabels", "EntrySoft"],
] as const;

export function scaleTerm(
  kernels: Kernels,
  { activation, geometry, soft }: Job,
  term: PixelTerm,
  scale: number,
): ScaledTerm {
  const binary = isBinary(activation, geometry.classes) || term.independent === true,
    planes = soft !== undefined || term.labelSmoothing > 0 || (activation === "none" && !binary),
    table = classTable(term, geometry.classes, binary);
  return {
    term,
    scale,
    table,
    uniform: table.every((factor) => factor === table[0]),
    planes,
    binary,
    step: kernels.step(term.kernel, STEPS[binary ? 1 : 0][planes ? 1 : 0]),
  };
}

/** 1 over what the mean divides by; 0 where nothing counts (specification 1.11). */
export function normaliser(
  term: PixelTerm,
  statistics: TargetStatistics,
  { batch, classes }: Geometry,
  binary: boolean,
): number {
  if (term.reduction === "sum") return 1;
  if (term.normaliser === "pixelsAndOne") return 1 / (statistics.valid.reduce((n, valid) => n + valid, 0) + 1);
  const weights = term.normaliser === "count" ? undefined : term.classWeights,
    entries = binary || term.normaliser === "entries";
  let sum = 0;
  for (let b = 0; b < batch; b++) {
    for (let c = 0; c < classes; c++) {
      if (entries) sum += statistics.valid[b] * (weights?.[c] ?? 1);
      else if (weights) sum += statistics.total[b * classes + c] * weights[c];
    }
    if (!entries && !weights) sum += statistics.valid[b];
  }
  return sum > 0 ? 1 / sum : 0;
}

/**
 * What ranks the units of a term of the largest, and after `select` the choice (topK: Wu, Shen, van den Hengel 2016).
 * It stands in the module's memory, where selection finds it and no call needs a new array (a fifth of the time).
 */
export class PixelRanking {
  readonly #planes: number;
  /** Units of a sample, and of what is ranked together. */
  readonly #perSample: number;
  readonly #pool: number;
  /** From one pool to the next: whole vectors, as what ends one is filled up. */
  readonly #stride: number;
  readonly #pools: number;
  /** Where the ranks stand, and the units' losses if something else ranks them. */
  #ranks = 0;
  #losses = 0;
  #kept = 0;

  constructor(
    readonly kernels: Kernels,
    readonly term: PixelTerm,
    readonly geometry: Geometry,
    readonly statistics: TargetStatistics,
    binary: boolean,
    readonly pixelWeights?: () => Float32Array,
  ) {
    const { batch, classes, pixels } = geometry,
      pooled = this.#top.batch ? batch : 1;
    this.#planes = binary ? classes : 1;
    this.#perSample = this.#planes * pixels;
    this.#pool = pooled * this.#perSample;
    this.#stride = padTo(this.#pool);
    this.#pools = pooled > 0 ? batch / pooled : 0;
  }

  get #top(): Top {
    return this.term.top as Top;
  }

  /** Bytes of what `place` gives addresses of. A tile's padding reaches beyond the last unit. */
  get areas(): number[] {
    const bytes = 4 * this.#pools * this.#stride + 64;
    return [bytes, this.#top.by ? bytes : 0];
  }

  place(ranks: number, losses: number): void {
    this.#ranks = ranks;
    this.#losses = losses;
  }

  /** Where a sample's units begin. */
  #at(b: number, ranks: boolean): number {
    const pool = Math.floor((b * this.#perSample) / this.#pool),
      first = pool * this.#stride + b * this.#perSample - pool * this.#pool;
    return (ranks ? this.#ranks : this.#losses) + 4 * first;
  }

  /** Has the steps leave a tile's ranks, or losses, where they belong; tiles come in their order. */
  aim({ b, first }: Tile, ranks: boolean): void {
    const { tile } = this.kernels;
    if (this.#planes === 1) tile.set(FRAME.units, this.#at(b, ranks) + 4 * first);
    else tile.want("units", true);
  }

  /** Takes what could not be left there. */
  collect({ b, first, count }: Tile, ranks: boolean): void {
    const { tile, memory } = this.kernels,
      { pixels } = this.geometry;
    if (this.#planes > 1)
      tile.unstage("units", memory.f32, this.#at(b, ranks) >>> 2, pixels, first, count, false, this.#planes);
    tile.want("units", false);
  }

  /** The value: the sum or mean of what is kept. */
  select(): number {
    const { kernels } = this,
      { f32 } = kernels.memory,
      { keep, by } = this.#top,
      { batch } = this.geometry,
      { valid, counted = valid } = this.statistics,
      samples = batch / this.#pools;
    let sum = 0;
    for (let from = 0; from < batch; from += samples) {
      const at = this.#at(from, true),
        weights: Beside = (first, count) => this.#weightsAt(from, first, count),
        units = counted.subarray(from, from + samples).reduce((n, v) => n + v, 0) * this.#planes;
      if (units === 0) {
        f32.fill(0, at >>> 2, (at >>> 2) + this.#pool);
        continue;
      }
      f32.fill(-1, (at >>> 2) + this.#pool, (at >>> 2) + this.#stride);
      const kept = keep(units, (bound) => countAbove(kernels, at, this.#pool, bound)),
        late = this.pixelWeights && this.term.unweighted ? weights : undefined,
        largest = keepLargest(kernels, at, this.#pool, kept, late),
        losses = this.#at(from, false);
      sum += by ? sumKept(kernels, at, this.#pool, (first) => losses + 4 * first) : largest;
      this.#kept += this.pixelWeights ? sumKept(kernels, at, this.#pool, weights) : kept;
    }
    return sum * this.scale;
  }

  /** Where weights of units stand, so many from one of those on that are ranked together with a sample's. */
  #weightsAt(b: number, first: number, count: number): number {
    const { memory, tile } = this.kernels,
      { pixels } = this.geometry,
      weights = this.pixelWeights?.() as Float32Array,
      source = tile.address("source");
    for (let at = 0, n = 0; at < count; at += n) {
      const sample = b + Math.floor((first + at) / this.#perSample),
        pixel = (first + at) % pixels,
        own = weights.subarray(sample * pixels + pixel, (sample + 1) * pixels).subarray(0, count - at);
      n = own.length;
      if (n === padTo(count)) return tile.findSource(own, n);
      memory.f32.set(own, (source >>> 2) + at);
    }
    memory.f32.fill(0, (source >>> 2) + count, (source >>> 2) + padTo(count));
    return source;
  }

  get scale(): number {
    return this.term.reduction === "sum" ? 1 : this.#kept > 0 ? 1 / this.#kept : 0;
  }

  /** 1 for what is kept, or its weights where these act on nothing else, and 0 for the others. */
  get chosen(): UnitWeights {
    const { memory } = this.kernels,
      first = this.#ranks >>> 2,
      sampleStride = this.#pools > 1 ? this.#stride : this.#perSample;
    return {
      get data() {
        return memory.f32.subarray(first);
      },
      planes: this.#planes,
      sampleStride,
    };
  }
}

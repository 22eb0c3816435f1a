import type { Kernels, StepCall } from "../bindings/kernels.js";
import { keepLargest } from "../bindings/planes/selection.js";
import type { TargetStatistics } from "../tensors/conventions.js";
import { isBinary } from "../tensors/conventions.js";
import type { Geometry } from "../tensors/shape.js";
import type { PixelTerm, Tile, Top, UnitWeights } from "./plan.js";
import type { Job } from "./tiles.js";

/** Per class the factor of its term (categorical), or per channel those of the answers yes and no (binary). */
function classTable(term: PixelTerm, classes: number, binary: boolean): Float32Array {
  const { classWeights, background, foreground, positive } = term;
  const weight = (c: number) => classWeights?.[c] ?? 1;
  if (!binary) return Float32Array.from({ length: classes }, (_, c) => weight(c) * (c === 0 ? background : foreground));
  const table = new Float32Array(2 * classes);
  for (let c = 0; c < classes; c++) {
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
    step: kernels.step(term.kernel, `${binary ? "Entry" : "Categorical"}${planes ? "Soft" : "Labels"}`),
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
 */
export class PixelRanking {
  readonly #units: Float32Array;
  /** The units' losses, where something else ranks them. */
  readonly #losses?: Float32Array;
  readonly #planes: number;
  #kept = 0;

  constructor(
    readonly term: PixelTerm,
    readonly geometry: Geometry,
    readonly statistics: TargetStatistics,
    binary: boolean,
    readonly pixelWeights?: () => Float32Array,
  ) {
    this.#planes = binary ? geometry.classes : 1;
    this.#units = new Float32Array(geometry.batch * this.#planes * geometry.pixels);
    if (term.top?.by) this.#losses = new Float32Array(this.#units.length);
  }

  /** Takes the ranks of a tile's units, or their losses where these do not rank them. */
  collect(kernels: Kernels, { b, first, count }: Tile, ranks: boolean): void {
    const { pixels } = this.geometry,
      to = ranks ? this.#units : (this.#losses as Float32Array);
    kernels.tile.unstage("units", to, b * this.#planes * pixels, pixels, first, count, false, this.#planes);
  }

  /** The value: the sum or mean of what is kept. */
  select(kernels: Kernels): number {
    const { keep, batch: pooled } = this.term.top as Top;
    const { batch } = this.geometry,
      { valid, counted = valid } = this.statistics,
      perSample = this.#units.length / Math.max(1, batch);
    const pools = pooled ? [[0, batch]] : Array.from({ length: batch }, (_, b) => [b, b + 1]);
    let sum = 0;
    for (const [from, to] of pools) {
      const units = counted.subarray(from, to).reduce((n, v) => n + v, 0) * this.#planes;
      if (units === 0) {
        this.#units.fill(0, from * perSample, to * perSample);
        continue;
      }
      const kept = keep(units, (bound) => this.#above(bound, from * perSample, to * perSample));
      sum += keepLargest(kernels, this.#units, from * perSample, to * perSample, kept);
      this.#kept += this.pixelWeights ? this.#keptWeight(from, to, perSample) : kept;
    }
    if (this.#losses) {
      sum = 0;
      for (const [i, chosen] of this.#units.entries()) if (chosen) sum += this.#losses[i];
    }
    return sum * this.scale;
  }

  /** The weights of what is kept in some samples, added up. */
  #keptWeight(from: number, to: number, perSample: number): number {
    const { pixels } = this.geometry,
      weights = this.pixelWeights?.() ?? [];
    let sum = 0;
    for (let i = from * perSample; i < to * perSample; i++)
      if (this.#units[i] === 1) sum += weights[Math.floor(i / perSample) * pixels + (i % pixels)];
    return sum;
  }

  /** How many of the units [from, to) rank above a bound. */
  #above(bound: number, from: number, to: number): number {
    let count = 0;
    for (let i = from; i < to; i++) if (this.#units[i] > bound) count++;
    return count;
  }

  get scale(): number {
    return this.term.reduction === "sum" ? 1 : this.#kept > 0 ? 1 / this.#kept : 0;
  }

  /** 1 for what is kept, 0 for the others. */
  get chosen(): UnitWeights {
    return { data: this.#units, planes: this.#planes, sampleStride: this.#planes * this.geometry.pixels };
  }
}

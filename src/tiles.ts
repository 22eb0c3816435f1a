import type { Kernels } from "./bindings/kernels.js";
import type { Activation, Term, Tile, UnitWeights } from "./plan.js";
import type { Geometry, LabelArray } from "./shape.js";
import { firstLabel, type TargetStatistics } from "./target.js";

/** Everything one evaluation needs, checked. */
export interface Job {
  readonly activation: Activation;
  readonly terms: readonly Term[];
  readonly pred: () => Float32Array;
  readonly geometry: Geometry;
  readonly labels?: () => LabelArray;
  readonly soft?: () => Float32Array;
  readonly ignoreIndex?: number;
  readonly statistics: TargetStatistics;
  /** Takes the gradient; without it only the value is computed. */
  readonly out?: () => Float32Array;
  /** Which of the tiles are evaluated here; all, if there is none. */
  readonly share?: Share;
}

/** One of several workers' parts of a call. */
export interface Share {
  readonly index: number;
  readonly of: number;
  /** Shared memory with the next tile of each pass. Workers that claim tiles end together even if one was held up, where any may evaluate any tile. */
  readonly claims?: Int32Array;
}

const ALL: Share = { index: 0, of: 1 };

/** A share's tiles of `size` pixels, counted through the batch: from the first to before the end. */
function tilesOf({ index, of }: Share, { batch, pixels }: Geometry, size: number): { first: number; end: number } {
  const tiles = batch * Math.ceil(pixels / size);
  return { first: Math.floor((index * tiles) / of), end: Math.floor(((index + 1) * tiles) / of) };
}

/** The samples that a share's tiles are of. */
export function samplesOf(share: Share, geometry: Geometry, size: number): { first: number; end: number } {
  const perSample = Math.max(1, Math.ceil(geometry.pixels / size)),
    { first, end } = tilesOf(share, geometry, size);
  return { first: Math.floor(first / perSample), end: Math.ceil(end / perSample) };
}

/** Whether each entry is its own yes/no question, or the classes of a pixel compete (specification 1.1). */
export const isBinary = (activation: Activation, classes: number) => activation === "sigmoid" || (activation === "none" && classes === 1);

/** A call's prediction and target, brought into the module's memory tile by tile. */
export class TiledJob {
  /** The smoothing that the target planes hold. */
  #smoothed = 0;

  constructor(
    readonly kernels: Kernels,
    readonly job: Job,
  ) {
    const { geometry, activation, ignoreIndex, labels, soft } = job;
    kernels.use(geometry.classes);
    kernels.set("firstLabel", firstLabel(geometry.classes));
    kernels.ignore(ignoreIndex, labels?.());
    kernels.set("plain", activation === "none" ? 1 : 0);
    kernels.set("soft", soft ? 1 : 0);
    kernels.set("accumulate", 0);
    kernels.want("units", false);
  }

  #passes = 0;

  /** Tiles that may be evaluated here in a pass. */
  get room(): number {
    const { geometry, share } = this.job,
      size = this.kernels.use(geometry.classes),
      { first, end } = tilesOf(share && !this.#claims ? share : ALL, geometry, size);
    return end - first;
  }

  /** A map of the target has only the share's own samples, so its tiles are not claimed. */
  get #claims(): Int32Array | undefined {
    const { share, terms } = this.job,
      mapped = terms.some((term) => "unitWeights" in term && term.unitWeights);
    return mapped ? undefined : share?.claims;
  }

  /** The numbers of the tiles of a pass, each when it is wanted. */
  *#indices(size: number): Generator<number> {
    const { geometry, share = ALL } = this.job,
      claims = this.#claims,
      pass = this.#passes++,
      { first, end } = tilesOf(claims ? ALL : share, geometry, size);
    if (claims) for (let i = Atomics.add(claims, pass, 1); i < end; i = Atomics.add(claims, pass, 1)) yield i;
    else for (let i = first; i < end; i++) yield i;
  }

  *all(): Generator<Tile> {
    const { pixels, classes } = this.job.geometry,
      size = this.kernels.use(classes),
      perSample = Math.ceil(pixels / size);
    for (const index of this.#indices(size)) {
      const first = (index % perSample) * size;
      yield { index, b: Math.floor(index / perSample), first, count: Math.min(size, pixels - first) };
    }
  }

  /** Brings a tile of the prediction (or what stands for it) and of the target in; returns its padded length. */
  stage(tile: Tile, data: Float32Array, set: "pred" | "prob"): number {
    const { kernels } = this,
      { geometry, labels } = this.job,
      { classes, pixels, channelsLast } = geometry;
    kernels.stage(set, data, tile.b * classes * pixels, pixels, tile.first, tile.count, channelsLast);
    const padded = labels ? kernels.stageLabels(labels(), tile.b * pixels + tile.first, tile.count) : kernels.stageNoLabels(tile.count);
    if (!labels) this.#stageSoft(tile, padded);
    return padded;
  }

  #stageSoft(tile: Tile, padded: number): void {
    const { kernels } = this,
      { geometry, soft } = this.job,
      { classes, pixels, channelsLast } = geometry;
    if (!soft) return;
    kernels.stage("target", soft(), tile.b * classes * pixels, pixels, tile.first, tile.count, channelsLast);
    kernels.clearPadding("target", tile.count, padded);
    this.#smoothed = 0;
  }

  stageWeights(weights: UnitWeights | undefined, tile: Tile, padded: number): void {
    const { kernels } = this,
      { pixels } = this.job.geometry;
    kernels.want("unitWeights", weights !== undefined);
    if (!weights) return;
    kernels.stage("unitWeights", weights.data, tile.b * weights.sampleStride, pixels, tile.first, tile.count, false, weights.planes);
    kernels.clearPadding("unitWeights", tile.count, padded);
    kernels.set("unitWeightPitch", weights.planes > 1 ? kernels.pitch : 0);
  }

  unstage({ b, first, count }: Tile, set: "prob" | "grad", out: Float32Array): void {
    const { classes, pixels, channelsLast } = this.job.geometry;
    this.kernels.unstage(set, out, b * classes * pixels, pixels, first, count, channelsLast);
  }

  /** The target planes with so much smoothing; labels become planes with it. */
  smooth(tile: Tile, padded: number, smoothing: number): void {
    const { kernels } = this,
      { activation, geometry, soft } = this.job;
    if (soft && smoothing === this.#smoothed) return;
    if (this.#smoothed !== 0) this.#stageSoft(tile, padded);
    kernels.setFloat("targetScale", 1 - smoothing);
    kernels.setFloat("targetOffset", smoothing / (isBinary(activation, geometry.classes) ? 2 : geometry.classes));
    kernels.smoothTarget(padded);
    this.#smoothed = smoothing;
  }
}

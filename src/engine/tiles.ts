import type { Kernels } from "../bindings/kernels.js";
import { padTo, SUMS, tilePixels } from "../bindings/tile.js";
import { FRAME, type Placeable } from "../bindings/tileMemory.js";
import { firstLabel, isBinary } from "../tensors/conventions.js";
import { refuseImprobable } from "../tensors/probabilities.js";
import type { Geometry } from "../tensors/shape.js";
import { shareBytes } from "../tensors/sharedBytes.js";
import type { Job } from "./job.js";
import type { Tile, UnitWeights } from "./plan.js";
import { CHECKS } from "./sums.js";

/** Tiles of `size` pixels in the batch. */
const countTiles = ({ batch, pixels }: Geometry, size: number): number => batch * Math.ceil(pixels / size);

/** Planes that stay in a cache together, though they are often a power of two apart. */
const TOGETHER = 8;

/** More than a loss has terms. */
const TERMS = 4;

/**
 * Numbers of the board of a shared call of so many losses: what its shares count of the target, the sums of every tile,
 * the values of the terms' parts, and the planes of each sample that they exchange.
 */
export function boardLength(geometry: Geometry, losses: number, shares: number, planes: number): number {
  const { batch, classes, pixels } = geometry,
    tiles = countTiles(geometry, tilePixels(classes));
  return (
    shares * (batch * classes + 3 * batch) +
    tiles * (2 * classes + CHECKS) +
    tiles * TERMS * losses * (classes * SUMS + 2) +
    TERMS * losses * (batch * (classes + 1) + 1) +
    Math.ceil((planes * batch * pixels) / 2)
  );
}

/** A call's prediction and target, brought into the module's memory tile by tile. */
export class TiledJob {
  /** The smoothing that the target planes hold. */
  #smoothed = 0;
  /** Whether the gradient of the tile at hand is written where it belongs. */
  #placed = false;
  /** Whether steps may read and write planes of the caller's tensors. */
  readonly #inPlace: boolean;
  /** The padded length of a tile that stays in the module's memory from one pass to the next. */
  #kept = 0;
  /** Whether a tile stays: the only one of a call, if nothing but its steps runs between the passes. */
  readonly keeps: boolean;

  constructor(
    readonly kernels: Kernels,
    readonly job: Job,
    /** Whether steps may write planes of the caller's tensors, however many there are. */
    readonly planewise: boolean,
  ) {
    const { geometry, activation, ignoreIndex, labels, soft } = job;
    kernels.tile.layOut(geometry.classes);
    kernels.tile.set(FRAME.firstLabel, firstLabel(geometry.classes));
    kernels.labels.ignore(ignoreIndex, labels?.());
    kernels.tile.set(FRAME.plain, activation === "none" ? -1 : 0);
    kernels.tile.set(FRAME.soft, soft ? 1 : 0);
    kernels.tile.set(FRAME.accumulate, 0);
    kernels.tile.want("units", false);
    const pred = job.pred(),
      out = job.out?.();
    this.#inPlace = !geometry.channelsLast && !(out && shareBytes(pred, out));
    this.keeps =
      this.count === 1 && !job.share && job.terms.every(({ kind }) => kind === "pixelwise" || kind === "overlap");
  }

  #passes = 0;

  /** Tiles of the whole call. */
  get count(): number {
    const { geometry } = this.job;
    return countTiles(geometry, tilePixels(geometry.classes));
  }

  /** Works on the tiles of a pass: all, or those that a share claims. */
  each(work: (tile: Tile) => void): void {
    const { geometry, share, terms } = this.job,
      { pixels, classes } = geometry,
      { count } = this,
      size = tilePixels(classes),
      perSample = Math.ceil(pixels / size);
    const workOn = (index: number) => {
      const first = (index % perSample) * size;
      work({ index, b: Math.floor(index / perSample), first, count: Math.min(size, pixels - first) });
    };
    this.kernels.tile.layOut(classes);
    this.#passes++;
    if (!share) {
      for (let index = 0; index < count; index++) workOn(index);
      return;
    }
    const mapped = terms.some((term) => "unitWeights" in term && term.unitWeights !== undefined);
    for (const index of share.indices(count, mapped)) workOn(index);
  }

  /** Brings a tile of the prediction (or what stands for it) and of the target in; returns its padded length. */
  stage(tile: Tile, data: Float32Array, set: "pred" | "prob"): number {
    if (this.#kept > 0 && this.#smoothed === 0) return this.#kept;
    const { kernels } = this,
      { geometry, labels } = this.job,
      { pixels } = geometry;
    this.bring(tile, set, data, set === "pred" || this.#close);
    const padded = labels
      ? kernels.labels.stage(labels(), tile.b * pixels + tile.first, tile.count, this.#marksOf(tile))
      : kernels.labels.stageNone(tile.count);
    if (!labels) this.#stageSoft(tile, padded);
    if (!labels && this.job.weightless) kernels.labels.markWeightless(this.#weightsOf(tile), padded);
    if (set === "pred" && this.job.probabilities && this.#passes === 1) this.#checkPred(tile, data, padded);
    if (this.keeps) this.#kept = padded;
    return padded;
  }

  /** Has steps find planes where they lie (true), if they go over them `once` and can, or else copies them. */
  bring(tile: Tile, set: "pred" | "prob", data: Float32Array, once = true): boolean {
    const { classes, pixels, channelsLast } = this.job.geometry,
      // Beside a soft target they go over pixels' logits several times.
      near = set === "prob" || !this.job.soft || this.#close;
    if (this.#inPlace && once && near && this.#place(set, tile, data)) return true;
    this.kernels.tile.stage(set, data, tile.b * classes * pixels, pixels, tile.first, tile.count, channelsLast);
    return false;
  }

  /** Whether probabilities can stand in the gradient's place while pred is read, and it is worth it. */
  get parksBeside(): boolean {
    return this.#inPlace;
  }

  /** Whether they can stand anywhere in the module's memory from one pass to the next, and more than one tile does. */
  get parksNear(): boolean {
    return this.#inPlace && this.#close && !this.keeps;
  }

  /** Brings back what a gather left of a tile in so many planes, 0 for all, where the gradient needs no more. */
  stageLeft(tile: Tile, data: Float32Array, planes: number): number {
    if (this.#kept > 0) return this.#kept;
    const { classes, pixels, channelsLast } = this.job.geometry,
      { kernels } = this;
    if (!this.park(tile, data))
      kernels.tile.stage(
        "prob",
        data,
        tile.b * classes * pixels,
        pixels,
        tile.first,
        tile.count,
        channelsLast,
        channelsLast ? classes : planes || classes,
      );
    return padTo(tile.count);
  }

  /**
   * Points the steps at where probabilities are parked, if they can work there. Planes of a tensor are often a power of
   * two apart: then more than eight of them, read again and again, do not stay in a cache together.
   */
  park(tile: Tile, data: Float32Array): boolean {
    return this.#close && this.parkOnce(tile, data);
  }

  get #close(): boolean {
    return this.planewise || this.job.geometry.classes <= TOGETHER;
  }

  /** The same for sigmoids, which go over each plane once, however many there are. */
  parkOnce(tile: Tile, data: Float32Array): boolean {
    return this.#inPlace && this.#place("prob", tile, data);
  }

  #place(set: Placeable, { b, first, count }: Tile, data: Float32Array): boolean {
    const { classes, pixels } = this.job.geometry;
    return this.kernels.tile.place(set, data, b * classes * pixels + first, pixels, count);
  }

  /** Where the steps leave a tile's gradient, if it is wanted: in the result itself where they can. */
  wantGradient(tile: Tile): void {
    const { out } = this.job;
    this.#placed = out !== undefined && this.#inPlace && this.#close && this.#place("grad", tile, out());
    if (!this.#placed) this.kernels.tile.want("grad", out !== undefined);
  }

  /** Brings in the gradient that terms have left, for others to add to. */
  stageGradient({ b, first, count }: Tile): void {
    const { classes, pixels, channelsLast } = this.job.geometry;
    if (this.job.out && !this.#placed)
      this.kernels.tile.stage("grad", this.job.out(), b * classes * pixels, pixels, first, count, channelsLast);
  }

  unstageGradient(tile: Tile): void {
    if (this.job.out && !this.#placed) this.unstage(tile, "grad", this.job.out());
  }

  #checkPred(tile: Tile, data: Float32Array, padded: number): void {
    const { kernels } = this;
    if (kernels.run(padded, kernels.step("countImprobable")) === 0) return;
    const marks = kernels.labels.read(tile.count);
    refuseImprobable(data, this.job.geometry, this.job.probabilities as string, tile, (i) => marks[i] >= 0);
  }

  #stageSoft(tile: Tile, padded: number, writes = false): void {
    const { kernels } = this,
      { geometry, soft } = this.job,
      { classes, pixels, channelsLast } = geometry;
    if (!soft) return;
    kernels.tile.bringTarget(soft(), tile.b * classes * pixels, pixels, tile.first, tile.count, channelsLast, writes);
    this.#smoothed = 0;
    if (this.job.voids) kernels.run(padded, kernels.step("labelRows"));
  }

  #marksOf({ b, first, count }: Tile): Uint8Array | undefined {
    const from = (b * padTo(this.job.geometry.pixels) + first) / 8;
    return this.job.weightless?.subarray(from, from + padTo(count) / 8);
  }

  /** Weights of a tile's pixels. */
  #weightsOf({ b, first, count }: Tile): Float32Array {
    const from = b * this.job.geometry.pixels + first;
    return (this.job.pixelWeights as () => Float32Array)().subarray(from, from + count);
  }

  /** Factors of a term's units: a map's, those of the pixels (where they act), or both in one. */
  stageWeights(map: UnitWeights | undefined, tile: Tile, padded: number, act = true): void {
    const { kernels } = this,
      { pixels } = this.job.geometry,
      given = act ? this.job.pixelWeights : undefined,
      own: UnitWeights | undefined = given && { data: given(), planes: 1, sampleStride: pixels },
      weights = map ?? own;
    kernels.tile.set(FRAME.pixelWeights, 0);
    kernels.tile.want("unitWeights", weights !== undefined);
    if (!weights) return;
    const { data, planes } = weights,
      start = tile.b * weights.sampleStride,
      both = map !== undefined && own !== undefined;
    // Planes are read where they lie, if nothing is to be multiplied there, and they stay in a cache together.
    const placed =
      planes <= TOGETHER &&
      !(both && !map.beside) &&
      !(weights.channelsLast && planes > 1) &&
      kernels.tile.place("unitWeights", data, start + tile.first, pixels, tile.count);
    if (!placed) {
      kernels.tile.stage("unitWeights", data, start, pixels, tile.first, tile.count, weights.channelsLast, planes);
      kernels.tile.clearPadding("unitWeights", tile.count, padded);
      kernels.tile.set(FRAME.unitWeightPitch, kernels.tile.pitch);
    }
    if (both) {
      const weights = this.#weightsOf(tile);
      if (map.beside) kernels.tile.set(FRAME.pixelWeights, kernels.tile.findSource(weights, padded));
      else this.#weighUnits(planes, kernels.tile.findSource(weights, padded), padded);
    }
    if (planes === 1) kernels.tile.set(FRAME.unitWeightPitch, 0);
  }

  #weighUnits(planes: number, weights: number, padded: number): void {
    const { tile, exports } = this.kernels,
      first = tile.address("unitWeights");
    for (let c = 0; c < planes; c++) exports.weighPlane(first + c * tile.pitch, weights, padded);
  }

  /** Back to where it belongs; the first planes only, if that is enough. */
  unstage({ b, first, count }: Tile, set: "prob" | "grad", out: Float32Array, planes = 0): void {
    const { classes, pixels, channelsLast } = this.job.geometry,
      most = channelsLast || planes === 0 ? classes : planes;
    this.kernels.tile.unstage(set, out, b * classes * pixels, pixels, first, count, channelsLast, most);
  }

  /** Leaves probabilities in a field, which is planes. */
  unstageField({ b, first, count }: Tile, field: Float32Array): void {
    const { classes, pixels } = this.job.geometry;
    this.kernels.tile.unstage("prob", field, b * classes * pixels, pixels, first, count);
  }

  /** The target planes with so much smoothing; labels become planes with it. */
  smooth(tile: Tile, padded: number, smoothing: number): void {
    const { kernels } = this,
      { activation, geometry, soft } = this.job;
    if (soft && smoothing === this.#smoothed) return;
    // It is written to.
    kernels.tile.want("target", true);
    this.#stageSoft(tile, padded, true);
    kernels.tile.setFloat(FRAME.targetScale, 1 - smoothing);
    kernels.tile.setFloat(
      FRAME.targetOffset,
      smoothing / (isBinary(activation, geometry.classes) ? 2 : geometry.classes),
    );
    kernels.exports.smoothTarget(0, padded);
    this.#smoothed = smoothing;
  }
}

import { firstLabel } from "../../tensors/conventions.js";
import type { WholeContext } from "../context.js";
import { tilePixels } from "../tile.js";

/** A prediction and its target. */
export interface ExactSource
  extends Pick<WholeContext, "kernels" | "activation" | "geometry" | "statistics" | "labels" | "soft"> {
  readonly pred: () => Float32Array;
}

/** Planes of all channels, so many bytes apart. */
interface Planes {
  readonly errors: number;
  readonly targets: number;
  readonly valid: number;
  readonly bytes: number;
}

/** Numbers of so many bytes, with what whole vectors write beyond their end. */
export const vectorBytes = (count: number, bytes: number): number => Math.ceil(count / 4) * 4 * bytes + 64;

/** Brings a tile of the target in, and of pred where it is wanted; returns its padded length. */
export function stageTile(
  { kernels, geometry, pred, labels, soft }: ExactSource,
  b: number,
  first: number,
  count: number,
  withPred: boolean,
): number {
  const { classes, pixels, channelsLast } = geometry,
    start = b * classes * pixels;
  if (withPred) kernels.tile.stage("pred", pred(), start, pixels, first, count, channelsLast);
  if (soft) kernels.tile.stage("target", soft(), start, pixels, first, count, channelsLast);
  return labels ? kernels.labels.stage(labels(), b * pixels + first, count) : kernels.labels.stageNone(count);
}

/**
 * Some rows of a sample in float64: t and p - t of each channel, or their means over blocks of pixels
 * (assembly/edges/exactErrors.ts, assembly/math/blocks.ts).
 */
export class ExactPlanes {
  readonly width: number;
  readonly height: number;
  readonly #planes: Planes;
  readonly #image: Planes;
  #present: boolean[] = [];

  private constructor(
    readonly source: ExactSource,
    readonly factor: number,
    planes: Planes,
    image: Planes,
  ) {
    const [height, width] = source.geometry.spatial;
    this.height = Math.ceil(height / factor);
    this.width = Math.ceil(width / factor);
    this.#planes = planes;
    this.#image = image;
  }

  /** Calls `work` with room for `rows` rows of blocks of `factor` pixels a side. */
  static with<T>(source: ExactSource, factor: number, rows: number, work: (planes: ExactPlanes) => T): T {
    const { kernels, geometry } = source,
      { classes, spatial } = geometry,
      [height, width] = spatial,
      size = Math.min(rows, Math.ceil(height / factor)) * Math.ceil(width / factor),
      planes = [vectorBytes(size, 8), factor > 1 ? vectorBytes(factor * width, 8) : 0],
      sizes = planes.flatMap((each) => [classes * each, classes * each, each]);
    return kernels.memory.with(sizes, "probabilities in float64", (...at) => {
      const [own, image] = planes.map((bytes, i) => {
        const [errors, targets, valid] = at.slice(3 * i);
        return { errors, targets, valid, bytes };
      });
      return work(new ExactPlanes(source, factor, own, image));
    });
  }

  /** Addresses of a channel's planes; 0 for a target that is known to be empty. */
  errors(c: number): number {
    return this.#planes.errors + c * this.#planes.bytes;
  }
  targets(c: number): number {
    return this.#present[c] ? this.#planes.targets + c * this.#planes.bytes : 0;
  }
  /** 1 where all of a block counts; staged where a sample has pixels that do not. */
  get valid(): number {
    return this.#planes.valid;
  }

  /** Whether a sample has pixels that do not count. */
  hides(b: number): boolean {
    return this.source.statistics.valid[b] < this.source.geometry.pixels;
  }

  /** Stages targets, and errors where they are wanted, of rows [from, from + count) of blocks. */
  stage(b: number, from: number, count: number, withErrors: boolean): void {
    const [height, width] = this.source.geometry.spatial,
      { factor } = this;
    this.#findChannels(b, from, count);
    if (factor === 1) {
      this.#stagePixels(b, from * width, count * width, this.#planes, withErrors);
      return;
    }
    for (let r = 0; r < count; r++) {
      const y = (from + r) * factor,
        rows = Math.min(factor, height - y);
      this.#stagePixels(b, y * width, rows * width, this.#image, withErrors);
      this.#means(b, rows, 8 * r * this.width, withErrors);
    }
  }

  #findChannels(b: number, from: number, count: number): void {
    const { kernels, geometry, labels } = this.source,
      { classes, pixels, spatial } = geometry,
      [height, width] = spatial,
      start = from * this.factor,
      rows = Math.min(height, (from + count) * this.factor) - start,
      first = firstLabel(classes);
    const counts = labels && kernels.labels.count(labels(), b * pixels + start * width, rows * width, classes + first);
    this.#present = Array.from({ length: classes }, (_, c) => !counts || counts[c + first + 1] > 0);
  }

  #means(b: number, rows: number, offset: number, withErrors: boolean): void {
    const { kernels, geometry } = this.source,
      mean = (from: number, to: number) =>
        kernels.exports.blockMeans(from, rows, geometry.spatial[1], this.factor, to + offset);
    for (let c = 0; c < geometry.classes; c++) {
      if (withErrors) mean(this.#image.errors + c * this.#image.bytes, this.errors(c));
      if (this.#present[c]) mean(this.#image.targets + c * this.#image.bytes, this.targets(c));
    }
    if (this.hides(b)) mean(this.#image.valid, this.#planes.valid);
  }

  #stagePixels(b: number, first: number, count: number, to: Planes, withErrors: boolean): void {
    const { kernels, activation, geometry } = this.source,
      { classes } = geometry,
      tile = tilePixels(classes);
    kernels.tile.layOut(classes);
    for (let done = 0; done < count; done += tile) {
      const n = Math.min(tile, count - done),
        at = 8 * done;
      stageTile(this.source, b, first + done, n, withErrors);
      if (withErrors) kernels.exports[`${activation}Errors`](n, to.errors + at, to.bytes);
      for (let c = 0; c < classes; c++)
        if (this.#present[c]) kernels.exports.exactTarget(n, c, to.targets + c * to.bytes + at);
      if (this.hides(b)) kernels.exports.exactValid(n, to.valid + at);
    }
  }
}

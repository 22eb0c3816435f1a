import type { Activation } from "../plan.js";
import type { Geometry, LabelArray } from "../shape.js";
import { firstLabel, type TargetStatistics } from "../target.js";
import { areas } from "./areas.js";
import type { Kernels } from "./kernels.js";

/** A prediction and its target. */
export interface EdgeSource {
  readonly kernels: Kernels;
  readonly activation: Activation;
  readonly geometry: Geometry;
  readonly statistics: TargetStatistics;
  readonly pred: () => Float32Array;
  readonly labels?: () => LabelArray;
  readonly soft?: () => Float32Array;
  readonly grad?: () => Float32Array;
}

export interface BandSettings {
  /** Rows of a band, and pixels of a tile's side. */
  readonly size: number;
  /** Maps are those of means over blocks of so many pixels a side. */
  readonly downsample: number;
}

/** Planes of all channels, so many bytes apart. */
interface Planes {
  readonly errors: number;
  readonly targets: number;
  readonly valid: number;
  readonly bytes: number;
}

const vectors = (pixels: number, bytes: number) => Math.ceil(pixels / 4) * 4 * bytes + 64;

/**
 * Edge maps of one band of a sample after the other, as high as a tile, and the way back from them to the gradient (assembly/math/edges.ts).
 * A band needs a row above and below itself; what it means for these is carried to where they are complete.
 */
export class EdgeBands {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  /** Bytes of a row of float32 maps. */
  readonly pitch: number;
  readonly #planes: Planes;
  readonly #image: Planes;
  readonly #slopeBytes: number;
  readonly #directionBytes: number;
  readonly #at: Record<"map" | "more" | "shares" | "slope" | "across" | "down" | "slopes", number>;
  readonly #give: () => void;
  #b = 0;
  #first = 0;
  #rows = 0;
  #above = 0;
  #below = 0;
  #present: boolean[] = [];
  #carried = false;

  constructor(
    readonly source: EdgeSource,
    readonly settings: BandSettings,
  ) {
    const { kernels, geometry, grad } = source,
      { classes, spatial } = geometry,
      [height, width] = spatial,
      { size, downsample } = settings,
      blocks = downsample > 1;
    this.height = Math.ceil(height / downsample);
    this.width = Math.ceil(width / downsample);
    this.bands = Math.ceil(this.height / size);
    this.pitch = Math.ceil(this.width / 4) * 16;
    const rows = Math.min(size, this.height),
      bytes = vectors((rows + 2) * this.width, 8),
      imageBytes = blocks ? vectors(downsample * width, 8) : 0;
    this.#slopeBytes = vectors((rows + 2) * this.width, 4);
    this.#directionBytes = rows * this.pitch;
    const { at, give } = areas(
      kernels,
      [
        classes * bytes,
        classes * bytes,
        bytes,
        classes * imageBytes,
        classes * imageBytes,
        imageBytes,
        bytes,
        ...[1, 1, 1].map(() => rows * this.pitch),
        ...[1, 1].map(() => (grad ? classes * this.#directionBytes : 0)),
        grad ? classes * this.#slopeBytes : 0,
        kernels.call("edgeScratch", this.width),
      ],
      "edge maps",
    );
    const [errors, targets, valid, imageErrors, imageTargets, imageValid, map, more, shares, slope, across, down, slopes, scratch] = at;
    this.#planes = { errors, targets, valid, bytes };
    this.#image = { errors: imageErrors, targets: imageTargets, valid: imageValid, bytes: imageBytes };
    this.#at = { map, more, shares, slope, across, down, slopes };
    this.#give = give;
    kernels.call("setEdges", this.width, scratch);
  }

  dispose(): void {
    this.#give();
  }

  /** Turns to a band, the bands of a sample in their order. */
  turnTo(b: number, band: number): void {
    const { kernels, statistics, geometry } = this.source,
      { size } = this.settings,
      { shares } = this.#at,
      share = geometry.classes === 1 ? 1 : 0.5; // about 1 on the two rows beside a label change, which two classes see
    this.#b = b;
    this.#first = band * size;
    this.#rows = Math.min(size, this.height - this.#first);
    this.#above = band > 0 ? 1 : 0;
    this.#below = this.#first + this.#rows < this.height ? 1 : 0;
    if (band === 0) this.#carried = false;
    kernels.call("setBand", this.#rows, this.#above, this.#below, this.pitch);
    kernels.call("setTiles", size, this.#rows, this.width, this.pitch, shares);
    if (statistics.valid[b] === geometry.pixels) kernels.memory.f32.fill(share, shares >>> 2, (shares + this.#rows * this.pitch) >>> 2);
  }

  /** The rows of maps that are staged, with those above and below the band. */
  get #staged(): { from: number; count: number } {
    return { from: this.#first - this.#above, count: this.#above + this.#rows + this.#below };
  }

  #findChannels(): void {
    const { kernels, geometry, labels } = this.source,
      { classes, pixels, spatial } = geometry,
      { from, count } = this.#staged,
      [height, width] = spatial,
      { downsample } = this.settings;
    const start = from * downsample,
      end = Math.min(height, (from + count) * downsample),
      first = firstLabel(classes);
    const counts = labels && kernels.countLabels(labels(), this.#b * pixels + start * width, (end - start) * width, classes + first);
    this.#present = Array.from({ length: classes }, (_, c) => !counts || counts[c + first + 1] > 0);
  }

  /** Brings targets, and errors where they are wanted, of the band's rows in. */
  #stage(errors: boolean): void {
    const { kernels, geometry, statistics } = this.source,
      { spatial, pixels } = geometry,
      [height, width] = spatial,
      { downsample } = this.settings,
      { from, count } = this.#staged,
      hides = statistics.valid[this.#b] < pixels;
    this.#findChannels();
    if (downsample === 1) this.#stagePixels(from * width, count * width, this.#planes, errors, hides);
    else
      for (let r = 0; r < count; r++) {
        const y = (from + r) * downsample,
          rows = Math.min(downsample, height - y);
        this.#stagePixels(y * width, rows * width, this.#image, errors, hides);
        this.#means(rows, 8 * r * this.width, errors, hides);
      }
    if (hides) kernels.call("countedShares", this.#planes.valid, this.#above, this.#below, geometry.classes === 1 ? 1 : 0.5);
  }

  #means(rows: number, offset: number, errors: boolean, hides: boolean): void {
    const { kernels, geometry } = this.source,
      mean = (from: number, to: number) => kernels.call("blockMeans", from, rows, geometry.spatial[1], this.settings.downsample, to + offset);
    for (let c = 0; c < geometry.classes; c++) {
      const from = c * this.#image.bytes,
        to = c * this.#planes.bytes;
      if (errors) mean(this.#image.errors + from, this.#planes.errors + to);
      if (this.#present[c]) mean(this.#image.targets + from, this.#planes.targets + to);
    }
    if (hides) mean(this.#image.valid, this.#planes.valid);
  }

  #stagePixels(first: number, count: number, to: Planes, errors: boolean, hides: boolean): void {
    const { kernels, activation, geometry } = this.source,
      { classes } = geometry,
      tile = kernels.use(classes);
    for (let done = 0; done < count; done += tile) {
      const n = Math.min(tile, count - done),
        at = 8 * done;
      this.#stageTile(first + done, n, errors);
      if (errors) kernels.call(`${activation}Errors`, n, to.errors + at, to.bytes);
      for (let c = 0; c < classes; c++) if (this.#present[c]) kernels.call("exactTarget", n, c, to.targets + c * to.bytes + at);
      if (hides) kernels.call("exactValid", n, to.valid + at);
    }
  }

  #stageTile(first: number, count: number, pred: boolean): number {
    const { kernels, geometry, labels, soft } = this.source,
      { classes, pixels, channelsLast } = geometry,
      start = this.#b * classes * pixels;
    if (pred) kernels.stage("pred", this.source.pred(), start, pixels, first, count, channelsLast);
    if (soft) kernels.stage("target", soft(), start, pixels, first, count, channelsLast);
    return labels ? kernels.stageLabels(labels(), this.#b * pixels + first, count) : kernels.stageNoLabels(count);
  }

  /** The target's edge map of the band: float64, as assembly/edgeTiles.ts takes it. */
  target(): number {
    const { kernels, geometry } = this.source,
      { map } = this.#at;
    this.#stage(false);
    kernels.memory.f64.fill(0, map >>> 3, (map >>> 3) + this.#rows * this.width);
    for (let c = 0; c < geometry.classes; c++) if (this.#present[c]) kernels.call("addTargetEdges", this.#planes.targets + c * this.#planes.bytes, map);
    return map;
  }

  /** What the prediction's map has more than the target's: float32. */
  difference(): number {
    const { kernels, geometry, grad } = this.source,
      { more, across, down } = this.#at,
      { errors, targets, bytes } = this.#planes;
    this.#stage(true);
    kernels.memory.f32.fill(0, more >>> 2, (more + this.#rows * this.pitch) >>> 2);
    for (let c = 0; c < geometry.classes; c++) {
      const direction = c * this.#directionBytes;
      kernels.call(
        "addEdgeDifferences",
        errors + c * bytes,
        this.#present[c] ? targets + c * bytes : 0,
        more,
        grad ? across + direction : 0,
        grad ? down + direction : 0,
      );
    }
    return more;
  }

  /** An empty map for the derivative by the prediction's. */
  slope(): number {
    const { slope } = this.#at;
    this.source.kernels.memory.f32.fill(0, slope >>> 2, (slope + this.#rows * this.pitch) >>> 2);
    return slope;
  }

  /** Ends a band; `compared` where it has left a slope. Adds to the gradient what is complete. */
  finish(compared: boolean): void {
    const { kernels, geometry, grad } = this.source,
      { slope, across, down, slopes } = this.#at;
    if (!grad || (!compared && !this.#carried)) return;
    const { f32 } = kernels.memory,
      { from, count } = this.#staged,
      held = this.#carried ? 2 : 0,
      done = count - 2 * this.#below;
    for (let c = 0; c < geometry.classes; c++) {
      const plane = slopes + c * this.#slopeBytes,
        direction = c * this.#directionBytes,
        start = plane >>> 2;
      f32.fill(0, start + held * this.width, start + count * this.width);
      if (compared) kernels.call("addEdgeSlopes", slope, across + direction, down + direction, plane);
    }
    this.#addGradient(from, done);
    this.#carried = compared && this.#below > 0;
    if (!this.#carried) return;
    for (let c = 0; c < geometry.classes; c++) {
      const start = (slopes + c * this.#slopeBytes) >>> 2;
      f32.copyWithin(start, start + done * this.width, start + count * this.width);
    }
  }

  /** Rows of maps through the activation, so many from `from` on. */
  #addGradient(from: number, rows: number): void {
    const { kernels, activation, geometry } = this.source,
      { classes, spatial, pixels, channelsLast } = geometry,
      [height, width] = spatial,
      { downsample } = this.settings,
      grad = this.source.grad as () => Float32Array;
    const tile = kernels.use(classes),
      end = Math.min(height, (from + rows) * downsample) * width,
      start = this.#b * classes * pixels;
    kernels.want("grad", true);
    kernels.set("accumulate", 1);
    for (let first = from * downsample * width; first < end; first += tile) {
      const count = Math.min(tile, end - first),
        padded = this.#stageTile(first, count, true);
      this.#stageSlopes(from * downsample, first, count);
      kernels.stage("grad", grad(), start, pixels, first, count, channelsLast);
      kernels.run(padded, [`${activation}Forward`], [`${activation}Backward`]);
      kernels.unstage("grad", grad(), start, pixels, first, count, channelsLast);
    }
    kernels.set("accumulate", 0);
  }

  #stageSlopes(top: number, first: number, count: number): void {
    const { kernels, geometry } = this.source,
      { classes, spatial } = geometry,
      [height, width] = spatial,
      { slopes } = this.#at;
    if (this.settings.downsample === 1) {
      kernels.stage("slope", kernels.memory.f32, slopes >>> 2, this.#slopeBytes >>> 2, first - top * width, count);
      return;
    }
    for (let c = 0; c < classes; c++) {
      const to = kernels.plane("slope", c, count).byteOffset;
      kernels.call("spreadBlocks", slopes + c * this.#slopeBytes, top, height, width, this.settings.downsample, first, count, to);
    }
  }
}

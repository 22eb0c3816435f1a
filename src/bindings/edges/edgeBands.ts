import { tilePixels } from "../tile.js";
import { FRAME } from "../tileMemory.js";
import { ExactPlanes, type ExactSource, stageTile, vectorBytes } from "./exactPlanes.js";

export interface EdgeSource extends ExactSource {
  readonly grad?: () => Float32Array;
}

export interface BandSettings {
  /** Rows of a band, and pixels of a tile's side. */
  readonly size: number;
  /** Maps are those of means over blocks of so many pixels a side. */
  readonly downsample: number;
}

/** Addresses: the target's map, what the prediction's has more, and what is made of them. */
type Maps = Readonly<Record<"map" | "more" | "shares" | "slope" | "across" | "down" | "slopes", number>>;
/** Bytes of a row of float32 maps, of a channel's slopes' directions, and of its pixels' slopes. */
type Sizes = Readonly<Record<"pitch" | "direction" | "slope", number>>;

/**
 * Edge maps of one band of a sample after the other, as high as a tile, and the way back from them to the gradient
 * (assembly/math/edges.ts). A band needs a row above and below itself; what it means for these is carried to where they
 * are complete.
 */
export class EdgeBands {
  readonly bands: number;
  readonly #planes: ExactPlanes;
  readonly #pitch: number;
  readonly #directionBytes: number;
  readonly #slopeBytes: number;
  readonly #at: Maps;
  #b = 0;
  #first = 0;
  #rows = 0;
  #above = 0;
  #below = 0;
  #carried = false;

  private constructor(
    readonly source: EdgeSource,
    readonly settings: BandSettings,
    planes: ExactPlanes,
    sizes: Sizes,
    at: Maps,
  ) {
    this.#planes = planes;
    this.bands = Math.ceil(planes.height / settings.size);
    this.#pitch = sizes.pitch;
    this.#directionBytes = sizes.direction;
    this.#slopeBytes = sizes.slope;
    this.#at = at;
  }

  /** Calls `work` with room for the maps of a band. */
  static with<T>(source: EdgeSource, settings: BandSettings, work: (bands: EdgeBands) => T): T {
    const { kernels, geometry, grad } = source,
      { size, downsample } = settings;
    return ExactPlanes.with(source, downsample, size + 2, (planes) => {
      const { width, height } = planes,
        rows = Math.min(size, height),
        pitch = Math.ceil(width / 4) * 16,
        direction = grad ? rows * pitch : 0,
        slope = grad ? vectorBytes((rows + 2) * width, 4) : 0,
        directions = geometry.classes * direction,
        plane = rows * pitch;
      return kernels.memory.with(
        [
          vectorBytes(rows * width, 8),
          2 * plane,
          plane,
          plane,
          directions,
          directions,
          geometry.classes * slope,
          kernels.exports.edgeScratch(width),
        ],
        "edge maps",
        (map, more, shares, slopeMap, across, down, slopes, scratch) => {
          kernels.exports.setEdges(width, scratch);
          const at = { map, more, shares, slope: slopeMap, across, down, slopes };
          return work(new EdgeBands(source, settings, planes, { pitch, direction, slope }, at));
        },
      );
    });
  }

  /** Columns of the maps. */
  get width(): number {
    return this.#planes.width;
  }

  /** Turns to a band, the bands of a sample in their order. */
  turnTo(b: number, band: number): void {
    const { kernels } = this.source,
      { size } = this.settings,
      { shares } = this.#at;
    this.#b = b;
    this.#first = band * size;
    this.#rows = Math.min(size, this.#planes.height - this.#first);
    this.#above = band > 0 ? 1 : 0;
    this.#below = this.#first + this.#rows < this.#planes.height ? 1 : 0;
    if (band === 0) this.#carried = false;
    kernels.exports.setBand(this.#rows, this.#above, this.#below, this.#pitch);
    kernels.exports.setTiles(size, this.#rows, this.width, this.#pitch, shares);
  }

  /** The rows of maps that are staged, with those above and below the band. */
  get #staged(): { from: number; count: number } {
    return { from: this.#first - this.#above, count: this.#above + this.#rows + this.#below };
  }

  #stage(withErrors: boolean): void {
    const { kernels, geometry } = this.source,
      { from, count } = this.#staged,
      share = geometry.classes === 1 ? 1 : 0.5; // about 1 on the two rows beside a label change, which two classes see
    this.#planes.stage(this.#b, from, count, withErrors);
    if (this.#planes.hides(this.#b)) kernels.exports.countedShares(this.#planes.valid, this.#above, this.#below, share);
    else this.#fill(this.#at.shares, share);
  }

  /** A float32 map of the band. */
  #fill(map: number, value: number): number {
    this.source.kernels.memory.f32.fill(value, map >>> 2, (map + this.#rows * this.#pitch) >>> 2);
    return map;
  }

  /** The target's edge map: float64, as assembly/edges/tiles.ts takes it. */
  target(): number {
    const { kernels, geometry } = this.source,
      { map } = this.#at;
    this.#stage(false);
    kernels.memory.f64.fill(0, map >>> 3, (map >>> 3) + this.#rows * this.width);
    for (let c = 0; c < geometry.classes; c++)
      if (this.#planes.targets(c)) kernels.exports.addTargetEdges(this.#planes.targets(c), map);
    return map;
  }

  /** What the prediction's map has more than the target's: float64. */
  difference(): number {
    const { kernels, geometry, grad } = this.source,
      { more, across, down } = this.#at;
    this.#stage(true);
    kernels.memory.f64.fill(0, more >>> 3, (more + 2 * this.#rows * this.#pitch) >>> 3);
    for (let c = 0; c < geometry.classes; c++) {
      const [x, y] = grad ? [across, down].map((plane) => plane + c * this.#directionBytes) : [0, 0];
      kernels.exports.addEdgeDifferences(this.#planes.errors(c), this.#planes.targets(c), more, x, y);
    }
    return more;
  }

  /** An empty map for the derivative by the prediction's. */
  slope(): number {
    return this.#fill(this.#at.slope, 0);
  }

  /** Ends a band; `compared` where it has left a slope. Adds to the gradient what is complete. */
  finish(compared: boolean): void {
    const { kernels, geometry, grad } = this.source,
      { slope, across, down, slopes } = this.#at;
    if (!grad || (!compared && !this.#carried)) return;
    const { f32 } = kernels.memory,
      { from, count } = this.#staged,
      held = this.#carried ? 2 : 0,
      done = count - 2 * this.#below,
      planes = Array.from({ length: geometry.classes }, (_, c) => slopes + c * this.#slopeBytes);
    for (const [c, plane] of planes.entries()) {
      const direction = c * this.#directionBytes;
      f32.fill(0, (plane >>> 2) + held * this.width, (plane >>> 2) + count * this.width);
      if (compared) kernels.exports.addEdgeSlopes(slope, across + direction, down + direction, plane);
    }
    this.#addGradient(from, done);
    this.#carried = compared && this.#below > 0;
    if (!this.#carried) return;
    for (const plane of planes)
      f32.copyWithin(plane >>> 2, (plane >>> 2) + done * this.width, (plane >>> 2) + count * this.width);
  }

  /** Rows of maps through the activation, so many from `from` on. */
  #addGradient(from: number, rows: number): void {
    const { kernels, activation, geometry } = this.source,
      { classes, spatial, pixels, channelsLast } = geometry,
      [height, width] = spatial,
      { downsample } = this.settings,
      grad = this.source.grad as () => Float32Array;
    kernels.tile.layOut(classes);
    const tile = tilePixels(classes),
      end = Math.min(height, (from + rows) * downsample) * width,
      start = this.#b * classes * pixels;
    kernels.tile.want("grad", true);
    kernels.tile.set(FRAME.accumulate, 1);
    for (let first = from * downsample * width; first < end; first += tile) {
      const count = Math.min(tile, end - first),
        padded = stageTile(this.source, this.#b, first, count, true);
      this.#stageSlopes(from * downsample, first, count);
      kernels.tile.stage("grad", grad(), start, pixels, first, count, channelsLast);
      kernels.run(padded, kernels.step(`${activation}Forward`), kernels.step(`${activation}Backward`));
      kernels.tile.unstage("grad", grad(), start, pixels, first, count, channelsLast);
    }
    kernels.tile.set(FRAME.accumulate, 0);
  }

  #stageSlopes(top: number, first: number, count: number): void {
    const { kernels, geometry } = this.source,
      { classes, spatial } = geometry,
      [height, width] = spatial,
      { downsample } = this.settings,
      { slopes } = this.#at;
    if (downsample === 1) {
      kernels.tile.stage("slope", kernels.memory.f32, slopes >>> 2, this.#slopeBytes >>> 2, first - top * width, count);
      return;
    }
    for (let c = 0; c < classes; c++) {
      const to = kernels.tile.plane("slope", c, count).byteOffset;
      kernels.calls.spreadBlocks({
        slopes: slopes + c * this.#slopeBytes,
        top,
        height,
        width,
        factor: downsample,
        first,
        count,
        to,
      });
    }
  }
}

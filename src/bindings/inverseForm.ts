import { loadPlanes, type PlaneSource, planeBytes, writeChannel } from "./planes.js";
import { align } from "./tile.js";

/** A network of two dense layers and six outputs, as the module reads it: float32, w1 by pixel, rows of even length. */
export interface Network {
  /** Pixels of a tile's side. */
  readonly size: number;
  readonly first: number;
  readonly second: number;
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  readonly w2: Float32Array;
  readonly b2: Float32Array;
  readonly w3: Float32Array;
}

/** What depends on the target alone: its tiles with an edge, and their sums in the first layer. */
export interface TargetTiles {
  readonly tiles: readonly (readonly [top: number, left: number])[];
  readonly sums: Float64Array;
}

export interface TileSettings {
  readonly downsample: number;
  readonly geodesic: boolean;
}

/** Samples one at a time: edge maps, tiles, network and the way back (assembly/losses/inverseForm.ts, assembly/math/edges.ts). */
export class EdgeTiles {
  readonly #at: Record<string, number> = {};
  readonly #height: number;
  readonly #width: number;
  readonly #h: number;
  readonly #w: number;

  constructor(
    readonly source: PlaneSource,
    readonly network: Network,
    readonly settings: TileSettings,
  ) {
    const { kernels, geometry } = source,
      { size, first, second, w1, b1, w2, b2, w3 } = network;
    [this.#height, this.#width] = geometry.spatial;
    this.#h = Math.ceil(this.#height / settings.downsample);
    this.#w = Math.ceil(this.#width / settings.downsample);
    const plane = planeBytes(geometry.pixels),
      image = kernels.call("setEdges", this.#h, this.#w) >>> 0,
      map = 8 * this.#h * this.#w,
      tiles = Math.ceil(this.#h / size) * Math.ceil(this.#w / size);
    const sizes = {
      t: plane,
      error: plane,
      valid: plane,
      imageT: image,
      imageError: image,
      imageValid: image,
      byImage: image,
      target: map,
      more: map,
      byMap: map,
      sums: 8 * first * tiles,
      w1: w1.byteLength,
      b1: b1.byteLength,
      w2: w2.byteLength,
      b2: b2.byteLength,
      w3: w3.byteLength,
      scratch: kernels.call("inverseFormScratch", first, second),
    };
    let at = kernels.memory.take(
      Object.values(sizes).reduce((sum, bytes) => sum + align(bytes), 0),
      "edge maps and their network",
    );
    for (const [name, bytes] of Object.entries(sizes)) {
      this.#at[name] = at;
      at += align(bytes);
    }
    for (const [name, data] of Object.entries({ w1, b1, w2, b2, w3 })) kernels.memory.f32.set(data, this.#at[name] >>> 2);
    const { w1: a, b1: b, w2: c, b2: d, w3: e, scratch } = this.#at;
    kernels.call("setInverseForm", size, first, second, a, b, c, d, e, scratch);
  }

  dispose(): void {
    this.source.kernels.memory.give(this.#at.t);
  }

  #channel(b: number, c: number): void {
    const { kernels } = this.source,
      { t, error, valid, imageT, imageError } = this.#at;
    loadPlanes(this.source, b, c, { t, error, valid });
    kernels.call("blockMeans", t, this.#height, this.#width, this.settings.downsample, imageT);
    kernels.call("blockMeans", error, this.#height, this.#width, this.settings.downsample, imageError);
  }

  get #share(): number {
    const { classes } = this.source.geometry;
    return classes === 1 ? 1 : 0.5; // about 1 on the two rows beside a label change, which two classes see
  }

  /** The edge maps of a sample: the target's, and what the prediction's have more. */
  #edges(b: number): void {
    const { kernels, geometry } = this.source,
      { valid, imageT, imageError, imageValid, target, more } = this.#at;
    for (const map of [target, more]) kernels.memory.f64.fill(0, map >>> 3, (map >>> 3) + this.#h * this.#w);
    for (let c = 0; c < geometry.classes; c++) {
      this.#channel(b, c);
      kernels.call("addEdges", imageT, imageError, this.#share, target, more);
    }
    kernels.call("blockMeans", valid, this.#height, this.#width, this.settings.downsample, imageValid);
    for (const map of [target, more]) kernels.call("hideUncounted", imageValid, map);
  }

  #targetTiles(): TargetTiles {
    const { kernels } = this.source,
      { size, first } = this.network,
      { target, sums } = this.#at,
      tiles: [number, number][] = [];
    for (let top = 0; top < this.#h; top += size) {
      for (let left = 0; left < this.#w; left += size) {
        if (!kernels.call("hasEdge", target, this.#h, this.#w, top, left)) continue;
        kernels.call("tileSums", target, this.#h, this.#w, top, left, sums + 8 * first * tiles.length);
        tiles.push([top, left]);
      }
    }
    return { tiles, sums: kernels.memory.f64.slice(sums >>> 3, (sums >>> 3) + first * tiles.length) };
  }

  /** The sum of a sample's distances and how many tiles count; `keep` gives what it returned for this sample before. Leaves dsum/dp in the field where it is wanted. */
  sample(b: number, gradient: boolean, keep: (make: () => TargetTiles) => TargetTiles): { sum: number; tiles: number } {
    const { kernels } = this.source,
      { first } = this.network,
      { target, more, byMap, sums, imageValid } = this.#at;
    this.#edges(b);
    const kept = keep(() => this.#targetTiles());
    kernels.memory.f64.set(kept.sums, sums >>> 3);
    kernels.memory.f64.fill(0, byMap >>> 3, (byMap >>> 3) + this.#h * this.#w);
    let sum = 0;
    for (const [i, [top, left]] of kept.tiles.entries()) {
      sum += kernels.call("tileDistance", more, this.#h, this.#w, top, left, sums + 8 * first * i, this.settings.geodesic ? 1 : 0);
      if (gradient) kernels.call("tileBackward", target, more, this.#h, this.#w, top, left, byMap);
    }
    if (gradient) {
      kernels.call("hideUncounted", imageValid, byMap);
      this.#backward(b);
    }
    return { sum, tiles: kept.tiles.length };
  }

  #backward(b: number): void {
    const { kernels, geometry, field } = this.source,
      { t, valid, imageT, imageError, byMap, byImage } = this.#at;
    for (let c = 0; c < geometry.classes; c++) {
      this.#channel(b, c);
      kernels.call("edgesBackward", imageT, imageError, this.#share, byMap, byImage);
      kernels.call("blocksBackward", byImage, this.#height, this.#width, this.settings.downsample, 1, valid, t);
      writeChannel(field(), kernels.memory.f32.subarray(t >>> 2, (t >>> 2) + geometry.pixels), b, c, geometry);
    }
  }
}

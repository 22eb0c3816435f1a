import type { Kernels } from "../kernels.js";
import { type BandSettings, EdgeBands, type EdgeSource } from "./edgeBands.js";

/**
 * A network of two dense layers and six outputs, as the module reads it: float32, w1 row by row, the others' rows
 * filled up with zeros.
 */
export interface Network {
  /** Pixels of a tile's side. */
  readonly size: number;
  /** Rows of w1. */
  readonly units: number;
  /** The same as a multiple of four, and the second layer's units as an even number. */
  readonly first: number;
  readonly second: number;
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  readonly w2: Float32Array;
  readonly b2: Float32Array;
  readonly w3: Float32Array;
  /** It serves many calls, and prepared targets keep what it makes of them. */
  readonly kept: boolean;
}

/**
 * What depends on the target alone: of each band the columns where tiles with an edge begin, and the tiles' sums in the
 * first layer, one after the other.
 */
export interface TargetTiles {
  readonly bands: readonly (readonly number[])[];
  readonly sums: Float64Array;
}

/**
 * Calls `work` with a network's weights brought in: w1, b1, w2, b2, w3 and what the upper layers work in. It is a copy
 * of 0.1 ms; a block that stayed would break memory up. Returns what `work` does, which is given w1's address.
 */
function withNetwork<T>(kernels: Kernels, network: Network, work: (w1: number) => T): T {
  const { first, second, w1, b1, w2, b2, w3 } = network,
    arrays = [w1, b1, w2, b2, w3],
    { memory } = kernels,
    // Whole vectors read beyond rows whose length is no multiple of four, and meet zeros there.
    sizes = arrays.map((array) => array.byteLength + 16);
  return memory.with([...sizes, kernels.exports.inverseFormScratch(first, second)], "a network", (...at) => {
    for (const [i, array] of arrays.entries()) memory.f32.set(array, at[i] >>> 2);
    memory.f32.fill(0, (at[0] + w1.byteLength) >>> 2, at[1] >>> 2);
    const [, b1At, w2At, b2At, w3At, scratch] = at;
    kernels.calls.setInverseForm({ first, second, b1: b1At, w2: w2At, b2: b2At, w3: w3At, scratch });
    return work(at[0]);
  });
}

/** Addresses: tiles and the derivatives by them, three sums of the first layer, and the derivatives by two of these. */
type TileAreas = Readonly<Record<"tiles" | "byTiles" | "a" | "b" | "sums" | "byA" | "byB", number>>;

/** Numbers of a tile in whole vectors. */
const numbersOf = ({ size }: Network) => Math.ceil((size * size) / 4) * 4;

/**
 * Compares the edges of a prediction and its target tile by tile (assembly/losses/inverseForm.ts), all tiles of a band
 * at once.
 */
export class EdgeTiles {
  /** Numbers of a tile in whole vectors. */
  readonly #length: number;

  private constructor(
    readonly source: EdgeSource,
    readonly network: Network,
    private readonly bands: EdgeBands,
    private readonly w1: number,
    private readonly at: TileAreas,
  ) {
    this.#length = numbersOf(network);
  }

  /** Calls `work` with room for the tiles of a band. */
  static with<T>(
    source: EdgeSource,
    network: Network,
    settings: Omit<BandSettings, "size">,
    work: (tiles: EdgeTiles) => T,
  ): T {
    const { kernels, grad } = source,
      { size, first } = network;
    return withNetwork(kernels, network, (w1) =>
      EdgeBands.with(source, { ...settings, size }, (bands) => {
        const count = Math.ceil(Math.ceil(bands.width / size) / 2) * 2,
          row = count * 4 * numbersOf(network),
          sums = count * 8 * first;
        return kernels.memory.with(
          [2 * row, grad ? row : 0, sums, sums, sums, sums / 2, sums / 2],
          "tiles of edge maps",
          (tiles, byTiles, a, b, s, byA, byB) =>
            work(new EdgeTiles(source, network, bands, w1, { tiles, byTiles, a, b, sums: s, byA, byB })),
        );
      }),
    );
  }

  /** Of a float32 tile; float64 ones are twice as large. */
  get #tileBytes(): number {
    return 4 * this.#length;
  }

  #clear(at: number, bytes: number): void {
    this.source.kernels.memory.f32.fill(0, at >>> 2, (at + bytes) >>> 2);
  }

  /** Tiles come in pairs. */
  #padded(count: number): number {
    return count + (count % 2);
  }

  /** Adds the two halves of the first layer of so many tiles to their sums. */
  #products(count: number, asFirst: number, asSecond: number): void {
    const { size, units, first } = this.network,
      { tiles } = this.at,
      { w1 } = this,
      half = 4 * size * size;
    for (const [from, to] of [
      [w1, asFirst],
      [w1 + half, asSecond],
    ])
      this.source.kernels.calls.products({
        x: tiles,
        count: this.#padded(count),
        xBytes: 2 * this.#tileBytes,
        w: from,
        units,
        wBytes: 2 * half,
        length: this.#length,
        sums: to,
        sumBytes: 8 * first,
      });
  }

  /** What of a sample depends on the target alone. */
  target(sample: number): TargetTiles {
    const { kernels } = this.source,
      { first, size } = this.network,
      { tiles, sums } = this.at,
      bands: number[][] = [],
      all: Float64Array[] = [];
    for (let band = 0; band < this.bands.bands; band++) {
      this.bands.turnTo(sample, band);
      const map = this.bands.target(),
        found: number[] = [];
      for (let left = 0; left < this.bands.width; left += size) {
        const tile = tiles + 2 * found.length * this.#tileBytes;
        this.#clear(tile, 2 * this.#tileBytes);
        if (kernels.exports.takeTarget(map, left, tile)) found.push(left);
      }
      bands.push(found);
      if (found.length === 0) continue;
      if (found.length % 2) this.#clear(tiles + 2 * found.length * this.#tileBytes, 2 * this.#tileBytes);
      kernels.exports.startSums(sums, this.#padded(found.length));
      this.#products(found.length, sums, sums);
      all.push(kernels.memory.f64.slice(sums >>> 3, (sums >>> 3) + first * found.length));
    }
    const joined = new Float64Array(all.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of all) {
      joined.set(part, at);
      at += part.length;
    }
    return { bands, sums: joined };
  }

  /** The sum of a sample's distances; adds `factor` times its derivatives to the gradient, where that is wanted. */
  compare(sample: number, { bands, sums }: TargetTiles, geodesic: boolean, factor: number): number {
    const { kernels, grad } = this.source,
      { first } = this.network;
    let total = 0,
      done = 0;
    for (const [band, columns] of bands.entries()) {
      this.bands.turnTo(sample, band);
      if (columns.length > 0) {
        kernels.memory.f64.set(sums.subarray(done, done + first * columns.length), this.at.sums >>> 3);
        done += first * columns.length;
        total += this.#distances(columns, geodesic, factor);
        if (grad) this.#backward(columns);
      }
      this.bands.finish(columns.length > 0);
    }
    return total;
  }

  #distances(columns: readonly number[], geodesic: boolean, factor: number): number {
    const { kernels, grad } = this.source,
      { first } = this.network,
      { tiles, a, b, sums, byA, byB } = this.at,
      map = this.bands.difference();
    this.#clear(tiles, 2 * this.#padded(columns.length) * this.#tileBytes);
    for (const [i, left] of columns.entries()) kernels.exports.takeTile(map, left, tiles + 2 * i * this.#tileBytes);
    for (const to of [a, b]) this.#clear(to, 8 * first * this.#padded(columns.length));
    this.#products(columns.length, a, b);
    let total = 0;
    for (let i = 0; i < columns.length; i++) {
      const offset = 8 * first * i;
      total += kernels.exports.tileDistance(a + offset, b + offset, sums + offset, geodesic);
      if (grad) kernels.exports.tileSlopes(factor, byA + offset / 2, byB + offset / 2);
    }
    return total;
  }

  #backward(columns: readonly number[]): void {
    const { kernels } = this.source,
      { size, units, first } = this.network,
      { byTiles, byA, byB } = this.at,
      { w1 } = this,
      count = this.#padded(columns.length),
      half = 4 * size * size;
    for (const by of [byA, byB]) this.#clear(by + 4 * first * columns.length, 4 * first * (count - columns.length));
    this.#clear(byTiles, count * this.#tileBytes);
    for (const [by, from] of [
      [byA, w1],
      [byB, w1 + half],
    ])
      kernels.calls.backProducts({
        g: by,
        count,
        gBytes: 4 * first,
        w: from,
        units,
        wBytes: 2 * half,
        length: this.#length,
        y: byTiles,
        yBytes: this.#tileBytes,
      });
    const map = this.bands.slope();
    for (const [i, left] of columns.entries()) kernels.exports.putTile(byTiles + i * this.#tileBytes, left, map);
  }
}

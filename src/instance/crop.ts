import { asVolume, Box, type Volume } from "../metrics/box.js";
import { count } from "../tensors/shape.js";

/** A box of a sample's pixels: what an array holds there, and the way back. */
export class Crop {
  readonly spatial: readonly number[];
  readonly #volume: Volume;
  readonly #pixels: number;
  readonly #count: number;

  constructor(
    spatial: readonly number[],
    readonly box: Box,
  ) {
    this.#volume = asVolume(spatial);
    this.spatial = box.size.slice(3 - spatial.length);
    this.#pixels = count(spatial);
    this.#count = box.pixels;
  }

  static whole(spatial: readonly number[]): Crop {
    return new Crop(spatial, Box.around(asVolume(spatial)));
  }

  static around(spatial: readonly number[], pixels: Int32Array): Crop {
    const [, height, width] = asVolume(spatial),
      box = new Box();
    for (const i of pixels) {
      const line = Math.floor(i / width),
        x = i - line * width;
      box.add(Math.floor(line / height), line % height, x, x);
    }
    return new Crop(spatial, box);
  }

  /** Calls `visit` with where each row begins in the sample and in the box. */
  #eachRow(visit: (from: number, to: number, width: number) => void): void {
    const [, height, width] = this.#volume,
      { low, size } = this.box;
    for (let z = 0, to = 0; z < size[0]; z++)
      for (let y = 0; y < size[1]; y++, to += size[2])
        visit(((low[0] + z) * height + low[1] + y) * width + low[2], to, size[2]);
  }

  /** The same with every plane of so many; or (`last`) that many numbers a pixel. */
  #eachRun(planes: number, last: boolean, visit: (from: number, to: number, length: number) => void): void {
    const [each, unit] = last ? [1, planes] : [planes, 1];
    for (let plane = 0; plane < each; plane++)
      this.#eachRow((from, to, width) =>
        visit(unit * (plane * this.#pixels + from), unit * (plane * this.#count + to), unit * width),
      );
  }

  /** What an array of a sample holds in the box: a copy, unless that is all of it. */
  cut<A extends Float32Array | Int32Array>(data: A, planes = 1, last = true): A {
    if (this.#count === this.#pixels) return data;
    const part = new (data.constructor as new (length: number) => A)(planes * this.#count);
    this.#eachRun(planes, last, (from, to, length) => part.set(data.subarray(from, from + length), to));
    return part;
  }

  /** Adds a part of that to an array of a sample. */
  add(sum: Float32Array, part: Float32Array, planes: number, last: boolean, factor: number): void {
    this.#eachRun(planes, last, (from, to, length) => {
      for (let i = 0; i < length; i++) sum[from + i] += factor * part[to + i];
    });
  }
}

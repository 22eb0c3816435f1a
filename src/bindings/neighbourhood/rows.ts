import type { Geometry } from "../../tensors/shape.js";
import type { Kernels } from "../kernels.js";

/** An array in pred's layout, with channels of its own. */
export interface Channels {
  readonly data: () => Float32Array;
  readonly count: number;
  readonly geometry: Geometry;
}

/** Where channel c of pixel n stands: first + c * channelStep + n * pixelStep. */
function layout({ count, geometry }: Channels, b: number): { first: number; channelStep: number; pixelStep: number } {
  const { pixels, channelsLast } = geometry;
  return { first: b * count * pixels, channelStep: channelsLast ? 1 : pixels, pixelStep: channelsLast ? count : 1 };
}

/**
 * Brings the channels of some pixels, `origin` and so many further on, into the module's memory, `stride` numbers a
 * pixel.
 */
export function gather(
  { memory }: Kernels,
  channels: Channels,
  b: number,
  pixels: ArrayLike<number>,
  origin: number,
  to: number,
  stride: number,
): void {
  const { first, channelStep, pixelStep } = layout(channels, b),
    data = channels.data(),
    { f32 } = memory;
  for (let c = 0; c < channels.count; c++) {
    const from = first + c * channelStep + origin * pixelStep;
    for (let k = 0, at = (to >>> 2) + c; k < pixels.length; k++, at += stride)
      f32[at] = data[from + pixels[k] * pixelStep];
  }
}

/** Adds what lies there to the channels of the pixels. */
function scatter(
  { memory }: Kernels,
  channels: Channels,
  b: number,
  pixels: ArrayLike<number>,
  origin: number,
  from: number,
  stride: number,
): void {
  const { first, channelStep, pixelStep } = layout(channels, b),
    data = channels.data(),
    { f32 } = memory;
  for (let c = 0; c < channels.count; c++) {
    const to = first + c * channelStep + origin * pixelStep;
    for (let k = 0, at = (from >>> 2) + c; k < pixels.length; k++, at += stride)
      data[to + pixels[k] * pixelStep] += f32[at];
  }
}

/**
 * Pixels of an image that a mask in the module's memory names, and how far the windows reach that are laid around some
 * of them.
 */
export interface SparseImage {
  readonly spatial: readonly number[];
  readonly reach: number;
  /** Bytes of a pixel's record. */
  readonly record: number;
  /** Numbers staged for a pixel, with what fills them up. */
  readonly stride: number;
  readonly filler: number;
}

/**
 * What is done row by row. Rows that a window reaches are there when `work` is called, and complete when `write` is.
 */
export interface RowSteps {
  readonly source: Channels;
  readonly read: (y: number, count: number) => void;
  readonly work: (y: number) => void;
  /** Stages what is added to `target`. */
  readonly write?: (y: number, count: number) => void;
  readonly target?: Channels;
}

/** An image of which no records are made. */
export const setPlainImage = ({ calls }: Kernels, [height, width]: readonly number[]): void =>
  calls.setImage({ height, width, slots: 1, record: 0, ring: 0, list: 0, staged: 0, stride: 0 });

/** Bytes of a mask of so many pixels, with what whole vectors write beyond its end. */
export const maskBytes = (pixels: number): number => Math.ceil((pixels + 48) / 16) * 16;
/** Bytes that `dilate` works in (assembly/neighbourhood/image.ts). */
export const dilationBytes = ([height, width]: readonly number[]): number => maskBytes(height * width) + width + 1088;

/** Records of an image's pixels, as many rows at a time as a window is high (assembly/neighbourhood/image.ts). */
export class SparseRows {
  readonly #list: number;
  readonly #staged: number;

  private constructor(
    readonly kernels: Kernels,
    readonly image: SparseImage,
    list: number,
    staged: number,
  ) {
    this.#list = list;
    this.#staged = staged;
  }

  /** Calls `work` with room for the records of an image's rows. */
  static with<T>(kernels: Kernels, image: SparseImage, what: string, work: (rows: SparseRows) => T): T {
    const [height, width] = image.spatial,
      { memory } = kernels,
      { record } = image,
      slots = 2 * image.reach + 1,
      stride = image.stride * 4;
    return memory.with([slots * width * record, width * 4 + 16, width * stride + 64], what, (ring, list, staged) => {
      memory.f32.fill(image.filler, staged >>> 2, (staged >>> 2) + width * image.stride);
      kernels.calls.setImage({ height, width, slots, record, ring, list, staged, stride });
      return work(new SparseRows(kernels, image, list, staged));
    });
  }

  /** The columns of a row's pixels, until memory grows. */
  #columns(mask: number, y: number): Int32Array {
    const count = this.kernels.exports.listRow(mask, y);
    return this.kernels.memory.i32.subarray(this.#list >>> 2, (this.#list >>> 2) + count);
  }

  /** Goes through the pixels of a sample that the mask names. */
  sweep(b: number, mask: number, { source, target, read, work, write }: RowSteps): void {
    const { spatial, reach, stride } = this.image,
      [height, width] = spatial;
    for (let y = 0; y < height + 2 * reach; y++) {
      if (y < height) {
        const columns = this.#columns(mask, y);
        if (columns.length > 0) {
          gather(this.kernels, source, b, columns, y * width, this.#staged, stride);
          read(y, columns.length);
        }
      }
      if (y >= reach && y < height + reach) work(y - reach);
      const done = y - 2 * reach;
      if (done < 0 || done >= height || !write || !target) continue;
      const columns = this.#columns(mask, done);
      if (columns.length === 0) continue;
      write(done, columns.length);
      scatter(this.kernels, target, b, columns, done * width, this.#staged, stride);
    }
  }
}

import type { Geometry } from "../../tensors/shape.js";
import type { WholeContext } from "../context.js";
import { tilePixels } from "../tile.js";

/** Where planes come from: a field, which is planes of every class of every sample, and the target. */
export interface PlaneSource extends Pick<WholeContext, "kernels" | "geometry" | "labels" | "soft" | "pixelWeights"> {
  readonly field: () => Float32Array;
  /** True where the field is pred itself, in its layout. */
  readonly isPred?: boolean;
}

/** One channel's numbers of some pixels: a slice, or every C-th number. */
export function channel(
  data: Float32Array,
  b: number,
  c: number,
  first: number,
  count: number,
  { classes, pixels, channelsLast }: Geometry,
): Float32Array {
  if (!channelsLast)
    return data.subarray((b * classes + c) * pixels + first, (b * classes + c) * pixels + first + count);
  const own = new Float32Array(count);
  for (let i = 0, at = (b * pixels + first) * classes + c; i < count; i++, at += classes) own[i] = data[at];
  return own;
}

/** One channel of a sample of a field. */
export function planeOf({ field, geometry: { classes, pixels } }: FieldSource, b: number, c: number): Float32Array {
  return field().subarray((b * classes + c) * pixels, (b * classes + c + 1) * pixels);
}

type FieldSource = Pick<PlaneSource, "field" | "geometry">;

/** The weights of a sample's pixels. */
const weightsOf = (weights: Float32Array, b: number, pixels: number): Float32Array =>
  weights.subarray(b * pixels, (b + 1) * pixels);

/** Writes the weights of some samples' pixels, one sample after the other. */
export function writeWeights(
  { kernels, geometry: { pixels }, pixelWeights }: Pick<PlaneSource, "kernels" | "geometry" | "pixelWeights">,
  samples: readonly number[],
  to: number,
): void {
  const weights = pixelWeights?.();
  if (weights)
    for (const [i, b] of samples.entries())
      kernels.memory.f32.set(weightsOf(weights, b, pixels), (to >>> 2) + i * pixels);
}

/** A plane times the weights of its sample's pixels, where there are any. */
export function weighPlane(
  { kernels: { tile, exports }, geometry: { classes, pixels }, pixelWeights }: PlaneSource,
  b: number,
  at: number,
): void {
  if (!pixelWeights) return;
  const size = tilePixels(classes);
  tile.layOut(classes);
  for (let first = 0; first < pixels; first += size) {
    const own = weightsOf(pixelWeights(), b, pixels).subarray(first, first + size);
    exports.weighPlane(at + 4 * first, tile.findSource(own, own.length), own.length);
  }
}

/** Adds to one channel of a sample of pred's gradient. */
export function addToChannel(
  data: Float32Array,
  values: Float32Array,
  b: number,
  c: number,
  { classes, pixels, channelsLast }: Geometry,
): void {
  const [first, step] = channelsLast ? [b * pixels * classes + c, classes] : [(b * classes + c) * pixels, 1];
  for (let n = 0, at = first; n < pixels; n++, at += step) data[at] += values[n];
}

/** Calls `work` with each tile of one channel, its planes staged first and the labels beside them. */
export function eachChannelTile(
  { kernels, geometry, field, isPred = false, labels, soft, pixelWeights }: PlaneSource,
  b: number,
  c: number,
  work: (first: number, count: number) => void,
): void {
  const { pixels, classes } = geometry,
    channelsLast = isPred && geometry.channelsLast,
    own = { ...geometry, channelsLast },
    tile = tilePixels(classes);
  kernels.tile.layOut(classes);
  for (let first = 0; first < pixels; first += tile) {
    const count = Math.min(tile, pixels - first);
    if (channelsLast || !kernels.tile.place("prob", field(), (b * classes + c) * pixels + first, pixels, count))
      kernels.tile.stage("prob", channel(field(), b, c, first, count, own), 0, count, 0, count, false, 1);
    if (soft) kernels.tile.stage("target", channel(soft(), b, c, first, count, geometry), 0, count, 0, count, false, 1);
    if (labels) kernels.labels.stage(labels(), b * pixels + first, count);
    else {
      const padded = kernels.labels.stageNone(count);
      if (pixelWeights)
        kernels.labels.markWeightless(weightsOf(pixelWeights(), b, pixels).subarray(first, first + count), padded);
    }
    work(first, count);
  }
}

/** Bytes of a plane of so many pixels, with what whole vectors write beyond its end. */
export const planeBytes = (pixels: number): number => Math.ceil((pixels * 4 + 32) / 64) * 64;

/** Addresses of the planes that are wanted. */
export interface PlaneAddresses {
  readonly p?: number;
  readonly t?: number;
  /** p - t, without cancellation. */
  readonly error?: number;
  /** p in the kernels' coding. */
  readonly coded?: number;
  /** 1 where a pixel counts. */
  readonly valid?: number;
}

/** Fills whole planes of one channel, 0 where a pixel does not count. */
export function loadPlanes(
  source: PlaneSource,
  b: number,
  c: number,
  { p, t, error, coded, valid }: PlaneAddresses,
): void {
  const at = (plane: number | undefined, first: number) => (plane === undefined ? 0 : plane + 4 * first);
  eachChannelTile(source, b, c, (first, count) =>
    source.kernels.calls.pushPlanes({
      count,
      channel: c,
      p: at(p, first),
      t: at(t, first),
      error: at(error, first),
      coded: at(coded, first),
      valid: at(valid, first),
    }),
  );
}

/** Fills a plane of int32 with a sample's labels, -1 where a pixel does not count. */
export function loadLabels({ kernels, geometry, labels }: PlaneSource, b: number, plane: number): void {
  const { pixels, classes } = geometry,
    size = tilePixels(classes);
  kernels.tile.layOut(classes);
  for (let first = 0; labels && first < pixels; first += size) {
    const count = Math.min(size, pixels - first);
    kernels.labels.stage(labels(), b * pixels + first, count);
    kernels.memory.i32.set(kernels.labels.read(count), (plane >>> 2) + first);
  }
}

/** The pixels of one channel where p > 1/2, a byte each, and up to 15 more. */
export function loadMask(source: PlaneSource, b: number, c: number, mask: number): void {
  eachChannelTile(source, b, c, (first, count) => source.kernels.exports.pushMask(count, mask + first));
}

/** depth, height, width and the number of real axes. */
export const dimensions = (spatial: readonly number[]) =>
  [...Array<number>(3 - spatial.length).fill(1), ...spatial, spatial.length] as [number, number, number, number];

import { eachChannelTile, type PlaneSource, planeOf, writeWeights } from "./planes.js";

/** What stands in a plane of errors for no pixel that counts (assembly/planes/errors.ts). */
export const VOID = 0x7fffffff;

/** One class of some samples: its errors are ranked, and its slopes take the place of its probabilities. */
export interface ClassRanking {
  readonly pool: readonly number[];
  readonly c: number;
  /** Foreground pixels of the pool. */
  readonly foreground: number;
  /** Factor of dL/dp. */
  readonly factor: number;
  readonly gradient: boolean;
}

/** Class 1 of two that compete, and class 0 with it. */
export interface PairRanking extends Omit<ClassRanking, "c"> {
  /** Pixels of class 0. */
  readonly background: number;
  readonly weightOne: number;
  readonly weightZero: number;
}

/** The loss of one class (assembly/losses/lovaszSoftmax.ts). */
export const rankClass = (source: RankedSource, { pool, c, foreground, factor, gradient }: ClassRanking): number =>
  // By name: an object spread into another costs as much as the kernel on a small image.
  ranked(source, pool, [c], gradient, ({ errors, planes, stride, records, spare, count }, weights = 0) => {
    const area = { errors, planes, stride, records, spare, count },
      own = { weights, foreground, partial: false, gradient, factor };
    return source.kernels.calls.lovaszSoftmax(Object.assign(area, own));
  });

/** The weighted losses of both classes of two; dL/dp_1 - dL/dp_0 takes the place of class 1's probabilities. */
export const rankPair = (
  source: RankedSource,
  { pool, foreground: ones, background: zeros, weightOne, weightZero, factor, gradient }: PairRanking,
): number =>
  ranked(source, pool, [1, 0], gradient, ({ errors, planes, stride, records, spare, count }, weights = 0) => {
    const { calls } = source.kernels,
      area = { errors, planes, stride, records, spare, count },
      both = { ones, zeros, weightOne, weightZero, weights, gradient, factor };
    return calls.lovaszSoftmaxPair(Object.assign(area, both));
  });

/** Addresses, how many planes of errors there are, how many bytes apart they begin, and how many errors each has. */
type RankedPlanes = Readonly<Record<"errors" | "planes" | "stride" | "records" | "spare" | "count", number>>;

/** Planes of the module's memory where errors may stand, in the place of what they are made of. */
type Place = Pick<RankedPlanes, "errors" | "planes" | "stride" | "count">;

/** Where the weights of some samples' pixels lie one after the other, so many in all, if they do. */
function weightsAt(
  { kernels, geometry: { pixels }, pixelWeights }: WeighedSource,
  samples: readonly number[],
): number | undefined {
  const weights = pixelWeights?.();
  if (weights?.buffer !== kernels.memory.f32.buffer || samples.some((b, i) => b !== samples[0] + i)) return undefined;
  // Whole vectors are read.
  return (samples.length * pixels) % 4 === 0 ? weights.byteOffset + 4 * samples[0] * pixels : undefined;
}

type WeighedSource = Pick<PlaneSource, "kernels" | "geometry" | "pixelWeights">;

/**
 * Calls `rank` with the errors of a plane of each of some samples that `push` writes to the module's memory, 20 bytes
 * of it for each, or 16 where they have a place already, and 4 more for weights that lie elsewhere, and then `take`
 * where slopes stand in theirs.
 */
export function rankErrors(
  source: WeighedSource,
  samples: readonly number[],
  push: (errors: number, stride: number) => void,
  rank: (planes: RankedPlanes, weights: number | undefined) => number,
  take: (planes: RankedPlanes) => void,
  place?: Place,
): number {
  const { kernels, geometry, pixelWeights } = source,
    { memory } = kernels,
    all = samples.length * geometry.pixels,
    found = weightsAt(source, samples);
  kernels.tile.layOut(geometry.classes);
  // Whole vectors, and what is written beyond them.
  const count = Math.ceil(all / 4) * 4,
    sizes = [place ? 0 : count * 4 + 64, count * 8 + 64, count * 8, pixelWeights && !found ? count * 4 : 0];
  return memory.with(sizes, "a ranking", (own, records, spare, weights) => {
    const area = place
      ? Object.assign(place, { records, spare })
      : { errors: own, planes: 1, stride: 0, count, records, spare };
    if (!place) memory.i32.fill(VOID, (own >>> 2) + all, (own >>> 2) + count);
    push(area.errors, place ? area.stride : 4 * geometry.pixels);
    if (!found) writeWeights(source, samples, weights);
    const value = rank(area, pixelWeights && (found ?? weights));
    take(area);
    return value;
  });
}

/**
 * Has a plane of dL/dp take the place of its probabilities; by pred, the place of the other class's, too, where there
 * is one. `scratch` takes two planes.
 */
function takeSlopes(source: RankedSource, b: number, [c, other]: readonly number[], slopes: number, scratch: number) {
  const { kernels, geometry, byPred } = source,
    { memory, exports } = kernels,
    { pixels } = geometry,
    read = (at: number) => memory.f32.subarray(at >>> 2, (at >>> 2) + pixels),
    plane = planeOf(source, b, c),
    opposite = other === undefined ? undefined : planeOf(source, b, other);
  if (!byPred) {
    plane.set(read(slopes));
    opposite?.fill(0);
  } else if (plane.buffer === memory.f32.buffer)
    exports.slopesByPred(plane.byteOffset, slopes, plane.byteOffset, opposite?.byteOffset ?? 0, pixels);
  else {
    const second = opposite ? scratch + 4 * pixels : 0;
    read(scratch).set(plane);
    exports.slopesByPred(scratch, slopes, scratch, second, pixels);
    plane.set(read(scratch));
    opposite?.set(read(second));
  }
}

/**
 * The planes of a channel, if errors may take the place of its probabilities there: these are not wanted any more, lie
 * in the module's memory as far apart as every sample's, and are of whole vectors.
 */
function placeOf(source: RankedSource, pool: readonly number[], channels: readonly number[]): Place | undefined {
  const { kernels, geometry, pixelWeights, byPred } = source,
    { classes, pixels } = geometry,
    { buffer, byteOffset } = planeOf(source, pool[0], channels[0]);
  if (byPred || channels.length > 1 || pixels % 4 !== 0) return undefined;
  if (pixelWeights && pool.length > 1) return undefined; // these are as far apart as errors
  if (buffer !== kernels.memory.f32.buffer || pool[pool.length - 1] - pool[0] >= pool.length) return undefined;
  return { errors: byteOffset, planes: pool.length, stride: 4 * classes * pixels, count: pixels };
}

/** Where a plane of slopes may be wanted by pred. */
type RankedSource = PlaneSource & { readonly byPred: boolean };

/** Ranks a channel of the samples of a pool, the first of those that are named; the other is its opposite. */
function ranked(
  source: RankedSource,
  pool: readonly number[],
  channels: readonly number[],
  gradient: boolean,
  rank: (planes: RankedPlanes, weights: number | undefined) => number,
): number {
  const { kernels, geometry } = source,
    { pixels } = geometry,
    [c] = channels,
    place = placeOf(source, pool, channels);
  return rankErrors(
    source,
    pool,
    (errors, stride) => {
      for (const [i, b] of pool.entries())
        eachChannelTile(source, b, c, (first, some) => {
          kernels.exports.pushErrors(errors + i * stride + 4 * first, some, c);
        });
    },
    rank,
    ({ errors, records }) => {
      if (!gradient || place) return;
      for (const [i, b] of pool.entries()) takeSlopes(source, b, channels, errors + 4 * i * pixels, records);
    },
    place,
  );
}

import { eachChannelTile, type PlaneSource, writeChannel } from "./planes.js";

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
export const rankClass = (source: PlaneSource, { foreground, factor, ...ranking }: ClassRanking): number =>
  ranked(source, ranking, (planes) =>
    source.kernels.calls.lovaszSoftmax({ ...planes, foreground, partial: false, gradient: ranking.gradient, factor }),
  );

/** The weighted losses of both classes of two; dL/dp_1 - dL/dp_0 takes the place of class 1's probabilities. */
export const rankPair = (source: PlaneSource, { pool, foreground, background, ...ranking }: PairRanking): number =>
  ranked(source, { pool, c: 1, gradient: ranking.gradient }, (planes) =>
    source.kernels.calls.lovaszSoftmaxPair({ ...planes, ...ranking, ones: foreground, zeros: background }),
  );

/** Addresses, and how many errors there are. */
type RankedPlanes = Readonly<Record<"errors" | "records" | "spare" | "count", number>>;

/**
 * Calls `rank` with `all` errors that `push` writes to the module's memory, 20 bytes of it for each, and then `take`
 * with what stands in their place.
 */
export function rankErrors(
  { kernels, geometry }: Pick<PlaneSource, "kernels" | "geometry">,
  all: number,
  push: (errors: number) => void,
  rank: (planes: RankedPlanes) => number,
  take: (slopes: Float32Array) => void,
): number {
  const { memory } = kernels;
  kernels.tile.layOut(geometry.classes);
  // Whole vectors, and what is written beyond them.
  const count = Math.ceil(all / 4) * 4,
    sizes = [count * 4 + 64, count * 8 + 64, count * 8];
  return memory.with(sizes, "a ranking", (errors, records, spare) => {
    memory.i32.fill(VOID, (errors >>> 2) + all, (errors >>> 2) + count);
    push(errors);
    const value = rank({ errors, records, spare, count });
    take(memory.f32.subarray(errors >>> 2, (errors >>> 2) + all));
    return value;
  });
}

/** Ranks a channel of the samples of a pool. */
function ranked(
  source: PlaneSource,
  { pool, c, gradient }: Pick<ClassRanking, "pool" | "c" | "gradient">,
  rank: (planes: RankedPlanes) => number,
): number {
  const { kernels, geometry, field } = source,
    { pixels } = geometry;
  return rankErrors(
    source,
    pool.length * pixels,
    (errors) => {
      for (const [i, b] of pool.entries())
        eachChannelTile(source, b, c, (first, some) => {
          kernels.exports.pushErrors(errors + 4 * (i * pixels + first), some, c);
        });
    },
    rank,
    (slopes) => {
      if (!gradient) return;
      for (const [i, b] of pool.entries())
        writeChannel(field(), slopes.subarray(i * pixels, (i + 1) * pixels), b, c, geometry);
    },
  );
}

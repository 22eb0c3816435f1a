import { eachChannelTile, type PlaneSource, writeChannel } from "./planes.js";

/** What stands in a plane of errors for no pixel that counts (assembly/planes/errors.ts). */
const VOID = 0x7fffffff;

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
  ranked(source, ranking, (errors, records, spare, count) =>
    source.kernels.call("lovaszSoftmax", errors, records, spare, count, foreground, ranking.gradient ? 1 : 0, factor),
  );

/** The weighted losses of both classes of two; dL/dp_1 - dL/dp_0 takes the place of class 1's probabilities. */
export const rankPair = (source: PlaneSource, ranking: PairRanking): number =>
  ranked(source, { ...ranking, c: 1 }, (errors, records, spare, count) =>
    source.kernels.call(
      "lovaszSoftmaxPair",
      errors,
      records,
      spare,
      count,
      ranking.foreground,
      ranking.background,
      ranking.weightOne,
      ranking.weightZero,
      ranking.gradient ? 1 : 0,
      ranking.factor,
    ),
  );

/** Calls `rank` with the errors of a channel in the module's memory: 20 bytes of it for each pixel of the pool. */
function ranked(
  source: PlaneSource,
  { pool, c, gradient }: Pick<ClassRanking, "pool" | "c" | "gradient">,
  rank: (errors: number, records: number, spare: number, count: number) => number,
): number {
  const { kernels, geometry, field } = source,
    { pixels } = geometry,
    { memory } = kernels;
  kernels.use(geometry.classes);
  const all = pool.length * pixels,
    // Whole vectors, and what is written beyond them.
    count = Math.ceil(all / 4) * 4,
    errors = memory.take(count * 20 + 128, "a ranking");
  try {
    memory.i32.fill(VOID, (errors >>> 2) + all, (errors >>> 2) + count);
    for (const [i, b] of pool.entries())
      eachChannelTile(source, b, c, (first, some) => {
        kernels.call("pushErrors", errors + 4 * (i * pixels + first), some, c);
      });
    const records = errors + count * 4 + 64,
      value = rank(errors, records, records + count * 8 + 64, count);
    if (gradient) {
      const slopes = memory.f32.subarray(errors >>> 2, (errors >>> 2) + all);
      for (const [i, b] of pool.entries())
        writeChannel(field(), slopes.subarray(i * pixels, (i + 1) * pixels), b, c, geometry);
    }
    return value;
  } finally {
    memory.give(errors);
  }
}

import { eachChannelTile, type PlaneSource, writeChannel } from "./planes.js";

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

/** The loss of one class (assembly/losses/lovaszSoftmax.ts); 20 bytes of module memory for each pixel of the pool. */
export function rankClass(source: PlaneSource, { pool, c, foreground, factor, gradient }: ClassRanking): number {
  const { kernels, geometry, field } = source,
    { pixels } = geometry,
    { memory } = kernels;
  const all = pool.length * pixels;
  return memory.with([all * 8, all * 8, all * 4], "a ranking", (records, spare, slopes) => {
    let end = records;
    for (const [i, b] of pool.entries()) {
      eachChannelTile(source, b, c, (first, count) => {
        // Addresses from 2 GiB on come back negative.
        end = kernels.exports.pushErrors(end, count, c, i * pixels + first) >>> 0;
      });
    }
    const values = memory.f32.subarray(slopes >>> 2, (slopes >>> 2) + all),
      listed = (end - records) / 8;
    if (gradient) values.fill(0);
    const value = kernels.exports.lovaszSoftmax(records, spare, listed, foreground, gradient ? slopes : 0, factor);
    if (gradient)
      for (const [i, b] of pool.entries())
        writeChannel(field(), values.subarray(i * pixels, (i + 1) * pixels), b, c, geometry);
    return value;
  });
}

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
  kernels.tile.layOut(geometry.classes);
  const all = pool.length * pixels,
    records = memory.take(all * 20, "a ranking"),
    spare = records + all * 8,
    slopes = records + all * 16;
  let end = records;
  for (const [i, b] of pool.entries()) {
    eachChannelTile(source, b, c, (first, count) => {
      end = kernels.exports.pushErrors(end, count, c, i * pixels + first) >>> 0; // addresses from 2 GiB on come back negative
    });
  }
  const values = memory.f32.subarray(slopes >>> 2, (slopes >>> 2) + all);
  if (gradient) values.fill(0);
  const value = kernels.exports.lovaszSoftmax(
    records,
    spare,
    (end - records) / 8,
    foreground,
    gradient ? slopes : 0,
    factor,
  );
  if (gradient)
    for (const [i, b] of pool.entries())
      writeChannel(field(), values.subarray(i * pixels, (i + 1) * pixels), b, c, geometry);
  memory.give(records);
  return value;
}

import type { Geometry, LabelArray } from "../shape.js";
import type { Kernels } from "./kernels.js";

/** One class of some samples: its errors are ranked, and its slopes take the place of its probabilities. */
export interface ClassRanking {
  readonly pool: readonly number[];
  readonly c: number;
  /** Foreground pixels of the pool. */
  readonly foreground: number;
  /** Factor of dL/dp. */
  readonly factor: number;
  readonly geometry: Geometry;
  readonly field: () => Float32Array;
  readonly labels?: () => LabelArray;
  readonly soft?: () => Float32Array;
  readonly gradient: boolean;
}

/** One channel's numbers of a tile: a slice, or every C-th number. */
function channel(data: Float32Array, b: number, c: number, first: number, count: number, { classes, pixels, channelsLast }: Geometry): Float32Array {
  if (!channelsLast) return data.subarray((b * classes + c) * pixels + first, (b * classes + c) * pixels + first + count);
  return Float32Array.from({ length: count }, (_, i) => data[(b * pixels + first + i) * classes + c]);
}

function writeChannel(data: Float32Array, values: Float32Array, b: number, c: number, { classes, pixels, channelsLast }: Geometry): void {
  if (!channelsLast) data.set(values, (b * classes + c) * pixels);
  else for (let n = 0; n < pixels; n++) data[(b * pixels + n) * classes + c] = values[n];
}

/** The loss of one class (assembly/losses/lovaszSoftmax.ts); 20 bytes of module memory for each pixel of the pool. */
export function rankClass(kernels: Kernels, ranking: ClassRanking): number {
  const { pool, c, foreground, factor, geometry, field, labels, soft, gradient } = ranking,
    { pixels, classes } = geometry,
    { memory } = kernels;
  const tile = kernels.use(classes),
    all = pool.length * pixels,
    records = memory.take(all * 20, "a ranking"),
    spare = records + all * 8,
    slopes = records + all * 16;
  let end = records;
  for (const [i, b] of pool.entries()) {
    for (let first = 0; first < pixels; first += tile) {
      const count = Math.min(tile, pixels - first);
      kernels.stage("prob", channel(field(), b, c, first, count, geometry), 0, count, 0, count, false, 1);
      if (soft) kernels.stage("target", channel(soft(), b, c, first, count, geometry), 0, count, 0, count, false, 1);
      if (labels) kernels.stageLabels(labels(), b * pixels + first, count);
      else kernels.stageNoLabels(count);
      end = kernels.call("pushErrors", end, count, c, i * pixels + first);
    }
  }
  const values = memory.f32.subarray(slopes >> 2, (slopes >> 2) + all);
  if (gradient) values.fill(0);
  const value = kernels.call("lovaszSoftmax", records, spare, (end - records) / 8, foreground, gradient ? slopes : 0, factor);
  if (gradient) for (const [i, b] of pool.entries()) writeChannel(field(), values.subarray(i * pixels, (i + 1) * pixels), b, c, geometry);
  memory.give(records);
  return value;
}

import type { LossKernel } from "../bindings/kernels.js";
import { SLOPES } from "../bindings/tile.js";
import type { OverlapTerm } from "../engine/plan.js";
import type { Geometry } from "../tensors/shape.js";
import { averageTerm } from "./make.js";

type WeightOf = (b: number, i: number) => number;
/** How much of a band each plane has. */
function sizes(band: Float32Array, { classes, pixels }: Geometry, weightOf: WeightOf): Float64Array {
  const found = new Float64Array(band.length / pixels);
  for (let plane = 0, i = 0; plane < found.length; plane++) {
    const b = Math.floor(plane / classes);
    for (let n = 0; n < pixels; n++, i++) if (band[i] !== 0) found[plane] += weightOf(b, n);
  }
  return found;
}
/** Of bands without weights: to count one anew takes longer than the kernels do. */
const counted = new WeakMap<Float32Array, Float64Array>();
function counts(band: Float32Array, geometry: Geometry): Float64Array {
  const found = counted.get(band) ?? sizes(band, geometry, () => 1);
  counted.set(band, found);
  return found;
}

/**
 * A class average of a kernel that sums over a band [B, C, pixels] of ones and zeros: the band's sizes stand for the
 * target's (skeletonRecall).
 */
export function bandTerm(
  kernel: LossKernel,
  options: readonly number[],
  data: Float32Array,
  average: Parameters<typeof averageTerm>[2],
  geometry: Geometry,
): OverlapTerm {
  const term = averageTerm(kernel, options, average),
    { classes, pixels } = geometry;
  return {
    ...term,
    unitWeights: { data, planes: classes, sampleStride: classes * pixels },
    score: (context) => {
      const { weighted, weightOf } = context,
        total = weighted ? sizes(data, geometry, weightOf) : counts(data, geometry);
      const { value, tables } = term.score({ ...context, statistics: { ...context.statistics, total } });
      // A map's slopes are one factor a class.
      return {
        value,
        tables: tables.filter((_, i) => i % SLOPES === 0),
        tableLength: classes,
      };
    },
  };
}

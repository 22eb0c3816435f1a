import type { LossKernel } from "../bindings/kernels.js";
import { SLOPES } from "../bindings/tile.js";
import type { OverlapTerm } from "../engine/plan.js";
import type { Geometry } from "../tensors/shape.js";
import { averageTerm } from "./make.js";

/**
 * A class average of a kernel that sums over a band [B, C, pixels] of ones and zeros: the band's sizes stand for the
 * target's (skeletonRecall).
 */
export function bandTerm(
  kernel: LossKernel,
  options: readonly number[],
  data: Float32Array,
  average: Parameters<typeof averageTerm>[2],
  { classes, pixels }: Geometry,
): OverlapTerm {
  const term = averageTerm(kernel, options, average);
  return {
    ...term,
    unitWeights: { data, planes: classes, sampleStride: classes * pixels },
    score: (context) => {
      const total = new Float64Array(data.length / pixels);
      for (let plane = 0, i = 0; plane < total.length; plane++) {
        const b = Math.floor(plane / classes);
        for (let n = 0; n < pixels; n++, i++) if (data[i] !== 0) total[plane] += context.weightOf(b, n);
      }
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

import type { LossKernel } from "../bindings/kernels.js";
import { SLOPES, SUMS } from "../bindings/tile.js";
import type { OverlapScore, OverlapTerm, PlanContext, ScoreContext, Term } from "../engine/plan.js";
import { zeros } from "../engine/sums.js";
import { liveMap } from "../targets/maps.js";
import type { Geometry } from "../tensors/shape.js";
import { averageTerm } from "./make.js";

/** The pixels of each plane of a band: few, but to find them anew takes longer than the kernels do. */
const found = new WeakMap<Float32Array, readonly Int32Array[]>();
function pixelsOf(band: Float32Array, { pixels }: Geometry): readonly Int32Array[] {
  const known = found.get(band);
  if (known) return known;
  const planes = Array.from({ length: band.length / pixels }, (_, plane) => {
    const from = plane * pixels,
      own: number[] = [];
    for (let n = 0; n < pixels; n++) if (band[from + n] !== 0) own.push(n);
    return Int32Array.from(own);
  });
  found.set(band, planes);
  return planes;
}

/**
 * A class average of a kernel that sums over a band [B, C, pixels] of ones and zeros, and is linear in p: the band's
 * sizes stand for the target's (skeletonRecall). Without weights of pixels they are known beforehand, and so are all
 * slopes: one pass does.
 */
export function bandTerm(
  kernel: LossKernel,
  options: readonly number[],
  band: Float32Array,
  average: Parameters<typeof averageTerm>[2],
  { geometry, kernels, extra }: PlanContext,
): OverlapTerm & Pick<Term, "totals"> {
  const term = averageTerm(kernel, options, average),
    { batch, classes, pixels } = geometry;
  const score = (context: ScoreContext): OverlapScore => {
    const { weighted, weightOf, statistics } = context,
      { valid, counted } = statistics,
      total = Float64Array.from(pixelsOf(band, geometry), (own, plane) => {
        const b = Math.floor(plane / classes);
        return weighted ? own.reduce((sum, n) => sum + weightOf(b, n), 0) : own.length;
      });
    const { value, tables } = term.score({ ...context, statistics: { valid, counted, total, squared: total } });
    // A map's slopes are one factor a class.
    return { value, tables: tables.filter((_, i) => i % SLOPES === 0), tableLength: classes };
  };
  const slopes: OverlapTerm["slopes"] = (statistics) => {
    kernels.tile.writeOptions(options, true);
    return score({
      kernels,
      kernel,
      sums: zeros(batch * classes * SUMS),
      statistics,
      geometry,
      weightOf: () => 1,
      weighted: false,
      competing: false,
      sumOverValid: () => 0,
    });
  };
  return {
    ...term,
    totals: false,
    unitWeights: Object.assign(liveMap(kernels, band), {
      planes: classes,
      sampleStride: classes * pixels,
      beside: true,
    }),
    score,
    slopes: extra("pixelWeights") === undefined ? slopes : undefined,
  };
}

import { ROBUST_T, ROW, SLOPES, SUMS } from "../bindings/tile.js";
import type { OverlapScore, ScoreContext, Tile } from "../engine/plan.js";

/** logSigma as it came: one number, one per class, or one per entry of a sample ([C, pixels]). */
export interface RobustT {
  readonly logNu: number;
  readonly logSigma: Float32Array;
  readonly includeBackground: boolean;
  readonly reduction: "mean" | "sum";
  /** Out: the gradients of the learnable parameters. */
  readonly grads: { readonly logNu: Float32Array; readonly logSigma: Float32Array };
}

type Sharing = "all" | "class" | "entry";

export function sharing(logSigma: Float32Array, classes: number, pixels: number): Sharing | undefined {
  if (logSigma.length === 1) return "all";
  if (logSigma.length === classes) return "class";
  return logSigma.length === classes * pixels ? "entry" : undefined;
}

/** Per-entry 1 / sigma^2, 0 for a class that is left out; none where one number a class will do. */
export function precisions(plan: RobustT, classes: number, pixels: number): Float32Array | undefined {
  if (sharing(plan.logSigma, classes, pixels) !== "entry") return undefined;
  return plan.logSigma.map((s, i) => (i < pixels && classes > 1 && !plan.includeBackground ? 0 : Math.exp(-2 * s)));
}

/** One Student t per sample over all its entries (robustT). */
export function scoreRobustT(
  plan: RobustT,
  { kernels, kernel, sums, statistics, geometry, sumOverValid, weightOf }: ScoreContext,
): OverlapScore {
  const { batch, classes, pixels } = geometry,
    shared = sharing(plan.logSigma, classes, pixels) as Sharing;
  const used = Array.from({ length: classes }, (_, c) => c).filter((c) => c > 0 || plan.includeBackground);
  const samples = Array.from({ length: batch }, (_, b) => b).filter((b) => statistics.valid[b] > 0);
  const tables = new Float32Array(batch * classes * SLOPES),
    divisor = plan.reduction === "sum" ? 1 : Math.max(1, samples.length);
  const logSigma = (c: number) => plan.logSigma[shared === "class" ? c : 0];
  const factors = new Float64Array(batch),
    logSigmaGrads = new Float64Array(plan.logSigma.length);
  const perPixel = new Float64Array(shared === "entry" ? pixels : 0);
  for (const c of used) for (let i = 0; i < perPixel.length; i++) perPixel[i] += plan.logSigma[c * pixels + i];
  let value = 0,
    byLogNu = 0;
  const { row, options } = kernels.tile;
  for (const b of samples) {
    let logSigmas = shared === "entry" ? sumOverValid(b, perPixel) : 0;
    row.fill(0);
    for (const c of used) {
      const precision = shared === "entry" ? 1 : Math.exp(-2 * logSigma(c)),
        at = SUMS * (b * classes + c);
      for (const each of [ROW.squaredMisses, ROW.squaredAlarms]) row[each] += precision * sums[at + each];
      if (shared !== "entry") logSigmas += statistics.valid[b] * logSigma(c);
    }
    options.set([plan.logNu, statistics.valid[b] * used.length, logSigmas]);
    value += kernels.score(kernel) / divisor;
    byLogNu += options[ROBUST_T.byLogNu] / divisor;
    factors[b] = row[ROW.no];
    for (const c of used) {
      const precision = shared === "entry" ? 1 : Math.exp(-2 * logSigma(c)),
        at = SUMS * (b * classes + c);
      const slope = (factors[b] * precision) / divisor;
      tables.set([slope, slope, 0], (b * classes + c) * SLOPES);
      const square = precision * (sums[at + ROW.squaredMisses] + sums[at + ROW.squaredAlarms]);
      if (shared !== "entry")
        logSigmaGrads[shared === "class" ? c : 0] += (statistics.valid[b] - factors[b] * square) / divisor;
    }
  }
  plan.grads.logNu[0] = byLogNu;
  plan.grads.logSigma.set(logSigmaGrads);
  const addEntries = ({ b, first, count }: Tile, squares: (c: number) => Float32Array, labels: Int32Array) => {
    for (const c of used) {
      const square = squares(c),
        at = c * pixels + first;
      for (let i = 0; i < count; i++)
        if (labels[i] >= 0) plan.grads.logSigma[at + i] += (weightOf(b, first + i) - factors[b] * square[i]) / divisor;
    }
  };
  return {
    value: samples.length ? value : 0,
    tables,
    tableLength: classes * SLOPES,
    afterSlope: shared === "entry" ? addEntries : undefined,
  };
}

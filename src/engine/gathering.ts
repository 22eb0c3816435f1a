import { SUMS } from "../bindings/tile.js";
import type { TargetStatistics } from "../tensors/conventions.js";
import type { Job } from "./job.js";
import { isField, isNeighbourhood, isOverlap, isPixel, type OverlapTerm, type Term } from "./plan.js";

/** What the samples of a call add up to, for losses that are functions of such sums. */
export interface SampleSums {
  readonly statistics: Pick<TargetStatistics, "valid" | "total" | "squared">;
  /** Of each overlap term: [batch, classes, SUMS]. */
  readonly overlaps: readonly Float64Array[];
  /** [batch, tiles of a sample, pixel terms]: added up in this order, as a call with all samples does. */
  readonly tiles: Float64Array;
}

/** Why a term is no function of sums over samples that each know of themselves alone; nothing where it is. */
export function whyNoSums(term: Term): string | undefined {
  if (isField(term)) return "ranks or filters whole planes";
  if (isNeighbourhood(term)) return "sees neighbours";
  if (term.kind === "pixelwise" && term.top) return "ranks pixels";
  return term.unitWeights ? "weighs pixels by a map" : undefined;
}

/**
 * Whether hits and misses that a term gathers make up the target's sums, or these are gathered beside squared errors,
 * so that those of weights need no sweep of their own: three tenths of a call with two classes.
 */
export function gathersTotals(job: Job, term: Term): boolean {
  const { pixelWeights, weightless, soft, activation, geometry, terms } = job;
  if ((!pixelWeights && !weightless) || soft || activation === "none" || !isOverlap(term)) return false;
  // A channel's rejections are added up where the term is alone (`openCall`).
  const alone = terms.every((other) => other === term || isPixel(other));
  return term.answers !== undefined && !term.unitWeights && (geometry.classes > 1 || alone);
}

/** Those sums; U of a class is what the others have, as a difference would lose the digits of the least. */
export function gatheredTotals(
  { statistics, geometry }: Job,
  { answers }: OverlapTerm,
  sums: Float64Array,
): TargetStatistics {
  const { classes } = geometry,
    squared = answers === "read",
    { valid, counted } = statistics,
    total = new Float64Array(sums.length / SUMS);
  for (let i = 0; i < total.length; i++) total[i] = (squared ? 0 : sums[SUMS * i]) + sums[SUMS * i + 1];
  const others = total.map((_, i) => {
    if (classes === 1) return sums[SUMS * i + 2] + (squared ? 0 : sums[SUMS * i + 3]);
    let sum = 0;
    for (let c = 0, first = i - (i % classes); c < classes; c++) if (first + c !== i) sum += total[first + c];
    return sum;
  });
  return { valid, counted, total, squared: total, others };
}

import type { TargetStatistics } from "../tensors/conventions.js";
import { isField, isNeighbourhood, type Term } from "./plan.js";

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

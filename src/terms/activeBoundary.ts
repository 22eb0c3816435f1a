import { activeBoundary, type ActiveBoundary as Calls } from "../bindings/neighbourhood/activeBoundary.js";
import type { NeighbourhoodContext } from "../engine/plan.js";

export interface ActiveBoundary extends Omit<Calls, "squares" | "most"> {
  readonly maxBoundaryRatio: number;
}

/**
 * The share of the predicted boundary is of one sample's pixels, but counted over the batch, as in the authors' code.
 */
export function evaluateActiveBoundary(
  loss: ActiveBoundary,
  squares: () => Float32Array,
  context: NeighbourhoodContext,
): number {
  return activeBoundary(context, { ...loss, squares, most: loss.maxBoundaryRatio * context.geometry.pixels });
}

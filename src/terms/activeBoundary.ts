import { type ActiveBoundary, activeBoundary } from "../bindings/neighbourhood/activeBoundary.js";
import type { NeighbourhoodTerm } from "../engine/plan.js";

interface ActiveBoundaryOptions extends Omit<ActiveBoundary, "squares" | "most"> {
  readonly maxBoundaryRatio: number;
}

/**
 * The share of the predicted boundary is of one sample's pixels, but counted over the batch, as in the authors' code.
 */
export function activeBoundaryTerm(squares: Float32Array, options: ActiveBoundaryOptions): NeighbourhoodTerm {
  return {
    family: "neighbourhood",
    weight: 1,
    evaluate: (context) =>
      activeBoundary(context, { ...options, squares, most: options.maxBoundaryRatio * context.geometry.pixels }),
  };
}

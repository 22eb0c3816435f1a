import { planeOf } from "../bindings/planes/planes.js";
import { ClassWindows, hasWindows, type WindowShape } from "../bindings/planes/regionMutualInformation.js";
import type { FieldContext } from "../engine/plan.js";

/** A loss of each class's windows, weighted over the classes and averaged or summed over the samples. */
export interface RegionMutualInformation extends WindowShape {
  readonly regularization: number;
  readonly classWeights: readonly number[] | null;
  readonly includeBackground: boolean;
  readonly reduction: "mean" | "sum";
}

/**
 * Class by class (regionMutualInformation), so that no more than one class's cells are in the module's memory at a
 * time.
 */
export function evaluateRegionMutualInformation(sum: RegionMutualInformation, context: FieldContext): number {
  const { geometry, statistics, gradient, parts } = context,
    { batch, classes } = geometry,
    samples = statistics.valid.reduce((n, valid) => n + (valid > 0 ? 1 : 0), 0);
  const share = sum.reduction === "sum" ? 1 : 1 / Math.max(1, samples);
  const evaluate = (windows?: ClassWindows) =>
    parts.sum(batch * classes, (plane) => {
      const b = Math.floor(plane / classes),
        c = plane % classes,
        used = statistics.valid[b] > 0 && (c > 0 || sum.includeBackground),
        factor = used ? share * (sum.classWeights?.[c] ?? 1) : 0;
      if (windows && factor > 0) {
        const loss = windows.evaluate(b, c, sum.regularization, gradient ? context.weight * factor : undefined);
        context.ofClass?.(b, c, loss);
        return factor * loss;
      }
      if (gradient) planeOf(context, b, c).fill(0);
      return 0;
    });
  return hasWindows(geometry.spatial, sum) ? ClassWindows.with(context, sum, evaluate) : evaluate();
}

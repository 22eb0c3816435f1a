import { boundaryMask } from "../bindings/masks/boundary.js";
import { classMask } from "../bindings/masks/classes.js";
import {
  type ConditionalCounts,
  type ConditionalFactors,
  ConditionalScene,
} from "../bindings/neighbourhood/conditionalBoundary.js";
import type { NeighbourhoodContext } from "../engine/plan.js";

export interface ConditionalBoundary {
  readonly classWeights: readonly number[] | null;
  readonly includeBackground: boolean;
  readonly kernelSize: number;
  readonly dilationRatio: number;
  readonly contextWeight: number;
  readonly pairWeight: number;
  readonly classificationWeight: number;
  readonly correctnessAware: boolean;
  readonly reduction: "mean" | "sum";
}

/** A pixel's features, in pred's layout, and a frozen classifier of them; without a weight nothing is classified. */
export interface FeatureInputs {
  readonly data: () => Float32Array;
  readonly count: number;
  readonly weight?: Float32Array;
  readonly bias?: Float32Array;
}

const ratio = (x: number, y: number) => (y > 0 ? x / y : 0);

/**
 * Means become factors: over the pairs of a sample, the samples that have some, the anchors of a class, and the classes
 * that have some.
 */
function factorsOf(
  loss: ConditionalBoundary,
  { pairs, anchors, all }: ConditionalCounts,
  features: number,
  classified: boolean,
): ConditionalFactors {
  const mean = loss.reduction === "mean",
    samples = mean ? pairs.filter((n) => n > 0).length : 1;
  const weights = anchors.map((n, c) => (n > 0 ? (loss.classWeights?.[c] ?? 1) : 0)),
    total = mean ? weights.reduce((a, b) => a + b, 0) : 1,
    classifying = classified ? loss.classificationWeight : 0;
  return {
    pairs: pairs.map((n) => ratio(loss.contextWeight, n * samples)),
    pulls: weights.map((w, c) => ratio(loss.pairWeight * w, total * anchors[c] * features)),
    classifications: weights.map((w, c) => ratio(classifying * w, total * anchors[c])),
    all: weights.map((w, c) => ratio(classifying * w, total * all[c])),
  };
}

/** The boundaries of a sample's classes together, each of the mask t > 1/2. */
function softBoundaries(
  { kernels, geometry }: NeighbourhoodContext,
  soft: Float32Array,
  b: number,
  width: number,
): Uint8Array {
  const { classes, spatial, pixels } = geometry,
    [mask, boundary, all] = Array.from({ length: 3 }, () => new Uint8Array(pixels)),
    source = { kernels, geometry, target: { soft }, ignoreIndex: null };
  for (let c = 0; c < classes; c++) {
    if (classMask(source, b, c, mask) === 0) continue;
    boundaryMask(kernels, mask, spatial, { connectivity: "full", width, border: true }, boundary);
    for (let i = 0; i < pixels; i++) all[i] |= boundary[i];
  }
  return all;
}

/**
 * The conditional boundary loss. With features of its own their gradient goes to `grads.features`, and pred only says
 * which pixels are right; without, pred is the features, and its gradient is added to.
 */
export function evaluateConditionalBoundary(
  loss: ConditionalBoundary,
  own: FeatureInputs | undefined,
  grads: Record<string, Float32Array>,
  context: NeighbourhoodContext,
): number {
  const { geometry, pred, soft, grad, weight } = context,
    { batch, classes, spatial, pixels } = geometry,
    count = own?.count ?? classes;
  const slopes = grad && own ? new Float32Array(batch * count * pixels) : undefined;
  if (slopes) grads.features = slopes;
  if (pixels === 0 || batch === 0) return 0;
  // Windows and steps that reach beyond the image from everywhere are all alike.
  const reach = Math.max(1, Math.floor(loss.dilationRatio * Math.hypot(...spatial) + 0.5)),
    steps = Math.min(reach, Math.max(...spatial)),
    kernelSize = Math.min(loss.kernelSize, 2 * Math.max(...spatial) + 1),
    target = soft?.().slice(),
    boundaries = target && ((b: number) => softBoundaries(context, target, b, steps));
  return ConditionalScene.with({ ...context, boundaries }, { ...loss, kernelSize, steps }, (scene) => {
    const factors = factorsOf(loss, scene.count(), count, !own || own.weight !== undefined);
    const value = scene.evaluate(factors, {
      features: { data: own?.data ?? pred, count, geometry },
      classifier: own?.weight && { weight: own.weight, bias: own.bias },
      grad: slopes ? { data: () => slopes, count, geometry } : grad && { data: grad, count, geometry },
      scale: slopes ? 1 : weight,
    });
    return scene.undefined ? Number.NaN : value;
  });
}

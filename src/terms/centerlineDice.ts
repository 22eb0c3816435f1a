import { planeOf } from "../bindings/planes/planes.js";
import { type SkeletonSlopes, type SkeletonSums, withSoftSkeletons } from "../bindings/planes/softSkeleton.js";
import type { FieldContext } from "../engine/plan.js";
import { type ClassAverage, ratios } from "./classAverage.js";

interface CenterlineDice {
  readonly average: ClassAverage;
  readonly iterations: number;
  readonly smooth: number;
  /** Keeps the target's skeletons. */
  readonly keep: (make: () => Float32Array) => Float32Array;
}

/** What a denominator is at least, as MONAI has no smoothing that is 0. */
const LEAST = 1e-8;

/** 1 - n / d, n and d of sums that differ by `missing`, and the derivatives by n and d's sum. */
function ratio(missing: number, sum: number, smooth: number) {
  const full = sum + smooth,
    floored = full < LEAST,
    d = floored ? LEAST : full,
    lack = floored ? 1 - (full - missing) / d : missing / d;
  return { value: 1 - lack, lack, by: 1 / d, bySum: floored ? 0 : -(1 - lack) / d };
}

/** The value of a row's sums, and its derivatives. */
function score(
  { beyond, skeleton, missed, target }: SkeletonSums,
  smooth: number,
): SkeletonSlopes & { readonly value: number } {
  const precision = ratio(beyond, skeleton, smooth),
    recall = ratio(missed, target, smooth),
    both = precision.value + recall.value,
    floored = both < LEAST;
  if (floored)
    return { value: 1 - (2 * precision.value * recall.value) / LEAST, byTarget: 0, bySkeleton: 0, direct: 0 };
  const byPrecision = -2 * (recall.value / both) ** 2,
    byRecall = -2 * (precision.value / both) ** 2;
  return {
    value: (precision.value * recall.lack + recall.value * precision.lack) / both,
    byTarget: byPrecision * precision.by,
    bySkeleton: byPrecision * precision.bySum,
    direct: byRecall * recall.by,
  };
}

/** Dice of what skeletons find of each other's objects, class by class (centerlineDice: Shit et al. 2021). */
export function evaluateCenterlineDice(
  { average, iterations, smooth, keep }: CenterlineDice,
  context: FieldContext,
): number {
  const { geometry, statistics, gradient, weight } = context,
    { batch, classes, pixels } = geometry;
  return withSoftSkeletons(context, iterations, (skeletons) => {
    const all = ratios(average, statistics, geometry).map((each) => ({
      ...each,
      present: each.members.some(({ b, c, weight }) => weight * statistics.total[b * classes + c] > 0),
    }));
    const counting = all.filter(({ present }) => present || average.classes !== "present"),
      total = counting.reduce((sum, each) => sum + each.weight, 0),
      divisor = average.reduction === "sum" ? 1 : total;
    const targets = keep(() => {
      const made = new Float32Array(batch * classes * pixels);
      for (const { b, c } of all.flatMap(({ members }) => members)) {
        const from = (b * classes + c) * pixels;
        skeletons.ofTarget(b, c, made.subarray(from, from + pixels));
      }
      return made;
    });
    const take = (b: number, c: number, own: number) => {
      const from = (b * classes + c) * pixels;
      skeletons.take(b, c, targets.subarray(from, from + pixels), own);
    };
    const left = new Set(Array.from({ length: batch * classes }, (_, plane) => plane));
    let value = 0;
    for (const { members, weight: own, present } of counting) {
      const [{ b, c }] = members,
        factor = total > 0 && (present || average.classes === "all") ? own / divisor : 0;
      if (factor === 0) {
        if (own > 0) context.ofClass?.(b, c, 0);
        continue;
      }
      for (const { b, c, weight } of members) take(b, c, weight);
      const scored = score(skeletons.sums(), smooth);
      context.ofClass?.(b, c, scored.value);
      value += factor * scored.value;
      if (!gradient) continue;
      for (const { b, c, weight: member } of members) {
        const scale = weight * factor * member;
        // A row of one channel is there still.
        if (members.length > 1) take(b, c, 0);
        skeletons.put(b, c, {
          byTarget: scale * scored.byTarget,
          bySkeleton: scale * scored.bySkeleton,
          direct: scale * scored.direct,
        });
        left.delete(b * classes + c);
      }
      skeletons.sums();
    }
    if (gradient) for (const plane of left) planeOf(context, Math.floor(plane / classes), plane % classes).fill(0);
    return value;
  });
}

import { steps, sum } from "./brute";
import { quantile, surfaces } from "./surfaces";

export type Pixels = ReadonlySet<number>;
export type Connectivity = "face" | "edge" | "full";

const reach = { face: 1, edge: 2, full: 3 };
/** Whether two pixels touch; one touches itself. */
function touch(i: number, j: number, spatial: readonly number[], connectivity: Connectivity): boolean {
  const apart = steps(i, j, spatial);
  return Math.max(...apart) <= 1 && sum(apart) <= reach[connectivity];
}

/** The connected parts of a set of pixels. */
export function parts(pixels: Pixels, spatial: readonly number[], connectivity: Connectivity): Pixels[] {
  const left = new Set(pixels),
    found: Pixels[] = [];
  for (const first of pixels) {
    if (!left.delete(first)) continue;
    const part = new Set([first]);
    for (const i of part)
      for (const j of left)
        if (touch(i, j, spatial, connectivity)) {
          left.delete(j);
          part.add(j);
        }
    found.push(part);
  }
  return found;
}

export const inside = (mask: ArrayLike<number>): Pixels =>
  new Set(Array.from(mask).flatMap((pixel, i) => (pixel === 1 ? [i] : [])));

/** All pixels of each id other than 0. */
export const byId = (ids: ArrayLike<number>): Pixels[] =>
  [...new Set(Array.from(ids))]
    .filter((id) => id !== 0)
    .map((id) => new Set(Array.from(ids).flatMap((other, i) => (other === id ? [i] : []))));

const common = (a: Pixels, b: Pixels) => [...a].filter((i) => b.has(i)).length;
const iouOf = (a: Pixels, b: Pixels) => common(a, b) / (a.size + b.size - common(a, b));

/** The best of all one-to-one sets of pairs, tried one after another. */
export function matchAll(preds: readonly Pixels[], targets: readonly Pixels[], threshold: number) {
  const ious = preds.map((pred) => targets.map((target) => iouOf(pred, target))),
    taken = new Set<number>();
  let best = { tp: 0, iouSum: 0 };
  const go = (i: number, tp: number, iouSum: number) => {
    if (i === preds.length) {
      if (iouSum > best.iouSum + 1e-12 || (iouSum > best.iouSum - 1e-12 && tp > best.tp)) best = { tp, iouSum };
      return;
    }
    go(i + 1, tp, iouSum);
    for (const [j, iou] of ious[i].entries()) {
      if (iou <= threshold + 1e-9 || taken.has(j)) continue;
      taken.add(j);
      go(i + 1, tp + 1, iouSum + iou);
      taken.delete(j);
    }
  };
  go(0, 0, 0);
  return { ...best, fp: preds.length - best.tp, fn: targets.length - best.tp };
}

interface LesionOptions {
  readonly connectivity?: Connectivity;
  readonly dilation?: number;
  readonly minVolume?: number;
  readonly spacing?: readonly number[];
  readonly tolerance?: number;
  readonly percentile?: number;
  readonly missingDistance?: number;
}

/** The scores of lesions as they are defined, from sets of pixels. */
export function lesionScores(pred: Pixels, target: Pixels, spatial: readonly number[], options: LesionOptions) {
  const { connectivity = "full", dilation = 0, minVolume = 0, tolerance = 0, percentile = 100 } = options,
    { missingDistance = Number.POSITIVE_INFINITY, spacing = spatial.map(() => 1) } = options,
    pixels = spatial.reduce((all, n) => all * n, 1),
    voxel = spacing.reduce((all, n) => all * n, 1);
  const dilate = (set: Pixels) => {
    let grown = set;
    for (let step = 0; step < dilation; step++)
      grown = new Set(
        Array.from({ length: pixels }, (_, i) => i).filter((i) => [...grown].some((j) => touch(i, j, spatial, "edge"))),
      );
    return grown;
  };
  const mask = (set: Pixels) => Array.from({ length: pixels }, (_, i) => (set.has(i) ? 1 : 0)),
    predicted = parts(pred, spatial, connectivity),
    lesions = parts(dilate(target), spatial, connectivity).map(
      (part): Pixels => new Set([...part].filter((i) => target.has(i))),
    ),
    meets = lesions.map((lesion) => {
      const grown = dilate(lesion);
      return predicted.filter((part) => common(part, grown) > 0);
    }),
    fp = predicted.filter((part) => !meets.some((met) => met.includes(part))).length,
    kept = lesions
      .map((lesion, k) => ({ lesion, met: meets[k] }))
      .filter(({ lesion }) => lesion.size * voxel > minVolume),
    found = kept.filter(({ met }) => met.length > 0),
    tp = found.length,
    fn = kept.length - tp;
  const mean = (missed: number, score: (union: Pixels, lesion: Pixels) => number) =>
    tp + fn + fp === 0
      ? Number.NaN
      : (sum(found.map(({ lesion, met }) => score(new Set(met.flatMap((part) => [...part])), lesion))) +
          (fn + fp > 0 ? (fn + fp) * missed : 0)) /
        (tp + fn + fp);
  return {
    tp,
    fp,
    fn,
    lesionWiseDice: mean(0, (union, lesion) => (2 * common(union, lesion)) / (union.size + lesion.size)),
    lesionWiseSurfaceDice: mean(0, (union, lesion) => {
      const distances = surfaces(mask(union), mask(lesion), spatial, spacing).flat();
      return distances.filter((d) => d <= tolerance).length / distances.length;
    }),
    lesionWiseHausdorffDistance: mean(missingDistance, (union, lesion) =>
      Math.max(...surfaces(mask(union), mask(lesion), spatial, spacing).map((list) => quantile(list, percentile))),
    ),
  };
}

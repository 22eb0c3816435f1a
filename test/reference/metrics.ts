import { type MaskMetric, ofObjects } from "../support/metrics";
import { product } from "../support/random";
import { lengthOf, place, steps, sum } from "./brute";
import { quantile, surfaces } from "./surfaces";

/** Their definitions are tested in topology.test.ts and objects.test.ts, and by the vectors. */
export const elsewhere = ["centerlineDice", "bettiError", ...ofObjects] as const;
/** A metric that is defined here. */
export type Defined = Exclude<MaskMetric, (typeof elsewhere)[number]>;

export interface Pair {
  /** Masks of one class, and which pixels count. */
  readonly p: readonly number[];
  readonly t: readonly number[];
  readonly m: readonly number[];
  readonly spatial: readonly number[];
}

/** Pearson's correlation of the two masks, which is Matthews' coefficient. */
function correlation(p: readonly number[], t: readonly number[], m: readonly number[]): number {
  const pick = (mask: readonly number[]) => mask.filter((_, i) => m[i]),
    centred = (mask: readonly number[]) => mask.map((v) => v - sum(mask) / mask.length),
    [a, b] = [centred(pick(p)), centred(pick(t))],
    times = (x: readonly number[], y: readonly number[]) => sum(x.map((v, i) => v * y[i])),
    [aa, bb] = [times(a, a), times(b, b)];
  return aa * bb < 1e-12 ? Number.NaN : times(a, b) / Math.sqrt(aa * bb);
}

/** Cohen's kappa from shares: the observed agreement beyond that by chance. */
function agreement(tp: number, fp: number, fn: number, tn: number): number {
  const all = tp + fp + fn + tn,
    observed = (tp + tn) / all,
    chance = ((tp + fp) * (tp + fn) + (tn + fp) * (tn + fn)) / all ** 2;
  return chance === 1 ? Number.NaN : (observed - chance) / (1 - chance);
}

/** Every metric from its definition, pixel by pixel in float64. */
export function define(
  { p, t, m, spatial }: Pair,
  options: { percentile?: number; spacing?: readonly number[]; width?: number; dilationRatio?: number; beta?: number },
) {
  const count = (pick: (p: number, t: number) => boolean) => p.filter((_, i) => m[i] && pick(p[i], t[i])).length,
    spacing = options.spacing ?? spatial.map(() => 1);
  const both = count((a, b) => a + b === 2),
    either = count((a, b) => a + b > 0),
    truth = count((_, b) => b === 1),
    [nP, nT] = [sum(p), sum(t)];
  const distance = (measure: (from: readonly number[], back: readonly number[]) => number) => {
    if (nP === 0 || nT === 0) return nP + nT === 0 ? Number.NaN : Number.POSITIVE_INFINITY;
    const [from, back] = surfaces(p, t, spatial, spacing);
    return measure(from, back);
  };
  const width =
    options.width ?? Math.max(1, Math.floor((options.dilationRatio ?? 0.02) * Math.hypot(...spatial) + 0.5));
  const band = (mask: readonly number[]) =>
    mask.map((inside, i) => {
      const border = place(i, spatial).some((x, axis) => x < width || x >= spatial[axis] - width);
      return inside && (border || mask.some((other, j) => !other && Math.max(...steps(i, j, spatial)) <= width))
        ? 1
        : 0;
    });
  const [bandP, bandT] = [band(p), band(t)],
    [fp, fn, tn] = [nP - both, nT - both, count((a, b) => a + b === 0)],
    mean = (values: readonly number[]) => sum(values) / values.length,
    near = (most: number) => (values: readonly number[]) => values.filter((d) => d <= most).length,
    square = (options.beta ?? 1) ** 2;
  const boundaryShares = () => {
    if (nP === 0 || nT === 0) return nP + nT === 0 ? Number.NaN : 0;
    const reach = Math.ceil(0.008 * Math.hypot(...spatial)),
      [from, back] = surfaces(
        p,
        t,
        spatial,
        spatial.map(() => 1),
      ),
      [own, other] = [near(reach)(from) / from.length, near(reach)(back) / back.length];
    return own + other > 0 ? (2 * own * other) / (own + other) : 0;
  };
  const trimap = t.map((inside, i) => {
    const reach = options.width ?? 5;
    return t.some(
      (other, j) =>
        other !== inside &&
        lengthOf(
          steps(i, j, spatial),
          spatial.map(() => 1),
        ) <= reach,
    );
  });
  return {
    precision: both / nP,
    fBeta: ((1 + square) * both) / ((1 + square) * both + square * fn + fp),
    negativePredictiveValue: tn / (tn + fn),
    falsePositiveRate: fp / (fp + tn),
    accuracy: (both + tn) / sum(m),
    balancedAccuracy: (both / nT + tn / (tn + fp)) / 2,
    matthewsCorrelation: correlation(p, t, m),
    cohensKappa: agreement(both, fp, fn, tn),
    confusionMatrix: both / nT,
    meanSurfaceDistance: distance((from, back) => (mean(from) + mean(back)) / 2),
    normalizedSurfaceDice:
      nP > 0 && nT > 0
        ? distance((from, back) => near(1.5)([...from, ...back]) / (from.length + back.length))
        : nP + nT > 0
          ? 0
          : Number.NaN,
    boundaryF: boundaryShares(),
    trimapIou: p.filter((v, i) => v && t[i] && trimap[i]).length / p.filter((v, i) => (v || t[i]) && trimap[i]).length,
    volumeDifference: (nP - nT) * product(spacing),
    volumeSimilarity: 1 - Math.abs(nP - nT) / (nP + nT),
    dice: (2 * both) / (nP + nT),
    iou: both / either,
    sensitivity: both / truth,
    specificity: count((a, b) => a + b === 0) / count((_, b) => b === 0),
    hausdorffDistance: distance((from, back) =>
      Math.max(quantile(from, options.percentile ?? 100), quantile(back, options.percentile ?? 100)),
    ),
    averageSymmetricSurfaceDistance: distance((from, back) => (sum(from) + sum(back)) / (from.length + back.length)),
    boundaryIou: bandP.filter((v, i) => v && bandT[i]).length / bandP.filter((v, i) => v || bandT[i]).length,
  } satisfies Record<Defined, number>;
}

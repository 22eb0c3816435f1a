// Other libraries' metrics in float64, as their sources have them, from masks of two dimensions alone.

/** One sample's class. */
interface Pair {
  readonly p: Uint8Array;
  readonly t: Uint8Array;
}
/** [B][C] pairs, background first. */
export interface Batch {
  readonly pairs: readonly (readonly Pair[])[];
  readonly size: readonly [number, number];
  readonly spacing: readonly [number, number];
  /** scipy's distance_transform_cdt has no spacing. */
  readonly metric?: unknown;
}
type Arguments = Readonly<Record<string, unknown>>;
export type Formula = (batch: Batch, a: Arguments) => number;

const sum = (list: Iterable<number>) => {
  let total = 0;
  for (const n of list) total += n;
  return total;
};
const mean = (list: readonly number[]) => sum(list) / list.length;
const nanmean = (list: readonly number[]) => mean(list.filter((n) => !Number.isNaN(n)));

interface Four {
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}
function four({ p, t }: Pair): Four {
  const found = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let i = 0; i < p.length; i++) found[p[i] ? (t[i] ? "tp" : "fp") : t[i] ? "fn" : "tn"]++;
  return found;
}
const add = (list: readonly Four[]): Four => ({
  tp: sum(list.map(({ tp }) => tp)),
  fp: sum(list.map(({ fp }) => fp)),
  fn: sum(list.map(({ fn }) => fn)),
  tn: sum(list.map(({ tn }) => tn)),
});

type Point = readonly [number, number];
/** Pixels with a neighbour above, below, left or right that is outside, or beyond the image. */
function border(mask: Uint8Array, [height, width]: readonly [number, number]): Point[] {
  const inside = (y: number, x: number) => y >= 0 && x >= 0 && y < height && x < width && mask[y * width + x] === 1,
    found: Point[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (inside(y, x) && !(inside(y - 1, x) && inside(y + 1, x) && inside(y, x - 1) && inside(y, x + 1)))
        found.push([y, x]);
  return found;
}
/** From each border pixel of one mask to the nearest of the other. */
function distances(from: Uint8Array, to: Uint8Array, { size, spacing, metric }: Batch): number[] {
  const targets = border(to, size);
  return border(from, size).map(([y, x]) =>
    Math.min(
      ...targets.map(([v, u]) => {
        if (metric === "chessboard") return Math.max(Math.abs(y - v), Math.abs(x - u));
        if (metric === "taxicab") return Math.abs(y - v) + Math.abs(x - u);
        return Math.hypot((y - v) * spacing[0], (x - u) * spacing[1]);
      }),
    ),
  );
}
/** numpy.percentile. */
function percentile(list: readonly number[], q: number): number {
  const sorted = [...list].sort((a, b) => a - b),
    at = ((sorted.length - 1) * q) / 100,
    low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
}

const isEmpty = (mask: Uint8Array) => !mask.includes(1);
type OfPair = (pair: Pair, batch: Batch, a: Arguments) => number;

/** MONAI's do_metric_reduction, "mean": each sample's classes, then the samples. */
const monai =
  (of: OfPair): Formula =>
  (batch, a) =>
    nanmean(
      batch.pairs.map((sample) =>
        nanmean((a.include_background ? sample : sample.slice(1)).map((pair) => of(pair, batch, a))),
      ),
    );
/** A function of two masks, called for each class and sample. */
const masks =
  (of: OfPair): Formula =>
  (batch, a) =>
    nanmean(batch.pairs.flatMap((sample) => sample.map((pair) => of(pair, batch, a))));
/** MedPy raises where a mask is empty. */
const raising = (of: OfPair) =>
  masks((pair, batch, a) => (isEmpty(pair.p) || isEmpty(pair.t) ? Number.NaN : of(pair, batch, a)));
/** MetricsReloaded's distances. */
const measured = (of: OfPair) =>
  masks((pair, batch, a) => {
    if (isEmpty(pair.p) && isEmpty(pair.t)) return 0;
    return isEmpty(pair.p) || isEmpty(pair.t) ? Number.NaN : of(pair, batch, a);
  });

const both = ({ p, t }: Pair, batch: Batch) => [distances(p, t, batch), distances(t, p, batch)] as const;
const ratio = (n: number, d: number, otherwise: number) => (d === 0 ? otherwise : n / d);
const dice =
  (otherwise: number): OfPair =>
  (pair) => {
    const { tp, fp, fn } = four(pair);
    return ratio(2 * tp, 2 * tp + fp + fn, otherwise);
  };
const iou =
  (otherwise: number): OfPair =>
  (pair) => {
    const { tp, fp, fn } = four(pair);
    return ratio(tp, tp + fp + fn, otherwise);
  };
const largest = ([a, b]: readonly (readonly number[])[], q: number) => Math.max(percentile(a, q), percentile(b, q));

/** torchmetrics' sums over all samples, class by class. */
const states = ({ pairs }: Batch) => pairs[0].map((_, c) => add(pairs.map((sample) => four(sample[c]))));
function reduced(scores: readonly number[], sums: readonly Four[], average: unknown): number {
  const weights = sums.map(({ tp, fp, fn }) => (average === "weighted" ? tp + fn : tp + fp + fn === 0 ? 0 : 1));
  return sum(scores.map((score, c) => weights[c] * score)) / sum(weights);
}
function matrix({ pairs }: Batch): number[][] {
  const classes = pairs[0].length,
    found = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const sample of pairs)
    for (let i = 0; i < sample[0].p.length; i++)
      found[sample.findIndex(({ t }) => t[i])][sample.findIndex(({ p }) => p[i])]++;
  return found;
}
function marginals(batch: Batch) {
  const m = matrix(batch),
    t = m.map(sum),
    p = m.map((_, k) => sum(m.map((row) => row[k]))),
    dot = (a: readonly number[], b: readonly number[]) => sum(a.map((n, k) => n * b[k]));
  return { s: sum(t), c: sum(m.map((row, k) => row[k])), tp: dot(t, p), tt: dot(t, t), pp: dot(p, p) };
}

const confusion: Readonly<Record<string, (f: Four) => number>> = {
  hit_rate: ({ tp, fn }) => ratio(tp, tp + fn, Number.NaN),
  specificity: ({ tn, fp }) => ratio(tn, tn + fp, Number.NaN),
  precision: ({ tp, fp }) => ratio(tp, tp + fp, Number.NaN),
  npv: ({ tn, fn }) => ratio(tn, tn + fn, Number.NaN),
  fall_out: ({ fp, tn }) => ratio(fp, fp + tn, Number.NaN),
  "threat score": ({ tp, fn, fp }) => ratio(tp, tp + fn + fp, Number.NaN),
  accuracy: ({ tp, tn, fp, fn }) => (tp + tn) / (tp + tn + fp + fn),
  balanced_accuracy: ({ tp, tn, fp, fn }) => (tp + fn && tn + fp ? (tp / (tp + fn) + tn / (tn + fp)) / 2 : Number.NaN),
  "f1 score": ({ tp, fn, fp }) => ratio(2 * tp, 2 * tp + fn + fp, Number.NaN),
  mcc: (f) => {
    const root = Math.sqrt((f.tp + f.fp) * (f.tp + f.fn) * (f.tn + f.fp) * (f.tn + f.fn));
    return ratio(f.tp * f.tn - f.fp * f.fn, root, Number.NaN);
  },
};
export const confusionNames = Object.keys(confusion);

/** nnU-Net: np.nanmean over cases, then the mean of the foreground classes. */
const nnunet =
  (of: OfPair): Formula =>
  (batch, a) =>
    nanmean(batch.pairs[0].slice(1).map((_, c) => nanmean(batch.pairs.map((sample) => of(sample[c + 1], batch, a)))));

const volumes = ({ p, t }: Pair) => [sum(p), sum(t)] as const;
const absent =
  (of: OfPair): OfPair =>
  (pair, batch, a) =>
    a.ignore_empty && isEmpty(pair.t) ? Number.NaN : of(pair, batch, a);
const precision: OfPair = (pair) => ratio(four(pair).tp, sum(pair.p), 0);
const recall: OfPair = (pair) => ratio(four(pair).tp, sum(pair.t), 0);
const specificity: OfPair = (pair) => ratio(four(pair).tn, four(pair).tn + four(pair).fp, 0);
const assd: OfPair = (pair, batch) => mean(both(pair, batch).flat());
const masd: OfPair = (pair, batch) => mean(both(pair, batch).map(mean));
const pooled95: OfPair = (pair, batch) => percentile(both(pair, batch).flat(), 95);
const nsd = (pair: Pair, batch: Batch, tau: number) => {
  const list = both(pair, batch).flat();
  return list.filter((d) => d <= tau).length / list.length;
};
const reloadedRecall = (pair: Pair) => ratio(four(pair).tp, sum(pair.t), Number.NaN);

export const formulas: Readonly<Record<string, Formula>> = {
  "monai.DiceMetric": monai(absent(dice(1))),
  "monai.MeanIoU": monai(absent(iou(1))),
  "monai.HausdorffDistanceMetric": monai((pair, batch, a) => {
    const q = a.percentile as number | null;
    if (isEmpty(pair.p) || isEmpty(pair.t)) {
      if (isEmpty(pair.p) && isEmpty(pair.t)) return Number.NaN;
      return q ? Number.NaN : Number.POSITIVE_INFINITY;
    }
    const [there, back] = both(pair, batch);
    return a.directed ? percentile(there, q || 100) : largest([there, back], q || 100);
  }),
  "monai.SurfaceDistanceMetric": monai((pair, batch, a) => {
    if (isEmpty(pair.p) || isEmpty(pair.t))
      return isEmpty(pair.p) && isEmpty(pair.t) ? Number.NaN : Number.POSITIVE_INFINITY;
    return a.symmetric ? assd(pair, batch, a) : mean(both(pair, batch)[0]);
  }),
  "monai.SurfaceDiceMetric": (batch, a) => {
    const taus = a.class_thresholds as readonly number[];
    const of = (pair: Pair, c: number) => {
      if (isEmpty(pair.p) || isEmpty(pair.t)) return isEmpty(pair.p) && isEmpty(pair.t) ? Number.NaN : 0;
      return nsd(pair, batch, taus[c]);
    };
    return nanmean(
      batch.pairs.map((sample) =>
        nanmean((a.include_background ? sample : sample.slice(1)).map((pair, c) => of(pair, c))),
      ),
    );
  },
  "monai.ConfusionMatrixMetric": (batch, a) => {
    const of = confusion[a.metric_name as string],
      used = batch.pairs.map((sample) => (a.include_background ? sample : sample.slice(1)).map(four));
    return a.compute_sample ? nanmean(used.map((sample) => nanmean(sample.map(of)))) : of(add(used.flat()));
  },
  "medpy.dc": masks(dice(1)),
  "medpy.jc": masks(iou(1)),
  "medpy.precision": masks(precision),
  "medpy.positive_predictive_value": masks(precision),
  "medpy.recall": masks(recall),
  "medpy.sensitivity": masks(recall),
  "medpy.true_positive_rate": masks(recall),
  "medpy.specificity": masks(specificity),
  "medpy.true_negative_rate": masks(specificity),
  "medpy.hd": raising((pair, batch) => largest(both(pair, batch), 100)),
  "medpy.hd95": raising(pooled95),
  "medpy.asd": raising((pair, batch) => mean(both(pair, batch)[0])),
  "medpy.assd": raising(assd),
  "medpy.ravd": masks((pair) => {
    const [p, t] = volumes(pair);
    return t === 0 ? Number.NaN : (p - t) / t;
  }),
  "metricsreloaded.dsc": masks(dice(1)),
  "metricsreloaded.iou": masks(iou(Number.NaN)),
  "metricsreloaded.sensitivity": masks(reloadedRecall),
  "metricsreloaded.ppv": masks((pair) => ratio(four(pair).tp, sum(pair.p), isEmpty(pair.t) ? Number.NaN : 0)),
  "metricsreloaded.mcc": masks((pair) => confusion.mcc(four(pair))),
  "metricsreloaded.cohens_kappa": masks((pair) => {
    const { tp, fp, fn, tn } = four(pair),
      n = tp + fp + fn + tn,
      chance = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / (n * n);
    return ((tp + tn) / n - chance) / (1 - chance);
  }),
  "metricsreloaded.fbeta": masks((pair, _, a) => {
    const { tp, fp, fn } = four(pair),
      square = (a.beta as number) ** 2;
    if (tp === 0) return fp + fn > 0 ? 0 : 1;
    const [p, r] = [tp / (tp + fp), tp / (tp + fn)];
    return ((1 + square) * p * r) / (square * p + r);
  }),
  "metricsreloaded.vol_diff": masks((pair) => {
    const [p, t] = volumes(pair);
    return Math.abs(t - p) / t;
  }),
  "metricsreloaded.nsd": masks((pair, batch, a) => {
    if (isEmpty(pair.p) || isEmpty(pair.t)) return isEmpty(pair.p) && isEmpty(pair.t) ? 1 : 0;
    return nsd(pair, batch, a.nsd as number);
  }),
  "metricsreloaded.hd_perc": measured((pair, batch, a) => largest(both(pair, batch), a.hd_perc as number)),
  "metricsreloaded.hd": measured((pair, batch) => largest(both(pair, batch), 100)),
  "metricsreloaded.assd": measured(assd),
  "metricsreloaded.masd": measured(masd),
  "torchmetrics.MulticlassAccuracy": (batch, a) => {
    const sums = states(batch);
    if (a.average === "micro") return sum(sums.map(({ tp }) => tp)) / sum(sums.map(({ tp, fn }) => tp + fn));
    return reduced(
      sums.map(({ tp, fn }) => ratio(tp, tp + fn, 0)),
      sums,
      a.average,
    );
  },
  "torchmetrics.MulticlassJaccardIndex": (batch, a) => {
    const sums = states(batch);
    if (a.average === "micro") {
      const { tp, fp, fn } = add(sums);
      return tp / (tp + fp + fn);
    }
    return reduced(
      sums.map(({ tp, fp, fn }) => ratio(tp, tp + fp + fn, 0)),
      sums,
      a.average,
    );
  },
  "torchmetrics.MulticlassMatthewsCorrCoef": (batch) => {
    const { s, c, tp, tt, pp } = marginals(batch);
    return (c * s - tp) / Math.sqrt((s * s - tt) * (s * s - pp));
  },
  "torchmetrics.MulticlassCohenKappa": (batch) => {
    const { s, c, tp } = marginals(batch);
    return 1 - (1 - c / s) / (1 - tp / (s * s));
  },
  "torchmetrics.segmentation.DiceScore": (batch, a) => {
    const counts = batch.pairs.map((sample) => (a.include_background ? sample : sample.slice(1)).map(four)),
      levels =
        a.aggregation_level === "global" ? [counts[0].map((_, c) => add(counts.map((sample) => sample[c])))] : counts,
      of = ({ tp, fp, fn }: Four) => ratio(2 * tp, 2 * tp + fp + fn, Number.NaN);
    return nanmean(
      levels.map((level) => {
        if (a.average === "micro") return of(add(level));
        if (a.average === "macro") return nanmean(level.map(of));
        const all = sum(level.map(({ tp, fn }) => tp + fn));
        return sum(level.map((each) => (of(each) * (each.tp + each.fn)) / all).filter((n) => !Number.isNaN(n)));
      }),
    );
  },
  "nnunet.Dice": nnunet(dice(Number.NaN)),
  "nnunet.IoU": nnunet(iou(Number.NaN)),
  "davis.db_eval_iou": masks(iou(1)),
};

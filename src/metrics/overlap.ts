import type { Options } from "../options/options.js";
import { declareMetric } from "./declaration.js";

/** A metric that is undefined must not read as 0 or 1 unless the caller says so. */
export const empty = {
  emptyScore: { type: "number", orNaN: true, default: Number.NaN, meaning: "the score where it is 0 / 0" },
} as const satisfies Options;

const ratio = (numerator: number, denominator: number, { emptyScore }: { emptyScore: number }) =>
  denominator > 0 ? numerator / denominator : emptyScore;

export const dice = declareMetric({
  name: "dice",
  title: "Dice coefficient",
  formula: "2 |P and T| / (|P| + |T|)",
  best: "highest",
  options: empty,
  score: { of: "counts", from: ({ both, pred, target }, o) => ratio(2 * both, pred + target, o) },
});

export const iou = declareMetric({
  name: "iou",
  title: "Intersection over union (Jaccard index)",
  formula: "|P and T| / |P or T|",
  best: "highest",
  options: empty,
  score: { of: "counts", from: ({ both, pred, target }, o) => ratio(both, pred + target - both, o) },
});

export const sensitivity = declareMetric({
  name: "sensitivity",
  title: "Sensitivity (recall)",
  formula: "|P and T| / |T|",
  best: "highest",
  options: empty,
  score: { of: "counts", from: ({ both, target }, o) => ratio(both, target, o) },
});

export const specificity = declareMetric({
  name: "specificity",
  title: "Specificity",
  formula: "|not P and not T| / |not T|",
  best: "highest",
  options: empty,
  score: {
    of: "counts",
    from: ({ both, pred, target, counted }, o) => ratio(counted - pred - target + both, counted - target, o),
  },
});

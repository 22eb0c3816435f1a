import { type Confusion, confusionOf, confusionResults, confusionScorer, empty } from "./confusion.js";
import { declareMetric } from "./declaration.js";

export const ratio = (numerator: number, denominator: number, { emptyScore }: { readonly emptyScore: number }) =>
  denominator > 0 ? numerator / denominator : emptyScore;

/** A ratio of counts. */
const declareRatio = <const N extends string>(
  name: N,
  also: readonly string[],
  title: string,
  formula: string,
  best: "highest" | "lowest",
  parts: (confusion: Confusion) => readonly [numerator: number, denominator: number],
  how?: Readonly<Record<string, string>>,
) =>
  declareMetric({
    name,
    also,
    how,
    title,
    formula,
    best,
    options: empty,
    results: confusionResults,
    score: (scene, o) => confusionScorer(scene, (confusion) => ratio(...parts(confusion), o)),
    ofCounts: (counts, o) => ratio(...parts(confusionOf(counts)), o),
  });

export const dice = declareRatio(
  "dice",
  ["dsc", "f1", "f1Score"],
  "Dice coefficient",
  "2 |P and T| / (|P| + |T|)",
  "highest",
  ({ tp, fp, fn }) => [2 * tp, 2 * tp + fp + fn],
);

export const iou = declareRatio(
  "iou",
  ["jaccard", "jaccardIndex", "miou", "meanIou"],
  "Intersection over union (Jaccard index)",
  "|P and T| / |P or T|",
  "highest",
  ({ tp, fp, fn }) => [tp, tp + fp + fn],
);

const missRate = ["fnr", "falseNegativeRate"];
export const sensitivity = declareRatio(
  "sensitivity",
  ["recall", "tpr", ...missRate],
  "Sensitivity (recall)",
  "|P and T| / |T|",
  "highest",
  ({ tp, fn }) => [tp, tp + fn],
  Object.fromEntries(missRate.map((name) => [name, "(it is 1 less that)"])),
);

export const specificity = declareRatio(
  "specificity",
  ["tnr"],
  "Specificity",
  "|not P and not T| / |not T|",
  "highest",
  ({ tn, fp }) => [tn, tn + fp],
);

export const precision = declareRatio(
  "precision",
  ["ppv"],
  "Precision (positive predictive value)",
  "|P and T| / |P|",
  "highest",
  ({ tp, fp }) => [tp, tp + fp],
);

export const negativePredictiveValue = declareRatio(
  "negativePredictiveValue",
  ["npv"],
  "Negative predictive value",
  "|not P and not T| / |not P|",
  "highest",
  ({ tn, fn }) => [tn, tn + fn],
);

export const falsePositiveRate = declareRatio(
  "falsePositiveRate",
  ["fpr", "fallOut"],
  "False positive rate (fall-out)",
  "|P and not T| / |not T|",
  "lowest",
  ({ tn, fp }) => [fp, fp + tn],
);

const weighted = ({ tp, fp, fn }: Confusion, beta: number) => {
  const square = beta * beta;
  return [(1 + square) * tp, (1 + square) * tp + square * fn + fp] as const;
};

export const fBeta = declareMetric({
  name: "fBeta",
  also: ["fScore"],
  title: "F-beta score",
  formula: "(1 + b^2) |P and T| / (|P| + b^2 |T|)",
  best: "highest",
  options: {
    beta: { type: "number", min: 0, aboveMin: true, default: 1, meaning: "how much more recall weighs than precision" },
    ...empty,
  },
  results: confusionResults,
  score: (scene, o) => confusionScorer(scene, (confusion) => ratio(...weighted(confusion, o.beta), o)),
  ofCounts: (counts, o) => ratio(...weighted(confusionOf(counts), o.beta), o),
});

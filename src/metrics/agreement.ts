import {
  average,
  averageResults,
  averageScorer,
  type Confusion,
  confusionOf,
  confusionResults,
  empty,
  matrixScorer,
} from "./confusion.js";
import { declareMetric } from "./declaration.js";
import type { Marginals } from "./joint.js";
import { ratio } from "./overlap.js";
import { meanOfDefined } from "./tables.js";

type Empty = { readonly emptyScore: number };
const options = { ...average, ...empty };

const sum = (numbers: Float64Array) => numbers.reduce((all, n) => all + n, 0);
const products = (a: Float64Array, b: Float64Array) => a.reduce((all, n, i) => all + n * b[i], 0);

/** All pixels, those that agree, and how many would by chance, times the pixels. */
function chance({ target, pred, both }: Marginals) {
  return { all: sum(target), agree: sum(both), byChance: products(target, pred) };
}

/** A number of each class against the rest, and one of the whole matrix. */
const declareAgreement = <const N extends string>(
  name: N,
  also: readonly string[],
  title: string,
  formula: string,
  one: (confusion: Confusion, o: Empty) => number,
  whole: (marginals: Marginals, o: Empty) => number,
) =>
  declareMetric({
    name,
    also,
    title,
    formula,
    best: "highest",
    options,
    results: averageResults,
    score: (scene, o) =>
      averageScorer(
        scene,
        o,
        (confusion) => one(confusion, o),
        (marginals) => whole(marginals, o),
      ),
    ofCounts: (counts, o) => one(confusionOf(counts), o),
  });

export const accuracy = declareAgreement(
  "accuracy",
  ["pixelAccuracy"],
  "Accuracy",
  "(tp + tn) / n; of the matrix: the share of its diagonal",
  ({ tp, fp, fn, tn }, o) => ratio(tp + tn, tp + fp + fn + tn, o),
  (marginals, o) => {
    const { agree, all } = chance(marginals);
    return ratio(agree, all, o);
  },
);

export const balancedAccuracy = declareAgreement(
  "balancedAccuracy",
  [],
  "Balanced accuracy",
  "(sensitivity + specificity) / 2; of the matrix: the mean recall of the classes that the target has",
  ({ tp, fp, fn, tn }, o) => (tp + fn > 0 && tn + fp > 0 ? (tp / (tp + fn) + tn / (tn + fp)) / 2 : o.emptyScore),
  ({ target, both }, o) => {
    const mean = meanOfDefined(both.map((n, j) => n / target[j]));
    return Number.isNaN(mean) ? o.emptyScore : mean;
  },
);

export const matthewsCorrelation = declareAgreement(
  "matthewsCorrelation",
  ["mcc", "matthewsCorrCoef"],
  "Matthews correlation coefficient",
  "(tp tn - fp fn) / sqrt((tp + fp) (tp + fn) (tn + fp) (tn + fn)); of the matrix: Gorodkin's R_K",
  ({ tp, fp, fn, tn }, o) =>
    ratio(tp * tn - fp * fn, Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn), o),
  (marginals, o) => {
    const { agree, all, byChance } = chance(marginals),
      { target, pred } = marginals,
      spread = (numbers: Float64Array) => Math.sqrt(all * all - products(numbers, numbers));
    return ratio(agree * all - byChance, spread(pred) * spread(target), o);
  },
);

export const cohensKappa = declareAgreement(
  "cohensKappa",
  ["kappa"],
  "Cohen's kappa",
  "(observed agreement - that by chance) / (1 - that by chance)",
  ({ tp, fp, fn, tn }, o) => ratio(2 * (tp * tn - fn * fp), (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn), o),
  (marginals, o) => {
    const { agree, all, byChance } = chance(marginals);
    return ratio(all * agree - byChance, all * all - byChance, o);
  },
);

export const confusionMatrix = declareMetric({
  name: "confusionMatrix",
  title: "Confusion matrix",
  formula: "pixels of class j in the target and k in the prediction; a class's score: tp / (tp + fn)",
  best: "highest",
  options: empty,
  results: {
    ...confusionResults,
    matrix: { shape: "[B, R, R]", meaning: "pixels by class in the target and in the prediction", optional: true },
    pooledMatrix: { shape: "[R, R]", meaning: "its sum over the samples", optional: true },
    matrixLabels: { shape: "labels", meaning: "the label of each row, null where it is all others'", optional: true },
  },
  score: (scene, o) => matrixScorer(scene, ({ tp, fn }) => ratio(tp, tp + fn, o)),
  ofCounts: ({ both, target }, o) => ratio(both, target, o),
});

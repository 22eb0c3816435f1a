import type { Option, Options, Values } from "../options/options.js";
import { connectivityWords } from "../options/shared.js";
import { refuseLines } from "./boundaries.js";
import { common } from "./common.js";
import { empty, pooledResults } from "./confusion.js";
import { declareMetric, type Found, type Pool, type Results, type Scene, type Scorer } from "./declaration.js";
import { type Matching, matchObjects } from "./matching.js";
import type { Overlaps } from "./objectOverlaps.js";
import { ratio } from "./overlap.js";
import { columnOf, joinSums, meanOfDefined, table } from "./tables.js";

/** An option that says what the classes are, and does nothing where every id is an object of its own. */
const ofClasses = <const O extends Option>(option: O) => ({ ...option, when: { instances: ["components"] } }) as const;

export const connectivity = {
  type: "choice",
  values: ["face", "edge", "full"],
  words: connectivityWords,
  default: "full",
  meaning: "which pixels touch: across faces, also across edges, or also across corners",
} as const satisfies Option;

const instances = {
  instances: {
    type: "choice",
    values: ["components", "labels"],
    default: "components",
    meaning: "what an object is: a connected part of a class, or all pixels of one label (ids; both sides hold labels)",
  },
  connectivity: ofClasses(connectivity),
} as const satisfies Options;

const shared = {
  ...empty,
  numClasses: ofClasses(common.numClasses),
  labels: ofClasses(common.labels),
  includeBackground: ofClasses(common.includeBackground),
} as const satisfies Options;

const single = {
  ...instances,
  iouThreshold: {
    type: "number",
    min: 0,
    max: 1,
    belowMax: true,
    default: 0.5,
    meaning: "the IoU above which two objects may be a pair; below 0.5 the pairs are those of the largest sum of IoU",
  },
  ...shared,
} as const satisfies Options;

const countResults = {
  tp: { shape: "[B, C']", meaning: "pairs of objects" },
  fp: { shape: "[B, C']", meaning: "predicted objects without a partner" },
  fn: { shape: "[B, C']", meaning: "the target's objects without a partner" },
} as const satisfies Results;

/** Where scores of objects go: by class, or all in one column. */
type Columns = Pick<Scene, "geometry" | "labels">;

/** Visits the objects of each sample and column, at the place of their score. */
function overObjects(
  scene: Scene,
  o: Values<typeof instances>,
  scorer: (columns: Columns) => { visit(at: number, objects: Overlaps): void; found(): Found; pool(): Pool },
): Scorer {
  refuseLines(scene);
  if (o.instances === "components") {
    const { visit, ...rest } = scorer(scene);
    return { pair: (b, c, pair) => visit(b * scene.labels.length + c, pair.objects(o.connectivity)), ...rest };
  }
  if (!scene.labelled)
    scene.unsupported(
      'instances "labels" needs ids in integer typed arrays as pred and target, got scores or a soft target; ' +
        'use "components"',
    );
  const { visit, found, pool } = scorer({ geometry: scene.geometry, labels: [0] });
  return {
    sample(b, { objects }) {
      const ids = objects();
      if (ids) visit(b, ids);
    },
    found: () => ({ ...found(), labels: [] }),
    pool,
  };
}

type Score<K extends string> = (matching: Matching) => Readonly<Record<"score" | K, number>>;
const kinds = ["tp", "fp", "fn", "iouSum"] as const;

/** Scores of one matching for each sample and column, and of the sums over samples. */
function matchingScorer<K extends string>(
  scene: Scene,
  o: Values<typeof single>,
  further: readonly K[],
  score: Score<K>,
): Scorer {
  return overObjects(scene, o, (columns) => {
    const tables = { tp: table(columns), fp: table(columns), fn: table(columns), iouSum: table(columns) },
      perClass = table(columns),
      others = Object.fromEntries(further.map((name) => [name, table(columns)])) as Record<K, Float64Array>,
      { length } = columns.labels,
      sums = () =>
        joinSums(
          kinds.map((kind) => tables[kind]),
          length,
        ),
      results = (all: Float64Array) => {
        const pooled = Float64Array.from({ length }, (_, c) => {
          const matching = columnOf(kinds, all, length, c);
          return Number.isNaN(matching.tp) ? Number.NaN : score(matching).score;
        });
        return { pooled, pooledValue: meanOfDefined(pooled) };
      };
    return {
      visit(at, objects) {
        const matching = matchObjects(objects, o.iouThreshold),
          found = score(matching);
        for (const kind of kinds) tables[kind][at] = matching[kind];
        for (const name of further) others[name][at] = found[name];
        perClass[at] = found.score;
      },
      found: () => ({ perClass, ...others, ...tables, ...results(sums()) }),
      pool: () => ({ sums: sums(), results }),
    };
  });
}

/** Pairs, and half of each object without one: the denominator of F1 and PQ. */
const weighOf = ({ tp, fp, fn }: Matching) => tp + fp / 2 + fn / 2;
const undefinedAtZero = { emptyScore: Number.NaN };

export const panopticQuality = declareMetric({
  name: "panopticQuality",
  also: ["pq"],
  title: "Panoptic quality (PQ)",
  formula: "sum of the pairs' IoU / (TP + FP / 2 + FN / 2)",
  best: "highest",
  options: single,
  results: {
    segmentationQuality: { shape: "[B, C']", meaning: "the mean IoU of the pairs" },
    recognitionQuality: { shape: "[B, C']", meaning: "TP / (TP + FP / 2 + FN / 2)" },
    ...countResults,
    iouSum: { shape: "[B, C']", meaning: "the sum of the pairs' IoU" },
    ...pooledResults,
  },
  score: (scene, o) =>
    matchingScorer(scene, o, ["segmentationQuality", "recognitionQuality"], (matching) => ({
      score: ratio(matching.iouSum, weighOf(matching), o),
      segmentationQuality: ratio(matching.iouSum, matching.tp, undefinedAtZero),
      recognitionQuality: ratio(matching.tp, weighOf(matching), undefinedAtZero),
    })),
});

export const instanceF1 = declareMetric({
  name: "instanceF1",
  title: "F1 score of objects",
  formula: "2 TP / (2 TP + FP + FN), of objects",
  best: "highest",
  options: single,
  results: {
    precision: { shape: "[B, C']", meaning: "the share of the predicted objects that have a partner" },
    recall: { shape: "[B, C']", meaning: "the share of the target's objects that have a partner" },
    ...countResults,
    iouSum: { shape: "[B, C']", meaning: "the sum of the pairs' IoU" },
    ...pooledResults,
  },
  score: (scene, o) =>
    matchingScorer(scene, o, ["precision", "recall"], (matching) => ({
      score: ratio(matching.tp, weighOf(matching), o),
      precision: ratio(matching.tp, matching.tp + matching.fp, undefinedAtZero),
      recall: ratio(matching.tp, matching.tp + matching.fn, undefinedAtZero),
    })),
});

const averageOptions = {
  ...instances,
  iouThresholds: {
    type: "numbers",
    each: "any",
    min: 0,
    below: 1,
    default: [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95],
    meaning: "the thresholds of IoU, each with its own pairs",
  },
  ...shared,
} as const satisfies Options;

export const averagePrecision = declareMetric({
  name: "averagePrecision",
  also: ["ap"],
  title: "Average precision of objects, without confidences",
  formula: "mean over thresholds of IoU of TP / (TP + FP + FN)",
  best: "highest",
  options: averageOptions,
  results: {
    perThreshold: { shape: "[B, C', K]", meaning: "the score at each threshold" },
    ...pooledResults,
  },
  score(scene, o) {
    const { iouThresholds: thresholds } = o,
      scoreOf = (tp: number, lost: number) => ratio(tp, tp + lost, o);
    return overObjects(scene, o, (columns) => {
      const { length } = columns.labels,
        perClass = table(columns),
        [perThreshold, tp, lost] = [0, 1, 2].map(() => table(columns, thresholds.length)),
        mean = (scores: Float64Array, at: number) =>
          scores.subarray(at * thresholds.length, (at + 1) * thresholds.length).reduce((sum, n) => sum + n, 0) /
          thresholds.length,
        width = length * thresholds.length,
        sums = () => joinSums([tp, lost], width),
        results = (all: Float64Array) => {
          const scores = all
              .subarray(0, width)
              .map((n, i) => (Number.isNaN(n) ? Number.NaN : scoreOf(n, all[width + i]))),
            pooled = Float64Array.from({ length }, (_, c) => mean(scores, c));
          return { pooled, pooledValue: meanOfDefined(pooled) };
        };
      return {
        visit(at, objects) {
          for (const [k, threshold] of thresholds.entries()) {
            const matching = matchObjects(objects, threshold),
              place = at * thresholds.length + k;
            tp[place] = matching.tp;
            lost[place] = matching.fp + matching.fn;
            perThreshold[place] = scoreOf(tp[place], lost[place]);
          }
          perClass[at] = mean(perThreshold, at);
        },
        found: () => ({ perClass, perThreshold, ...results(sums()) }),
        pool: () => ({ sums: sums(), results }),
      };
    });
  },
});

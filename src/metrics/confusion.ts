import type { Options, Values } from "../options/options.js";
import type { Found, Pool, Results, Scene, Scorer } from "./declaration.js";
import type { Marginals } from "./joint.js";
import type { Counts } from "./sides.js";
import { columnOf, joinSums, meanOfDefined, table } from "./tables.js";

/** Pixels of a class against the rest. */
export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

export const confusionOf = ({ both, pred, target, counted }: Counts): Confusion => ({
  tp: both,
  fp: pred - both,
  fn: target - both,
  tn: counted - pred - target + both,
});

/** A metric that is undefined must not read as 0 or 1 unless the caller says so. */
export const empty = {
  emptyScore: { type: "number", orNaN: true, default: Number.NaN, meaning: "the score where it is 0 / 0" },
} as const satisfies Options;

export const pooledResults = {
  pooled: { shape: "[C']", meaning: "the scores of the counts summed over the samples" },
  pooledValue: { shape: "", meaning: "the mean of those that are defined" },
} as const satisfies Results;

export const confusionResults = {
  tp: { shape: "[B, C']", meaning: "pixels of the class in both" },
  fp: { shape: "[B, C']", meaning: "pixels of the class in the prediction alone" },
  fn: { shape: "[B, C']", meaning: "pixels of the class in the target alone" },
  tn: { shape: "[B, C']", meaning: "counted pixels of the class in neither" },
  ...pooledResults,
} as const satisfies Results;

const kinds = ["tp", "fp", "fn", "tn"] as const;

/** Scores of a class's pixels against the rest. */
export function confusionScorer(scene: Scene, score: (confusion: Confusion) => number): Scorer & { pool(): Pool } {
  const { length } = scene.labels,
    perClass = table(scene),
    counts = { tp: table(scene), fp: table(scene), fn: table(scene), tn: table(scene) },
    sums = () =>
      joinSums(
        kinds.map((kind) => counts[kind]),
        length,
      ),
    results = (all: Float64Array) => {
      const pooled = Float64Array.from({ length }, (_, c) => {
        const confusion = columnOf(kinds, all, length, c);
        return Number.isNaN(confusion.tp) ? Number.NaN : score(confusion);
      });
      return { pooled, pooledValue: meanOfDefined(pooled) };
    };
  return {
    pair(b, c, { counts: found }) {
      const confusion = confusionOf(found),
        at = b * length + c;
      for (const kind of kinds) counts[kind][at] = confusion[kind];
      perClass[at] = score(confusion);
    },
    found: () => ({ perClass, ...counts, ...results(sums()) }),
    pool: () => ({ sums: sums(), results }),
  };
}

export const average = {
  average: {
    type: "choice",
    values: ["matrix", "classes"],
    default: null,
    meaning:
      "what value is: a number of the whole matrix of classes, or the mean of each class's against the rest " +
      '(default: "matrix"; "classes" for sigmoid with C > 1)',
  },
} as const satisfies Options;

export const averageResults = {
  ...confusionResults,
  perSample: {
    shape: "[B]",
    meaning: "the number of each sample's whole matrix, where classes compete",
    optional: true,
  },
} as const satisfies Results;

/** Scores of each class against the rest, and of all classes at once. */
export function averageScorer(
  scene: Scene,
  options: Values<typeof average>,
  score: (confusion: Confusion) => number,
  whole: (marginals: Marginals) => number,
): Scorer {
  const { competing, geometry, unsupported } = scene;
  if (options.average === "matrix" && !competing)
    unsupported(
      `average "matrix" needs classes that compete, got activation "sigmoid" with C = ${geometry.classes}; ` +
        'use "classes"',
    );
  const classes = confusionScorer(scene, score);
  if (!competing) return classes;
  const perSample = new Float64Array(geometry.batch).fill(Number.NaN);
  let sum: Marginals | undefined;
  const ownSums = kinds.length * scene.labels.length,
    pool = (): Pool => {
      const own = classes.pool();
      return {
        sums: sum ? join(own.sums, sum.target, sum.pred, sum.both) : own.sums,
        results: (sums) => ({ ...own.results(sums), ...matrixResults(sums) }),
      };
    };
  /** Of sums that have the marginals after the classes' counts. */
  const matrixResults = (sums: Float64Array) => {
    if (options.average === "classes") return {};
    const rows = (sums.length - ownSums) / 3,
      [target, pred, both] = [0, 1, 2].map((n) => sums.subarray(ownSums + n * rows, ownSums + (n + 1) * rows));
    return { pooledValue: rows > 0 ? whole({ target, pred, both }) : Number.NaN };
  };
  return {
    ...classes,
    sample(b, { joint }) {
      const marginals = joint()?.marginals(b);
      if (!marginals) return;
      perSample[b] = whole(marginals);
      sum = sum ? addMarginals(sum, marginals) : marginals;
    },
    found(): Found {
      const found = { ...classes.found(), perSample };
      if (options.average === "classes") return found;
      return { ...found, value: meanOfDefined(perSample), ...matrixResults(pool().sums) };
    },
    pool,
  };
}

const join = (...lists: readonly Float64Array[]) => Float64Array.from(lists.flatMap((list) => [...list]));
const add = (a: Float64Array, b: Float64Array) => a.map((n, i) => n + b[i]);
const addMarginals = (a: Marginals, b: Marginals): Marginals => ({
  target: add(a.target, b.target),
  pred: add(a.pred, b.pred),
  both: add(a.both, b.both),
});

/** [B, rows, rows] of the classes of both sides, and their sum. */
export function matrixScorer(scene: Scene, score: (confusion: Confusion) => number): Scorer {
  const classes = confusionScorer(scene, score),
    parts: Float64Array[] = [];
  let rows: readonly (number | null)[] | undefined;
  const pool = (): Pool => {
    const own = classes.pool();
    return {
      sums: join(own.sums, parts.reduce(add, new Float64Array((rows?.length ?? 0) ** 2))),
      results: (sums) => ({
        ...own.results(sums),
        ...(scene.competing ? { pooledMatrix: sums.slice(kinds.length * scene.labels.length) } : {}),
      }),
    };
  };
  return {
    ...classes,
    sample(b, { joint }) {
      const found = joint();
      rows = found?.rows;
      if (found) parts[b] = found.matrix(b);
    },
    found(): Found {
      if (!scene.competing) return classes.found();
      const size = (rows?.length ?? 0) ** 2,
        matrix = new Float64Array(scene.geometry.batch * size).fill(Number.NaN);
      for (const [b, part] of parts.entries()) if (part) matrix.set(part, b * size);
      const { sums, results } = pool();
      return { ...classes.found(), ...results(sums), matrix, matrixLabels: [...(rows ?? [])] };
    },
    pool,
  };
}

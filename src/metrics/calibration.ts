import { firstLabel } from "../tensors/conventions.js";
import { declareScoreMetric, type Pool, type Results, type Scene, type Scorer } from "./declaration.js";
import type { Probabilities, ProbabilityReader, ProbabilityTile } from "./probabilities.js";
import { type Bins, binning, Reliability } from "./reliability.js";
import { meanOfDefined } from "./tables.js";

const binResults = {
  binCount: { shape: "[B, C', bins]", meaning: "the reliability table: pixels in each bin" },
  binConfidence: { shape: "[B, C', bins]", meaning: "their mean probability, NaN in empty bins" },
  binAccuracy: { shape: "[B, C', bins]", meaning: "the share of them that is true, NaN in empty bins" },
  pooled: { shape: "[C']", meaning: "the scores of the tables summed over the samples" },
  pooledValue: { shape: "", meaning: "the mean of those that are defined" },
} as const satisfies Results;

/** A number of the gaps between confidence and accuracy, bin by bin. */
const declareCalibration = <const N extends string>(
  name: N,
  also: readonly string[],
  title: string,
  formula: string,
  measure: (bins: Bins) => number,
) =>
  declareScoreMetric({
    name,
    also,
    title,
    formula,
    best: "lowest",
    overall: ({ confidence }) => confidence === "topLabel",
    options: binning,
    results: binResults,
    score(scene, options) {
      const tables = Reliability.of(scene, options);
      return { found: () => tables.results(measure), pool: () => tables.pool(measure) };
    },
  });

/** |confidence - accuracy| of the bins that are not empty. */
const gapsOf = ({ count, p, t }: Bins) => p.map((sum, k) => Math.abs(sum - t[k]) / count[k]).filter((_, k) => count[k]);

export const expectedCalibrationError = declareCalibration(
  "expectedCalibrationError",
  ["ece"],
  "Expected calibration error",
  "sum over bins of n_k |conf_k - acc_k| / n: conf_k the bin's mean probability, acc_k the share that is true",
  ({ count, p, t }) => {
    let [gaps, pixels] = [0, 0];
    for (let k = 0; k < count.length; k++) {
      gaps += Math.abs(p[k] - t[k]);
      pixels += count[k];
    }
    return gaps / pixels;
  },
);

export const averageCalibrationError = declareCalibration(
  "averageCalibrationError",
  ["ace"],
  "Average calibration error",
  "mean over the bins that are not empty of |conf_k - acc_k|",
  (bins) => meanOfDefined(gapsOf(bins)),
);

export const maximumCalibrationError = declareCalibration(
  "maximumCalibrationError",
  ["mce"],
  "Maximum calibration error",
  "max over the bins that are not empty of |conf_k - acc_k|",
  (bins) => {
    const gaps = gapsOf(bins);
    return gaps.length > 0 ? Math.max(...gaps) : Number.NaN;
  },
);

/** A number of each channel, summed over its pixels: of all channels, whether they have a column or not. */
class ChannelSums implements ProbabilityReader {
  /** [B, C]. */
  readonly #sums: Float64Array;

  private constructor(
    readonly scene: Scene,
    readonly probabilities: Probabilities,
    private readonly add: (tile: ProbabilityTile, from: number, end: number) => number,
  ) {
    const { batch, classes } = scene.geometry;
    this.#sums = new Float64Array(batch * classes);
  }

  /** The sums of a metric's numbers of pixels [from, end) of a tile. */
  static of(scene: Scene, key: string, add: ChannelSums["add"]): ChannelSums {
    const probabilities = scene.probabilities();
    return probabilities.reader(key, () => new ChannelSums(scene, probabilities, add));
  }

  read(tile: ProbabilityTile): void {
    const { classes } = this.scene.geometry,
      { b, count, stride } = tile;
    for (let c = 0; c < classes; c++) this.#sums[b * classes + c] += this.add(tile, c * stride, c * stride + count);
  }

  /** NaN where a score makes no probability. */
  sum(b: number, c: number): number {
    const at = b * this.scene.geometry.classes + c;
    return this.probabilities.unknown[at] ? Number.NaN : this.#sums[at];
  }
}

const sampleResults = (meaning: string) =>
  ({
    perSample: { shape: "[B]", meaning },
    pooled: { shape: "[C']", meaning: "the scores of all samples' pixels together" },
    pooledValue: { shape: "", meaning: "the same of value" },
  }) as const satisfies Results;

/** Pixels that count, and each channel's sums over them. */
interface Totals {
  readonly counted: number;
  readonly sum: (c: number) => number;
  readonly truth: (c: number) => number;
}

/** How scores follow from sums over the pixels of a sample, or of several. */
interface ChannelScores {
  readonly meanOver: "perClass" | "perSample";
  readonly column: (totals: Totals, c: number) => number;
  readonly sample: (totals: Totals) => number;
}

/** Scores of columns, of samples and of all samples together; value is the mean of one of them. */
function channelScorer(sums: ChannelSums, truth: ChannelSums | undefined, scores: ChannelScores): Scorer {
  const { scene, probabilities } = sums,
    { meanOver, column, sample } = scores,
    { labels, ignored, geometry } = scene,
    { batch, classes } = geometry,
    isMeanOverClasses = meanOver === "perClass",
    channelOf = (column: number) => labels[column] - firstLabel(classes),
    sampleOf = (at: number) => Math.floor(at / labels.length),
    totalsOf = (b: number): Totals => ({
      counted: probabilities.counted[b],
      sum: (c) => sums.sum(b, c),
      truth: (c) => truth?.sum(b, c) ?? Number.NaN,
    }),
    rowOf = (totals: (column: number) => Totals, length: number) =>
      Float64Array.from({ length }, (_, at) =>
        ignored(at % labels.length) ? Number.NaN : column(totals(at), channelOf(at % labels.length)),
      ),
    isUnknown = () =>
      isMeanOverClasses
        ? Array.from({ length: batch * labels.length }, (_, at) => at).some(
            (at) =>
              !ignored(at % labels.length) &&
              probabilities.unknown[sampleOf(at) * classes + channelOf(at % labels.length)],
          )
        : probabilities.unknown.includes(1);
  const pool = (): Pool => {
    const all = (of: (b: number) => number) =>
        Array.from({ length: batch }, (_, b) => of(b)).reduce((a, b) => a + b, 0),
      channels = Array.from({ length: classes }, (_, c) => c);
    return {
      sums: Float64Array.from([
        all((b) => probabilities.counted[b]),
        ...channels.map((c) => all((b) => totalsOf(b).sum(c))),
        ...channels.map((c) => all((b) => totalsOf(b).truth(c))),
      ]),
      results(found) {
        const totals = {
            counted: found[0],
            sum: (c: number) => found[1 + c],
            truth: (c: number) => found[1 + classes + c],
          },
          pooled = rowOf(() => totals, labels.length);
        return { pooled, pooledValue: isMeanOverClasses ? meanOfDefined(pooled) : sample(totals) };
      },
      unknown: isUnknown(),
    };
  };
  return {
    found() {
      const perClass = rowOf((at) => totalsOf(sampleOf(at)), batch * labels.length),
        perSample = Float64Array.from({ length: batch }, (_, b) => sample(totalsOf(b))),
        { sums: found, results, unknown } = pool();
      return {
        ...{
          value: unknown ? Number.NaN : isMeanOverClasses ? undefined : meanOfDefined(perSample),
          perClass,
          perSample,
        },
        ...results(found),
        ...(unknown ? { pooledValue: Number.NaN } : {}),
      };
    },
    pool,
  };
}

/** A sum over all channels. */
function sumChannels({ geometry: { classes } }: Scene, of: (c: number) => number): number {
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += of(c);
  return sum;
}

export const brierScore = declareScoreMetric({
  name: "brierScore",
  title: "Brier score",
  formula: "mean over the pixels of (p_c - t_c)^2",
  best: "lowest",
  overall: ({ multiclass }) => multiclass,
  options: {
    multiclass: {
      type: "boolean",
      default: false,
      meaning: "value is the mean over samples of the sum over all classes, not the mean over classes",
    },
  },
  results: sampleResults("the sum of all classes' scores, the background's, too"),
  score(scene, { multiclass }) {
    const sums = ChannelSums.of(scene, "brier", ({ p, t }, from, end) => {
        let sum = 0;
        for (let at = from; at < end; at++) sum += (p[at] - t[at]) * (p[at] - t[at]);
        return sum;
      }),
      column = ({ sum, counted }: Totals, c: number) => sum(c) / counted;
    return channelScorer(sums, undefined, {
      meanOver: multiclass ? "perSample" : "perClass",
      column,
      sample: (totals) => sumChannels(scene, (c) => column(totals, c)),
    });
  },
});

export const negativeLogLikelihood = declareScoreMetric({
  name: "negativeLogLikelihood",
  also: ["nll"],
  title: "Negative log likelihood",
  formula: "mean over the pixels of sum_c -t_c log p_c; of a class: over its pixels",
  best: "lowest",
  overall: () => true,
  options: {},
  results: sampleResults("cross entropy of the sample; value is the mean over samples"),
  score(scene) {
    const { competing } = scene.probabilities(),
      sums = ChannelSums.of(scene, "likelihood", competing ? lossOfTruth : lossOfAnswers),
      truth = competing ? ChannelSums.of(scene, "truth", sumOfTruth) : undefined,
      { classes } = scene.geometry;
    return channelScorer(sums, truth, {
      meanOver: "perSample",
      column: (totals, c) => totals.sum(c) / (truth ? totals.truth(c) : totals.counted),
      sample: ({ sum, counted }) => sumChannels(scene, sum) / counted / (competing ? 1 : classes),
    });
  },
});

function sumOfTruth({ t }: ProbabilityTile, from: number, end: number): number {
  let sum = 0;
  for (let at = from; at < end; at++) sum += t[at];
  return sum;
}

function lossOfTruth({ t, logs }: ProbabilityTile, from: number, end: number): number {
  let sum = 0;
  // What is not there may be impossible: 0 times infinity is 0 here.
  for (let at = from; at < end; at++) if (t[at] > 0) sum += t[at] * logs[at];
  return sum;
}

function lossOfAnswers({ t, logs, complements }: ProbabilityTile, from: number, end: number): number {
  let sum = 0;
  for (let at = from; at < end; at++) {
    if (t[at] > 0) sum += t[at] * logs[at];
    if (t[at] < 1) sum += (1 - t[at]) * complements[at];
  }
  return sum;
}

import type { Options, Values } from "../options/options.js";
import { firstLabel } from "../tensors/conventions.js";
import type { Found, Pool, Scene } from "./declaration.js";
import { largest, type Probabilities, type ProbabilityReader, type ProbabilityTile } from "./probabilities.js";
import { joinSums, meanOfDefined } from "./tables.js";

export const binning = {
  bins: {
    type: "number",
    integer: true,
    min: 1,
    // Bins must be much wider than the slack at their edges.
    max: 10_000,
    default: 15,
    meaning: "how many bins of equal width the probabilities are sorted into",
  },
  closed: {
    type: "choice",
    values: ["right", "left"],
    default: "right",
    meaning: "the edge that belongs to a bin (MONAI: right; torchmetrics: left)",
  },
  confidence: {
    type: "choice",
    values: ["perClass", "topLabel"],
    default: "perClass",
    meaning: "each class's probability and truth, or the largest probability and whether its class is right",
  },
} as const satisfies Options;
type Binning = Values<typeof binning>;

/** Edges are compared with so much slack: a probability rounded beyond one stays in its bin. */
const SLACK = 1e-6;

/** The sums of one row of bins. */
export interface Bins {
  /** Pixels. */
  readonly count: Float64Array;
  /** Their probabilities. */
  readonly p: Float64Array;
  /** How many are true; of soft targets, how much. */
  readonly t: Float64Array;
}

function rowOf(all: Bins, bins: number, at: number): Bins {
  const cut = (sums: Float64Array) => sums.subarray(at * bins, (at + 1) * bins);
  return { count: cut(all.count), p: cut(all.p), t: cut(all.t) };
}

/** Reliability tables of a call, per sample and column. */
export class Reliability implements ProbabilityReader {
  readonly #scene: Scene;
  readonly #probabilities: Probabilities;
  readonly #options: Binning;
  readonly #columns: number;
  readonly #all: Bins;
  /** A tile's answers, and its classes in the target. */
  #found?: Pick<Bins, "p" | "t"> & { readonly truth: Int32Array };

  private constructor(scene: Scene, probabilities: Probabilities, options: Binning) {
    const { batch } = scene.geometry,
      isTop = options.confidence === "topLabel";
    this.#scene = scene;
    this.#probabilities = probabilities;
    this.#options = options;
    this.#columns = isTop ? 1 : scene.labels.length;
    const make = () => new Float64Array(batch * this.#columns * options.bins);
    this.#all = { count: make(), p: make(), t: make() };
  }

  /** The tables of a metric, which others with the same bins share. */
  static of(scene: Scene, { bins, closed, confidence }: Binning): Reliability {
    const probabilities = scene.probabilities(),
      { classes } = scene.geometry;
    if (confidence === "topLabel") {
      if (classes > 1 && !probabilities.competing)
        scene.unsupported(
          `confidence "topLabel" needs classes that compete, got activation "sigmoid" with C = ${classes}; ` +
            'use "perClass"',
        );
      if (scene.chosen)
        scene.unsupported('confidence "topLabel" is of all classes at once; leave out labels, or use "perClass"');
    }
    return probabilities.reader(
      `reliability ${bins} ${closed} ${confidence}`,
      () => new Reliability(scene, probabilities, { bins, closed, confidence }),
    );
  }

  read(tile: ProbabilityTile): void {
    const { labels, ignored, geometry } = this.#scene,
      { b, p, t, count, stride } = tile;
    if (this.#options.confidence === "topLabel") {
      const answers = this.#answers(tile);
      this.#add(b, answers.p, answers.t, 0, count);
      return;
    }
    for (const [column, label] of labels.entries()) {
      const from = (label - firstLabel(geometry.classes)) * stride;
      if (!ignored(column)) this.#add(b * labels.length + column, p, t, from, from + count);
    }
  }

  /** The likeliest class of each pixel, and whether it is the target's; of a single channel, the likelier answer. */
  #answers({ p, t, top, count, stride }: ProbabilityTile): Pick<Bins, "p" | "t"> {
    this.#found ??= { p: new Float64Array(stride), t: new Float64Array(stride), truth: new Int32Array(stride) };
    const { classes } = this.#scene.geometry,
      found = this.#found;
    largest(t, classes, count, stride, found.truth);
    for (let i = 0; i < count; i++) {
      found.p[i] = classes > 1 ? p[top[i] * stride + i] : Math.max(p[i], 1 - p[i]);
      found.t[i] = (classes > 1 ? top[i] === found.truth[i] : p[i] > 0.5 === t[i] > 0.5) ? 1 : 0;
    }
    return found;
  }

  /** Sorts pixels [from, end) into the bins of a row. */
  #add(row: number, p: Float64Array, t: Float64Array, from: number, end: number): void {
    const { bins, closed } = this.#options,
      all = this.#all,
      first = row * bins,
      last = bins - 1,
      isRight = closed === "right";
    for (let at = from; at < end; at++) {
      const k = isRight ? Math.ceil((p[at] - SLACK) * bins) - 1 : Math.floor((p[at] + SLACK) * bins),
        bin = first + (k > last ? last : k > 0 ? k : 0);
      all.count[bin]++;
      all.p[bin] += p[at];
      all.t[bin] += t[at];
    }
  }

  /** What a metric makes of the bins of each sample and of all samples, and the table. */
  results(measure: (bins: Bins) => number): Found {
    const { bins, confidence } = this.#options,
      { count, p, t } = this.#all,
      { sums, results, unknown } = this.pool(measure),
      perClass = Float64Array.from({ length: count.length / bins }, (_, at) => measure(rowOf(this.#all, bins, at)));
    return {
      ...{ value: unknown ? Number.NaN : undefined, perClass, binCount: count.slice() },
      binConfidence: p.map((sum, at) => sum / count[at]),
      binAccuracy: t.map((sum, at) => sum / count[at]),
      ...results(sums),
      ...(unknown ? { pooledValue: Number.NaN } : {}),
      ...(confidence === "topLabel" ? { labels: [] } : {}),
    };
  }

  /** The bins of each column, summed over the samples. */
  pool(measure: (bins: Bins) => number): Pool {
    const unknown = this.#spreadUnknown(),
      { bins } = this.#options,
      width = this.#columns * bins,
      { count, p, t } = this.#all;
    return {
      sums: joinSums([count, p, t], width),
      results(sums) {
        const [all, allP, allT] = [0, 1, 2].map((n) => sums.subarray(n * width, (n + 1) * width)),
          pooled = Float64Array.from({ length: width / bins }, (_, at) =>
            measure(rowOf({ count: all, p: allP, t: allT }, bins, at)),
          );
        return { pooled, pooledValue: meanOfDefined(pooled) };
      },
      unknown,
    };
  }

  /** Makes the rows NaN that rest on a score which makes no probability; whether there are any. */
  #spreadUnknown(): boolean {
    const { labels, ignored, geometry } = this.#scene,
      { batch, classes } = geometry,
      isTop = this.#options.confidence === "topLabel";
    let found = false;
    for (let at = 0; at < batch * this.#columns; at++) {
      const column = at % this.#columns,
        channel = isTop ? 0 : labels[column] - firstLabel(classes);
      if (!this.#probabilities.unknown[Math.floor(at / this.#columns) * classes + channel]) continue;
      if (!isTop && ignored(column)) continue;
      found = true;
      for (const sums of Object.values(rowOf(this.#all, this.#options.bins, at)) as Float64Array[])
        sums.fill(Number.NaN);
    }
    return found;
  }
}

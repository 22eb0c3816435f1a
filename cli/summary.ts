import { bootstrap, holm, type Interval, type Resampling, signFlip, weightedMean } from "./statistics";

/** The scores of one metric for one class, or of its means, over all samples: 12 bytes each. */
export class Series {
  #scores = new Float64Array(64);
  #samples = new Uint32Array(64);
  #count = 0;

  constructor(
    readonly metric: string,
    readonly label: string,
  ) {}

  add(sample: number, score: number): void {
    if (this.#count === this.#scores.length) {
      const [scores, samples] = [new Float64Array(2 * this.#count), new Uint32Array(2 * this.#count)];
      scores.set(this.#scores);
      samples.set(this.#samples);
      [this.#scores, this.#samples] = [scores, samples];
    }
    this.#scores[this.#count] = score;
    this.#samples[this.#count++] = sample;
  }

  /** Scores, those that are undefined (NaN) too, and the numbers of their samples. */
  get scores(): Float64Array {
    return this.#scores.subarray(0, this.#count);
  }
  get samples(): Uint32Array {
    return this.#samples.subarray(0, this.#count);
  }
}

type Counts = { readonly both: number; readonly pred: number; readonly target: number; readonly counted: number };
export type FromCounts = (counts: Counts) => number;

/** One metric's scores of one sample. */
export interface Row {
  readonly item: string;
  readonly metric: string;
  readonly value: number;
  /** By label. */
  readonly perClass: Readonly<Record<string, number>>;
}

/**
 * What is said of all samples: of each class, and of their values (class ""). Pooled is the score of all pixels
 * together, where the metric counts pixels; low and high are the interval of the mean, where it is asked for.
 */
export type SummaryRow = {
  readonly metric: string;
  readonly class: string;
  readonly mean: number;
  readonly median: number;
  readonly defined: number;
  readonly infinite: number;
  readonly undefined: number;
  readonly pooled?: number;
  /** Samples whose target has the class and whose prediction lacks it; nothing where counts are not known. */
  readonly missed?: number;
} & Partial<Interval>;

/** The same of the samples of one group. */
export type GroupRow = { readonly group: string } & SummaryRow;

/** Two predictions of the same samples, those where both scores are finite. */
export interface Comparison extends Interval {
  readonly metric: string;
  readonly class: string;
  readonly mean: number;
  readonly against: number;
  /** The mean minus the other one's, over the samples that both have. */
  readonly difference: number;
  readonly pairs: number;
  /** Of the sign-flip permutation test of the difference, and as Holm adjusts it to the number of rows. */
  readonly p: number;
  readonly adjusted: number;
}

/** What is known of a sample beside its scores. */
export interface Sample {
  readonly name: string;
  readonly group?: string;
  readonly weight: number;
}

/** Keeps the scores, whatever the number of files. */
export class Summary {
  readonly samples: Sample[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #series = new Map<string, Series>();
  readonly #counts = new Map<string, Counts>();
  readonly #missed = new Map<string, number>();
  #mayPool = true;
  /** Whether a pixel may lie in several classes: then the first is no background. */
  overlapping = false;

  constructor(readonly resampling?: Resampling) {}

  get series(): Series[] {
    return [...this.#series.values()];
  }

  add({ item, metric, value, perClass }: Row, { group, weight }: Pick<Sample, "group" | "weight">): void {
    let sample = this.#numbers.get(item);
    if (sample === undefined) {
      sample = this.samples.push({ name: item, group, weight }) - 1;
      this.#numbers.set(item, sample);
    }
    this.of(metric, "").add(sample, value);
    for (const [label, score] of Object.entries(perClass)) this.of(metric, label).add(sample, score);
  }

  /** A sample's counts of each label; nothing where they are not known, so that no sum can be. */
  count(perClass: Readonly<Record<string, Counts>> | undefined): void {
    if (!perClass) this.#mayPool = false;
    for (const [label, { both, pred, target, counted }] of Object.entries(perClass ?? {})) {
      if (target > 0 && pred === 0) this.#missed.set(label, (this.#missed.get(label) ?? 0) + 1);
      const sum = this.#counts.get(label) ?? { both: 0, pred: 0, target: 0, counted: 0 };
      this.#counts.set(label, {
        both: sum.both + both,
        pred: sum.pred + pred,
        target: sum.target + target,
        counted: sum.counted + counted,
      });
    }
  }

  of(metric: string, label: string): Series {
    const key = JSON.stringify([metric, label]);
    let found = this.#series.get(key);
    if (!found) {
      found = new Series(metric, label);
      this.#series.set(key, found);
    }
    return found;
  }

  #row({ metric, label, scores, samples }: Series, of: (sample: number) => boolean): SummaryRow {
    const all = scores.filter((_, i) => of(samples[i])),
      places = samples.filter((sample, i) => of(sample) && !Number.isNaN(scores[i])),
      defined = all.filter((score) => !Number.isNaN(score)),
      weights = Float64Array.from(places, (sample) => this.samples[sample].weight),
      even = weights.every((weight) => weight === 1);
    const sorted = defined.slice().sort(),
      n = sorted.length,
      [below, above] = [sorted[(n - 1) >> 1], sorted[n >> 1]];
    return {
      metric,
      class: label,
      // Added up in their order, small to large.
      mean: n === 0 ? Number.NaN : even ? weightedMean(sorted) : weightedMean(defined, weights),
      ...(this.resampling && bootstrap(defined, this.resampling, even ? undefined : weights)),
      median: n === 0 ? Number.NaN : below === above ? below : (below + above) / 2,
      defined: n,
      infinite: sorted.filter((score) => score === Number.POSITIVE_INFINITY).length,
      undefined: all.length - n,
    };
  }

  /** Of a class, or of all but the background. */
  #missedOf(label: string): number {
    if (label !== "") return this.#missed.get(label) ?? 0;
    const told = [...this.#missed].filter(([of]) => this.overlapping || Number(of) !== 0);
    return told.reduce((sum, [, n]) => sum + n, 0);
  }

  /** `pooledBy` makes a score of counts; `meanOf` is the value of all classes' scores. */
  rows(
    pooledBy: (metric: string) => FromCounts | undefined,
    meanOf: (metric: string, perClass: Row["perClass"]) => number,
  ): SummaryRow[] {
    return this.series.map((series) => {
      const { metric, label } = series,
        from = this.#mayPool ? pooledBy(metric) : undefined,
        scores = from && Object.fromEntries([...this.#counts].map(([of, counts]) => [of, from(counts)])),
        pooled = scores && (label === "" ? meanOf(metric, scores) : scores[label]);
      return {
        ...this.#row(series, () => true),
        ...(this.#mayPool && this.#counts.size > 0 ? { missed: this.#missedOf(label) } : {}),
        ...(pooled === undefined ? {} : { pooled }),
      };
    });
  }

  groups(): GroupRow[] {
    const groups = [...new Set(this.samples.flatMap(({ group }) => (group === undefined ? [] : [group])))].sort();
    return groups.flatMap((group) => {
      const of = (sample: number) => this.samples[sample].group === group;
      return this.series
        .filter(({ samples }) => samples.some(of))
        .map((series) => ({ group, ...this.#row(series, of) }));
    });
  }

  /** Each metric and class of these beside another's of the same samples. */
  against(other: Summary, resampling: Resampling): Comparison[] {
    const rows = this.series.map((series) => {
      const theirs = other.of(series.metric, series.label),
        names = new Map(Array.from(theirs.samples, (sample, i) => [other.samples[sample].name, theirs.scores[i]])),
        pairs = Array.from(series.samples, (sample, i) => {
          const { name, weight } = this.samples[sample];
          return { own: series.scores[i], other: names.get(name) ?? Number.NaN, weight };
        }).filter((pair) => Number.isFinite(pair.own) && Number.isFinite(pair.other));
      const weights = pairs.map(({ weight }) => weight),
        differences = pairs.map((pair) => pair.own - pair.other),
        mean = (values: readonly number[]) => weightedMean(values, weights);
      return {
        metric: series.metric,
        class: series.label,
        mean: mean(pairs.map(({ own }) => own)),
        against: mean(pairs.map((pair) => pair.other)),
        difference: mean(differences),
        ...bootstrap(differences, resampling, weights),
        pairs: pairs.length,
        p: signFlip(
          differences.map((d, i) => d * weights[i]),
          resampling,
        ),
      };
    });
    const adjusted = holm(rows.map(({ p }) => p));
    return rows.map((row, i) => ({ ...row, adjusted: adjusted[i] }));
  }
}

/** The scores of one metric for one class, or of its means, over all files: 8 bytes each. */
class Series {
  #scores = new Float64Array(64);
  #count = 0;
  undefinedScores = 0;

  add(score: number): void {
    if (Number.isNaN(score)) {
      this.undefinedScores++;
      return;
    }
    if (this.#count === this.#scores.length) {
      const more = new Float64Array(2 * this.#count);
      more.set(this.#scores);
      this.#scores = more;
    }
    this.#scores[this.#count++] = score;
  }

  summary() {
    const defined = this.#scores.slice(0, this.#count).sort(),
      n = defined.length,
      middle = n >> 1;
    return {
      mean: n === 0 ? Number.NaN : defined.reduce((sum, score) => sum + score, 0) / n,
      median: n === 0 ? Number.NaN : n % 2 === 1 ? defined[middle] : (defined[middle - 1] + defined[middle]) / 2,
      defined: n,
      infinite: defined.filter((score) => score === Number.POSITIVE_INFINITY).length,
      undefined: this.undefinedScores,
    };
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
 * together, where the metric counts pixels.
 */
export type SummaryRow = {
  readonly metric: string;
  readonly class: string;
  readonly pooled?: number;
  /** Samples whose target has the class and whose prediction lacks it; nothing where counts are not known. */
  readonly missed?: number;
} & ReturnType<Series["summary"]>;

/** Adds up scores, whatever the number of files. */
export class Summary {
  readonly #series = new Map<string, { metric: string; class: string; series: Series }>();
  readonly #counts = new Map<string, Counts>();
  readonly #missed = new Map<string, number>();
  #mayPool = true;
  /** Whether a pixel may lie in several classes: then the first is no background. */
  overlapping = false;

  add({ metric, value, perClass }: Row): void {
    this.#of(metric, "").add(value);
    for (const [label, score] of Object.entries(perClass)) this.#of(metric, label).add(score);
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

  #of(metric: string, label: string): Series {
    const key = JSON.stringify([metric, label]);
    let found = this.#series.get(key);
    if (!found) {
      found = { metric, class: label, series: new Series() };
      this.#series.set(key, found);
    }
    return found.series;
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
    return [...this.#series.values()].map(({ series, metric, class: label }) => {
      const from = this.#mayPool ? pooledBy(metric) : undefined,
        scores = from && Object.fromEntries([...this.#counts].map(([of, counts]) => [of, from(counts)])),
        pooled = scores && (label === "" ? meanOf(metric, scores) : scores[label]);
      return {
        ...{ metric, class: label, ...series.summary() },
        ...(this.#mayPool && this.#counts.size > 0 ? { missed: this.#missedOf(label) } : {}),
        ...(pooled === undefined ? {} : { pooled }),
      };
    });
  }
}

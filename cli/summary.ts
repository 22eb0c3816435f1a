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

/** One metric's scores of one file. */
export interface Row {
  readonly item: string;
  readonly metric: string;
  readonly value: number;
  /** By label. */
  readonly perClass: Readonly<Record<string, number>>;
}

/** What is said of all files: of each class, and of the files' values (class ""). */
export type SummaryRow = { readonly metric: string; readonly class: string } & ReturnType<Series["summary"]>;

/** Adds up scores, whatever the number of files. */
export class Summary {
  readonly #series = new Map<string, { metric: string; class: string; series: Series }>();

  add({ metric, value, perClass }: Row): void {
    this.#of(metric, "").add(value);
    for (const [label, score] of Object.entries(perClass)) this.#of(metric, label).add(score);
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

  rows(): SummaryRow[] {
    return [...this.#series.values()].map(({ series, ...rest }) => ({ ...rest, ...series.summary() }));
  }
}

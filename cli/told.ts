import { isPreset, standIn } from "./metricPresets";
import type { Notes } from "./notes";
import type { Output, Results } from "./results";
import { type Common, type Failure, meanOf, type Scored } from "./scoring";
import type { Resampling } from "./statistics";
import { type FromCounts, type Sample, Summary } from "./summary";

/** Writes scores case by case, and then what is said of all. */
export class Told {
  readonly summary: Summary;
  /** Of the predictions that these are compared with. */
  readonly other: Summary;

  constructor(
    readonly common: Pick<Common, "asked" | "includeBackground">,
    readonly output: Output,
    readonly notes: Notes,
    readonly fail: (failure: Failure) => void,
    readonly resampling?: Resampling,
  ) {
    this.summary = new Summary(resampling);
    this.other = new Summary(resampling);
  }

  add(scored: Scored, sample: Pick<Sample, "group" | "weight">, first = true): void {
    const into = first ? this.summary : this.other;
    for (const { text, kind } of scored.notes) this.notes.add(text, kind);
    if (scored.overlapping) into.overlapping = true;
    for (const row of scored.rows) {
      into.add(row, sample);
      if (first) this.output.row(row);
      else this.output.other(row);
    }
    for (const counts of scored.counts) into.count(counts ?? undefined);
    for (const failure of scored.failures) this.fail(failure);
  }

  /** How pooled counts become a score, and classes' scores one value. */
  #rows(): Results["summary"] {
    const { asked, includeBackground } = this.common,
      { summary } = this,
      of = (label: string) => asked.find((each) => each.label === label);
    const pooledBy = (label: string): FromCounts | undefined => {
      const request = of(label);
      // How another library pools, its own number says.
      if (!request || isPreset(request.name)) return undefined;
      const { ofCounts } = standIn(request).metric,
        from = ofCounts as ((counts: Parameters<FromCounts>[0], options: object) => number) | undefined;
      return from && ((counts) => from(counts, { emptyScore: Number.NaN, ...request.options }));
    };
    return summary.rows(pooledBy, (label, scores) =>
      meanOf(
        scores,
        summary.overlapping || ((of(label)?.options.includeBackground as boolean | undefined) ?? includeBackground),
      ),
    );
  }

  /** Writes what is said after the files, and returns it. */
  end(failures: readonly Failure[], missing: readonly string[], compared = false): Results {
    const { summary, other, resampling } = this,
      results: Results = {
        summary: this.#rows(),
        ...(summary.samples.some(({ group }) => group !== undefined) && { groups: summary.groups() }),
        ...(compared && resampling && { comparison: summary.against(other, resampling) }),
        ...{ failures, missing },
      };
    this.output.end(results);
    return results;
  }
}

import type { Notes } from "./notes";
import type { Output } from "./output";
import { type Common, declarationOf, type Failure, meanOf, type Scored } from "./scoring";
import { type FromCounts, Summary } from "./summary";

/** Writes scores case by case, and then what is said of all. */
export class Tally {
  readonly #summary = new Summary();

  constructor(
    readonly common: Common,
    readonly output: Output,
    readonly notes: Notes,
    readonly fail: (failure: Failure) => void,
  ) {}

  add(scored: Scored): void {
    for (const { text, kind } of scored.notes) this.notes.add(text, kind);
    if (scored.overlapping) this.#summary.overlapping = true;
    for (const row of scored.rows) {
      this.#summary.add(row);
      this.output.row(row);
    }
    for (const counts of scored.counts) this.#summary.count(counts ?? undefined);
    for (const failure of scored.failures) this.fail(failure);
  }

  end(failures: readonly Failure[], missing: readonly string[]): void {
    const { asked, includeBackground } = this.common,
      of = (label: string) => asked.find((each) => each.label === label);
    const pooledBy = (label: string): FromCounts | undefined => {
      const { name = "", options: own = {} } = of(label) ?? {},
        declared = declarationOf(name);
      if (!declared?.ofCounts) return undefined;
      const from = declared.ofCounts as (counts: Parameters<FromCounts>[0], options: object) => number;
      return (counts) => from(counts, { emptyScore: Number.NaN, ...own });
    };
    const rows = this.#summary.rows(pooledBy, (label, scores) =>
      meanOf(
        scores,
        this.#summary.overlapping ||
          ((of(label)?.options.includeBackground as boolean | undefined) ?? includeBackground),
      ),
    );
    this.output.end(rows, failures, missing);
    this.notes.end();
  }
}

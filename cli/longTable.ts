import type { Output } from "./results";
import type { Row } from "./summary";

/** One number; `kind` tells scores from what is said of all files, and class is empty for a file's mean. */
export interface TableRow {
  readonly kind: string;
  /** A file; of what is said of a group of them, the group. */
  readonly item: string;
  readonly metric: string;
  readonly class: string;
  /** None of a target without a prediction, which is named only. */
  readonly value?: number;
}

/** Everything as rows of one table, for programs that read tables. */
export function longTable(write: (row: TableRow) => void): Output {
  const scores =
    (kind: string) =>
    ({ item, metric, value, perClass }: Row) => {
      write({ kind, item, metric, class: "", value });
      for (const [label, score] of Object.entries(perClass)) write({ kind, item, metric, class: label, value: score });
    };
  const numbers = (kind: string, row: Omit<TableRow, "kind" | "value">, of: Readonly<Record<string, number>>) => {
    for (const [name, value] of Object.entries(of)) write({ kind: `${kind}${name}`, ...row, value });
  };
  return {
    row: scores("score"),
    other: scores("against score"),
    end({ summary, groups = [], comparison = [], missing }) {
      for (const item of missing) write({ kind: "missing", item, metric: "", class: "" });
      for (const { metric, class: label, ...rest } of summary) numbers("", { item: "", metric, class: label }, rest);
      for (const { group, metric, class: label, ...rest } of groups)
        numbers("group ", { item: group, metric, class: label }, rest);
      for (const { metric, class: label, ...rest } of comparison)
        numbers("against ", { item: "", metric, class: label }, rest);
    },
  };
}

import { plain } from "./arguments";
import { csvLine } from "./csv";
import type { Row, SummaryRow } from "./summary";
import { table } from "./table";

/** Writes scores as they come, so that no file's need be kept. */
export interface Output {
  readonly row: (row: Row) => void;
  /** `missing` are targets without a prediction. */
  readonly end: (summary: readonly SummaryRow[], failures: readonly object[], missing: readonly string[]) => void;
}

type Print = (text: string) => void;

const number = (x: number) => (Number.isFinite(x) ? x.toPrecision(5) : String(x));

/** Lines of fixed columns; a heading where there are new classes. */
export function tableOutput(print: Print, names: readonly string[], metrics: readonly string[]): Output {
  const width = (texts: readonly string[], least: number) =>
      texts.reduce((most, text) => Math.max(most, text.length), least),
    [item, metric] = [width(names, 4), width(metrics, 6)];
  const line = (first: string, second: string, rest: readonly string[]) =>
    ` ${first.padEnd(item)}  ${second.padEnd(metric)}${rest.map((text) => text.padStart(10)).join("")}`.trimEnd();
  let labels: string[] | undefined;
  return {
    row({ item: name, metric: of, value, perClass }) {
      const all = [...new Set([...(labels ?? []), ...Object.keys(perClass)])].sort((a, b) => Number(a) - Number(b));
      if (!labels || all.length > labels.length) {
        const heading = line("item", "metric", ["mean", ...all.map((label) => `class ${label}`)]);
        print(`${labels ? "\n" : ""}${heading}\n${"-".repeat(heading.length)}`);
      }
      labels = all;
      const scores = labels.map((label) => (Object.hasOwn(perClass, label) ? number(perClass[label]) : ""));
      print(line(name, of, [number(value), ...scores]));
    },
    end(summary, _, missing) {
      if (missing.length > 0) print(`\n${missing.length} target(s) without a prediction, which no mean counts`);
      if (summary.length === 0) return;
      const rows = summary.map((s) => [
        s.metric,
        s.class === "" ? "mean" : s.class,
        number(s.mean),
        number(s.median),
        String(s.defined),
        String(s.infinite),
        String(s.undefined),
        s.missed === undefined ? "" : String(s.missed),
        s.pooled === undefined ? "" : number(s.pooled),
      ]);
      const heads = ["metric", "class", "mean", "median", "defined", "infinite", "undefined", "missed", "pooled"];
      print(`\n${table(heads, rows, 2)}`);
    },
  };
}

/** One array of results, filled as they come, then the rest. */
export function jsonOutput(print: Print): Output {
  let first = true;
  const open = '{\n "results": [';
  return {
    row(row) {
      print(`${first ? `${open}\n` : ""}  ${first ? "" : ","}${JSON.stringify(row, plain)}`);
      first = false;
    },
    end(summary, failures, missing) {
      const list = (rows: readonly object[]) =>
        rows.length ? `[${rows.map((row) => `\n  ${JSON.stringify(row, plain)}`).join(",")}\n ]` : "[]";
      const parts = { summary: list(summary), failures: list(failures), missing: JSON.stringify(missing) };
      const rest = Object.entries(parts).map(([name, text]) => ` "${name}": ${text}`);
      print(`${first ? open : " "}],\n${rest.join(",\n")}\n}`);
    },
  };
}

/**
 * One row for each number; `kind` tells scores from what is said of all files, and class is empty for a file's mean.
 */
export function csvOutput(print: Print): Output {
  const line = (...cells: readonly (string | number)[]) => print(csvLine(...cells));
  line("kind", "item", "metric", "class", "value");
  return {
    row({ item, metric, value, perClass }) {
      line("score", item, metric, "", value);
      for (const [label, score] of Object.entries(perClass)) line("score", item, metric, label, score);
    },
    end(summary, _, missing) {
      for (const path of missing) line("missing", path, "", "", "");
      for (const { metric, class: label, ...numbers } of summary)
        for (const [kind, value] of Object.entries(numbers)) line(kind, "", metric, label, value);
    },
  };
}

import type { Output } from "./results";
import type { Comparison, GroupRow, SummaryRow } from "./summary";
import { table } from "./table";

const number = (x: number) => (Number.isFinite(x) ? x.toPrecision(5) : String(x));

/** Lines of fixed columns; a heading where there are new classes. */
export function tableOutput(
  print: (text: string) => void,
  names: readonly string[],
  metrics: readonly string[],
): Output {
  const width = (texts: readonly string[], least: number) =>
      texts.reduce((most, text) => Math.max(most, text.length), least),
    [item, metric] = [width(names, 4), width(metrics, 6)];
  const line = (first: string, second: string, rest: readonly string[], heads = rest) => {
    const cells = rest.map((text, i) => `  ${text}`.padStart(Math.max(10, heads[i].length + 2)));
    return ` ${first.padEnd(item)}  ${second.padEnd(metric)}${cells.join("")}`.trimEnd();
  };
  let labels: string[] | undefined;
  return {
    row({ item: name, metric: of, value, perClass }) {
      const all = [...new Set([...(labels ?? []), ...Object.keys(perClass)])].sort((a, b) => Number(a) - Number(b));
      const heads = ["mean", ...all.map((label) => `class ${label}`)];
      if (!labels || all.length > labels.length) {
        const heading = line("item", "metric", heads);
        print(`${labels ? "\n" : ""}${heading}\n${"-".repeat(heading.length)}`);
      }
      labels = all;
      const scores = labels.map((label) => (Object.hasOwn(perClass, label) ? number(perClass[label]) : ""));
      print(line(name, of, [number(value), ...scores], heads));
    },
    other() {},
    end({ summary, groups, comparison, missing }) {
      if (missing.length > 0) print(`\n${missing.length} target(s) without a prediction, which no mean counts`);
      if (summary.length === 0) return;
      print(`\n${summaryTable(summary)}`);
      if (groups) print(`\n${summaryTable(groups)}`);
      if (comparison) print(`\n${comparisonTable(comparison)}`);
    },
  };
}

const classOf = (label: string) => (label === "" ? "mean" : label);

function summaryTable(rows: readonly (SummaryRow | GroupRow)[]): string {
  const [first] = rows,
    grouped = "group" in first,
    bounded = first.low !== undefined,
    missed = rows.some((row) => row.missed !== undefined),
    pooled = rows.some((row) => row.pooled !== undefined);
  const only = (told: boolean, ...cells: readonly string[]) => (told ? cells : []);
  const head = [
    ...only(grouped, "group"),
    ...["metric", "class", "mean"],
    ...only(bounded, "low", "high"),
    ...["median", "defined", "infinite", "undefined"],
    ...only(missed, "missed"),
    ...only(pooled || !grouped, "pooled"),
  ];
  const cells = rows.map((row) => [
    ...only(grouped, "group" in row ? row.group : ""),
    ...[row.metric, classOf(row.class), number(row.mean)],
    ...only(bounded, number(row.low ?? Number.NaN), number(row.high ?? Number.NaN)),
    ...[number(row.median), String(row.defined), String(row.infinite), String(row.undefined)],
    ...only(missed, row.missed === undefined ? "" : String(row.missed)),
    ...only(pooled || !grouped, row.pooled === undefined ? "" : number(row.pooled)),
  ]);
  return table(head, cells, grouped ? 3 : 2);
}

const comparisonTable = (rows: readonly Comparison[]) =>
  table(
    ["metric", "class", "mean", "against", "difference", "low", "high", "pairs", "p", "adjusted"],
    rows.map((row) => [
      ...[row.metric, classOf(row.class)],
      ...[row.mean, row.against, row.difference, row.low, row.high].map(number),
      String(row.pairs),
      ...[row.p, row.adjusted].map(number),
    ]),
    2,
  );

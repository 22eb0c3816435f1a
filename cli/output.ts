import { plain } from "./arguments";
import { csvLine } from "./csv";
import { longTable } from "./longTable";
import { formatOf, type OutputOptions } from "./outputFormat";
import type { Output } from "./results";
import { openSink } from "./sink";

type Print = (text: string) => void;

/** One array of results, filled as they come, then the rest. */
function jsonOutput(print: Print): Output {
  let first = true;
  const open = '{\n "results": [';
  const write = (row: object) => {
    print(`${first ? `${open}\n` : ""}  ${first ? "" : ","}${JSON.stringify(row, plain)}`);
    first = false;
  };
  return {
    row: write,
    other: (row) => write({ ...row, against: true }),
    end({ summary, groups, comparison, failures, missing }) {
      const list = (rows: readonly object[]) =>
        rows.length ? `[${rows.map((row) => `\n  ${JSON.stringify(row, plain)}`).join(",")}\n ]` : "[]";
      const parts = {
        summary: list(summary),
        ...(groups && { groups: list(groups) }),
        ...(comparison && { comparison: list(comparison) }),
        failures: list(failures),
        missing: JSON.stringify(missing),
      };
      const rest = Object.entries(parts).map(([name, text]) => ` "${name}": ${text}`);
      print(`${first ? open : " "}],\n${rest.join(",\n")}\n}`);
    },
  };
}

/** Where an output goes, and what ends it. */
interface Opened {
  readonly output: Output;
  readonly close: () => void;
}

/** The output that the options ask for, with lines of fixed columns for such names. */
export async function openOutput(
  options: OutputOptions,
  toScreen: Print,
  items: readonly string[],
  asked: readonly { readonly label: string }[],
): Promise<Opened> {
  const format = formatOf(options);
  if (format === "parquet") {
    const { openParquet } = await import("./parquet"),
      { write, close } = openParquet(options.output as string);
    return { output: longTable(write), close };
  }
  const { print, close } = openSink(options.output, toScreen);
  if (format === "json") return { output: jsonOutput(print), close };
  if (format === "jsonl") return { output: longTable((row) => print(JSON.stringify(row, plain))), close };
  if (format === "csv") {
    print(csvLine("kind", "item", "metric", "class", "value"));
    const output = longTable((row) => print(csvLine(row.kind, row.item, row.metric, row.class, row.value ?? "")));
    return { output, close };
  }
  const labels = asked.map(({ label }) => label);
  const { tableOutput } = await import("./columns");
  return { output: tableOutput(print, items, labels), close };
}

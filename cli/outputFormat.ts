import { extname } from "node:path";
import type { Command } from "commander";

/** What results can be written as, beside lines for people. */
const formats = {
  json: "print JSON",
  csv: "print CSV",
  jsonl: "print a JSON object for each number, a line each",
  parquet: "write a Parquet file, with -o",
} as const;
/** Endings that say another format than lines for people. */
const others = [
  "tsv",
  "xls",
  "xlsx",
  "ods",
  "html",
  "htm",
  "xml",
  "yaml",
  "yml",
  "pq",
  "ndjson",
  "feather",
  "gz",
  "zip",
];
export type Format = keyof typeof formats;
const tables = Object.keys(formats) as Format[];

/** Those of compare, beside columns. */
export const compareFormats = ["json", "csv"] as const satisfies readonly Format[];

export interface OutputOptions extends Partial<Readonly<Record<Format, boolean>>> {
  readonly output?: string;
}

/** Flags of these formats, and the file to write. */
export function addOutputOptions(command: Command, only: readonly Format[] = tables): Command {
  for (const format of only) command.option(`--${format}`, formats[format]);
  return command.option("-o, --output <file>", "write to a file what would be printed; its ending may say the format");
}

/** The one format that the flags ask for, or else the file's ending; undefined: lines for people. */
export function formatOf(options: OutputOptions, only: readonly Format[] = tables): Format | undefined {
  const flags = tables.filter((format) => options[format]),
    ending = extname(options.output ?? "")
      .slice(1)
      .toLowerCase(),
    ended = tables.find((format) => format === ending);
  if (flags.length > 1) throw new Error(`give one of ${flags.map((flag) => `--${flag}`).join(" and ")}`);
  const [flag] = flags;
  if (flag && ended && flag !== ended)
    throw new Error(`--${flag} and -o ${options.output} disagree; give the file another ending or leave --${flag} out`);
  if (others.includes(ending)) {
    const known = only.map((name) => `.${name}`).join(", ");
    throw new Error(
      `${options.output}: results are written as ${known}, or with another ending such as .txt as lines for people`,
    );
  }
  const format = flag ?? ended;
  if (format === "parquet" && options.output === undefined)
    throw new Error("--parquet is no text to print; add -o FILE, such as -o scores.parquet");
  if (format && !only.includes(format))
    throw new Error(`${options.output}: no ${format} here; give the file another ending`);
  return format;
}

import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { suggestion } from "../src/options/suggestion";
import { readCsv } from "./csv";
import type { Case } from "./scoring";

/** One case of a manifest, and what its columns say of it. */
export interface Listed extends Case {
  /** "cases.csv: line 7" */
  readonly where: string;
  readonly against?: string;
  readonly image?: string;
  readonly weight: number;
  readonly values: Readonly<Record<string, string>>;
}

const columns = ["pred", "target", "id", "group", "spacing", "weight", "image", "against"];

interface Entry {
  readonly where: string;
  readonly values: Readonly<Record<string, unknown>>;
}

function csvEntries(text: string, path: string): Entry[] {
  const [head, ...rows] = readCsv(text, /\.tsv$/i.test(path) ? "\t" : ",");
  if (!head) return [];
  const twice = head.cells.find((name, i) => head.cells.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`line ${head.line}: has two columns ${JSON.stringify(twice)}`);
  return rows.map(({ line, cells }) => {
    if (cells.length !== head.cells.length)
      throw new Error(`line ${line}: has ${cells.length} cells, the heading ${head.cells.length}`);
    return { where: `line ${line}`, values: Object.fromEntries(head.cells.map((name, i) => [name, cells[i]])) };
  });
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${where} is no JSON: ${(error as Error).message}`);
  }
}

function jsonEntries(text: string, path: string): Entry[] {
  const lines = text.split("\n").map((line, i) => ({ line, where: `line ${i + 1}` })),
    all = /\.json$/i.test(path)
      ? parse(text, "it")
      : lines.filter(({ line }) => line.trim()).map(({ line, where }) => ({ value: parse(line, where), where }));
  if (!Array.isArray(all)) throw new Error("must hold a list of cases, [{ pred, target }, ...]");
  return all.map((each, i) => {
    const { value, where } = /\.json$/i.test(path) ? { value: each, where: `case ${i + 1}` } : each;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new Error(`${where}: must be an object { pred, target }, got ${JSON.stringify(value)}`);
    return { where, values: value };
  });
}

const text = (value: unknown) =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

function numbersOf(value: unknown, where: string, column: string): number[] {
  const numbers = Array.isArray(value)
    ? value
    : text(value)
        .split(/[\s,;x]+/)
        .filter(Boolean)
        .map(Number);
  if (numbers.length === 0 || !numbers.every((n) => typeof n === "number" && Number.isFinite(n) && n >= 0))
    throw new Error(`${where}: ${column} must hold numbers, got ${JSON.stringify(value)}`);
  return numbers;
}

/** A column whose name is nearly one that means something would be passed over. */
function checkColumns(names: readonly string[]): void {
  for (const name of ["pred", "target"])
    if (!names.includes(name))
      throw new Error(`has no column ${name}, its columns are ${names.join(", ")}; pred and target must be there`);
  for (const name of names) {
    if (columns.includes(name) || name.length < 5) continue;
    const hint = suggestion(
      name,
      columns.filter((column) => column[0] === name[0].toLowerCase()),
    );
    if (hint) throw new Error(`has a column ${name}${hint} Rename it if it is another`);
  }
}

function caseOf({ where, values }: Entry, path: string): Listed {
  const place = (column: string) => {
    const file = text(values[column]);
    return file === "" || isAbsolute(file) ? file : join(dirname(path), file);
  };
  const [pred, target] = ["pred", "target"].map((column) => {
    const file = place(column);
    if (file === "") throw new Error(`${where}: ${column} is empty`);
    return file;
  });
  const [weight = 1, ...more] = text(values.weight) === "" ? [] : numbersOf(values.weight, where, "weight");
  if (more.length > 0) throw new Error(`${where}: weight must be one number, got ${text(values.weight)}`);
  const spacing = text(values.spacing) === "" ? undefined : numbersOf(values.spacing, where, "spacing");
  if (spacing?.includes(0)) throw new Error(`${where}: spacing must be above 0, got ${text(values.spacing)}`);
  return {
    item: text(values.id) || text(values.pred),
    ...{ pred, target, weight, where: `${path}: ${where}` },
    ...(spacing && { spacing }),
    ...(text(values.against) && { against: place("against") }),
    ...(text(values.image) && { image: place("image") }),
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)])),
  };
}

/**
 * The cases of a manifest: CSV or TSV with a heading, a JSON list, or JSON lines. Columns pred and target name files,
 * from the manifest's own folder on.
 */
export function readManifest(path: string): Listed[] {
  try {
    if (!/\.(csv|tsv|jsonl|ndjson|json)$/i.test(path)) throw new Error("must end in .csv, .tsv, .json or .jsonl");
    const content = readFileSync(path, "utf8").replace(/^\uFEFF/, ""),
      entries = /\.[ct]sv$/i.test(path) ? csvEntries(content, path) : jsonEntries(content, path);
    if (entries.length === 0) throw new Error("holds no cases");
    checkColumns([...new Set(entries.flatMap(({ values }) => Object.keys(values)))]);
    const listed = entries.map((entry) => caseOf(entry, path)),
      known = new Map<string, string>();
    for (const { item, where } of listed) {
      const before = known.get(item);
      if (before)
        throw new Error(`${where.slice(path.length + 2)}: case ${item} stands at ${before}, too; give each an id`);
      known.set(item, where.slice(path.length + 2));
    }
    return listed;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`--manifest ${path}: ${code === "ENOENT" ? "no such file" : message}`);
  }
}

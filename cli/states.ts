import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { version } from "../package.json";
import type { Contents } from "../src/files/contents";
import { numbersOf, writing } from "./journal";
import { few } from "./notes";
import type { Common, Failure, Scored } from "./scoring";
import type { Sample } from "./summary";

const MAGIC = Buffer.from("SGLSCORE"),
  DIGEST = 32;

/** What all parts of a run have in common. */
export interface Run {
  readonly segloss: string;
  readonly common: Common;
  readonly contents: Contents;
  /** Every case of the run by the name of its row, in the order of the output. */
  readonly items: readonly string[];
  /** Targets without a prediction, and what failed before any case. */
  readonly missing: readonly string[];
  readonly failures: readonly Failure[];
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

/** Scores of some cases of a run, to be written to a file. */
export class PartWriter {
  readonly #lines: string[] = [];

  add(place: number, scored: Scored, { group, weight }: Pick<Sample, "group" | "weight">): void {
    this.#lines.push(JSON.stringify({ place, scored, group, weight }, writing));
  }

  /** The file is there whole or not at all. */
  write(path: string, run: Omit<Run, "segloss">): void {
    const head = JSON.stringify({ segloss: version, ...run }, writing),
      body = gzipSync([head, ...this.#lines].join("\n"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.part`, Buffer.concat([MAGIC, sha256(body), body]));
    renameSync(`${path}.part`, path);
  }
}

/** A case's scores, and what is known of it beside them. */
export interface PartCase extends Pick<Sample, "group" | "weight"> {
  readonly scored: Scored;
}

interface Part {
  readonly path: string;
  readonly head: string;
  readonly cases: readonly ({ readonly place: number } & PartCase)[];
}

function readPart(path: string): Part {
  const bytes = readFileSync(path),
    from = MAGIC.length + DIGEST,
    body = bytes.subarray(from);
  if (bytes.length <= from || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new Error(`${path}: is no state that segloss score --state wrote`);
  if (!sha256(body).equals(bytes.subarray(MAGIC.length, from)))
    throw new Error(`${path}: was cut or changed: its check sum is wrong; score this part again`);
  const [head, ...lines] = gunzipSync(body).toString("utf8").split("\n");
  return { path, head, cases: lines.map((line) => JSON.parse(line)) };
}

/** Every case of a run from the states of its parts, in the run's order; refused where they do not make one run. */
export function readParts(paths: readonly string[]): { readonly run: Run; readonly cases: readonly PartCase[] } {
  const parts = paths.map(readPart),
    [first] = parts,
    run: Run = JSON.parse(first.head),
    from = new Map<number, string>(),
    found: PartCase[] = [];
  if (run.segloss !== version)
    throw new Error(`${first.path}: was written by segloss ${run.segloss}, this is ${version}`);
  for (const { path, head, cases } of parts) {
    if (head !== first.head)
      throw new Error(`${path}: is of another run than ${first.path}: its options or its files were others`);
    for (const { place, scored, group, weight } of cases) {
      const other = from.get(place);
      if (other !== undefined)
        throw new Error(`${run.items[place]}: is in ${other} and in ${path}; a case counts once`);
      from.set(place, path);
      found[place] = { scored: { ...scored, rows: scored.rows.map(numbersOf) }, group, weight };
    }
  }
  const absent = run.items.filter((_, place) => !from.has(place));
  if (absent.length > 0)
    throw new Error(`${absent.length} of ${run.items.length} cases are in none of the states: ${few(absent)}`);
  return { run, cases: found };
}

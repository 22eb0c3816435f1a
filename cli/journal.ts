import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { version } from "../package.json";
import type { Contents } from "../src/files/contents";
import { plain } from "./arguments";
import { stampsOf } from "./readers/parts";
import type { Case, Common, Scored } from "./scoring";
import type { Row } from "./summary";

interface Head {
  readonly segloss: string;
  /** Of the options and of the files. */
  readonly run: string;
  readonly contents: Contents;
}

/** A manifest may name a file in several cases, and two models' files have one name. */
const keyOf = ({ item, pred }: Pick<Case, "item" | "pred">) => JSON.stringify([item, pred]);

/** Maps, which JSON has none of, as lists; NaN and infinity as text. */
export const writing = (key: string, value: unknown) => (value instanceof Map ? [...value] : plain(key, value));

/** JSON has neither NaN nor infinity: `plain` writes them as text. */
export const numbersOf = (row: Row): Row => ({
  ...row,
  value: Number(row.value),
  perClass: Object.fromEntries(Object.entries(row.perClass).map(([label, score]) => [label, Number(score)])),
});

/**
 * What is done of a run, so that another can go on: a line that says which run it is, then one line of JSON for each
 * case, written when it ends. A line that was cut when the run was killed is dropped and its case done again.
 */
export class Journal {
  readonly #done = new Map<string, Scored>();
  readonly #run: string;
  readonly #path: string;
  #file?: number;
  /** What the files hold, where an earlier run found it. */
  readonly contents?: Contents;

  static async open(path: string, common: Common, cases: readonly Case[]): Promise<Journal> {
    const hash = createHash("sha256").update(JSON.stringify(common, writing)),
      { reading } = common.settings;
    for (const { item, pred, target, spacing } of cases) {
      const files = [pred, await stampsOf(pred, reading), target, await stampsOf(target, reading)];
      hash.update(JSON.stringify([item, files, spacing]));
    }
    return new Journal(path, hash.digest("hex"));
  }

  private constructor(path: string, run: string) {
    this.#path = path;
    this.#run = run;
    if (!existsSync(path)) return;
    const bytes = readFileSync(path),
      whole = bytes.lastIndexOf(10) + 1,
      lines = bytes.toString("utf8", 0, whole).split("\n").slice(0, -1);
    if (lines.length > 0) this.contents = this.#head(lines[0]).contents;
    else if (bytes.length > 0 && !bytes.toString("utf8").startsWith('{"segloss"'))
      this.#refuse("is no journal of segloss");
    for (const [n, line] of lines.slice(1).entries()) {
      const { item, pred, ...scored } = this.#parse<Scored & Omit<Case, "target">>(line, n + 2);
      this.#done.set(keyOf({ item, pred }), { ...scored, rows: scored.rows.map(numbersOf) });
    }
    truncateSync(path, whole);
  }

  /** Opens it for what is to come; the first line tells the run. */
  begin(contents: Contents): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    this.#file = openSync(this.#path, "a");
    if (!this.contents) this.#write({ segloss: version, run: this.#run, contents } satisfies Head);
  }

  of(each: Case): Scored | undefined {
    return this.#done.get(keyOf(each));
  }

  add({ item, pred }: Case, scored: Scored): void {
    this.#write({ item, pred, ...scored });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #write(line: object): void {
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(line, plain)}\n`);
  }

  #head(line: string): Head {
    const head = this.#parse<Head>(line, 1);
    if (head.segloss === undefined) this.#refuse("is no journal of segloss");
    if (head.segloss !== version) this.#refuse(`was written by segloss ${head.segloss}, this is ${version}`);
    if (head.run !== this.#run) this.#refuse("is of another run: its files or options were others");
    return head;
  }

  #parse<T>(line: string, n: number): T {
    try {
      return JSON.parse(line);
    } catch {
      return this.#refuse(`line ${n} is no JSON`);
    }
  }

  #refuse(why: string): never {
    throw new Error(`--resume ${this.#path}: ${why}; name another file, or delete it to begin anew`);
  }
}

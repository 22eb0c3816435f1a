import { SegLossError } from "../errors.js";
import { ByteReader, ByteWriter } from "./bytes.js";
import { ExactSum } from "./exactSum.js";

/** What a case adds: a row of its own, and lists of numbers that are summed over all cases. */
export interface CaseNumbers {
  readonly id: string;
  readonly row: Float64Array;
  /** As many lists for every case; one may be shorter than another's, of which the rest stays as it is. */
  readonly sums: readonly Float64Array[];
}

/** Adds lists to others, number by number. */
function addLists<T>(to: ExactSum[][], lists: readonly Iterable<T>[], add: (sum: ExactSum, given: T) => void): void {
  for (const [n, list] of lists.entries()) {
    to[n] ??= [];
    let i = 0;
    for (const given of list) {
      to[n][i] ??= new ExactSum();
      add(to[n][i++], given);
    }
  }
}

/**
 * Rows of cases by their ids, and exact sums over them. What it says depends on which cases it holds, not on the order
 * in which they came or were merged.
 */
export class CaseTable {
  readonly #rows = new Map<string, Float64Array>();
  readonly #sums: ExactSum[][] = [];
  /** What the numbers of a case are, once there is one; all cases have the same. */
  layout = "";

  constructor(
    /** Whose table, for messages. */
    readonly what: string,
    /** What it is a table of; tables of one text merge. */
    readonly about: string,
  ) {}

  get size(): number {
    return this.#rows.size;
  }

  /** Ids in the order of their UTF-16 units, which no locale changes. */
  get ids(): string[] {
    return [...this.#rows.keys()].sort();
  }

  /** Every list, each sum rounded once. */
  get sums(): Float64Array[] {
    return this.#sums.map((list) => Float64Array.from(list, (sum) => sum.value));
  }

  /** Numbers [from, from + width) of every case's row, in the order of `ids`. */
  columns(from: number, width: number): Float64Array {
    const out = new Float64Array(this.size * width);
    for (const [n, id] of this.ids.entries())
      out.set((this.#rows.get(id) as Float64Array).subarray(from, from + width), n * width);
    return out;
  }

  #refuse(why: string): never {
    throw new SegLossError("INVALID_STATE", `${this.what}: ${why}`);
  }

  #checkLayout(layout: string): void {
    if (this.size > 0 && layout !== this.layout)
      this.#refuse(`all cases must have the same classes: so far ${this.layout}, now ${layout}`);
  }

  #checkNew(ids: Iterable<string>): void {
    for (const id of ids)
      if (this.#rows.has(id)) this.#refuse(`case ${JSON.stringify(id)} is counted already; leave it out once`);
  }

  /** Ids as they are given: one for each case, each once. */
  readIds(given: unknown): string[] {
    if (!Array.isArray(given) || given.length === 0 || !given.every((id) => typeof id === "string" && id !== "")) {
      const got = JSON.stringify(given) ?? String(given);
      throw new SegLossError(
        "INVALID_OPTION",
        `${this.what}: ids must be a list of texts, one for each sample, such as { ids: ["case1"] }, got ${got}`,
      );
    }
    const twice = given.find((id, n) => given.indexOf(id) !== n);
    if (twice !== undefined) this.#refuse(`case ${JSON.stringify(twice)} stands twice in ids`);
    this.#checkNew(given);
    return given;
  }

  /** Adds cases, all or none. */
  add(cases: readonly CaseNumbers[], layout: string): void {
    this.#checkLayout(layout);
    this.#checkNew(cases.map(({ id }) => id));
    this.layout = layout;
    for (const { id, row, sums } of cases) {
      this.#rows.set(id, row);
      addLists(this.#sums, sums, (sum, x) => sum.add(x));
    }
  }

  /** Adds another table's cases, all or none. */
  merge(other: CaseTable): void {
    if (other.about !== this.about)
      this.#refuse(`the other state has other options: ${other.about}, not ${this.about}`);
    if (other.size === 0) return;
    this.#checkLayout(other.layout);
    this.#checkNew(other.#rows.keys());
    this.layout = other.layout;
    for (const [id, row] of other.#rows) this.#rows.set(id, row);
    addLists(this.#sums, other.#sums, (sum, more) => sum.merge(more));
  }

  /** The same bytes for the same cases. */
  toBytes(): Uint8Array {
    const out = new ByteWriter(),
      { ids } = this,
      width = ids.length > 0 ? (this.#rows.get(ids[0]) as Float64Array).length : 0;
    for (const text of [this.about, this.layout]) out.text(text);
    for (const n of [ids.length, width, this.#sums.length]) out.uint(n);
    for (const list of this.#sums) {
      out.uint(list.length);
      for (const sum of list) sum.write(out);
    }
    for (const id of ids) {
      out.text(id);
      out.floats(this.#rows.get(id) as Float64Array);
    }
    return out.end();
  }

  static fromBytes(what: string, bytes: unknown): CaseTable {
    const from = new ByteReader(what, bytes),
      table = new CaseTable(what, from.text());
    table.layout = from.text();
    const [cases, width, lists] = [from.uint(), from.uint(), from.uint()];
    for (let n = 0; n < lists; n++) table.#sums.push(Array.from({ length: from.uint() }, () => ExactSum.read(from)));
    for (let i = 0; i < cases; i++) table.#rows.set(from.text(), from.floats(width));
    return table;
  }
}

import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { isAbsolute } from "node:path";
import { deserialize, serialize } from "node:v8";
import { gunzipSync, gzipSync } from "node:zlib";
import { version } from "../package.json";
import type { Contents, Finding } from "../src/files/contents";
import { Crew } from "./crew";
import { few } from "./notes";
import type { Message, Sender } from "./queue";
import { type Stamp, stampOf, stampsOf } from "./readers/parts";
import type { Case, Common, Scored } from "./scoring";

/** Some cases of a run, and all that scoring them takes. */
interface Shard {
  readonly run: string;
  readonly common: Common;
  /** Nothing for a first look. */
  readonly contents?: Contents;
  readonly cases: readonly Case[];
  /** Of all files that the cases are read from, as whoever sends them sees them. */
  readonly stamps: ReadonlyMap<string, Stamp | undefined>;
  /** The machine and folder that paths are named from. */
  readonly host: string;
  readonly folder: string;
}

/** What is found of each case, and the check sum of the shard that it is of. */
interface Answer {
  readonly of: string;
  readonly found: readonly (Scored | Finding | undefined)[];
}

// Not JSON: maps, NaN and infinity arrive as they were.
const pack = (value: Shard | Answer) => `${version} ${gzipSync(serialize(value)).toString("base64")}`;

function unpack<T extends Shard | Answer>(text: string): T {
  const [writer, body = ""] = text.split(" ");
  if (writer !== version)
    throw new Error(`the message is of segloss ${writer.slice(0, 40)}, this is ${version}; all sides must be the same`);
  return deserialize(gunzipSync(Buffer.from(body, "base64")));
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const filesOf = (cases: readonly Case[]) => cases.flatMap(({ pred, target }) => [pred, target]);

/** A worker that sees other files than whoever asks would score them, and nobody would know. */
function checkFiles({ stamps, host, folder }: Shard): void {
  for (const [path, theirs] of stamps) {
    const own = stampOf(path),
      where = `${path}: ${hostname()} (process ${process.pid})`,
      cure = `workers must see the files of ${host} under the same paths (from ${folder} on)`;
    if (theirs && !own) throw new Error(`${where} does not see this file; ${cure}`);
    // Some file systems keep the time of change to 2 s.
    const differs =
      theirs && own ? theirs.size !== own.size || Math.abs(theirs.changed - own.changed) > 2000 : theirs !== own;
    if (differs)
      throw new Error(
        `${where} sees another file than ${host}, by its size or time of change (rsync -a keeps it); ${cure}`,
      );
  }
}

/** Answers shards, on some threads: this one must be free to say that it lives. */
export class Shift {
  #crew?: Crew;
  #run?: string;

  constructor(
    readonly jobs: number,
    readonly tell: (text: string) => void,
  ) {}

  async answer(text: string): Promise<string> {
    const shard = unpack<Shard>(text),
      { run, common, contents, cases, stamps, folder } = shard,
      found: Answer["found"][number][] = [];
    if ([...stamps.keys()].some((path) => !isAbsolute(path))) enter(shard);
    checkFiles(shard);
    if (run !== this.#run || !this.#crew) await this.end();
    this.#crew ??= new Crew(undefined, common, this.jobs);
    this.#run = run;
    const add = (each?: Scored | Finding) => found.push(each);
    try {
      if (contents) await this.#crew.score(cases, contents, add, () => {});
      else await this.#crew.look(cases, add, () => {});
    } catch (error) {
      await this.end(); // a thread that died answers no more
      throw error;
    }
    this.tell(`${contents ? "scored" : "looked at"} ${few(cases.map(({ item }) => item))} (of ${folder})`);
    return pack({ of: sha256(text), found });
  }

  async end(): Promise<void> {
    await this.#crew?.end();
    this.#crew = undefined;
  }
}

function enter({ folder, host }: Shard): void {
  try {
    process.chdir(folder);
  } catch {
    throw new Error(
      `${folder}: ${hostname()} does not see this folder, in which ${host} runs segloss score; mount it there`,
    );
  }
}

/** Does what a crew does, by whoever serves a queue; what they find is told in the order of the cases. */
export class QueueCrew {
  readonly #run = randomUUID();

  constructor(
    readonly sender: Sender,
    readonly common: Common,
    readonly size: number,
  ) {}

  look(cases: readonly Case[], tell: (finding?: Finding) => void, tick: () => void): Promise<void> {
    return this.#each<Finding | undefined>(cases, undefined, tell, tick);
  }

  score(
    cases: readonly Case[],
    contents: Contents,
    tell: (scored: Scored) => void,
    tick: (each: Case) => void,
  ): Promise<void> {
    return this.#each<Scored>(cases, contents, tell, tick);
  }

  end(): Promise<void> {
    return this.sender.close();
  }

  async #each<R extends Answer["found"][number]>(
    cases: readonly Case[],
    contents: Contents | undefined,
    tell: (result: R) => void,
    tick: (each: Case) => void,
  ): Promise<void> {
    const count = Math.ceil(cases.length / this.size),
      casesOf = (n: number) => cases.slice(n * this.size, (n + 1) * this.size),
      numberOf = (id: string) => Number(id.slice(id.lastIndexOf("-") + 1)),
      sums = new Map<number, string>(),
      waiting = new Map<number, readonly R[]>();
    let told = 0;
    const messages = async function* (this: QueueCrew): AsyncGenerator<Message> {
      for (let n = 0; n < count; n++) {
        const own = casesOf(n),
          stamps = new Map<string, Stamp | undefined>(),
          sender = { host: hostname(), folder: process.cwd() };
        for (const path of filesOf(own))
          for (const [file, stamp] of await stampsOf(path, this.common.settings.reading)) stamps.set(file, stamp);
        const text = pack({ run: this.#run, common: this.common, contents, cases: own, stamps, ...sender });
        sums.set(n, sha256(text));
        yield { id: `${this.#run}-${contents ? "score" : "look"}-${n}`, text };
      }
    }.bind(this);
    const answered = (id: string, text: string) => {
      const n = numberOf(id),
        { of, found } = unpack<Answer>(text),
        own = casesOf(n);
      if (of !== sums.get(n) || found.length !== own.length)
        throw new Error(`shard ${n + 1} of ${count}: the answer is of another shard`);
      sums.delete(n);
      waiting.set(n, found as readonly R[]);
      own.forEach(tick);
      for (let next = waiting.get(told); next; next = waiting.get(++told)) {
        next.forEach(tell);
        waiting.delete(told);
      }
    };
    const failed = (id: string, reason: string) => {
      const n = numberOf(id);
      return new Error(
        `shard ${n + 1} of ${count} failed: ${reason}; it holds ${few(casesOf(n).map(({ pred }) => pred))}`,
      );
    };
    await this.sender.send(messages(), answered, failed);
  }
}

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { SegLoss } from "segloss";
import type { Contents, Finding } from "../src/files/contents";
import { whole } from "./arguments";
import { Kept, pairKey } from "./kept";
import { type Case, type Common, type Looked, lookAt, type Scored, scoreCase } from "./scoring";

/** What a worker begins with. */
export interface Start {
  readonly common: Common;
  /** Bytes of what it may keep from a first look. */
  readonly room: number;
}

/** What a worker is asked. */
export interface Task {
  readonly each: Case;
  /** Nothing for a first look. */
  readonly contents?: Contents;
  /** Of a first look: whether the case is to be scored later. */
  readonly later?: boolean;
}

/** What a crew need not do again, and where it writes what it did. */
export interface Done {
  readonly of: (each: Case) => Scored | undefined;
  readonly add: (each: Case, scored: Scored) => void;
}

/** Bytes that all threads of a run may keep from a first look: 250 pairs of 512 x 512 pixels of a byte. */
const ROOM = 128 * 2 ** 20;

/** Threads for a number of cases: few cases are done before a thread has started. */
export function jobsOf(given: string | undefined, cases: number): number {
  const jobs = given === undefined ? availableParallelism() : whole("--jobs", given, 1);
  return cases < 8 && given === undefined ? 1 : Math.min(jobs, cases);
}

/** Tasks that a thread has at a time, so that it need not wait for this one to send the next. */
const LANES = 2;

/** One thread, and the tasks it was sent: it answers them in turn. */
class Hand {
  readonly #worker: Worker;
  readonly #sent: { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }[] = [];

  constructor(start: Start) {
    this.#worker = new Worker(new URL("./cli-worker.js", import.meta.url), {
      workerData: start,
      // What decoding leaves behind ends young: with more room for it two threads take 5 % less time (measured).
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
    });
    this.#worker.on("message", (result) => this.#sent.shift()?.resolve(result));
    this.#worker.on("error", (error) => {
      for (const { reject } of this.#sent) reject(error as Error);
    });
  }

  ask(task: Task): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#sent.push({ resolve, reject });
      this.#worker.postMessage(task);
    });
  }

  end(): Promise<unknown> {
    return this.#worker.terminate();
  }
}

/** One pass over the cases. */
interface Pass<R> {
  readonly taskOf: (each: Case) => Task;
  readonly tell: (result: R) => void;
  /** Of what was done in this pass, by one of the threads. */
  readonly ended: (each: Case, result: R, thread: number) => void;
  readonly known?: (each: Case) => R | undefined;
}

/** Threads that read, decode and score; what they find is told in the order of the cases. */
export class Crew {
  #hands: Hand[] = [];
  readonly #kept = new Kept(ROOM);
  /** Which thread keeps a pair from a first look. */
  readonly #keepers = new Map<string, number>();

  /** Without `seg` this thread scores nothing: it is free for other things. */
  constructor(
    readonly seg: SegLoss | undefined,
    readonly common: Common,
    readonly jobs: number,
  ) {}

  /** What is to be scored `later` may be kept until then. */
  look(
    cases: readonly Case[],
    tell: (finding?: Finding) => void,
    tick: () => void,
    later: ReadonlySet<Case> = new Set(),
  ): Promise<void> {
    return this.#each<Looked>(cases, {
      taskOf: (each) => ({ each, later: later.has(each) }),
      tell: ({ finding }) => tell(finding),
      ended: (each, { kept }, thread) => {
        if (kept) this.#keepers.set(pairKey(each), thread);
        tick();
      },
    });
  }

  async score(
    cases: readonly Case[],
    contents: Contents,
    tell: (scored: Scored) => void,
    tick: (each: Case) => void,
    done?: Done,
  ): Promise<void> {
    await this.#each<Scored>(cases, {
      tell,
      taskOf: (each) => ({ each, contents }),
      ended: (each, scored) => {
        done?.add(each, scored);
        tick(each);
      },
      known: (each) => done?.of(each),
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.#hands.map((hand) => hand.end()));
  }

  #alone(seg: SegLoss, { each, contents, later }: Task): Promise<unknown> {
    return contents
      ? scoreCase(seg, this.common, contents, each, this.#kept)
      : lookAt(this.common, each, later ? this.#kept : undefined);
  }

  /** Results wait for those before them; cases far ahead wait, so that few results do. */
  async #each<R>(cases: readonly Case[], { taskOf, tell, ended, known }: Pass<R>): Promise<void> {
    const { seg } = this;
    if ((this.jobs > 1 || !seg) && this.#hands.length === 0) {
      const start = { common: this.common, room: ROOM / this.jobs };
      this.#hands = Array.from({ length: this.jobs }, () => new Hand(start));
    }
    const alone = seg && this.#hands.length === 0,
      asks = alone
        ? [(task: Task) => this.#alone(seg, task)]
        : this.#hands.map((hand) => (task: Task) => hand.ask(task)),
      waiting = new Map<number, R>(),
      taken = new Set<number>(),
      ahead = 16 * asks.length;
    let [next, told] = [0, 0];
    let moved: (() => void)[] = [];
    const settle = (n: number, result: R) => {
      waiting.set(n, result);
      for (; waiting.has(told); told++) {
        tell(waiting.get(told) as R);
        waiting.delete(told);
      }
      for (const go of moved) go();
      moved = [];
    };
    /** The next case for a thread: one that no other keeps, or else the first that nobody is at. */
    const take = (thread: number): number | undefined => {
      let found: number | undefined;
      for (let n = next; n < Math.min(cases.length, told + ahead); n++) {
        if (taken.has(n)) continue;
        found ??= n;
        if ((this.#keepers.get(pairKey(cases[n])) ?? thread) !== thread) continue;
        found = n;
        break;
      }
      if (found !== undefined) taken.add(found);
      while (taken.delete(next)) next++;
      return found;
    };
    const serve = async (ask: (task: Task) => Promise<unknown>, thread: number) => {
      while (next < cases.length) {
        const n = take(thread);
        if (n === undefined) {
          await new Promise<void>((go) => moved.push(go));
          continue;
        }
        const each = cases[n],
          before = known?.(each),
          result = before ?? ((await ask(taskOf(each))) as R);
        // Told of the journal: nothing new ended.
        if (before === undefined) ended(each, result, thread);
        settle(n, result);
      }
    };
    const lanes = Array.from({ length: alone ? 1 : LANES }, () => asks.map(serve));
    await Promise.all(lanes.flat());
  }
}

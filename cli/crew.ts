import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { SegLoss } from "segloss";
import type { Contents, Finding } from "../src/files/contents";
import { whole } from "./arguments";
import { type Case, type Common, lookAt, type Scored, scoreCase } from "./scoring";

/** What a worker is asked. */
export interface Task {
  readonly each: Case;
  /** Nothing for a first look. */
  readonly contents?: Contents;
}

/** What a crew need not do again, and where it writes what it did. */
export interface Done {
  readonly of: (each: Case) => Scored | undefined;
  readonly add: (each: Case, scored: Scored) => void;
}

/** Threads for a number of cases: few cases are done before a thread has started. */
export function jobsOf(given: string | undefined, cases: number): number {
  const jobs = given === undefined ? availableParallelism() : whole("--jobs", given, 1);
  return cases < 8 && given === undefined ? 1 : Math.min(jobs, cases);
}

/** One thread, and the task it is at. */
class Hand {
  readonly #worker: Worker;
  #settle?: { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

  constructor(common: Common) {
    this.#worker = new Worker(new URL("./cli-worker.js", import.meta.url), {
      workerData: common,
      // What decoding leaves behind ends young: with more room for it two threads take 5 % less time (measured).
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
    });
    this.#worker.on("message", (result) => this.#settle?.resolve(result));
    this.#worker.on("error", (error) => this.#settle?.reject(error as Error));
  }

  ask(task: Task): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#worker.postMessage(task);
    });
  }

  end(): Promise<unknown> {
    return this.#worker.terminate();
  }
}

/** Threads that read, decode and score; what they find is told in the order of the cases. */
export class Crew {
  #hands: Hand[] = [];

  /** Without `seg` this thread scores nothing: it is free for other things. */
  constructor(
    readonly seg: SegLoss | undefined,
    readonly common: Common,
    readonly jobs: number,
  ) {}

  look(cases: readonly Case[], tell: (finding?: Finding) => void, tick: () => void): Promise<void> {
    return this.#each<Finding | undefined>(cases, (each) => ({ each }), tell, tick);
  }

  async score(
    cases: readonly Case[],
    contents: Contents,
    tell: (scored: Scored) => void,
    tick: (each: Case) => void,
    done?: Done,
  ): Promise<void> {
    const ended = (each: Case, scored: Scored) => {
      done?.add(each, scored);
      tick(each);
    };
    await this.#each<Scored>(
      cases,
      (each) => ({ each, contents }),
      tell,
      ended,
      (each) => done?.of(each),
    );
  }

  async end(): Promise<void> {
    await Promise.all(this.#hands.map((hand) => hand.end()));
  }

  #alone(seg: SegLoss, { each, contents }: Task): Promise<unknown> {
    return contents ? scoreCase(seg, this.common, contents, each) : lookAt(this.common, each);
  }

  /** Results wait for those before them; cases far ahead wait, so that few results do. */
  async #each<R>(
    cases: readonly Case[],
    taskOf: (each: Case) => Task,
    tell: (result: R) => void,
    ended: (each: Case, result: R) => void,
    known?: (each: Case) => R | undefined,
  ): Promise<void> {
    const { seg } = this;
    if ((this.jobs > 1 || !seg) && this.#hands.length === 0)
      this.#hands = Array.from({ length: this.jobs }, () => new Hand(this.common));
    const asks =
        seg && this.#hands.length === 0
          ? [(task: Task) => this.#alone(seg, task)]
          : this.#hands.map((hand) => (task: Task) => hand.ask(task)),
      waiting = new Map<number, R>(),
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
    const serve = async (ask: (task: Task) => Promise<unknown>) => {
      while (next < cases.length) {
        if (next - told >= ahead) {
          await new Promise<void>((go) => moved.push(go));
          continue;
        }
        const n = next++,
          each = cases[n],
          before = known?.(each),
          result = before ?? ((await ask(taskOf(each))) as R);
        // Told of the journal: nothing new ended.
        if (before === undefined) ended(each, result);
        settle(n, result);
      }
    };
    await Promise.all(asks.map(serve));
  }
}

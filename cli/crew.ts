import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { SegLoss } from "segloss";
import type { Contents, Finding } from "../src/files/contents";
import { whole } from "./arguments";
import { Hand, type Task } from "./hand";
import { Kept, pairKey } from "./kept";
import { type Case, type Common, type Looked, lookAt, type Scored, scoreCase } from "./scoring";

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

/** Threads beside this one, which helps. */
export const hire = (jobs: number): Hand[] => Array.from({ length: jobs - 1 }, () => new Hand());

/** Tasks that a thread has at a time, so that it need not wait for this one, which may be at a task of its own. */
const LANES = 3;

/** This thread, among others that count from 0. */
const HERE = -1;

/**
 * Numbers of a prediction from which on a case is large, and this thread leaves it to others: while it scores, the bar
 * and the journal wait, and so do threads that have done all they were sent.
 */
const MANY = 2 ** 20;

/** One pass over the cases. */
interface Pass<R> {
  readonly taskOf: (each: Case) => Task;
  readonly tell: (result: R) => void;
  /** Of what was done in this pass, by one of the threads. */
  readonly ended: (each: Case, result: R, thread: number) => void;
  readonly known?: (each: Case) => R | undefined;
}

/** Threads that read, decode and score, of which this is one; what they find is told in the order of the cases. */
export class Crew {
  readonly #kept: Kept;
  /** Which thread keeps a pair from a first look. */
  readonly #keepers = new Map<string, number>();
  readonly #begun = new Set<Hand>();
  readonly #hands: Hand[];
  /** Whether this thread takes tasks, too: as long as all that was looked at is small. */
  #helps: boolean;
  #looked = false;

  /** Without `seg` this thread scores nothing: it is free for other things. `hands` may have been hired before. */
  constructor(
    readonly seg: SegLoss | undefined,
    readonly common: Common,
    readonly jobs: number,
    hands: readonly Hand[] = [],
  ) {
    this.#kept = new Kept(ROOM / jobs);
    this.#hands = [...hands];
    this.#helps = seg !== undefined;
  }

  /** What is to be scored `later` may be kept until then. */
  async look(
    cases: readonly Case[],
    tell: (finding?: Finding) => void,
    tick: () => void,
    later: ReadonlySet<Case> = new Set(),
  ): Promise<void> {
    await this.#each<Looked>(cases, {
      taskOf: (each) => ({ each, later: later.has(each) }),
      tell: ({ finding }) => tell(finding),
      ended: (each, { kept, size }, thread) => {
        if (kept) this.#keepers.set(pairKey(each), thread);
        if (size > MANY && this.jobs > 1) this.#helps = false;
        tick();
      },
    });
    this.#looked = true;
  }

  async score(
    cases: readonly Case[],
    contents: Contents,
    tell: (scored: Scored) => void,
    tick: (each: Case) => void,
    done?: Done,
  ): Promise<void> {
    // Nobody knows how large they are.
    if (!this.#looked && this.jobs > 1) this.#helps = false;
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

  async #here(seg: SegLoss, { each, contents, later }: Task): Promise<unknown> {
    // What other threads have found is told first.
    if (this.jobs > 1) await setImmediate();
    return contents
      ? scoreCase(seg, this.common, contents, each, this.#kept)
      : lookAt(this.common, each, later ? this.#kept : undefined);
  }

  /** All threads beside this one: with it, if it helps, as many as are wanted. */
  #others(): readonly Hand[] {
    const start = { common: this.common, room: ROOM / this.jobs },
      wanted = this.jobs - (this.#helps ? 1 : 0);
    while (this.#hands.length < wanted) this.#hands.push(new Hand());
    for (const hand of this.#hands) if (!this.#begun.has(hand)) hand.begin(start);
    for (const hand of this.#hands) this.#begun.add(hand);
    return this.#hands;
  }

  /** Results wait for those before them; cases far ahead wait, so that few results do. */
  async #each<R>(cases: readonly Case[], { taskOf, tell, ended, known }: Pass<R>): Promise<void> {
    const { seg } = this,
      waiting = new Map<number, R>(),
      taken = new Set<number>(),
      ahead = 16 * this.jobs;
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
    const serve = async (ask: (task: Task) => Promise<unknown>, thread: number, stays = () => true) => {
      while (next < cases.length && stays()) {
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
    /** Whether so many are left that no thread will wait for what another was sent beforehand. */
    const many = () => cases.length - next >= LANES * this.jobs;
    const employ = (hands: readonly Hand[], first: number) =>
      Array.from({ length: LANES }, (_, lane) =>
        hands.map((hand, n) => serve((task) => hand.ask(task), first + n, lane > 0 ? many : undefined)),
      ).flat();
    const help = async (own: SegLoss) => {
      const before = this.#hands.length;
      await serve(
        (task) => this.#here(own, task),
        HERE,
        () => this.#helps,
      );
      // Another takes its place.
      if (next < cases.length) await Promise.all(employ(this.#others().slice(before), before));
    };
    const lanes = employ(this.#others(), 0);
    await Promise.all(seg && this.#helps ? [...lanes, help(seg)] : lanes);
  }
}

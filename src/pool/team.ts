import { giveUp, newControl, type ShareMessage } from "../engine/share.js";
import { SegLossError } from "../errors.js";
import { type Host, startWorker } from "./host.js";
import type { FromWorker, Task, ToWorker } from "./messages.js";

/** A call as the team sees it. */
export interface Call {
  /** Where several workers may share it: of how many losses it is, and their board, by how many they are. */
  readonly sharing?: { readonly losses: number; readonly board: (workers: number) => Float64Array };
  readonly signal?: AbortSignal;
  /** The message for a worker, and what goes with it. */
  task(worker: Member, share: ShareMessage | undefined): { readonly task: Task; readonly transfer: Transferable[] };
}

/** A call that waits. */
interface Waiting {
  readonly call: Call;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Called when it is settled. */
  over?: () => void;
}

/** A call under way: its workers in the order of their shares, and which are done. */
interface Run extends Waiting {
  readonly id: number;
  readonly workers: readonly Member[];
  readonly control: Int32Array | undefined;
  readonly done: boolean[];
  result: unknown;
}

/** A worker, what it is doing, and the targets it keeps. */
export class Member {
  host!: Host;
  run: Run | undefined;
  ready = false;
  readonly kept = new Set<number>();
}

const lost = (what: string, reason: string) => new SegLossError("WORKER_LOST", `createPool: ${what}: ${reason}`);

/** Workers, and the calls that wait for them. A worker that is lost is replaced; its call fails. */
export class Team {
  readonly #members: Member[] = [];
  #waiting: Waiting[] = [];
  #calls = 0;
  #failure: SegLossError | undefined;
  #readied: { resolve: () => void; reject: (reason: unknown) => void } | undefined;

  constructor(
    readonly size: number,
    readonly worker: URL | string | undefined,
    readonly greeting: ToWorker,
  ) {}

  /** Starts the workers; they are ready when it is fulfilled. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#readied = { resolve, reject };
      for (let i = 0; i < this.size && !this.#failure; i++) this.#add();
    });
  }

  run(call: Call): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { signal } = call,
        waiting: Waiting = { call, resolve, reject };
      if (this.#failure) throw this.#failure;
      signal?.throwIfAborted();
      const abort = () => this.#abort(waiting);
      signal?.addEventListener("abort", abort, { once: true });
      waiting.over = () => signal?.removeEventListener("abort", abort);
      this.#waiting.push(waiting);
      this.#dispatch();
    });
  }

  /** Tells the workers that know it. */
  forget(kept: number): void {
    for (const member of this.#members) if (member.kept.delete(kept)) member.host.post({ type: "forget", kept });
  }

  /** Ends all workers; what is under way or waits fails with this. */
  end(failure: SegLossError): void {
    this.#failure ??= failure;
    const runs = new Set(this.#members.flatMap(({ run }) => run ?? []));
    for (const member of this.#members.splice(0)) member.host.terminate();
    for (const { reject, over } of [...runs, ...this.#waiting.splice(0)]) {
      over?.();
      reject(this.#failure);
    }
    this.#readied?.reject(this.#failure);
  }

  #add(): void {
    const member = new Member();
    try {
      member.host = startWorker(this.worker, {
        message: (message) => this.#hear(member, message),
        lost: (reason) => this.#lose(member, reason),
      });
      this.#members.push(member);
      member.host.post(this.greeting);
    } catch (error) {
      this.end(lost("workers cannot be started", (error as Error).message));
    }
  }

  /** Gives waiting calls to idle workers: one each, or all of them to one that can be shared. */
  #dispatch(): void {
    for (;;) {
      const idle = this.#members.filter(({ ready, run }) => ready && !run);
      if (idle.length === 0 || this.#waiting.length === 0) return;
      const next = this.#waiting.shift() as Waiting,
        workers = next.call.sharing ? idle : idle.slice(0, 1);
      this.#begin({
        ...next,
        id: ++this.#calls,
        workers,
        control: workers.length > 1 && next.call.sharing ? newControl(next.call.sharing.losses) : undefined,
        done: workers.map(() => false),
        result: undefined,
      });
    }
  }

  #begin(run: Run): void {
    const { call, control } = run,
      of = run.workers.length;
    for (const worker of run.workers) worker.run = run;
    try {
      const board = control && call.sharing?.board(of);
      for (const [index, worker] of run.workers.entries()) {
        const { task, transfer } = call.task(worker, control && board && { index, of, control, board });
        worker.host.hold(true);
        worker.host.post({ type: "call", id: run.id, task }, transfer);
      }
    } catch (error) {
      this.#fail(run, error);
    }
  }

  /** Frees a call's workers, then settles it. */
  #finish(run: Run, settle: () => void): void {
    for (const worker of run.workers) {
      worker.run = undefined;
      worker.host.hold(false);
    }
    run.over?.();
    settle();
    this.#dispatch();
  }

  #fail(run: Run, error: unknown): void {
    if (run.control) giveUp(run.control);
    this.#finish(run, () => run.reject(error));
  }

  #hear(member: Member, message: FromWorker): void {
    const { run } = member;
    if (message.type === "ready") this.#ready(member);
    else if (message.type === "failed" && message.id === undefined)
      this.end(lost("the kernels cannot be loaded in a worker", message.message));
    // Or it is of a call that was given up.
    else if (run && message.id === run.id) this.#hearOf(run, run.workers.indexOf(member), message);
  }

  /** What the worker of a share says of its call. */
  #hearOf(run: Run, at: number, message: Exclude<FromWorker, { type: "ready" }>): void {
    if (message.type === "failed") {
      const error = message.code ? new SegLossError(message.code, message.message) : new Error(message.message);
      this.#fail(run, error);
      return;
    }
    run.done[at] = true;
    if (at === 0) run.result = message.result;
    if (run.done.every(Boolean)) this.#finish(run, () => run.resolve(run.result));
  }

  #ready(member: Member): void {
    member.ready = true;
    member.host.hold(false);
    if (this.#members.every(({ ready }) => ready)) this.#readied?.resolve();
    this.#dispatch();
  }

  #lose(member: Member, reason: string): void {
    if (!this.#members.includes(member)) return;
    if (!member.ready) {
      this.end(lost("a worker did not start", reason));
      return;
    }
    const { run } = member,
      others = run?.workers.filter((worker) => worker !== member) ?? [];
    this.#replace([member]);
    if (run) this.#fail({ ...run, workers: others }, lost("a worker was lost during the call", reason));
  }

  #replace(members: readonly Member[]): void {
    for (const member of members) {
      this.#members.splice(this.#members.indexOf(member), 1);
      member.host.terminate();
      this.#add();
    }
  }

  /** Takes a call out of the queue, or from its workers, which cannot be interrupted and are replaced. */
  #abort({ call, reject }: Waiting): void {
    const run = this.#members.find((member) => member.run?.call === call)?.run;
    this.#waiting = this.#waiting.filter((waiting) => waiting.call !== call);
    if (run) this.#replace(run.workers);
    reject(call.signal?.reason);
    this.#dispatch();
  }
}

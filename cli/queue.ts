import type { Job, Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import { connect, shown, type Tell } from "./redis";

const NAME = "segloss",
  ATTEMPTS = 3,
  /** So many messages are in Redis at a time: neither its memory nor a look at all of them grows with the run. */
  WINDOW = 256,
  /** How long no event may come before all open messages are looked at, in milliseconds: events may be lost. */
  PATIENCE = 3000;

/** A message: a name that no other has, and what it says. */
export interface Message {
  readonly id: string;
  readonly text: string;
}

/** Gives messages to whoever serves the queue, and gathers the answers. */
export class Sender {
  readonly #open = new Map<string, Message>();
  readonly #ended = new Set<string>();
  #wake = () => {};
  #stopped?: Error;
  #warned = false;

  private constructor(
    readonly tell: Tell,
    readonly url: URL,
    readonly connection: Redis,
    readonly queue: Queue,
    readonly events: QueueEvents,
  ) {
    const ended = ({ jobId }: { readonly jobId: string }) => {
      this.#ended.add(jobId);
      this.#wake();
    };
    events.on("completed", ended).on("failed", ended);
    // The connection tells of its own errors.
    for (const each of [queue, events]) each.on("error", () => {});
  }

  static async open(url: URL, tell: Tell): Promise<Sender> {
    const { bullmq, connection } = await connect(url, tell),
      [queue, events] = [new bullmq.Queue(NAME, { connection }), new bullmq.QueueEvents(NAME, { connection })];
    await events.waitUntilReady();
    return new Sender(tell, url, connection, queue, events);
  }

  /** Ends `send` by an error. */
  stop(reason: string): void {
    this.#stopped = new Error(reason);
    this.#wake();
  }

  /** Every message's answer, once, in the order that they come; one that fails for good ends it by `failed`'s error. */
  async send(
    messages: AsyncIterable<Message>,
    answered: (id: string, text: string) => void,
    failed: (id: string, reason: string) => Error,
  ): Promise<void> {
    const rest = messages[Symbol.asyncIterator]();
    for (let next = await rest.next(); ; ) {
      for (; !next.done && this.#open.size < WINDOW; next = await rest.next()) {
        this.#open.set(next.value.id, next.value);
        await this.#add(next.value);
      }
      if (this.#open.size === 0) return;
      for (const id of await this.#news()) {
        const message = this.#open.get(id);
        if (!message) continue; // another run's, or delivered twice and answered
        const job = await this.queue.getJob(id);
        if (!job) await this.#add(message); // a Redis that keeps nothing was restarted
        if (job?.finishedOn === undefined) continue;
        if (await job.isFailed()) throw failed(id, `${job.failedReason} (${job.attemptsMade} of ${ATTEMPTS} attempts)`);
        answered(id, String(job.returnvalue));
        this.#open.delete(id);
        await this.queue.remove(id);
      }
    }
  }

  /** Takes back what nobody began. */
  async close(): Promise<void> {
    if (this.connection.status === "ready")
      await Promise.all([...this.#open.keys()].map((id) => this.queue.remove(id).catch(() => 0)));
    await Promise.all([this.queue.close(), this.events.close()]);
    this.connection.disconnect();
  }

  #add({ id, text }: Message): Promise<unknown> {
    const kept = { age: 3600 }, // seconds, of a run that was killed
      backoff = { type: "fixed", delay: 1000 };
    return this.queue.add(
      "shard",
      { text },
      { jobId: id, attempts: ATTEMPTS, backoff, removeOnComplete: kept, removeOnFail: kept },
    );
  }

  /** The messages that may have an answer: those that events tell of, or all where none came for a while. */
  async #news(): Promise<string[]> {
    if (this.#ended.size === 0 && !this.#stopped) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((wake) => {
        this.#wake = wake;
        timer = setTimeout(wake, PATIENCE);
      });
      clearTimeout(timer);
    }
    if (this.#stopped) throw this.#stopped;
    const ids = [...(this.#ended.size > 0 ? this.#ended : this.#open.keys())];
    if (this.#ended.size === 0 && !this.#warned && (await this.queue.getWorkersCount().catch(() => 1)) === 0) {
      this.tell(`nobody serves ${shown(this.url)} yet; start segloss worker --queue ${shown(this.url)}`);
      this.#warned = true;
    }
    this.#ended.clear();
    return ids;
  }
}

/**
 * Answers messages, one at a time, until it is closed. `lock` is after how many milliseconds without a sign of life
 * a message goes to another.
 */
export async function serveQueue(
  url: URL,
  answer: (text: string) => Promise<string>,
  tell: Tell,
  lock: number,
): Promise<() => Promise<void>> {
  const { bullmq, connection } = await connect(url, tell),
    work = ({ data }: Job) => answer(String((data as Partial<Message>).text)),
    worker = new bullmq.Worker(NAME, work, {
      ...{ connection, lockDuration: lock, stalledInterval: lock, maxStalledCount: ATTEMPTS - 1 },
    });
  worker.on("failed", (job, { message }) => tell(`shard ${job?.id}: ${message}`));
  worker.on("error", ({ code, message }) => {
    if (code === undefined && connection.status === "ready") tell(message);
  });
  return async () => {
    await worker.close();
    connection.disconnect();
  };
}

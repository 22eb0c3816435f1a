import { Worker } from "node:worker_threads";
import type { Contents } from "../src/files/contents";
import type { Case, Common } from "./scoring";

/** What a thread is told before its first task. */
export interface Start {
  readonly common: Common;
  /** Bytes of what it may keep from a first look. */
  readonly room: number;
}

/** What a thread is asked. */
export interface Task {
  readonly each: Case;
  /** Nothing for a first look. */
  readonly contents?: Contents;
  /** Of a first look: whether the case is to be scored later. */
  readonly later?: boolean;
}

/**
 * One thread, and the tasks it was sent: it answers them in turn. It starts at once, which takes a quarter of a second,
 * and keeps the process alive only after it was told to begin.
 */
export class Hand {
  readonly #worker: Worker;
  readonly #sent: { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }[] = [];
  #fault?: Error;

  constructor() {
    this.#worker = new Worker(new URL("./cli-worker.js", import.meta.url), {
      // What decoding leaves behind ends young: with more room for it two threads take 5 % less time (measured).
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
    });
    this.#worker.on("message", (result) => this.#sent.shift()?.resolve(result));
    this.#worker.on("error", (error) => this.#fail(error as Error));
    this.#worker.on("exit", (status) => this.#fail(new Error(`its status is ${status}`)));
    // After the listeners: one for messages keeps the process alive again.
    this.#worker.unref();
  }

  #fail(error: Error): void {
    this.#fault ??= new Error(`a thread of --jobs ended: ${error.message}; fewer threads take less memory`);
    for (const { reject } of this.#sent) reject(this.#fault);
  }

  begin(start: Start): void {
    this.#worker.ref();
    this.#worker.postMessage(start);
  }

  ask(task: Task): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#fault) return reject(this.#fault);
      this.#sent.push({ resolve, reject });
      this.#worker.postMessage(task);
    });
  }

  end(): Promise<unknown> {
    return this.#worker.terminate();
  }
}

import type { Answer, Question, Task, Tasks } from "./protocol.js";

/** The worker that holds the kernels. Asking again takes back what was asked before for the same task. */
export class Kernels {
  readonly #worker = new Worker(new URL("worker.js", document.baseURI), { type: "module" });
  readonly #open = new Map<Task, { id: number; part: (part: never) => void; done: (error?: string) => void }>();
  #count = 0;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const open = this.#open.get(data.task);
      if (open?.id !== data.id) return;
      if (data.part) open.part(data.part as never);
      if (data.done || data.error) {
        this.#open.delete(data.task);
        open.done(data.error);
      }
    };
    this.#worker.onerror = ({ message }) => {
      for (const { done } of this.#open.values()) done(message);
      this.#open.clear();
    };
  }

  ask<T extends Task>(
    task: T,
    ask: Tasks[T]["ask"],
    part: (part: Tasks[T]["part"]) => void,
    done: (error?: string) => void = () => {},
  ): void {
    const id = ++this.#count;
    this.#open.set(task, { id, part, done });
    this.#worker.postMessage({ id, task, ask } satisfies Question);
  }

  /** Takes a question back. */
  stop(task: Task): void {
    this.#open.delete(task);
    this.#worker.postMessage({ id: ++this.#count, task, ask: null } satisfies Question);
  }
}

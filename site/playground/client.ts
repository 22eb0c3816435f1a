import { Sender } from "./picture.js";
import type { Answer, Question, Sent, Task, Tasks } from "./protocol.js";

/** The worker that holds the kernels. Asking again takes back what was asked before for the same task. */
export class Kernels {
  readonly #worker = new Worker(new URL("worker.js", document.baseURI), { type: "module" });
  readonly #open = new Map<Task, { id: number; part: (part: never) => void; done: (error?: string) => void }>();
  readonly #sender = new Sender();
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
    const sent = "picture" in ask ? { ...ask, picture: this.#sender.rows(ask.picture) } : ask;
    const given = "spare" in ask ? ask.spare.map(({ buffer }) => buffer) : [];
    this.#worker.postMessage({ id, task, ask: sent as Sent<Tasks[T]["ask"]> } satisfies Question<T>, given);
  }

  /** Takes a question back. */
  stop(task: Task): void {
    if (this.#open.delete(task)) this.#worker.postMessage({ id: ++this.#count, task, ask: null } satisfies Question);
  }
}

/** What answers every stroke, and does nothing else. */
export const kernels = new Kernels();
let another: Kernels | undefined;
/** A second worker, for what takes longer than a stroke. */
export const background = (): Kernels => {
  another ??= new Kernels();
  return another;
};
/** Takes back what was asked of the second worker for the pixels as they were. */
export function stopBackground(): void {
  for (const task of ["evaluate", "measure"] as const) another?.stop(task);
}

import { builtin } from "../bindings/builtin.js";
import { resolveAddress } from "../bindings/source.js";
import type { FromWorker, ToWorker } from "./messages.js";

/** What a pool hears of a worker. */
export interface Ears {
  readonly message: (message: FromWorker) => void;
  /** It is gone, or what it said cannot be read. */
  readonly lost: (reason: string) => void;
}

/** A worker, whatever the runtime calls it. */
export interface Host {
  post(message: ToWorker, transfer?: Transferable[]): void;
  terminate(): void;
  /** Whether it keeps the process alive, where there is one. */
  hold(busy: boolean): void;
}

/** Cores that the host reports. */
export function cores(): number {
  if (typeof navigator !== "undefined" && navigator.hardwareConcurrency) return navigator.hardwareConcurrency;
  return builtin("node:os")?.availableParallelism() ?? 1;
}

function startWebWorker(url: URL | string | undefined, { message, lost }: Ears): Host {
  // Written out so that bundlers find the worker's file beside this one.
  const worker = url
    ? new Worker(url, { type: "module" })
    : new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => message(data as FromWorker);
  worker.onmessageerror = () => lost("it sent what cannot be read");
  worker.onerror = (event) => {
    event.preventDefault?.();
    lost(event.message || "its file could not be loaded");
  };
  const own = worker as Worker & { ref?(): void; unref?(): void };
  return {
    post: (data, transfer = []) => worker.postMessage(data, transfer),
    terminate: () => worker.terminate(),
    hold: (busy) => (busy ? own.ref?.() : own.unref?.()),
  };
}

function startThread(
  threads: typeof import("node:worker_threads"),
  url: URL | string | undefined,
  { message, lost }: Ears,
): Host {
  // Without the process's own flags, some of which are for its main file only.
  const worker = new threads.Worker(url ? resolveAddress(url) : new URL("./worker.js", import.meta.url), {
    execArgv: [],
  });
  worker.on("message", message);
  worker.on("messageerror", () => lost("it sent what cannot be read"));
  worker.on("error", (error: Error) => lost(error.message));
  worker.on("exit", (code) => lost(`it ended with code ${code}`));
  return {
    post: (data, transfer = []) =>
      worker.postMessage(data, transfer as import("node:worker_threads").TransferListItem[]),
    terminate: () => void worker.terminate(),
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
  };
}

/** Starts a worker: a web worker where there are such, else a thread of Node. Throws where the runtime has neither. */
export function startWorker(url: URL | string | undefined, ears: Ears): Host {
  if (typeof Worker === "function") return startWebWorker(url, ears);
  const threads = builtin("node:worker_threads");
  if (!threads?.Worker) throw new Error("this runtime has no workers");
  return startThread(threads, url, ears);
}

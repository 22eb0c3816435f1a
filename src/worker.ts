// What runs in each worker of a pool (workers.ts).
import { builtin } from "./bindings/builtin.js";
import { loadKernels } from "./bindings/embedded.js";
import { Evaluator } from "./pool/evaluator.js";
import type { FromWorker, ToWorker } from "./pool/messages.js";

interface Port {
  post(message: FromWorker, transfer: Transferable[]): void;
  listen(receive: (message: ToWorker) => void): void;
}

function findPort(): Port {
  // The types are those of a page; a worker has other globals.
  const scope = globalThis as unknown as DedicatedPort;
  if (typeof scope.postMessage === "function") {
    return {
      post: (message, transfer) => scope.postMessage(message, transfer),
      listen: (receive) => scope.addEventListener("message", ({ data }) => receive(data)),
    };
  }
  const parent = builtin("node:worker_threads")?.parentPort;
  if (!parent)
    throw new Error("segloss: worker.js is for the workers of a pool; createPool of segloss/workers starts them");
  return {
    post: (message, transfer) =>
      parent.postMessage(message, transfer as import("node:worker_threads").TransferListItem[]),
    listen: (receive) => parent.on("message", receive),
  };
}

/** Of a web worker's global scope, what is used here. */
interface DedicatedPort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: ToWorker }) => void): void;
}

const port = findPort();
let evaluator: Promise<Evaluator> | undefined;

// One message after the other, though losses may wait for their assets.
let last: Promise<unknown> = Promise.resolve();
port.listen((message) => {
  last = last
    .then(() => answer(message))
    .catch((error: Error) => port.post({ type: "failed", message: error.message }, []));
});

async function answer(message: ToWorker): Promise<void> {
  if (message.type !== "load") return (await evaluator)?.receive(message);
  evaluator = loadKernels(message.wasm).then((kernels) => new Evaluator(kernels, port.post));
  try {
    await evaluator;
    port.post({ type: "ready" }, []);
  } catch (error) {
    port.post({ type: "failed", message: (error as Error).message }, []);
  }
}

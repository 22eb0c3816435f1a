// Batch Dice of sliding windows over several worker processes: no process holds more than its own windows, and the
// value and the gradient have the bits of one call with all of them.
//
//   node train.mjs [workers]
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { mergeShards } from "segloss";

const WINDOWS = 6;

/** One answer of a worker to one question. */
const ask = (worker, question) =>
  new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.send(question);
  });

/** The value, and the gradient of each window in order. */
export async function trainStep(count) {
  const file = fileURLToPath(new URL("worker.mjs", import.meta.url)),
    workers = Array.from({ length: count }, () => fork(file, { serialization: "advanced" })),
    shardOf = (n) => ({ first: Math.floor((n * WINDOWS) / count), end: Math.floor(((n + 1) * WINDOWS) / count) });
  try {
    // A few hundred bytes a window: what all windows add up to.
    const sums = await Promise.all(workers.map((worker, n) => ask(worker, { gather: shardOf(n) }))),
      merged = mergeShards(sums).toBytes(),
      answers = await Promise.all(workers.map((worker) => ask(worker, { merged })));
    return { value: answers[0].value, grads: answers.flatMap(({ grads }) => grads) };
  } finally {
    for (const worker of workers) worker.kill();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const workers = Number(process.argv[2] ?? 2),
    { value, grads } = await trainStep(workers);
  console.log(`batch Dice of ${grads.length} windows by ${workers} workers: ${value}`);
}

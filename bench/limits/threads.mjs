// What threads of this machine gain where they share nothing: exponentials of numbers in a cache, and copies of 16 MB
// within memory, by one thread and by several.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { BASE, compileLimits, TILE } from "./compile.mjs";

const COPIED = 2 ** 24;

function run({ exponentials, copy }, what, passes) {
  for (let i = 0; i < passes; i++)
    if (what === "exponentials") exponentials(BASE, BASE, TILE);
    else copy(BASE, BASE + 60e6, COPIED);
}

if (!isMainThread) {
  const { exports } = await WebAssembly.instantiate(workerData, {});
  parentPort.on("message", ({ what, passes }) => {
    run(exports, what, passes);
    parentPort.postMessage(what);
  });
}

/** How many times faster so many threads are than one at the same work, medians of rounds in turns. */
export async function threadGains(count, rounds = 15) {
  const module = compileLimits(),
    threads = Array.from({ length: count }, () => new Worker(new URL(import.meta.url), { workerData: module }));
  const work = (some, what, passes) =>
    Promise.all(
      some.map(
        (thread) =>
          new Promise((done) => {
            thread.once("message", done);
            thread.postMessage({ what, passes });
          }),
      ),
    );
  const gains = {};
  for (const [what, passes] of [
    ["exponentials", 600],
    ["copies", 12],
  ]) {
    const times = [[], []];
    for (let round = -2; round < rounds; round++)
      for (const [i, [some, each]] of [
        [threads.slice(0, 1), passes],
        [threads, passes / count],
      ].entries()) {
        const start = performance.now();
        await work(some, what, each);
        if (round >= 0) times[i].push(performance.now() - start);
      }
    const [one, all] = times.map((each) => each.sort((a, b) => a - b)[each.length >> 1]);
    gains[what] = one / all;
  }
  await Promise.all(threads.map((thread) => thread.terminate()));
  return gains;
}

// Value and gradient by a pool of workers beside one thread: node bench/workers.mjs [--workers=2] [--rounds=6]
// [--write]
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { load } from "../dist/index.js";
import { createPool } from "../dist/workers.js";
import { inputs } from "./inputs.mjs";
import { threadGains } from "./limits/threads.mjs";
import { measuredOn } from "./measuredOn.mjs";

const { values: args } = parseArgs({
  options: {
    workers: { type: "string", default: "2" },
    rounds: { type: "string", default: "6" },
    write: { type: "boolean" },
  },
});
const workers = Number(args.workers),
  rounds = Number(args.rounds),
  seg = await load(),
  pool = await createPool({ workers });
const cases = [
  ["crossEntropy", [8, 21, 256, 256]],
  ["dice", [8, 21, 256, 256]],
  ["tversky", [8, 21, 256, 256]],
  ["boundary", [8, 21, 256, 256]],
  ["crossEntropy", [4, 4, 512, 512]],
  ["dice", [4, 4, 512, 512]],
  ["dice", [1, 2, 512, 512]],
  ...["lovaszSoftmax", "regionMutualInformation", "activeBoundary", "hausdorffDistance"].flatMap((name) => [
    [name, [8, 21, 256, 256]],
    [name, [4, 4, 512, 512]],
  ]),
];

const CALLS = 10;

const shared = (data) => {
  const copy = new data.constructor(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
};
const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
const same = (a, b) => Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0;

const results = [];
for (const [name, shape] of cases) {
  const plain = inputs(shape),
    logits = plain.pred.data,
    pred = { data: shared(logits), shape },
    target = { data: shared(plain.target.data), shape: plain.target.shape },
    [one, many] = [seg[name](), pool[name]()],
    [alone, together] = [new Float32Array(logits.length), shared(new Float32Array(logits.length))],
    times = { "one thread": [], "shared memory": [], copied: [] };
  const jobs = {
    "one thread": () => one.valueAndGrad(pred, target, { out: alone }),
    "shared memory": () => many.valueAndGrad(pred, target, { out: together }),
    copied: () => many.valueAndGrad(plain.pred, plain.target, { out: alone }),
  };
  // In turns of several calls, as training makes them: the first calls after others wake a core that slept.
  for (let round = -1; round < rounds; round++) {
    for (const [what, job] of Object.entries(jobs)) {
      for (let call = -2; call < CALLS; call++) {
        const start = performance.now();
        await job();
        if (round >= 0 && call >= 0) times[what].push(performance.now() - start);
      }
    }
  }
  one.valueAndGrad(pred, target, { out: alone });
  if (!same(alone, together)) throw new Error(`${name}: other bits`);
  const milliseconds = Object.fromEntries(Object.entries(times).map(([what, each]) => [what, median(each)]));
  results.push({ loss: name, shape, milliseconds });
  const ratio = (what) => `${(milliseconds["one thread"] / milliseconds[what]).toFixed(2)} times`;
  console.log(
    `${name} ${shape.join("x")}: one thread ${milliseconds["one thread"].toFixed(1)} ms; ${workers} workers, ` +
      `shared memory ${ratio("shared memory")}, copied ${ratio("copied")}`,
  );
}
pool.dispose();
const gains = await threadGains(workers);
console.log(
  `${workers} threads that share nothing: exponentials ${gains.exponentials.toFixed(2)} times, ` +
    `copies ${gains.copies.toFixed(2)} times`,
);
if (args.write)
  writeFileSync(
    "bench/results/workers.json",
    `${JSON.stringify({ ...measuredOn(), workers, gains, results }, null, 1)}\n`,
  );

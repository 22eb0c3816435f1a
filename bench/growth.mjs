// Time and memory as pictures, and the number of classes, grow: npm run build && node bench/growth.mjs [--write]
// [--rounds=5] [--passes=5] Each case has a process of its own, as memory that the module has taken stays with it. All
// cases are gone through several times, as a machine that others use too is slower in one minute than in the next.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { load } from "../dist/index.js";
import { inputs, random } from "./inputs.mjs";
import { measuredOn } from "./measuredOn.mjs";

const { values: args } = parseArgs({
  options: {
    write: { type: "boolean" },
    rounds: { type: "string", default: "5" },
    passes: { type: "string", default: "5" },
    case: { type: "string" },
  },
});
const sides = [64, 128, 256, 512, 1024, 2048, 4096],
  classes = [1, 2, 4, 8, 21, 32, 64, 100, 150],
  losses = ["crossEntropy", "dice", "boundary", "lovaszSoftmax"];

/** One channel's logits are the difference of two. */
function binary(side) {
  const { pred, target } = inputs([1, 2, side, side]),
    pixels = side * side;
  const data = Float32Array.from({ length: pixels }, (_, i) => pred.data[pixels + i] - pred.data[i]);
  return { pred: { data, shape: [1, 1, side, side] }, target };
}

/** What is timed, and how many numbers it goes through: logits of a loss, pixels of a transform. */
function jobOf(seg, { name, side, count }) {
  if (name === "distanceTransform") {
    const next = random(1),
      // Blobs of 16 pixels a side.
      blobs = Uint8Array.from({ length: Math.ceil(side / 16) ** 2 }, () => (next() < 0.5 ? 1 : 0)),
      at = (i) => blobs[((i / side) >> 4) * Math.ceil(side / 16) + ((i % side) >> 4)],
      mask = { data: Uint8Array.from({ length: side * side }, (_, i) => at(i)), shape: [1, side, side] },
      out = new Float32Array(side * side);
    return { numbers: side * side, bytes: 5 * side * side, run: () => seg.distanceTransform(mask, { out }) };
  }
  const { pred, target } = count === 1 ? binary(side) : inputs([1, count, side, side]),
    loss = seg[name](count === 1 ? { activation: "sigmoid" } : {}),
    prepared = loss.prepare(target),
    out = new Float32Array(pred.data.length);
  return {
    numbers: out.length,
    bytes: 8 * out.length + target.data.length,
    run: () => loss.valueAndGrad(pred, prepared, { out }),
  };
}

async function measure(one) {
  const seg = await load(),
    started = process.memoryUsage.rss(),
    { numbers, bytes, run } = jobOf(seg, one),
    often = Math.max(1, Math.min(400, Math.round(4e6 / numbers)));
  let least = Number.POSITIVE_INFINITY;
  // The first half second is the compiler's, however small the picture.
  for (const since = performance.now(); performance.now() - since < 500; ) run();
  for (let round = 0; round < Number(args.rounds); round++) {
    const since = performance.now();
    for (let i = 0; i < often; i++) run();
    least = Math.min(least, (performance.now() - since) / often);
  }
  // Inputs are made of arrays that are gone by now.
  globalThis.gc?.();
  const megabytes = (process.memoryUsage.rss() - started - bytes) / 2 ** 20;
  return { ns: (1e6 * least) / numbers, megabytes: Math.max(0, megabytes) };
}

if (args.case) {
  console.log(JSON.stringify(await measure(JSON.parse(args.case))));
} else {
  const cases = [
    ...sides.flatMap((side) => [...losses, "distanceTransform"].map((name) => ({ name, side, count: 2 }))),
    ...classes.filter((count) => count !== 2).flatMap((count) => losses.map((name) => ({ name, side: 256, count }))),
  ];
  const [busy] = loadavg(),
    results = cases.map((one) => ({ ...one, ns: Number.POSITIVE_INFINITY, megabytes: Number.POSITIVE_INFINITY }));
  for (let pass = 1; pass <= Number(args.passes); pass++) {
    console.log(`pass ${pass} of ${args.passes}`);
    for (const [i, one] of cases.entries()) {
      const more = [fileURLToPath(import.meta.url), `--case=${JSON.stringify(one)}`, `--rounds=${args.rounds}`],
        { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", ...more], { encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
      const found = JSON.parse(stdout);
      for (const what of ["ns", "megabytes"]) results[i][what] = Math.min(results[i][what], found[what]);
    }
  }
  for (const { name, count, side, ns, megabytes } of results)
    console.log(`${name} ${count}x${side}x${side}: ${ns.toFixed(2)} ns, ${megabytes.toFixed(1)} MB`);
  if (args.write)
    writeFileSync(
      "bench/results/growth.json",
      `${JSON.stringify({ ...measuredOn(), load: busy, results }, null, 1)}\n`,
    );
}

// Value and gradient on one thread, beside the floors and the loop a user would write: npm run bench [-- --write]
// [--loss=a,b] [--rounds=15]. What a row compares is timed in turns in one run, so that ratios hold on a noisy machine;
// medians are shown, and quartiles.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { catalog, load, metricCatalog } from "../dist/index.js";
import { inputs } from "./inputs.mjs";
import { BASE, compileLimits, TILE } from "./limits/compile.mjs";
import { maskJobs, maskShapes } from "./masks.mjs";
import { measuredOn } from "./measuredOn.mjs";
import { plain } from "./plain.mjs";
import { median, quartiles } from "./quantiles.mjs";
import { weighedShapes, weightJobs } from "./weights.mjs";

const { values: args } = parseArgs({
  options: { write: { type: "boolean" }, loss: { type: "string" }, rounds: { type: "string", default: "15" } },
});
const rounds = Number(args.rounds);
const sizes = [
  [8, 21, 256, 256],
  [4, 4, 512, 512],
];
const goals = {
  crossEntropy: [10, 2],
  focal: [10, 2.4],
  dice: [7, 2.8],
  iou: [7, 2.8],
  tversky: [7, 2.8],
  generalizedWassersteinDice: [5, 3.5],
  topK: [10, 3],
};
const chosen = args.loss?.split(","),
  losses = (chosen ?? Object.keys(goals)).filter((name) => name in goals);
/** Every loss, and variants that cost something else. */
const variants = [
  ...catalog.map(({ name }) => [name, {}]),
  ["hausdorffDistance", { oneSided: true }],
  ["hausdorffDistance", { variant: "erosion" }],
  ["hausdorffDistance", { variant: "convolution", radii: [3, 6] }],
  ["boundaryAware", { activation: "softmax" }],
].filter(([name]) => !chosen || chosen.includes(name));

const instance = new WebAssembly.Instance(compileLimits());
const { memory, exponentials, copy } = instance.exports;

/** The time of all rounds of slow jobs, in ms, but for the five that quartiles need. */
const LONG = 4000;

/**
 * Runs each job once a round, in turns; medians and quartiles in milliseconds, by name, and how many rounds there were.
 * Short ones run until V8 has optimised them first.
 */
function time(jobs, most = rounds) {
  const times = jobs.map(() => []),
    started = performance.now();
  for (const job of jobs) for (let i = 0; i < 5 * (job.repeats ?? 0.2); i++) job.run();
  // By the first one, as the time of a round is not known yet.
  const count = Math.max(Math.min(most, 5), Math.min(most, Math.floor(LONG / (performance.now() - started))));
  for (let r = 0; r < count; r++) {
    for (const [j, job] of jobs.entries()) {
      const repeats = job.repeats ?? 1,
        start = performance.now();
      for (let i = 0; i < repeats; i++) job.run();
      times[j].push((performance.now() - start) / repeats);
    }
  }
  const byName = (of) => Object.fromEntries(jobs.map(({ name }, j) => [name, of(times[j])]));
  return { milliseconds: byName(median), quartiles: byName(quartiles), rounds: count };
}
const ends = (pair, digits = 1) => pair.map((ms) => ms.toFixed(digits)).join(" to ");

/** memory.copy of all logits, and one exponential each: a tile in, its exponentials, a tile out. */
function floors(data, out) {
  const bytes = data.byteLength;
  return [
    { name: "memory.copy", run: () => copy(BASE, BASE + 60e6, bytes) },
    {
      name: "exp pass",
      run() {
        const view = new Float32Array(memory.buffer, BASE, TILE / 4),
          count = TILE / 4;
        for (let i = 0; i < data.length; i += count) {
          const n = Math.min(count, data.length - i);
          view.set(data.subarray(i, i + n));
          exponentials(BASE, BASE, n * 4);
          out.set(view.subarray(0, n), i);
        }
      },
    },
  ];
}

const seg = await load();
const results = [];
// Before the others, as where one loss is called over and over.
const small = inputs([1, 2, 64, 64]),
  smallOut = new Float32Array(8192),
  dice = seg.dice();
const call = time([
  { name: "dice", repeats: 2000, run: () => dice.valueAndGrad(small.pred, small.target, { out: smallOut }) },
]);
console.log(`1x2x64x64 dice: ${(1000 * call.milliseconds.dice).toFixed(1)} microseconds (goal: under 30)`);

for (const shape of sizes) {
  const { pred, target } = inputs(shape),
    out = new Float32Array(pred.data.length),
    [B, C, H, W] = shape;
  const last = { shape: [B, H, W, C], data: new Float32Array(out.length) };
  for (let b = 0; b < B; b++)
    for (let c = 0; c < C; c++)
      for (let n = 0; n < H * W; n++) last.data[(b * H * W + n) * C + c] = pred.data[(b * C + c) * H * W + n];
  const resident = { pred: seg.tensor(shape), target: seg.tensor(target.shape, "uint8"), out: seg.tensor(shape) };
  resident.pred.data.set(pred.data);
  resident.target.data.set(target.data);
  const rows = [];
  for (const name of losses) {
    const loss = seg.create(name),
      lastLoss = seg.create(name, { layout: "channelsLast" });
    const jobs = [
      ...floors(pred.data, out),
      // First, so that the arrays of the floors are no longer in the third-level cache for ours.
      { name: "resident", run: () => loss.valueAndGrad(resident.pred, resident.target, { out: resident.out.data }) },
      { name: "ours", run: () => loss.valueAndGrad(pred, target, { out }) },
      { name: "channelsLast", run: () => lastLoss.valueAndGrad(last, target, { out }) },
      { name: "value", run: () => loss.value(pred, target) },
    ];
    const measured = time(jobs),
      own = time([{ name: "plain", run: () => plain[name](pred.data, target.data, [B, C, H * W], out) }], 5),
      t = { ...measured.milliseconds, ...own.milliseconds },
      spread = { ...measured.quartiles, ...own.quartiles };
    const [faster, floor] = goals[name];
    rows.push({
      loss: name,
      ms: t.ours.toFixed(1),
      quartiles: ends(spread.ours),
      "x plain": (t.plain / t.ours).toFixed(1),
      "goal >=": faster,
      "x exp pass": (t.ours / t["exp pass"]).toFixed(2),
      "goal <=": floor,
      "x copy": (t.ours / t["memory.copy"]).toFixed(1),
      "channelsLast x": (t.channelsLast / t.ours).toFixed(2),
      "resident x": (t.resident / t.ours).toFixed(2),
      "value x": (t.value / t.ours).toFixed(2),
    });
    results.push({ shape, loss: name, milliseconds: t, quartiles: spread, rounds: measured.rounds });
  }
  for (const tensor of Object.values(resident)) tensor.dispose();
  const passes = time(floors(pred.data, out)).milliseconds["exp pass"];
  console.log(`\n${shape.join("x")}: exp pass ${passes.toFixed(1)} ms`);
  console.table(rows);
  const all = variants.map(([name, options]) => {
    const loss = seg.create(name, options),
      prepared = loss.prepare(target);
    const run = (each) => () => loss.valueAndGrad(pred, each, { out });
    const measured = time([
        { name: "prepared", run: run(prepared) },
        { name: "unprepared", run: run(target) },
      ]),
      t = measured.milliseconds;
    results.push({ shape, loss: name, options, ...measured, milliseconds: { ...t, "exp pass": passes } });
    return {
      loss: `${name} ${Object.keys(options).length ? JSON.stringify(options) : ""}`,
      ms: t.prepared.toFixed(1),
      quartiles: ends(measured.quartiles.prepared),
      "ns a logit": ((1e6 * t.prepared) / out.length).toFixed(2),
      "x exp pass": (t.prepared / passes).toFixed(2),
      "ms unprepared": t.unprepared.toFixed(1),
      "its quartiles": ends(measured.quartiles.unprepared),
      rounds: measured.rounds,
    };
  });
  console.table(all);
}

const masks = args.loss
  ? []
  : maskShapes.map((shape) => ({ shape, ...time(maskJobs(seg, shape, metricCatalog), Math.min(rounds, 7)) }));
if (masks.length > 0) {
  console.log("\nUtilities and metrics, milliseconds");
  console.table(
    Object.fromEntries(
      Object.keys(masks[0].milliseconds).map((name) => [
        name,
        Object.fromEntries(
          masks.map(({ shape, milliseconds, quartiles }) => [
            shape.slice(1).join("x"),
            `${milliseconds[name].toFixed(2)} (${ends(quartiles[name], 2)})`,
          ]),
        ),
      ]),
    ),
  );
}

const weights = weighedShapes.flatMap((shape) => {
  const names = [...losses, "lovaszSoftmax"].filter((name) => !chosen || chosen.includes(name)),
    fit = names.filter((name) => shape[1] > 1 || !catalog.find((each) => each.name === name).needs.categorical),
    { jobs, dispose } = weightJobs(seg, shape, fit),
    rows = jobs.map(({ loss, calls }) => ({ shape, loss, ...time(calls) }));
  dispose();
  return rows;
});
console.log("\nWhat weights of pixels cost: times the call without");
console.table(
  weights.map(({ shape, loss, milliseconds: t }) => ({
    loss,
    shape: shape.join("x"),
    weights: (t.weights / t.none).toFixed(2),
    mask: (t.mask / t.none).toFixed(2),
  })),
);

if (args.write) {
  mkdirSync("bench/results", { recursive: true });
  writeFileSync(
    "bench/results/losses.json",
    `${JSON.stringify({ ...measuredOn(), small: call.milliseconds, results, masks, weights }, null, 1)}\n`,
  );
}

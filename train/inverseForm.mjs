// Trains the network that inverseForm ships with: npm run train:inverse-form [-- --steps=10000 --seed=1]
// Writes weights/inverse-form.bin (float16) and weights/report.json, the figures that the shipped file must meet.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { acceptance } from "./acceptance.mjs";
import { toHalf } from "./half.mjs";
import { fromRows, parameters, SIZE } from "./network.mjs";
import { pair, random } from "./shapes.mjs";
import { makeTrainer } from "./trainer.mjs";

const { values: args } = parseArgs({
  options: {
    steps: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: "weights" },
  },
});
const steps = Number(args.steps),
  seed = Number(args.seed),
  batch = 128,
  next = random(seed),
  normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

const trainer = makeTrainer(batch, normal),
  bar = new SingleBar(
    {
      format: "{bar} step {value}/{total} | error {error} | {duration_formatted} of {eta_formatted}",
      noTTYOutput: true,
      notTTYSchedule: 20000,
    },
    Presets.shades_classic,
  ),
  start = performance.now();
bar.start(steps, 0, { error: "-" });
let smoothed;
for (let step = 0; step < steps; step++) {
  const pairs = Array.from({ length: batch }, () => pair(next, SIZE)),
    error = trainer.step(pairs, 1e-3 * (1 + Math.cos((Math.PI * step) / steps)));
  smoothed = smoothed === undefined ? error : 0.99 * smoothed + 0.01 * error;
  bar.update(step + 1, { error: smoothed.toFixed(4) });
  if (step % 50 === 0) await new Promise(setImmediate); // where there is no terminal, the bar is shown by a timer
}
bar.stop();

mkdirSync(args.out, { recursive: true });
const { bytes, rounded } = toHalf(trainer.data),
  seconds = Math.round((performance.now() - start) / 1000);
writeFileSync(`${args.out}/inverse-form.bin`, bytes);
const report = {
  steps,
  batch,
  seed,
  seconds,
  parameters,
  bytes: bytes.length,
  ...acceptance(fromRows(rounded), 1000 + seed),
};
writeFileSync(`${args.out}/report.json`, `${JSON.stringify(report, null, 1)}\n`);
console.log(JSON.stringify(report, null, 1));

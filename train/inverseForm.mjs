// Trains the network that inverseForm ships with: npm run train:inverse-form [-- --steps=6000 --seed=1]
// Writes weights/inverse-form.bin (float16) and weights/report.json, the figures that the shipped file must meet.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { acceptance } from "./acceptance.mjs";
import { toHalf } from "./half.mjs";
import { adam, initialise, network, parameters, SIZE, sparse, train } from "./network.mjs";
import { pair, random } from "./shapes.mjs";

const { values: args } = parseArgs({ options: { steps: { type: "string", default: "6000" }, seed: { type: "string", default: "1" } } });
const steps = Number(args.steps),
  batch = 128,
  next = random(Number(args.seed)),
  normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

const net = initialise(network(), normal),
  grads = network(),
  update = adam(parameters),
  bar = new SingleBar(
    { format: "{bar} step {value}/{total} | error {error} | {duration_formatted} of {eta_formatted}", noTTYOutput: true, notTTYSchedule: 20000 },
    Presets.shades_classic,
  );
bar.start(steps, 0, { error: "-" });
let smoothed;
for (let step = 0; step < steps; step++) {
  grads.data.fill(0);
  let error = 0;
  for (let i = 0; i < batch; i++) {
    const { pred, target, delta } = pair(next, SIZE);
    error += train(net, grads, { pred: sparse(pred), target: sparse(target), delta }, 1 / batch) / batch;
  }
  update(net.data, grads.data, 1e-3 * (1 + Math.cos((Math.PI * step) / steps)));
  smoothed = smoothed === undefined ? error : 0.99 * smoothed + 0.01 * error;
  bar.update(step + 1, { error: smoothed.toFixed(4) });
}
bar.stop();

mkdirSync("weights", { recursive: true });
const { bytes, rounded } = toHalf(net.data);
writeFileSync("weights/inverse-form.bin", bytes);
const report = { steps, batch, seed: Number(args.seed), parameters, bytes: bytes.length, ...acceptance(network(rounded), 1000 + Number(args.seed)) };
writeFileSync("weights/report.json", `${JSON.stringify(report, null, 1)}\n`);
console.log(JSON.stringify(report, null, 1));

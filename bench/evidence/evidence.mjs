// Trains a small U-Net with every loss on every set: npm run evidence; -- --help tells the options. Each run is a line
// of the file of results, and what is there is not trained again.
import { fork } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { catalog } from "../../dist/index.js";
import { install } from "../../scripts/npm.mjs";
import { trainings } from "./losses.mjs";
import { setting as usual } from "./setting.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url)),
  json = (name) => JSON.parse(readFileSync(here(name), "utf8"));
/** What was asked; what is not known is said in a line. */
function read(options) {
  try {
    return parseArgs({ options }).values;
  } catch ({ message }) {
    console.error(`npm run evidence: ${message} (--help says what there is)`);
    process.exit(2);
  }
}
const args = read({
  losses: { type: "string" },
  sets: { type: "string", default: "nuclei,vessels" },
  seeds: { type: "string", default: "1,2,3" },
  processes: { type: "string", default: "1" },
  steps: { type: "string", default: String(usual.steps) },
  results: { type: "string", default: here("results.jsonl") },
  help: { type: "boolean", short: "h" },
});
if (args.help) {
  console.log(`npm run evidence -- [options]

Trains a small U-Net with every loss on every set, and adds a line for each run to the results; runs that are there
are not trained again, so that it goes on where it was stopped.

  --losses=NAME,NAME   losses of the catalog (default: all)
  --sets=SET,SET       of nuclei and vessels (default: both)
  --seeds=N,N          whole numbers, a run for each (default: 1,2,3)
  --steps=N            steps of a run (default: ${usual.steps})
  --processes=N        runs at a time, each in a process of its own (default: 1)
  --results=FILE       where the lines are and go (default: bench/evidence/results.jsonl)
  -h, --help           this`);
  process.exit(0);
}
/** The parts of an option, each one of those there are. */
function among(option, there) {
  const given = args[option].split(","),
    unknown = given.filter((each) => !there.includes(each));
  if (unknown.length > 0) throw new Error(`--${option}: ${unknown.join(", ")} is none of ${there.join(", ")}`);
  return given;
}
/** The parts of an option as whole numbers of at least 1. */
function counts(option) {
  const given = args[option].split(",").map(Number);
  if (!given.every((n) => Number.isInteger(n) && n > 0))
    throw new Error(`--${option} takes whole numbers of at least 1, got ${args[option]}`);
  return given;
}
args.losses ??= catalog.map(({ name }) => name).join(",");
const losses = among(
    "losses",
    catalog.map(({ name }) => name),
  ),
  sets = among("sets", ["nuclei", "vessels"]),
  [processes] = counts("processes"),
  [steps] = counts("steps"),
  setting = { ...usual, steps },
  ways = trainings(catalog);

/** What a run is the same as another by. */
const key = ({ loss, set, seed, setting, how }) => JSON.stringify([loss, set, seed, setting, how]);
/** The lines of the file; one that a killed run left unfinished is no line. */
function done() {
  const text = existsSync(args.results) ? readFileSync(args.results, "utf8") : "";
  if (text !== "" && !text.endsWith("\n")) appendFileSync(args.results, "\n");
  return text.split("\n").flatMap((line) => {
    try {
      return [key(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

const before = new Set(done()),
  all = counts("seeds").flatMap((seed) =>
    losses.flatMap((loss) => sets.map((set) => ({ loss, set, seed, setting, how: ways.get(loss).how }))),
  ),
  queue = all.filter((run) => !before.has(key(run))),
  left = queue.length,
  start = performance.now();
const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version },
  versions = {
    segloss: json("../../package.json").version,
    tfjs: json("package.json").dependencies["@tensorflow/tfjs-core"],
  };
console.log(`${all.length} runs, ${all.length - left} of them done before`);
if (left > 0 && !existsSync(here("node_modules"))) install(here("."));

let finished = 0;
function keep(run, result) {
  const line = { ...run, ...result, machine, versions, date: new Date().toISOString().slice(0, 10) };
  appendFileSync(args.results, `${JSON.stringify(line)}\n`);
  finished++;
  const minutes = ((performance.now() - start) / finished / 60000) * (left - finished),
    dice = result.scores.dice?.toFixed(3) ?? "none",
    failed = result.failed ? `, failed: ${result.failed}` : "";
  console.log(
    `${all.length - left + finished}/${all.length} ${run.loss} on ${run.set}, seed ${run.seed}: ` +
      `Dice ${dice}${failed}, ${result.seconds} s; ${minutes.toFixed(0)} min left`,
  );
}
/** Asks a process of its own for one run after the other until none is left. */
const work = () =>
  new Promise((resolve, reject) => {
    const child = fork(here("worker.mjs"));
    let run;
    child.on("message", (result) => {
      if (run) keep(run, result);
      run = queue.shift();
      if (run) child.send(run);
      else child.disconnect();
    });
    child.on("exit", (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`a process ended: ${code ?? signal}`)),
    );
  });
await Promise.all(Array.from({ length: Math.min(processes, left) }, work));

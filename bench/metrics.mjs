// Metrics of label maps in turns with compositions of SciPy: npm run bench:metrics [-- --write]
// [--rounds=5] [--only=image,ids], five times as many rounds of images. Both must find the same numbers before anything
// is timed; then every metric of labels by itself on 2,000 ids. Without SciPy only ours is timed.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { metricCatalog } from "../dist/index.js";
import { measuredOn } from "./measuredOn.mjs";
import { cases } from "./metrics/cases.mjs";
import { Peer, pythonWith } from "./peer.mjs";
import { median } from "./quantiles.mjs";

const { values: args } = parseArgs({
  options: {
    write: { type: "boolean" },
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: Object.keys(cases).join() },
  },
});
const rounds = Number(args.rounds),
  chosen = args.only.split(",");

const python = pythonWith("scipy"),
  ours = () => new Peer("segloss", process.execPath, ["bench/metrics/peer.mjs"]),
  scipy = (name, cropped) => () =>
    new Peer(name, python.path, ["bench/metrics/scipy_peer.py"], { always: { cropped } }),
  whole = scipy("SciPy", false),
  cropped = scipy("SciPy, cropped to each label", true);
/** What is measured by whom. On thousands of whole volumes SciPy would take hours. */
const questions = ["image", "volume", "test-00", "test-04", "test-06", "ids"].flatMap((name) =>
  ["hd95", "seven"].map((set) => ({ name, set, peers: name === "ids" ? [cropped] : [whole, cropped] })),
);

/** Compares the numbers of each label, where the other one has them. */
function compare(peer, found, wanted) {
  for (const [c, numbers] of found.entries())
    for (const [metric, number] of Object.entries(numbers))
      if (!(Math.abs(number - wanted[c][metric]) <= 1e-5 * Math.abs(number)))
        throw new Error(`${peer}: ${metric} of label ${c + 1} is ${number}, ours ${wanted[c][metric]}`);
}

const folder = mkdtempSync(join(tmpdir(), "segloss-metrics-"));
/** A case's question without its maps, which lie in the folder. */
function write(key) {
  const { pred, target, ...rest } = cases[key]();
  for (const [side, data] of Object.entries({ pred, target })) writeFileSync(join(folder, `${side}.bin`), data);
  return { ...rest, folder, bytes: pred.BYTES_PER_ELEMENT };
}

async function measure({ name, set, peers }) {
  const { name: title, ...question } = write(name),
    all = [ours, ...(python ? peers : [])].map((start) => start()),
    found = [];
  for (const peer of all) found.push(await peer.ask({ ...question, set }));
  for (const [i, peer] of all.entries()) compare(peer.name, found[i], found[0]);
  const answers = new Map(all.map((peer) => [peer, []])),
    isSmall = question.shape.reduce((a, b) => a * b) < 1e6;
  for (const peer of all) for (let i = 0; isSmall && i < 5; i++) await peer.ask({});
  for (let r = 0; r < (isSmall ? 5 : 1) * rounds; r++)
    for (const peer of all) answers.get(peer).push(await peer.ask({}));
  for (const peer of all) await peer.end();
  const rows = all.map((peer) => {
    const list = (key) => answers.get(peer).map((answer) => answer[key]);
    return {
      peer: peer.name,
      ms: median(list("ms")),
      min: Math.min(...list("ms")),
      cpu: median(list("cpu")),
      peak: Math.max(...list("peak")),
    };
  });
  console.log(`\n${title}, ${set}: median, least and processor ms, peak MB`);
  console.table(rows);
  return { case: title, set, rows };
}

/** Every metric of labels by itself, and how they stand where ids take the place of classes. */
const catalog = metricCatalog
  .filter(({ scoresOnly }) => !scoresOnly)
  .flatMap(({ name, options }) => {
    const needed = "tolerance" in options && options.tolerance.required ? { tolerance: 1 } : {},
      variants = [{}];
    if ("distance" in options) variants.push({ distance: "chessboard" }, { distance: "taxicab" });
    if ("instances" in options) variants.push({ instances: "labels" });
    if ("around" in options) variants.push({ around: "labels" });
    return variants.map((variant) => ({ name, options: { ...needed, ...variant } }));
  });

async function measureCatalog(key) {
  const { name: title, ...question } = write(key),
    peer = ours(),
    rows = [];
  for (const metric of catalog) {
    await peer.ask({ ...question, metric });
    rows.push({ metric: metric.name, options: metric.options, ...(await peer.ask({})) });
  }
  await peer.end();
  console.log(`\n${title}, every metric by itself: ms and MB`);
  console.table(rows.map(({ options, ...row }) => ({ ...row, options: JSON.stringify(options) })));
  const sum = (key) => (rows.reduce((all, row) => all + row[key], 0) / 1000).toFixed(1);
  console.log(`all of them: ${sum("ms")} s, ${sum("cpu")} s of processor time`);
  return { case: title, rows };
}

const results = [],
  everyMetric = [];
try {
  for (const question of questions) if (chosen.includes(question.name)) results.push(await measure(question));
  for (const key of ["ids", "scattered"]) if (chosen.includes(key)) everyMetric.push(await measureCatalog(key));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (args.write) {
  const about = {
    ...measuredOn(),
    load: loadavg()[0],
    python: python && { version: python.python, numpy: python.numpy, scipy: python.version },
    rounds,
  };
  writeFileSync("bench/results/metrics.json", `${JSON.stringify({ ...about, results, everyMetric }, null, 1)}\n`);
}

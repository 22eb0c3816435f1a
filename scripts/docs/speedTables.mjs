// What the benches kept (bench/results) as tables: losses, workers, other libraries, metrics.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { metricPeers, nodes, peers } from "./peerTables.mjs";
import { table } from "./tables.mjs";
import { library } from "./words.mjs";

const { catalog } = await library();
const results = existsSync("bench/results")
    ? readdirSync("bench/results").filter((name) => name.endsWith(".json"))
    : [],
  read = (name) => JSON.parse(readFileSync(`bench/results/${name}`, "utf8"));
const latest = read("losses.json");
const machine = () =>
  `${latest.cpu}, one of ${latest.cores} virtual cores, Node ${latest.node}, ${latest.date}, ` +
  `commit ${latest.commit}; medians.`;

/** Four rows for the README. */
export function fourRows() {
  const rows = latest.results
    .filter(({ loss, milliseconds }) => ["crossEntropy", "dice"].includes(loss) && milliseconds.plain)
    .map(({ loss, shape, milliseconds: t }) => [
      loss,
      shape.join("x"),
      t.ours.toFixed(1),
      (t.plain / t.ours).toFixed(1),
    ]);
  return (
    `${table(["loss, value and gradient", "logits", "ms", "times faster than plain JS"], rows.slice(0, 4))}\n\n` +
    `${machine()}`
  );
}

/** Nanoseconds a logit of one loss, or nothing where it was not measured. */
export function costOf(name) {
  const found = latest?.results.find(
    ({ loss, options = {}, milliseconds }) =>
      loss === name && milliseconds.prepared && Object.keys(options).length === 0,
  );
  if (!found) return "";
  const logits = found.shape.reduce((a, b) => a * b),
    each = (t) => ((1e6 * t) / logits).toFixed(1);
  return (
    `${each(found.milliseconds.prepared)} ns a logit with a prepared target, ` +
    `${each(found.milliseconds.unprepared)} without (${found.shape.join("x")}, value and gradient, one thread; ` +
    `${machine()})`
  );
}

const named = ({ loss, options = {} }) =>
    `${catalog.some(({ name }) => name === loss) ? `[${loss}](losses/${loss}.md)` : loss}` +
    `${Object.keys(options).length ? ` \`${JSON.stringify(options)}\`` : ""}`,
  spread = (middle, ends, digits = 1) =>
    `${middle.toFixed(digits)} (${ends.map((n) => n.toFixed(digits)).join(" to ")})`;

/** Every loss at one size. */
function everyLoss(shape) {
  const logits = shape.reduce((a, b) => a * b),
    ofSize = latest.results.filter((each) => each.milliseconds.prepared && each.shape.join() === shape.join()),
    each = (t) => (1e6 * t) / logits,
    rounds = ofSize.map((one) => one.rounds);
  return [
    `## Every loss, ${shape.join("x")}`,
    `Nanoseconds a logit, medians and quartiles of ${Math.max(...rounds)} rounds (slow losses of fewer, ` +
      `at least ${Math.min(...rounds)}).`,
    table(
      ["loss", "prepared target", "target", "times one exp pass"],
      ofSize.map((one) => [
        named(one),
        ...["prepared", "unprepared"].map((what) =>
          spread(each(one.milliseconds[what]), one.quartiles[what].map(each)),
        ),
        (one.milliseconds.prepared / one.milliseconds["exp pass"]).toFixed(1),
      ]),
    ),
  ];
}

/** Utilities on masks and metrics of label maps. */
function maskTable() {
  const [first] = latest.masks;
  return [
    "## Masks and label maps",
    `Milliseconds of a call, medians and quartiles of ${first.rounds} rounds: utilities on one mask of discs or ` +
      "balls, metrics of four labels (`bench/masks.mjs`).",
    table(
      ["", ...latest.masks.map(({ shape }) => shape.slice(1).join("x"))],
      Object.keys(first.milliseconds).map((name) => [
        name.replace(", 4 classes", ""),
        ...latest.masks.map(({ milliseconds, quartiles }) => spread(milliseconds[name], quartiles[name])),
      ]),
    ),
  ];
}

/** What a call with pixelWeights takes beside the same call without; the dearest first. */
function weightTable() {
  const { weights } = latest,
    names = [...new Set(weights.map(({ loss }) => loss))],
    shapes = [...new Set(weights.map(({ shape }) => shape.join("x")))],
    ratio = ({ milliseconds: t }) => [t.weights / t.none, t.mask / t.none],
    most = (loss) => Math.max(...weights.filter((each) => each.loss === loss).flatMap(ratio)),
    cell = (loss, shape) => {
      const found = weights.find((each) => each.loss === loss && each.shape.join("x") === shape);
      return found
        ? ratio(found)
            .map((times) => times.toFixed(2))
            .join(", ")
        : "";
    };
  return [
    "## Weights of pixels",
    "Times the same call without, medians, tensors in the module: with weights from 1/2 to 2, and with a mask of 0 " +
      "and 1 (`bench/weights.mjs`). Cross entropy of weights that differ takes a logarithm for each pixel, of those " +
      "that do not one for many.",
    table(
      ["loss", ...shapes],
      names
        .toSorted((a, b) => most(b) - most(a))
        .map((loss) => [named({ loss }), ...shapes.map((shape) => cell(loss, shape))]),
    ),
  ];
}

export function speed() {
  const compared = latest.results.filter(({ milliseconds }) => milliseconds.plain),
    shapes = [...new Map(latest.results.map(({ shape }) => [shape.join(), shape])).values()];
  const parts = [
    `${machine()} dice on 1x2x64x64: ${(1000 * latest.small.dice).toFixed(0)} µs.`,
    table(
      ["loss", "shape", "ms (quartiles)", "times faster than plain JS", "times one exp pass", "times memory.copy"],
      compared.map((each) => {
        const t = each.milliseconds;
        return [
          named(each),
          each.shape.join("x"),
          spread(t.ours, each.quartiles.ours),
          (t.plain / t.ours).toFixed(1),
          (t.ours / t["exp pass"]).toFixed(2),
          (t.ours / t["memory.copy"]).toFixed(1),
        ];
      }),
    ),
    ...shapes.flatMap(everyLoss),
    ...maskTable(),
    ...weightTable(),
  ];
  if (results.includes("growth.json")) parts.push(growth(read("growth.json")));
  if (results.includes("workers.json")) {
    const pooled = read("workers.json"),
      gained = (what) => pooled.gains.map((each) => each[what].toFixed(2)).join(" and "),
      ratios = ({ milliseconds: t }) => ["shared memory", "copied"].map((what) => t["one thread"] / t[what]),
      least = (each) => Math.min(...ratios(each));
    parts.push(
      `## By ${pooled.workers} workers\n\nOn as many cores (\`node bench/workers.mjs\`, ${pooled.date}, ` +
        `commit ${pooled.commit}), times faster than one thread. Threads that share nothing gain ` +
        `${gained("exponentials")} times at exponentials there, and ${gained("copies")} at copies within memory ` +
        "(before the others were timed, and after). Below 1, one thread is ahead.",
      table(
        ["loss", "shape", "tensors in shared memory", "plain arrays, copied"],
        pooled.results
          .toSorted((a, b) => least(a) - least(b))
          .map((each) => [each.loss, each.shape.join("x"), ...ratios(each).map((ratio) => ratio.toFixed(2))]),
      ),
    );
  }
  if (results.includes("nodes.json")) parts.push(nodes(read("nodes.json")));
  if (results.includes("peers.json")) parts.push(peers(read("peers.json")));
  if (results.includes("metrics.json")) parts.push(metricPeers(read("metrics.json")));
  return parts.join("\n\n");
}

/** How much more a number costs in large pictures, or with many classes, than where it costs least. */
function growth({ cpu, node, date, commit, load, results: measured }) {
  const names = [...new Set(measured.map(({ name }) => name))],
    most = (list) => (list.length > 0 ? (Math.max(...list) / Math.min(...list)).toFixed(2) : "");
  return [
    "## Growth\n\n![Time a logit and memory beside the tensors, by the side of the picture and the number of classes]" +
      "(growth.svg)",
    `\`node bench/growth.mjs\`, ${cpu}, Node ${node}, ${date}, commit ${commit}, as ${load.toFixed(1)} processes ` +
      "wanted to run; least times, arrays with `out`, targets prepared, a process each. Memory is what the process " +
      "took beside tensors and what it holds without a call.",
    table(
      ["", "least ns a number", "most over least, 64 to 4096 a side", "most over least, 1 to 150 classes"],
      names.map((name) => {
        const own = measured.filter((each) => each.name === name),
          of = (some) => some.map(({ ns }) => ns);
        return [
          name,
          Math.min(...of(own)).toFixed(2),
          most(of(own.filter(({ count }) => count === 2))),
          most(of(own.filter(({ side, count }) => side === 256 && name !== "distanceTransform" && count > 0))),
        ];
      }),
    ),
  ].join("\n\n");
}

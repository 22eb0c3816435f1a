// What the benches kept (bench/results) as tables: losses, workers, other libraries, metrics.
import { existsSync, readdirSync, readFileSync } from "node:fs";
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

export function speed() {
  const compared = latest.results.filter(({ milliseconds }) => milliseconds.plain),
    first = latest.results[0],
    logits = first.shape.reduce((a, b) => a * b),
    all = latest.results.filter(
      ({ shape, milliseconds }) => milliseconds.prepared && shape.join() === first.shape.join(),
    );
  const named = ({ loss, options = {} }) =>
    `${catalog.some(({ name }) => name === loss) ? `[${loss}](losses/${loss}.md)` : loss}` +
    `${Object.keys(options).length ? ` \`${JSON.stringify(options)}\`` : ""}`;
  const parts = [
    `${machine()} dice on 1x2x64x64: ${(1000 * latest.small.dice).toFixed(0)} µs.`,
    table(
      ["loss", "shape", "ms (quartiles)", "times faster than plain JS", "times one exp pass", "times memory.copy"],
      compared.map((each) => {
        const t = each.milliseconds;
        return [
          named(each),
          each.shape.join("x"),
          `${t.ours.toFixed(1)} (${each.quartiles.ours.map((ms) => ms.toFixed(1)).join(" to ")})`,
          (t.plain / t.ours).toFixed(1),
          (t.ours / t["exp pass"]).toFixed(2),
          (t.ours / t["memory.copy"]).toFixed(1),
        ];
      }),
    ),
    `## Every loss, ${first.shape.join("x")}`,
    table(
      ["loss", "ns a logit, prepared target", "ns a logit", "times one exp pass"],
      all.map((each) => {
        const t = each.milliseconds;
        return [
          named(each),
          ((1e6 * t.prepared) / logits).toFixed(1),
          ((1e6 * t.unprepared) / logits).toFixed(1),
          (t.prepared / t["exp pass"]).toFixed(1),
        ];
      }),
    ),
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

/** The same losses by other libraries, those rows first in which one is ahead. */
function peers({ cpu, cores, node, date, commit, results: measured }) {
  const middle = ({ quartiles: [, median] }) => median,
    shown = ({ quartiles: [low, median, high] }) => `${median.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`,
    isOurs = ({ peer }) => peer.startsWith("segloss"),
    names = [...new Set(measured.flatMap(({ rows }) => rows.map(({ peer }) => peer)))];
  const lead = ({ rows }) =>
    Math.min(...rows.filter((row) => !isOurs(row)).map(middle)) / Math.max(...rows.filter(isOurs).map(middle));
  return [
    `## Beside other libraries\n\nValue and gradient (\`npm run bench:peers\`, ${cpu}, ${cores} virtual cores, ` +
      `Node ${node}, ${date}, commit ${commit}), in turns; medians and quartiles in ms. All found the same value and ` +
      "gradient before. " +
      "The last column is the fastest of them over our slowest: below 1, one of them is ahead.",
    table(
      ["loss", "shape", ...names, "ahead"],
      measured
        .toSorted((a, b) => lead(a) - lead(b))
        .map((each) => [
          each.loss,
          each.shape.join("x"),
          ...names.map((name) => {
            const row = each.rows.find(({ peer }) => peer === name);
            return row ? shown(row) : "";
          }),
          lead(each).toFixed(1),
        ]),
    ),
  ].join("\n\n");
}

/** Metrics beside compositions of SciPy, rows first in which one of these is ahead, and all metrics on many ids. */
function metricPeers({ cpu, cores, node, date, commit, load, python, rounds, results: measured, everyMetric }) {
  const names = [...new Set(measured.flatMap(({ rows }) => rows.map(({ peer }) => peer)))],
    theirs = ({ rows }) => rows.filter(({ peer }) => peer !== "segloss").map((row) => row.cpu),
    lead = (each) => Math.min(...theirs(each)) / each.rows.find(({ peer }) => peer === "segloss").cpu,
    sets = { hd95: "HD95", seven: "seven" },
    shown = (ms) => (ms < 100 ? ms.toFixed(1) : ms.toFixed(0)),
    seconds = (rows, key) => (rows.reduce((sum, row) => sum + row[key], 0) / 1000).toFixed(1);
  const versions = python ? `, Python ${python.version}, NumPy ${python.numpy}, SciPy ${python.scipy}` : "";
  return [
    `## Metrics beside SciPy\n\nOf label maps (\`npm run bench:metrics\`, ${cpu}, ${cores} virtual cores, ` +
      `Node ${node}${versions}, ${date}, commit ${commit}), in turns; the same numbers were found before. ` +
      "HD95 alone, or Dice, IoU, HD95, average symmetric and mean surface distance, normalised surface Dice and " +
      "boundary IoU at once. SciPy's are compositions as MedPy has them, which share distances, on the whole image " +
      "or on the box around each label. Milliseconds are of processor time, medians " +
      `(rounds: ${rounds}, of images ${5 * rounds}), with the least time on the ` +
      "clock in " +
      `brackets, as ${load.toFixed(1)} processes wanted to run; memory is all that the process took. The last column ` +
      "is the faster of SciPy's over ours: below 1, SciPy is ahead.",
    table(
      ["labels", "metrics", ...names.flatMap((name) => [`${name}, ms`, "MB"]), "ahead"],
      measured
        .toSorted((a, b) => lead(a) - lead(b))
        .map((each) => [
          each.case,
          sets[each.set],
          ...names.flatMap((name) => {
            const row = each.rows.find(({ peer }) => peer === name);
            return row ? [`${shown(row.cpu)} (${shown(row.min)})`, row.peak.toFixed(0)] : ["", ""];
          }),
          lead(each).toFixed(1),
        ]),
    ),
    ...(everyMetric.length > 0
      ? [
          "Every metric of labels by itself, with steps as distances, ids as objects, and bands around all labels, " +
            "too:",
          table(
            ["labels", "calls", "s, processor", "s", "the longest", "MB"],
            everyMetric.map(({ case: name, rows }) => {
              const [longest] = rows.toSorted((a, b) => b.cpu - a.cpu),
                options = Object.keys(longest.options).length > 0 ? ` \`${JSON.stringify(longest.options)}\`` : "";
              return [
                name,
                rows.length,
                seconds(rows, "cpu"),
                seconds(rows, "ms"),
                `${longest.metric}${options}: ${(longest.cpu / 1000).toFixed(1)}`,
                Math.max(...rows.map(({ peak }) => peak)).toFixed(0),
              ];
            }),
          ),
        ]
      : []),
  ].join("\n\n");
}

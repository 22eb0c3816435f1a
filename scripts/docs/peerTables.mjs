// What other libraries took, and other versions of Node, as tables: rows first in which one of them is ahead.
import { table } from "./tables.mjs";

const middle = ({ quartiles: [, median] }) => median,
  shown = ({ quartiles: [low, median, high] }) => `${median.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`,
  isOurs = ({ peer }) => peer.startsWith("segloss");
/** The fastest of the others over our slowest. */
const lead = ({ rows }) =>
  Math.min(...rows.filter((row) => !isOurs(row)).map(middle)) / Math.max(...rows.filter(isOurs).map(middle));

function besides(titles, measured, titlesOf) {
  const names = [...new Set(measured.flatMap(({ rows }) => rows.map(({ peer }) => peer)))];
  return table(
    [...titles, ...names, "ahead"],
    measured
      .toSorted((a, b) => lead(a) - lead(b))
      .map((each) => [
        ...titlesOf(each),
        ...names.map((name) => {
          const row = each.rows.find(({ peer }) => peer === name);
          return row ? shown(row) : "";
        }),
        lead(each).toFixed(1),
      ]),
  );
}

/** The same losses, and the distance transform, by other libraries. */
export function peers({ cpu, cores, node, date, commit, results: measured, distances }) {
  return [
    `## Beside other libraries\n\nValue and gradient (\`npm run bench:peers\`, ${cpu}, ${cores} virtual cores, ` +
      `Node ${node}, ${date}, commit ${commit}), in turns; medians and quartiles in ms. ` +
      "The last column is the fastest of them over our slowest: below 1, one of them is ahead. Dice of soft targets " +
      'is `overlap: "product"` here, which they compute. Where there is no time, there was no such loss, or sums of ' +
      "a million float32 numbers lost more than 1e-4.",
    besides(["loss", "shape"], measured, ({ loss, shape }) => [loss, shape.join("x")]),
    "Before, all found our value, norm of the gradient, and product of the gradient with a fixed direction. The " +
      "largest distances, of the value in parts of it, of norm and product in parts of the norm (TensorFlow.js and " +
      "jax-js add a million numbers one by one in float32):",
    table(["", "value", "gradient"], farthest(measured)),
    ...distanceTable(distances),
  ].join("\n\n");
}

/** How far each peer was from ours at most. */
function farthest(measured) {
  const all = measured.flatMap(({ rows }) => rows).filter((row) => row.apart),
    names = [...new Set(all.map(({ peer }) => peer))];
  return names.map((name) => {
    const own = all.filter(({ peer }) => peer === name).map((row) => row.apart),
      most = (of) => Math.max(...own.map(of)).toExponential(1);
    return [name, most(({ value }) => value), most(({ norm, product }) => Math.max(norm, product))];
  });
}

/** The distance transform beside SciPy's; nothing where there was none. */
function distanceTable(measured) {
  const compared = measured.filter(({ rows }) => !rows.every(isOurs));
  if (compared.length === 0) return [];
  return [
    "The exact distance transform beside SciPy's, in the same run; all distances were equal:",
    besides(["mask", "shape", "spacing"], compared, ({ mask, shape, spacing }) => [
      mask,
      shape.join("x"),
      spacing.join(", "),
    ]),
  ];
}

/** Least times under each version of Node; rows first in which a newer one is slower than the first. */
export function nodes({ cpu, cores, date, commit, versions, passes, results: measured }) {
  const worst = ({ least: [first, ...newer] }) => Math.max(...newer) / first,
    digits = (ms) => ms.toFixed(ms < 1 ? 4 : 1);
  return [
    `## Versions of Node\n\nEvery loss at its defaults, target prepared, with \`out\` (\`node bench/nodes.mjs\`, ` +
      `${cpu}, ${cores} virtual cores, ${date}, commit ${commit}): a process for each version, ${passes} times in ` +
      "turns. Value and gradient have the same bits in all. Least times, and quartiles, in ms. The last column is " +
      `the slowest of the newer ones over ${versions[0].node}, least times: above 1, a newer one is slower.`,
    table(
      ["loss", "shape", ...versions.map(({ node, v8 }) => `Node ${node}, V8 ${v8}`), "newer over oldest"],
      measured
        .toSorted((a, b) => worst(b) - worst(a))
        .map((each) => [
          each.loss,
          each.shape.join("x"),
          ...versions.map(
            (_, i) => `${digits(each.least[i])} (${each.quartiles[i].map((ms) => digits(ms)).join(" to ")})`,
          ),
          worst(each).toFixed(2),
        ]),
    ),
  ].join("\n\n");
}

/** Metrics beside compositions of SciPy, rows first in which one of these is ahead, and all metrics on many ids. */
export function metricPeers({ cpu, cores, node, date, commit, load, python, rounds, results: measured, everyMetric }) {
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

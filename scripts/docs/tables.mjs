// Tables of the pages: metrics, libraries and sizes.
import { execFileSync } from "node:child_process";
import { disc, RADIUS, seg, target } from "./pictures.mjs";
import { alsoCalled, becomes, defaultOf, library, metricBecomes, sentences, typeOf } from "./words.mjs";

const { catalog, metricCatalog, metricPresets, presets, unreproducible, unreproducibleMetrics } = await library();
const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
export const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** The options of a loss or metric. */
export const optionTable = (options) =>
  table(
    ["option", "type", "default", "meaning"],
    Object.entries(options).map(([name, option]) => [
      `\`${name}\``,
      `\`${cell(typeOf(option))}\``,
      `\`${cell(defaultOf(option))}\``,
      cell(sentences(option).slice(0, -1).join(" ")),
    ]),
  );

/** The same option of two metrics: what it is and says. */
const sameOption = (one, other) => one && JSON.stringify(describe(one)) === JSON.stringify(describe(other));
const describe = (option) => ({ ...option, default: String(option.default) });

/** Options that most metrics have, as most have them. */
const sharedOptions = () => {
  const declared = metricCatalog.flatMap(({ options }) => Object.entries(options)),
    many = declared.filter(
      ([name, option]) =>
        2 * declared.filter(([other, each]) => other === name && sameOption(each, option)).length >
        metricCatalog.length,
    );
  return Object.fromEntries(many);
};

/** A metric's own options, and those of the shared ones that it lacks. */
function ownOptions({ options }, shared) {
  const own = Object.entries(options).filter(([name, option]) => !sameOption(shared[name], option)),
    lacking = Object.keys(shared).filter((name) => !(name in options));
  return { own: Object.fromEntries(own), lacking };
}

/** What metrics give besides, those together that give the same. */
function gives() {
  const of = new Map();
  for (const metric of metricCatalog) {
    const key = JSON.stringify(metric.results);
    if (key !== "{}") of.set(key, [...(of.get(key) ?? []), metric]);
  }
  return [...of].flatMap(([results, metrics]) => [
    `${metrics.map(({ name }) => link(name)).join(", ")}:`,
    table(
      ["beside value and perClass", ""],
      Object.entries(JSON.parse(results)).map(([name, { shape, meaning, optional }]) => [
        `\`${name}\`${shape && shape !== "labels" ? ` ${shape}` : ""}`,
        cell(`${meaning}${optional ? " (not in all calls)" : ""}`),
      ]),
    ),
  ]);
}

const code = (names) => names.map((name) => `\`${name}\``).join(", ");
const link = (name) => `[${name}](#${name.toLowerCase()})`;

/** What they are at a glance, the options that most share, and each with its formula and what is its own. */
export function metrics() {
  const shared = sharedOptions(),
    all = `[options of every metric](#options-of-every-metric)`;
  const sections = metricCatalog.map((metric) => {
    const { own, lacking } = ownOptions(metric, shared),
      but = lacking.length > 0 ? `, but for ${code(lacking)}` : "",
      elsewhere = metricPresets.filter((preset) => metricBecomes(preset).startsWith(`${metric.name}(`));
    return [
      `## ${metric.name}`,
      `${metric.title}; the ${metric.best} is the best.${alsoCalled(metric)}`,
      `\`\`\`text\n${metric.formula}\n\`\`\``,
      ...(Object.keys(own).length > 0 ? [optionTable(own)] : []),
      `${Object.keys(own).length > 0 ? "And the" : "The"} ${all}${but}.`,
      ...(elsewhere.length > 0
        ? [`Under [other names](libraries.md#metrics): ${code(elsewhere.map(({ name }) => name))}.`]
        : []),
    ].join("\n\n");
  });
  return [
    "## Which there are",
    table(
      ["metric", "", "best", "options of its own"],
      metricCatalog.map((metric) => [
        link(metric.name),
        metric.title,
        metric.best,
        code(Object.keys(ownOptions(metric, shared).own)),
      ]),
    ),
    "## Options of every metric",
    optionTable(shared),
    "## What they give",
    "`value` is the mean of what is defined in `perClass`, [B, C'], with a column for each of the `labels` scored.",
    ...gives(),
    ...sections,
  ].join("\n\n");
}

/** Arguments of the libraries that no preset needs: one row for several presets that say the same of one. */
function elsewhere(declared) {
  const of = new Map();
  for (const { name, elsewhere = {} } of declared)
    for (const [argument, { takes, instead }] of Object.entries(elsewhere)) {
      const key = JSON.stringify([argument, takes, instead]);
      of.set(key, [...(of.get(key) ?? []), `\`${name}\``]);
    }
  return [...of].map(([key, names]) => {
    const [argument, takes, instead] = JSON.parse(key);
    return [
      `\`${argument}\``,
      names.join(" "),
      takes.map((value) => `\`${JSON.stringify(value)}\``).join(", "),
      instead,
    ];
  });
}

/** Presets with what each is here. */
const presetTable = (declared, heads, becomes) =>
  table(
    heads,
    declared.map((each) => [
      `\`${each.name}\``,
      Object.entries(each.arguments)
        .map(([name, option]) => `\`${name}=${JSON.stringify(option.default)}\``)
        .join(" "),
      `\`${becomes(each)}\``,
      cell(each.note ?? ""),
    ]),
  );
const noPreset = (declared) => [
  "They are taken with the values that change nothing here; with others the message says what to do instead.",
  table(["argument", "of", "taken", "instead"], elsewhere(declared)),
];

export const libraries = () =>
  [
    presetTable(
      presets,
      ["preset", "arguments and their defaults", "is here (defaults; softmax, three classes)", "note"],
      becomes,
    ),
    "## Arguments that no preset needs",
    ...noPreset(presets),
    "## Not reproduced",
    table(["", "why"], unreproducible),
  ].join("\n\n");

export const metricLibraries = () =>
  [
    presetTable(
      metricPresets,
      ["metric", "arguments and their defaults", "is here (defaults; scores of three classes)", "note"],
      metricBecomes,
    ),
    "### Arguments that no metric preset needs",
    ...noPreset(metricPresets),
    "### Metrics that are not reproduced",
    "Asking for one throws `UNSUPPORTED` with the reason.",
    table(
      ["", "why"],
      unreproducibleMetrics.map(([name, why]) => [`\`${name}\``, cell(why)]),
    ),
  ].join("\n\n");

/** Whether a loss with its defaults tells the losses of pixels. */
function tellsPixels({ name }) {
  try {
    return seg.create(name).perPixel(disc(6, RADIUS), target).length > 0;
  } catch (error) {
    if (error.code === "UNSUPPORTED") return false;
    throw error;
  }
}

/** The losses with `perPixel`, as they answer. */
export const pixelLosses = () =>
  catalog
    .filter(tellsPixels)
    .map(({ name }) => `\`${name}\``)
    .join(", ");

const kilobytes = (bytes) => (bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0);
export const sizes = () =>
  table(
    ["", "KB", "KB gzipped"],
    JSON.parse(execFileSync(process.execPath, ["scripts/size.mjs", "--json"], { encoding: "utf8" })).map(
      ({ row, minified, gzipped }) => [
        `\`${row.replace(/ \((.*)\)$/, "` ($1)")}${row.endsWith(")") ? "" : "`"}`,
        kilobytes(minified),
        kilobytes(gzipped),
      ],
    ),
  );

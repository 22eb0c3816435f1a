// Tables of the pages: metrics, libraries and sizes.
import { execFileSync } from "node:child_process";
import { becomes, defaultOf, library, metricBecomes, sentences, typeOf } from "./words.mjs";

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

export const metrics = () =>
  metricCatalog
    .map(
      (metric) =>
        `## ${metric.name}\n\n${metric.title}; the ${metric.best} is the best.\n\n` +
        `\`\`\`text\n${metric.formula}\n\`\`\`\n\n${optionTable(metric.options)}`,
    )
    .join("\n\n");

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

// Gives the types of the built package words: one interface for each loss, metric and preset, with what the catalogs
// say, instead of mapped types, on which an editor has nothing to show.
import { readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";
import {
  alsoCalled,
  becomes,
  formulaOf,
  inputsOf,
  library,
  metricBecomes,
  needs,
  plain,
  sentences,
  typeOf,
} from "./words.mjs";

const { catalog, metricCatalog, metricPresets, presets } = await library();
const capital = (name) => name[0].toUpperCase() + name.slice(1);

/** Paragraphs as a comment. */
const comment = (paragraphs, indent = "") =>
  [
    `${indent}/**`,
    ...paragraphs
      .filter(Boolean)
      .join("\n\n")
      .replaceAll("*/", "* /")
      .split("\n")
      .map((line) => `${indent} * ${line}`.trimEnd()),
    `${indent} */`,
  ].join("\n");

const properties = (options) =>
  Object.entries(options)
    .map(
      ([name, option]) =>
        `${comment([sentences(option).join(" ")], "  ")}\n  readonly ${name}?: ${typeOf(option)} | undefined;`,
    )
    .join("\n");
const errors = "@throws {SegLossError} `INVALID_OPTION` for an option that is unknown or out of range.";

/**
 * A loss that evaluates another takes that loss's own options, without those that hold for both. Each name has one
 * member of the union, or an editor shows no words.
 */
function wrappingOptions({ name, options, shares }) {
  const type = `${capital(name)}Options`,
    { loss, lossOptions: inner, ...rest } = options,
    union = (names) => names.map((each) => JSON.stringify(each)).join(" | "),
    others = loss.values.filter((each) => each !== loss.default),
    own = `LossOptions[L] extends infer O ? O extends unknown ? Omit<O, ${union(shares)}> : never : never`;
  return [
    `interface ${type}Beside {\n${properties(rest)}\n}`,
    `interface ${type}Of<L extends keyof LossOptions, Given = L> {`,
    `${comment([sentences(loss).join(" ")], "  ")}\n  readonly loss: Given;`,
    `${comment([sentences(inner).join(" ")], "  ")}\n  readonly lossOptions?: (${own}) | null | undefined;\n}`,
    `type ${type}Loss = ${union(others)};`,
    comment([`Options of \`${name}\`; \`lossOptions\` are options of the loss that \`loss\` names.`]),
    `export type ${type} = ${type}Beside &`,
    `  ({ [L in ${type}Loss]: ${type}Of<L> }[${type}Loss] | `,
    `  Partial<${type}Of<${union([loss.default])}, ${union([loss.default])} | undefined>>);`,
  ].join("\n");
}
const lossOptions = catalog.map((loss) =>
  loss.wraps
    ? wrappingOptions(loss)
    : `${comment([`Options of \`${loss.name}\`, the ${loss.title}.`])}\n` +
      `export interface ${capital(loss.name)}Options {\n${properties(loss.options)}\n}`,
);
function lossWords(loss) {
  const { symbols } = formulaOf(loss.name),
    { authors, title, year, url } = loss.reference,
    asked = needs(loss);
  return [
    `${loss.title}, of the level ${loss.category}: ${loss.useCases.join("; ")}.${alsoCalled(loss)}`,
    `\`\`\`text\n${loss.formula}\n\`\`\``,
    symbols.map(([symbol, meaning]) => `- ${plain(symbol)}: ${plain(meaning)}`).join("\n"),
    "pred [B, C, ...spatial] holds logits (`activation` says what they become), target labels [B, ...spatial] or a " +
      `soft target of pred's shape${asked.length ? `. Needs: ${asked.join("; ")}` : ""}. ` +
      `Takes: ${inputsOf(loss).join("; ")}.`,
    `Good at: ${loss.advantages.join("; ")}. Bad at: ${loss.disadvantages.join("; ")}.`,
    errors,
    `@see ${authors}: ${title}, ${year}. ${url}`,
  ];
}

const metricOptions = metricCatalog.map(
  (metric) =>
    `${comment([`Options of the metric \`${metric.name}\`, the ${metric.title}.`])}\n` +
    `export interface ${capital(metric.name)}MetricOptions {\n${properties(metric.options)}\n}`,
);
const metricWords = (metric) => [
  `${metric.title}, per sample and class; the ${metric.best} is the best.${alsoCalled(metric)}`,
  `\`\`\`text\n${metric.formula}\n\`\`\``,
  "P is the set of pixels that are predicted, T that of the target. pred holds scores [B, C, ...spatial] or labels" +
    " [B, ...spatial] (with `numClasses`), target labels [B, ...spatial].",
  "@returns `perClass` [B, C], NaN where a score is undefined, and `value`, the mean of those that are defined" +
    (Object.keys(metric.results).length === 0 ? "." : `; and ${Object.keys(metric.results).join(", ")}.`),
  "@throws {SegLossError} `SHAPE_MISMATCH`, `INVALID_TARGET` or `INVALID_OPTION`, with what came and what " +
    "was expected.",
];

const resultTypes = { "": "number", labels: "readonly (number | null)[]" };
const metricResults = metricCatalog.map(
  ({ name, title, results }) =>
    `${comment([`What the metric \`${name}\`, the ${title}, gives.`])}\n` +
    `export interface ${capital(name)}MetricResult extends MetricResult {\n${Object.entries(results)
      .map(
        ([result, { shape, meaning, optional }]) =>
          `${comment([`${capital(meaning)}${/^\[/.test(shape) ? `: ${shape}` : ""}.`], "  ")}\n` +
          `  readonly ${result}${optional ? "?" : ""}: ` +
          `${resultTypes[shape] ?? "Float64Array"}${optional ? " | undefined" : ""};`,
      )
      .join("\n")}\n}`,
);

const argumentsOf = ({ name }) => `${name.split(/[._]/).map(capital).join("")}Arguments`;
const presetWords = (preset, made = `At its defaults (softmax, three classes) it is`, call = becomes) => [
  `\`${preset.name}\` of ${preset.name.split(".")[0]}${preset.note ? `: ${preset.note}` : ""}.`,
  `${made}\n\`\`\`text\n${call(preset)}\n\`\`\``,
];
const metricPresetWords = (preset) =>
  presetWords(preset, "At its defaults (scores of three classes) it is the metric", metricBecomes);
/** Arguments that no preset needs: they are named, for those who bring their call along. */
const elsewhere = (preset) =>
  Object.entries(preset.elsewhere ?? {}).map(([name, { takes, instead }]) => {
    const taken = takes.map((value) => JSON.stringify(value)).join(" or ");
    const words = `Taken as ${taken}, which changes nothing here; else: ${instead}.`;
    return `${comment([words], "  ")}\n  readonly ${name}?: unknown;`;
  });
const argumentTypes = (declared, wordsOf) =>
  declared.map((preset) => {
    const words = [`Arguments of \`${preset.name}\`, under the library's own names.`, ...wordsOf(preset).slice(1)],
      members = [properties(preset.arguments), ...elsewhere(preset)].filter(Boolean).join("\n");
    return `${comment(words)}\nexport interface ${argumentsOf(preset)} {\n${members}\n}`;
  });
const argumentTable = (name, words, declared, wordsOf) => [
  ...argumentTypes(declared, wordsOf),
  `/** ${words} */`,
  `export interface ${name} {\n${declared
    .map((preset) => `${comment(wordsOf(preset), "  ")}\n  readonly "${preset.name}": ${argumentsOf(preset)};`)
    .join("\n")}\n}`,
];

/** Each alias, where tsc wrote it, and the declarations that stand for it. */
const replacements = [
  [
    "catalog/index.d.ts",
    "LossOptions",
    [
      ...lossOptions,
      "/** The options of each loss, by its name. */",
      `export interface LossOptions {\n${catalog
        .map(({ name }) => `  readonly ${name}: ${capital(name)}Options;`)
        .join("\n")}\n}`,
    ],
  ],
  [
    "instance/losses.d.ts",
    "LossMethods",
    [
      `export interface LossMethods<L> {\n${catalog
        .map(
          (loss) =>
            `${comment(lossWords(loss), "  ")}\n  ${loss.name}(options?: ` +
            `import("../catalog/index.js").${capital(loss.name)}Options): L;`,
        )
        .join("\n")}\n}`,
    ],
  ],
  [
    "metrics/catalog.d.ts",
    "MetricOptions",
    [
      ...metricOptions,
      "/** The options of each metric, by its name. */",
      `export interface MetricOptions {\n${metricCatalog
        .map(({ name }) => `  readonly ${name}: ${capital(name)}MetricOptions;`)
        .join("\n")}\n}`,
    ],
  ],
  [
    "metrics/catalog.d.ts",
    "MetricResults",
    [
      'import type { MetricResult } from "./declaration.js";',
      ...metricResults,
      "/** What each metric gives, by its name. */",
      `export interface MetricResults {\n${metricCatalog
        .map(({ name }) => `  readonly ${name}: ${capital(name)}MetricResult;`)
        .join("\n")}\n}`,
    ],
  ],
  [
    "metrics/metrics.d.ts",
    "MetricMethods",
    [
      `export interface MetricMethods {\n${metricCatalog
        .map(
          (metric) =>
            `${comment(metricWords(metric), "  ")}\n` +
            `  readonly ${metric.name}: (pred: TensorLike, target: TensorLike, ` +
            `options?: import("./catalog.js").${capital(metric.name)}MetricOptions) => ` +
            `import("./catalog.js").${capital(metric.name)}MetricResult;`,
        )
        .join("\n")}\n}`,
    ],
  ],
  [
    "presets/index.d.ts",
    "PresetArguments",
    argumentTable(
      "PresetArguments",
      "The arguments of each preset, under the library's own names.",
      presets,
      (preset) => presetWords(preset),
    ),
  ],
  [
    "metrics/presets/index.d.ts",
    "MetricPresetArguments",
    argumentTable(
      "MetricPresetArguments",
      "The arguments of each metric preset, under the library's own names.",
      metricPresets,
      metricPresetWords,
    ),
  ],
];

for (const [file, alias, declarations] of replacements) {
  const path = `dist/${file}`,
    text = readFileSync(path, "utf8"),
    source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest),
    found = source.statements.find((each) => ts.isTypeAliasDeclaration(each) && each.name.text === alias);
  if (!found) throw new Error(`${path} has no type ${alias}`);
  writeFileSync(path, `${text.slice(0, found.pos)}\n${declarations.join("\n")}${text.slice(found.end)}`);
}

const named = (names, from) => `export type { ${names.join(", ")} } from "${from}";\n`;
writeFileSync(
  "dist/exports.d.ts",
  readFileSync("dist/exports.d.ts", "utf8") +
    named(
      catalog.map(({ name }) => `${capital(name)}Options`),
      "./catalog/index.js",
    ) +
    named(
      metricCatalog.flatMap(({ name }) => [`${capital(name)}MetricOptions`, `${capital(name)}MetricResult`]),
      "./metrics/catalog.js",
    ) +
    named(presets.map(argumentsOf), "./presets/index.js") +
    named(metricPresets.map(argumentsOf), "./metrics/presets/index.js"),
);

// Writes the generated parts of README.md from the catalog; with --check only says whether they are up to date.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { catalog, metricCatalog, presets, unreproducible } from "../dist/index.js";

const rows = catalog.map(
  ({ name, title, category, formula, reference }) =>
    `| \`${name}\` | ${title} | ${category} | \`${formula.replaceAll("|", "\\|")}\` | ${reference.authors.split(",")[0]} ${reference.year} |`,
);
const results = existsSync("bench/results")
  ? readdirSync("bench/results").filter((name) => name.endsWith(".json"))
  : [];
const read = (name) => JSON.parse(readFileSync(`bench/results/${name}`, "utf8"));
const pooled = results.includes("workers.json") ? read("workers.json") : undefined;
const latest = results
  .map(read)
  .filter(({ small }) => small) // of the losses on one thread
  .sort((a, b) => a.date.localeCompare(b.date))
  .at(-1);

/** Milliseconds and ratios of the newest results. */
function speed({ results: cases, machine, commit, date, small }) {
  const row = ({ shape, loss, milliseconds: t }) =>
    `| ${loss} | ${shape.join("x")} | ${t.ours.toFixed(1)} | ${(t.plain / t.ours).toFixed(1)} | ${(t.ours / t["exp pass"]).toFixed(2)} | ${(t.ours / t["memory.copy"]).toFixed(1)} |`;
  return [
    `${machine.cpu}, one of ${machine.cores} virtual cores, Node ${machine.node}, ${date}, commit ${commit}; medians. dice on 1x2x64x64: ${(1000 * small.dice).toFixed(0)} µs.`,
    "",
    "| loss | shape | ms | times faster than plain JS | times one exp pass | times memory.copy |",
    "|---|---|--:|--:|--:|--:|",
    ...cases.filter(({ milliseconds }) => milliseconds.plain).map(row),
    "",
    ...every(cases),
    ...(pooled ? byWorkers(pooled) : []),
  ].join("\n");
}

/** Times faster than one thread, from bench/workers.mjs. */
function byWorkers({ workers, date, commit, results: cases }) {
  const row = ({ loss, shape, milliseconds: t }) =>
    `| ${loss} | ${shape.join("x")} | ${(t["one thread"] / t["shared memory"]).toFixed(2)} | ${(t["one thread"] / t.copied).toFixed(2)} |`;
  return [
    "",
    `By ${workers} workers on as many cores (\`node bench/workers.mjs\`, ${date}, commit ${commit}), times faster than one thread:`,
    "",
    "| loss | shape | tensors in shared memory | plain arrays, copied |",
    "|---|---|--:|--:|",
    ...cases.map(row),
  ];
}

/** Every loss at the first size, beside an exponential pass in the same run. */
function every(cases) {
  const [first] = cases,
    logits = first.shape.reduce((a, b) => a * b);
  const rows = cases.filter(({ shape, milliseconds }) => milliseconds.prepared && shape.join() === first.shape.join());
  if (rows.length === 0) return [];
  const row = ({ loss, options, milliseconds: t }) =>
    `| ${loss}${Object.keys(options).length ? ` \`${JSON.stringify(options)}\`` : ""} | ${((1e6 * t.prepared) / logits).toFixed(1)} | ${((1e6 * t.unprepared) / logits).toFixed(1)} | ${(t.prepared / t["exp pass"]).toFixed(1)} |`;
  return [
    `| all losses, ${first.shape.join("x")} | ns a logit, prepared target | ns a logit | times one exp pass |`,
    "|---|--:|--:|--:|",
    ...rows.map(row),
  ];
}

const shared = ["activation", "ignoreIndex", "includeBackground", "layout", "numClasses"];
const metrics = metricCatalog.map(({ name, title, best, formula, options }) => {
  const own = Object.keys(options).filter((option) => !shared.includes(option));
  return `| \`${name}\` | ${title} | ${formula.replaceAll("|", "\\|")} | ${best} | ${own.map((option) => `\`${option}\``).join(", ")} |`;
});

/** What a loss asks for beyond logits and a target, in words. */
function needs({ needs: n, extras, prepares, encode }) {
  return [
    n.planar && "2-D images",
    n.labels && "integer labels",
    n.hard && "hard targets",
    n.categorical && "competing classes",
    n.several && "two channels",
    encode && "object ids as labels",
    prepares && "a map of the target (`prepare` keeps it)",
    extras.length > 0 && `may take ${extras.map((name) => `\`${name}\``).join(", ")}`,
  ]
    .filter(Boolean)
    .join("; ");
}

const common = ["activation", "ignoreIndex", "reduction", "layout"];
const uses = catalog.map((loss) => {
  const options = Object.keys(loss.options).filter((name) => !common.includes(name));
  return `| \`${loss.name}\` | ${options.map((name) => `\`${name}\``).join(" ")} | ${needs(loss)} | ${loss.advantages.join("; ")} | ${loss.disadvantages.join("; ")} | ${loss.useCases.join("; ")} |`;
});

const kilobytes = (bytes) => (bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0);
const sizes = JSON.parse(execFileSync(process.execPath, ["scripts/size.mjs", "--json"], { encoding: "utf8" })).map(
  ({ row, minified, gzipped }) =>
    `| \`${row.replace(/ \((.*)\)$/, "` ($1)")}${row.endsWith(")") ? "" : "`"} | ${kilobytes(minified)} | ${kilobytes(gzipped)} |`,
);

const parts = {
  sizes: ["| | KB | KB gzipped |", "|---|--:|--:|", ...sizes].join("\n"),
  metrics: ["| metric | | P predicted, T true | best | own options |", "|---|---|---|---|---|", ...metrics].join("\n"),
  speed: latest ? speed(latest) : "",
  uses: ["| loss | options | needs | good at | bad at | for |", "|---|---|---|---|---|---|", ...uses].join("\n"),
  losses: ["| loss | | level | formula | source |", "|---|---|---|---|---|", ...rows].join("\n"),
};

/** What a preset becomes with its defaults, for three classes. */
const shown = ({ arguments: declared, recipe }) => {
  const made = recipe({
    ...Object.fromEntries(Object.entries(declared).map(([name, option]) => [name, option.default])),
    ...("softmax" in declared ? { softmax: true } : {}),
  });
  if (typeof made !== "function") return made;
  const [some, other] = [7, 11].map((pixels) => made({ batch: 1, classes: 3, pixels }));
  return {
    ...some,
    terms: some.terms.map((term, i) => ({
      ...term,
      divided: term.weight !== other.terms[i].weight ? Math.round(1 / (term.weight * 7)) : undefined,
    })),
  };
};
const literal = (options) =>
  `{ ${Object.entries(options)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(
      ([name, value]) => `${name}: ${typeof value === "number" ? Number(value.toPrecision(4)) : JSON.stringify(value)}`,
    )
    .join(", ")} }`.replace("{  }", "");
const becomes = ({ terms, offset }) =>
  terms
    .map(
      ({ loss, options, weight, divided }) =>
        `${weight === undefined || weight === 1 || divided ? "" : `${Number(weight.toPrecision(4))} `}${loss}(${literal(options)})${divided ? ` / B ${divided === 1 ? "" : "C "}N` : ""}`,
    )
    .join(" + ") + (offset ? ` - ${-offset}` : "");
const settled = presets.flatMap(({ name, elsewhere = {} }) =>
  Object.entries(elsewhere).map(([argument, { takes, instead }]) => ({
    name,
    row: [`\`${argument}\``, takes.map((value) => `\`${JSON.stringify(value)}\``).join(", "), instead],
  })),
);
const elsewhere = [...new Set(settled.map(({ row }) => JSON.stringify(row)))].map((key) => {
  const [argument, takes, instead] = JSON.parse(key);
  const names = settled.filter(({ row }) => JSON.stringify(row) === key).map(({ name }) => `\`${name}\``);
  return `| ${argument} | ${names.join(" ")} | ${takes} | ${instead} |`;
});
const libraries = `# Which library's number is it?

\`seg.preset(name, arguments, tensors)\` makes a loss that gives the number, and the gradient, of another library: names and arguments are the library's own,
\`tensors\` may hold \`layout\`, \`ignoreIndex\` and \`activation\`. \`segloss compare --loss 'monai.DiceLoss:{"softmax":true}'\` takes them, too.
This file is generated (\`npm run generate\`); \`test/presets.test.ts\` holds each of them against the library's formula.

| preset | arguments and their defaults | is here (defaults; softmax, three classes) | note |
|---|---|---|---|
${presets
  .map((each) => {
    const given = Object.entries(each.arguments).map(
      ([name, option]) => `\`${name}=${JSON.stringify(option.default)}\``,
    );
    return `| \`${each.name}\` | ${given.join(" ")} | \`${becomes(shown(each))}\` | ${each.note ?? ""} |`;
  })
  .join("\n")}

## Arguments that no preset needs

They are taken with the values that change nothing here; with others the message says what to do instead.

| argument | of | taken | instead |
|---|---|---|---|
${elsewhere.join("\n")}

## Not reproduced

| | why |
|---|---|
${unreproducible.map(([what, why]) => `| ${what} | ${why} |`).join("\n")}
`;

const before = readFileSync("README.md", "utf8");
let after = before;
for (const [name, text] of Object.entries(parts)) {
  const pattern = new RegExp(`(<!-- generated: ${name} -->\\n)[^]*?(<!-- end: ${name} -->)`);
  if (!pattern.test(after)) throw new Error(`README.md has no part ${name}`);
  after = after.replace(pattern, (_, start, end) => `${start}${text}\n${end}`);
}
const current = existsSync("LIBRARIES.md") ? readFileSync("LIBRARIES.md", "utf8") : "";
if (after === before && libraries === current)
  console.log("README.md and LIBRARIES.md: generated parts are up to date");
else if (process.argv.includes("--check")) {
  console.error("README.md or LIBRARIES.md: generated parts are out of date; run npm run generate");
  process.exitCode = 1;
} else {
  writeFileSync("README.md", after);
  writeFileSync("LIBRARIES.md", libraries);
}

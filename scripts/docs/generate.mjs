// Writes README.md's and the pages' generated parts, and the pages of losses; with --check only says whether they are
// up to date.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { apiReport } from "./api.mjs";
import { smallCases } from "./conventions.mjs";
import { evidence } from "./evidence.mjs";
import { curves, dots } from "./evidenceFigures.mjs";
import { figure } from "./figure.mjs";
import { growthFigure } from "./growthFigure.mjs";
import { lossPage } from "./lossPage.mjs";
import { picture } from "./pictures.mjs";
import { fourRows, speed } from "./speedTables.mjs";
import { libraries, metricLibraries, metrics, pixelLosses, sizes } from "./tables.mjs";
import { library } from "./words.mjs";

const { catalog } = await library();
const levels = [...new Set(catalog.map(({ category }) => category))];
const title = (level) => `${level[0].toUpperCase()}${level.slice(1)}`;

/** The losses by level, with links; `docs` is the way from the page to docs/. */
const names = (docs) =>
  levels
    .map((level) => {
      const inside = catalog.filter(({ category }) => category === level);
      return `**${title(level)}**: ${inside.map(({ name }) => `[${name}](${docs}losses/${name}.md)`).join(", ")}`;
    })
    .join("\n\n");
const described = levels
  .map((level) => {
    const inside = catalog.filter(({ category }) => category === level);
    const lines = inside.map(({ name, title, useCases }) => `- [${name}](losses/${name}.md): ${title}; ${useCases[0]}`);
    return `### ${title(level)}\n\n${lines.join("\n")}`;
  })
  .join("\n\n");

const parts = {
  "README.md": { losses: names("docs/"), speed: fourRows() },
  "docs/index.md": { index: described },
  "docs/metrics.md": { metrics: metrics() },
  "docs/libraries.md": { libraries: libraries(), metricLibraries: metricLibraries() },
  "docs/conventions.md": { smallCases: await smallCases() },
  "docs/evidence.md": evidence(),
  "docs/speed.md": { speed: speed() },
  "docs/recipes.md": { perPixel: pixelLosses() },
  "docs/runtimes.md": { sizes: sizes() },
};
const files = {
  "docs/api.md": apiReport(),
  "docs/missed.svg": figure(),
  "docs/evidence.svg": dots(),
  "docs/evidenceCurves.svg": curves(),
  "docs/growth.svg": growthFigure(JSON.parse(readFileSync("bench/results/growth.json", "utf8"))),
};
for (const loss of catalog) {
  files[`docs/losses/${loss.name}.md`] = lossPage(loss);
  files[`docs/losses/${loss.name}.svg`] = picture(loss.name);
}
for (const [file, filled] of Object.entries(parts)) {
  let text = readFileSync(file, "utf8");
  for (const [name, part] of Object.entries(filled)) {
    const pattern = new RegExp(`(<!-- generated: ${name} -->\\n)[\\s\\S]*?(<!-- end: ${name} -->)`);
    if (!pattern.test(text)) throw new Error(`${file} has no part ${name}`);
    text = text.replace(pattern, (_, start, end) => `${start}${part}\n${end}`);
  }
  files[file] = text;
}

mkdirSync("docs/losses", { recursive: true });
const stale = Object.entries(files).filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text),
  left = readdirSync("docs/losses")
    .map((name) => `docs/losses/${name}`)
    .filter((file) => !(file in files));
if (!process.argv.includes("--check")) {
  for (const [file, text] of stale) writeFileSync(file, text);
  for (const file of left) rmSync(file);
} else if (stale.length + left.length > 0) {
  console.error(`out of date; run npm run generate: ${[...stale.map(([file]) => file), ...left].join(", ")}`);
  process.exitCode = 1;
}

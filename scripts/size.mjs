// What a user's bundle grows by for each import path, and the files beside the code, against their budgets; with --json
// the sizes alone.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Gzipped bytes; an export without a budget is an error. */
const budgets = {
  "import { load } from 'segloss'": 202_900,
  "import { SegLossError } from 'segloss'": 1_000,
  "import { createPool } from 'segloss/workers'": 79_000,
  "import { toLoss, toMetric, trainStep } from 'segloss/tfjs'": 8_000,
  "import { valueAndGrad } from 'segloss/jax'": 2_000,
  "import { labelsFromImage, imageFromLabels } from 'segloss/masks'": 8_000,
  "import { decodeRle, encodeRle } from 'segloss/masks'": 8_000,
  "import { readFile, readPair } from 'segloss/files'": 20_000,
  // A visitor loads the readers of the formats that come.
  "import { readFile, readPair } from 'segloss/files' with every reader": 165_000,
  "segloss/worker (in each worker)": 204_600,
  "segloss/segloss.wasm": 49_900,
  "segloss/inverse-form.bin (loaded for inverseForm alone)": 380_000,
};
const { exports, name } = JSON.parse(readFileSync("package.json", "utf8"));

/** With what is loaded later only where all is asked for. */
async function bundled(code, all = false) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: "." },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    platform: "neutral",
    logLevel: "error",
    metafile: true,
    splitting: true,
    outdir: "out",
  });
  const needed = new Set(all ? Object.keys(metafile.outputs) : ["out/stdin.js"]);
  for (const path of needed)
    for (const { kind, path: next } of metafile.outputs[path].imports)
      if (kind === "import-statement") needed.add(next);
  return Buffer.concat(
    outputFiles
      .filter(({ path }) => needed.has(relative(".", path).replaceAll("\\", "/")))
      .map(({ contents }) => contents),
  );
}

/** The bytes behind a row: what an import brings along, or a file. */
async function contents(row) {
  const [, names, path, all] = row.match(/^import \{ (.*) \} from '(.*)'( with .*)?$/) ?? [];
  if (path) return bundled(`export { ${names} } from "${path}";`, all !== undefined);
  const file = exports[`.${row.split(" ")[0].slice(name.length)}`];
  return file.endsWith(".js") ? bundled(readFileSync(file, "utf8").replaceAll('"./', '"./dist/')) : readFileSync(file);
}

const unbudgeted = Object.keys(exports)
  .map((path) => name + path.slice(1))
  .filter((path) => !Object.keys(budgets).some((row) => row.split(" ")[0] === path || row.endsWith(`'${path}'`)));
if (unbudgeted.length > 0) {
  console.error(`no budget for ${unbudgeted.join(", ")}`);
  process.exit(1);
}

const sizes = [];
for (const [row, budget] of Object.entries(budgets)) {
  const bytes = await contents(row);
  sizes.push({ row, budget, minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length });
}
if (process.argv.includes("--json")) console.log(JSON.stringify(sizes));
else
  for (const { row, budget, minified, gzipped } of sizes)
    console.log(`${row}: ${minified} bytes, ${gzipped} gzipped, budget ${budget}`);
if (!process.argv.includes("--json") && sizes.some(({ gzipped, budget }) => gzipped > budget)) {
  console.error("over budget");
  process.exitCode = 1;
}

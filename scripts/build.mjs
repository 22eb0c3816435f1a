// Compiles the kernels, bundles the package and writes its types: dist/. With --quick kernels are optimised little, and
// types are left out.
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";
import { build, transform } from "esbuild";

const quick = process.argv.includes("--quick");
const run = (command, ...args) => execFileSync(process.execPath, [command, ...args], { stdio: "inherit" });

// Every code file that package.json exports is an entry: dist/NAME.js comes from src/NAME.ts.
const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.values(exports)
  .flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry)))
  .filter((file) => file.endsWith(".js"))
  .map((file) => file.replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts"));

// Comments of libraries (src/files) name types of files that the bundle does not have, which Deno looks for.
const withoutComments = {
  name: "without comments",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules.*\.js$/ }, async ({ path }) => ({
      contents: (await transform(readFileSync(path, "utf8"), { minifyWhitespace: true, legalComments: "none" })).code,
    }));
  },
};

/**
 * A second round and a third, for size, constants that stand once in a function, and what is left over then: 3 KB less
 * of 131 at the same speed (measured).
 */
function optimizeAgain(file) {
  const { SIMD128, BulkMemory, BulkMemoryOpt, SignExt, MutableGlobals, NontrappingFPToInt } = binaryen.Features,
    features = SIMD128 | BulkMemory | BulkMemoryOpt | SignExt | MutableGlobals | NontrappingFPToInt,
    module = binaryen.readBinaryWithFeatures(readFileSync(file), features);
  binaryen.setShrinkLevel(1);
  for (const level of [3, 2]) {
    binaryen.setOptimizeLevel(level);
    module.optimize();
  }
  module.runPasses(["const-hoisting"]);
  module.runPasses(["rse", "simplify-locals-nostructure", "vacuum", "remove-unused-brs", "code-folding"]);
  writeFileSync(file, module.emitBinary());
}

rmSync("dist", { recursive: true, force: true });
// At this level the standard library's pow, log and exp bring tables of 10 KB, and are no faster for it in any loss
// (measured): take the others.
run(
  "node_modules/assemblyscript/bin/asc.js",
  "--config",
  "asconfig.json",
  "--target",
  quick ? "quick" : "release",
  "--use",
  "ASC_SHRINK_LEVEL=ASC_OPTIMIZE_LEVEL",
  // Writes dist/kernels.js and its types, through which src/bindings calls the kernels.
  "--transform",
  "./scripts/exports.mjs",
);
if (!quick) optimizeAgain("dist/segloss.wasm");
await build({
  entryPoints: [...new Set(entries)],
  outdir: "dist",
  bundle: true,
  // What entries share stands once, in chunks, so that an error of one is an error of all.
  splitting: true,
  chunkNames: "[name]-[hash]",
  format: "esm",
  target: "es2022",
  // What the libraries of readers (src/files) have for Node only is left out: bytes come from the caller.
  platform: "browser",
  plugins: [withoutComments],
  loader: { ".wasm": "binary" },
  external: ["./segloss.wasm"],
  // Lines stay short: Node prints the one that throws when nobody catches an error.
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
});
copyFileSync("weights/inverse-form.bin", "dist/inverse-form.bin");
if (!quick) {
  run("node_modules/typescript/bin/tsc");
  run("scripts/docs/types.mjs");
}
// The command line and the demonstration import the package by its name, as its users do.
const command = {
  bundle: true,
  format: "esm",
  target: "node20",
  platform: "node",
  // The peers of --queue are loaded when it is given.
  external: ["segloss", "bullmq", "ioredis"],
  minifySyntax: true,
  logLevel: "warning",
};
const require =
  'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';
await build({
  ...command,
  entryPoints: { cli: "cli/main.ts", "cli-worker": "cli/worker.ts" },
  outdir: "dist",
  // Each format's reader is a chunk of its own, loaded when a file asks for it.
  splitting: true,
  chunkNames: "cli-[name]-[hash]",
  banner: { js: `#!/usr/bin/env node\n${require}` },
});
await build({ ...command, entryPoints: ["cli/demo.ts"], outfile: "build/demo.js", banner: { js: require } });

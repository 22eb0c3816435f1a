// Compiles the kernels, bundles the package and writes its types: dist/.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { build } from "esbuild";

const run = (command, ...args) => execFileSync(process.execPath, [command, ...args], { stdio: "inherit" });

rmSync("dist", { recursive: true, force: true });
run("node_modules/assemblyscript/bin/asc.js", "--config", "asconfig.json", "--target", "release");
await build({
  entryPoints: { index: "src/index.ts" },
  outdir: "dist",
  bundle: true,
  format: "esm",
  target: "es2022",
  platform: "neutral",
  mainFields: ["module", "main"],
  loader: { ".wasm": "binary" },
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
});
run("node_modules/typescript/bin/tsc");

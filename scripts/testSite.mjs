// Builds the site and the playground and drives them in a browser (site/tests); with --built as they are.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { run } from "./npm.mjs";

if (!process.argv.includes("--built")) run(process.execPath, ["scripts/site.mjs", "--build"]);
mkdirSync("build", { recursive: true });
run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "site/playground"]);
const tap = "build/site.tap",
  files = readdirSync("site/tests").filter((file) => file.endsWith(".test.mjs"));
const { status } = spawnSync(
  process.execPath,
  [
    "--test",
    "--test-concurrency=1",
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=tap",
    `--test-reporter-destination=${tap}`,
    ...files.map((file) => `site/tests/${file}`),
  ],
  { stdio: "inherit" },
);
const text = readFileSync(tap, "utf8"),
  count = (what) => Number(text.match(new RegExp(`^# ${what} (\\d+)$`, "m"))?.[1] ?? 0),
  passed = count("pass"),
  failed = count("fail") + count("cancelled") || (status === 0 && passed > 0 ? 0 : 1),
  result = `${passed} passed, ${failed} failed`;
writeFileSync("build/site.txt", `${result}\n`);
console.log(result);
process.exitCode = failed === 0 ? 0 : 1;

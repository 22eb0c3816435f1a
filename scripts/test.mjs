// Builds, runs the specs of the kernels' mathematics (as-pect) and the tests of the package (vitest), and adds up their
// results.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const node = (...args) => spawnSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
const show = (run) => {
  process.stdout.write(run.stdout);
  return run;
};
let passed = 0,
  failed = 0;

const built = show(node("scripts/build.mjs"));
if (built.status !== 0) process.exit(1);

const specs = show(node("node_modules/@as-pect/cli/bin/asp.js", "--summary"));
const [, good, all] = stripVTControlCharacters(specs.stdout).match(/\[Tests\]: (\d+) \/ (\d+)/) ?? [0, 0, 1];
passed += Number(good);
failed += Number(all) - Number(good) || (specs.status === 0 ? 0 : 1);

mkdirSync("build", { recursive: true });
const tests = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    "--outputFile.json=build/tests.json",
  ],
  { stdio: "inherit" },
);
const report = JSON.parse(readFileSync("build/tests.json", "utf8"));
passed += report.numPassedTests;
failed += report.numFailedTests + (tests.status !== 0 && report.numFailedTests === 0 ? 1 : 0);

const result = `${passed} passed, ${failed} failed`;
writeFileSync("build/tests.txt", `${result}\n`);
console.log(result);
process.exitCode = failed === 0 ? 0 : 1;

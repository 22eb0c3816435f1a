// Builds, runs the specs of the kernels' mathematics (as-pect) beside it, which need nothing of the build, and then the
// tests of the package (vitest), and adds up their results.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

/** Runs a script to its end, and keeps what it prints. */
const node = (...args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.on("error", reject).on("close", (status) => resolve({ status, stdout }));
  });
let passed = 0,
  failed = 0;

const [built, specs] = await Promise.all([
  node("scripts/build.mjs"),
  node("node_modules/@as-pect/cli/bin/asp.js", "--summary"),
]);
process.stdout.write(built.stdout);
if (built.status !== 0) process.exit(1);

process.stdout.write(specs.stdout);
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

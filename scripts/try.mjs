// A quick look at one loss: builds (a module that is optimised little, no types), and runs what the tests say of it.
//   npm run try -- NAME
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const names = readdirSync("src/catalog")
  .map((file) => file.replace(".ts", ""))
  .filter((name) => !["index", "plain", "declaration"].includes(name));
const [name] = process.argv.slice(2);
if (!names.includes(name)) {
  const what = name === undefined ? "which loss?" : `there is no src/catalog/${name}.ts.`;
  console.error(`try: ${what} npm run try -- NAME, with NAME one of ${names.join(", ")}`);
  process.exit(1);
}
const node = (...args) => spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
if (node("scripts/build.mjs", "--quick") !== 0) process.exit(1);

const vitest = (...args) => node("node_modules/vitest/vitest.mjs", "run", "--hideSkippedTests", ...args);
const shared = ["golden", "gradient", "properties", "options", "errors"].map((file) => `test/${file}.test.ts`);
// The name where it stands alone: "dice" is neither "metric-dice" nor "logCoshDice".
let status = vitest(...shared, "-t", `(^|[\\s'])${name}(?![\\w-])`);
const own = `test/${name}.test.ts`;
if (existsSync(own)) status ||= vitest(own);
console.log(
  "dist/ holds a quick build, slower than the real one: npm run build, or npm test, before you measure or pack.",
);
process.exitCode = status;

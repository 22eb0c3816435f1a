// Tests of the packed package together with other people's libraries, which are installed in integration/ from its own lock file.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const folder = "integration",
  installed = join(folder, "node_modules", "segloss");
function run(command, args, options = {}) {
  const { status, stdout, error } = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${error ?? stdout ?? ""}`);
  return stdout;
}
// The npm that runs this script: the first in the path is one that a development tool brings along.
const npm = (args, options) =>
  process.env.npm_execpath ? run(process.execPath, [process.env.npm_execpath, ...args], options) : run("npm", args, { shell: true, ...options });

run(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
npm(["ci", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });

mkdirSync("build", { recursive: true });
const [{ filename }] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", "build"]));
rmSync(installed, { recursive: true, force: true });
mkdirSync(installed, { recursive: true });
run("tar", ["-xzf", join("build", filename), "-C", installed, "--strip-components=1"]);

const wanted = process.argv.slice(2),
  files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs") && (wanted.length === 0 || wanted.some((part) => name.includes(part))));
const reporters = ["--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=tap", "--test-reporter-destination=build/integration.tap"];
// One after the other: they measure, and share few cores.
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", ...reporters, ...files.map((name) => join(folder, name))], {
  stdio: "inherit",
});

const tap = readFileSync("build/integration.tap", "utf8"),
  count = (what) => Number(tap.match(new RegExp(`^# ${what} (\\d+)$`, "m"))?.[1] ?? 0);
const passed = count("pass"),
  failed = count("fail") + count("cancelled") || (status === 0 && passed > 0 ? 0 : 1);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

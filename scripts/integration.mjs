// Tests of the packed package together with other people's libraries: each folder of integration/ installs its own from
// its lock file.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { install, installPackage, run } from "./npm.mjs";

const wanted = process.argv.slice(2),
  folders = readdirSync("integration").filter((name) => wanted.length === 0 || wanted.includes(name));
if (folders.length === 0) throw new Error(`integration/ has no folder ${wanted.join(", ")}`);
let passed = 0,
  failed = 0;

if (!existsSync("dist/index.js")) run(process.execPath, ["scripts/build.mjs"]);
mkdirSync("build", { recursive: true });
for (const name of folders) {
  const folder = join("integration", name),
    tap = `build/integration-${name}.tap`;
  install(folder);
  installPackage(folder);
  // One after the other: they measure, and share few cores.
  const files = readdirSync(folder).filter((file) => file.endsWith(".test.mjs")),
    reporters = [
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=tap",
      `--test-reporter-destination=${tap}`,
    ];
  const { status } = spawnSync(
    process.execPath,
    ["--test", "--test-concurrency=1", ...reporters, ...files.map((file) => join(folder, file))],
    {
      stdio: "inherit",
    },
  );
  const text = readFileSync(tap, "utf8"),
    count = (what) => Number(text.match(new RegExp(`^# ${what} (\\d+)$`, "m"))?.[1] ?? 0);
  passed += count("pass");
  failed += count("fail") + count("cancelled") || (status === 0 && count("pass") > 0 ? 0 : 1);
}

const result = `${passed} passed, ${failed} failed`;
writeFileSync("build/integration.txt", `${result}\n`);
console.log(result);
process.exitCode = failed === 0 ? 0 : 1;

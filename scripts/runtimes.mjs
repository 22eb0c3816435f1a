// Runs the packed package in every runtime (runtimes/run.mjs). The runtimes, 450 MB, are installed into build/runtimes
// when this is first run.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { install, installPackage, run } from "./npm.mjs";

const folder = resolve("build/runtimes"),
  lock = readFileSync("runtimes/package-lock.json", "utf8"),
  installed = join(folder, "installed-lock.json");

if (!existsSync("dist/index.js")) run(process.execPath, ["scripts/build.mjs"]);
mkdirSync(folder, { recursive: true });
cpSync("runtimes", folder, { recursive: true });
cpSync("examples", join(folder, "examples"), { recursive: true });
if (!existsSync(installed) || readFileSync(installed, "utf8") !== lock) {
  console.log("installing the runtimes");
  install(folder);
  writeFileSync(installed, lock);
}
installPackage(folder);

const { status } = spawnSync(process.execPath, ["run.mjs", ...process.argv.slice(2)], {
  cwd: folder,
  stdio: "inherit",
});
process.exitCode = status ?? 1;

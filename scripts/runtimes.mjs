// Runs the packed package in every runtime (runtimes/run.mjs). The runtimes, 450 MB, are installed into build/runtimes
// when this is first run.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { installPackage, installRuntimes, run } from "./npm.mjs";

if (!existsSync("dist/index.js")) run(process.execPath, ["scripts/build.mjs"]);
const folder = installRuntimes();
cpSync("examples", join(folder, "examples"), { recursive: true });
installPackage(folder);

const { status } = spawnSync(process.execPath, ["run.mjs", ...process.argv.slice(2)], {
  cwd: folder,
  stdio: "inherit",
});
process.exitCode = status ?? 1;

// Packs the package and runs it in every runtime (runtimes/run.mjs). Their packages, 450 MB, are installed into build/runtimes when this is first run.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

// Without the npm that one of the tools in node_modules brings along.
const path = process.env.PATH.split(delimiter).filter((each) => !each.includes(join("node_modules", ".bin"))),
  env = { ...process.env, PATH: path.join(delimiter) };
const folder = resolve("build/runtimes"),
  run = (command, args, cwd) => execFileSync(command, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });

if (!existsSync("dist/index.js")) run(process.execPath, ["scripts/build.mjs"], ".");
const lock = readFileSync("runtimes/package-lock.json", "utf8"),
  installed = join(folder, "installed-lock.json");
mkdirSync(folder, { recursive: true });
cpSync("runtimes", folder, { recursive: true });
cpSync("examples", join(folder, "examples"), { recursive: true });
if (!existsSync(installed) || readFileSync(installed, "utf8") !== lock) {
  console.log("installing the runtimes");
  // Not ci: the lock file has the binaries of the platform that it was made on alone, and install adds those of this one.
  run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
  writeFileSync(installed, lock);
}

// The tarball is unpacked as npm would, where the runtimes look for it.
const modules = join(folder, "node_modules"),
  [{ filename }] = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], "."));
rmSync(join(modules, "segloss"), { recursive: true, force: true });
run("tar", ["-xzf", join(folder, filename), "-C", modules]);
renameSync(join(modules, "package"), join(modules, "segloss"));

const { status } = spawnSync(process.execPath, ["run.mjs", ...process.argv.slice(2)], { cwd: folder, stdio: "inherit" });
process.exitCode = status ?? 1;

// npm as a user has it, and the package as npm would install it.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

// Without the old npm that one of the tools in node_modules brings along, which npm run puts first in the path.
const path = process.env.PATH.split(delimiter).filter((each) => !each.includes(join("node_modules", ".bin"))),
  env = { ...process.env, PATH: path.join(delimiter) };

export const run = (command, args, cwd = ".") =>
  execFileSync(command, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });

/**
 * Installs what a folder's lock file says. Not ci: the lock files have the binaries of one platform alone, and install
 * adds those of this one.
 */
export const install = (folder) =>
  run("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"], folder);

/** The folder into which runtimes/ is installed, 450 MB, when this is first asked for. */
export function installRuntimes() {
  const folder = resolve("build/runtimes"),
    lock = readFileSync("runtimes/package-lock.json", "utf8"),
    installed = join(folder, "installed-lock.json");
  mkdirSync(folder, { recursive: true });
  cpSync("runtimes", folder, { recursive: true });
  if (!existsSync(installed) || readFileSync(installed, "utf8") !== lock) {
    console.log("installing the runtimes");
    install(folder);
    writeFileSync(installed, lock);
  }
  return folder;
}

/** Packs the package and unpacks it into a folder's node_modules. */
export function installPackage(folder) {
  const to = join(folder, "node_modules/segloss");
  mkdirSync("build", { recursive: true });
  const [{ filename }] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", resolve("build")]),
  );
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  run("tar", ["-xzf", join("build", filename), "-C", to, "--strip-components=1"]);
}

// Runs the package in each runtime and holds its digests against those of this process. Started by scripts/runtimes.mjs
// in a folder that holds all it needs.
import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as segloss from "segloss";
import * as files from "segloss/files";
import workerd from "workerd";
import { startChromium } from "./browsers.mjs";
import { bundlers } from "./bundlers.mjs";
import { digest, filesDigest } from "./digest.mjs";
import { startFirefox } from "./firefox.mjs";
import { otherNodes } from "./nodes.mjs";
import { PageServer } from "./server.mjs";

const folder = process.cwd(),
  only = process.argv.slice(2),
  modules = join(folder, "node_modules"),
  deno = join(modules, ".bin/deno"),
  // Its own command asks for an install script to have run; the binary is a package of the platform.
  bun = join(modules, "@oven", readdirSync(join(modules, "@oven"))[0], "bin/bun"),
  tally = { passed: 0, failed: 0, skipped: 0 };
const expected = await digest(segloss),
  known = { ...expected, ...(await filesDigest(files)) };

/** Every hash that was found is the expected one, and an instance's are complete. */
function compare(found) {
  if (found.error) throw new Error(found.error);
  for (const [what, hashes] of Object.entries(found)) {
    const names = what === "instance" ? Object.keys(expected) : Object.keys(hashes),
      wrong = names.filter((name) => hashes[name] !== known[name]);
    if (wrong.length > 0 || names.length < (what === "files" ? 3 : segloss.catalog.length))
      throw new Error(`${what}: other bits in ${wrong.join(", ") || "too few losses"}`);
  }
  return Object.entries(found)
    .map(([what, hashes]) => `${what}: ${Object.keys(hashes).length} digests`)
    .join(", ");
}

async function check(name, work) {
  if (only.length > 0 && !only.some((part) => name.includes(part))) return;
  const start = performance.now();
  try {
    const said = await work();
    tally.passed++;
    console.log(`passed   ${name} (${((performance.now() - start) / 1000).toFixed(1)} s${said ? `; ${said}` : ""})`);
  } catch (error) {
    tally.failed++;
    console.log(`failed   ${name}: ${error.message}`);
  }
}

function skip(name, why) {
  tally.skipped++;
  console.log(`skipped  ${name}: ${why}`);
}

/** What a program prints on its last line. */
async function run(command, ...args) {
  const { stdout } = await promisify(execFile)(command, args, {
    cwd: folder,
    timeout: 180_000,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

const others = otherNodes(modules);
const scripts = {
  ...Object.fromEntries(
    others.filter(([, path]) => existsSync(path)).map(([name, path]) => [`${name}, import`, [path, "script.mjs"]]),
  ),
  "node, import": [process.execPath, "script.mjs"],
  "node, require": [process.execPath, "script.cjs"],
  deno: [deno, "run", "--no-prompt", "--allow-read=.", "--node-modules-dir=manual", "script.mjs"],
  "bun, import": [bun, "run", "script.mjs"],
  "bun, require": [bun, "run", "script.cjs"],
};
for (const [name, path] of others) if (!existsSync(path)) skip(name, "npm has no such Node for this platform");
for (const [name, command] of Object.entries(scripts)) await check(name, async () => compare(await run(...command)));

await check("jsr, deno publish --dry-run", async () => {
  await promisify(execFile)(deno, ["publish", "--dry-run", "--allow-dirty"], {
    cwd: join(folder, "../.."),
    timeout: 180_000,
  });
});

/** Starts workerd with a worker's bundle, and asks it. */
async function withWorkerd(entry, ask) {
  const out = join(folder, "out", `workerd-${entry.replaceAll(/\W/g, "-")}`);
  await bundlers.workerd(folder, out, entry);
  const server = spawn(workerd.default, ["serve", join(out, "config.capnp")], {
      cwd: out,
      stdio: ["ignore", "inherit", "inherit"],
    }),
    ended = new Promise((resolve) => server.on("exit", resolve));
  try {
    for (let n = 0; ; n++) {
      try {
        return await ask("http://127.0.0.1:8787/");
      } catch (error) {
        if (error.cause?.code !== "ECONNREFUSED" || n > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  } finally {
    server.kill();
    await ended;
  }
}
const answer = async (response) =>
  response.ok ? response.json() : Promise.reject(new Error(`${response.status}: ${await response.text()}`));

await check("workerd", () => withWorkerd("./edge.mjs", async (url) => compare(await answer(await fetch(url)))));
await check("examples/edge in workerd", () =>
  withWorkerd("./examples/edge/worker.js", async (url) => {
    const body = JSON.stringify({ pred: [0, 1, 1, 0], target: [0, 1, 0, 0], shape: [1, 2, 2] }),
      score = await answer(await fetch(url, { method: "POST", body }));
    if (Math.abs(score - 2 / 3) > 1e-6) throw new Error(`it answered ${score}, expected 2/3`);
  }),
);

const server = await new PageServer(folder).start();
let reports = 0;
/** Opens a page in a browser and compares what it reports. */
async function visit(browser, path) {
  const name = `${++reports}`,
    report = server.report(name),
    [where, query] = path.split("?"),
    page = await browser.open(`${server.origin}${where}?report=/report/${name}&${query ?? ""}`);
  try {
    return compare(await report);
  } finally {
    await page.close();
  }
}

const pages = {
  page: "/page.html",
  "isolated page": "/isolated/page.html",
  "module worker": "/workers.html",
  "service worker": "/workers.html?kind=classic",
  "service worker as a module": "/workers.html?kind=service",
};
await check("esbuild, bundling a service worker", () => bundlers.serviceWorker(folder));
const built = [];
for (const name of ["vite", "webpack", "esbuild"]) {
  await check(`${name}, bundling`, async () => {
    await bundlers[name](folder, join(folder, "out", name));
    built.push(name);
  });
}
// Firefox (ESR 153) takes no modules as service workers.
const browsers = [
  {
    name: "chromium",
    start: startChromium,
    files: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
  },
  { name: "firefox", start: startFirefox, files: ["/usr/bin/firefox-esr", "/usr/bin/firefox"] },
];
for (const { name, start, files } of browsers) {
  const file = files.find((each) => existsSync(each));
  if (!file) {
    skip(name, `it is not installed (Debian: apt-get install ${name === "firefox" ? "firefox-esr" : name})`);
    continue;
  }
  const browser = await start(file);
  const known = Object.entries(pages).filter(([what]) => name !== "firefox" || what !== "service worker as a module");
  for (const [what, path] of known) await check(`${name}, ${what}`, () => visit(browser, path));
  for (const bundler of built)
    await check(`${name}, bundle of ${bundler}`, () => visit(browser, `/out/${bundler}/bundle.html`));
  if (name === "chromium") {
    for (const example of ["csp", "worker"]) {
      await check(`examples/${example} in chromium`, async () => {
        const page = await browser.open(`${server.origin}/examples/${example}/index.html`),
          shown = Number(await page.output());
        await page.close();
        const seg = await segloss.load(),
          value = seg
            .dice()
            .value(
              { data: Float32Array.of(2, -1, 0, 3, -2, 1, 0, -3), shape: [1, 2, 2, 2] },
              { data: Uint8Array.of(0, 1, 1, 0), shape: [1, 2, 2] },
            );
        if (shown !== value) throw new Error(`it shows ${shown}, expected ${value}`);
      });
    }
  }
  await browser.stop();
}
server.stop();

const { passed, failed, skipped } = tally;
const result = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;
writeFileSync("../runtimes.txt", `${result}\n`);
console.log(result);
// In CI nothing may be missing.
process.exitCode = failed > 0 || (process.env.CI && skipped > 0) ? 1 : 0;

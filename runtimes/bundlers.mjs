// Bundles page.mjs as users would, without configuration for segloss; each leaves a folder with bundle.html.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { build } from "vite";
import webpack from "webpack";

const page = (script) =>
  `<!doctype html><meta charset="utf-8"><title>bundle</title><script type="module" src="${script}"></script>`;
const dist = (folder) => join(folder, "node_modules/segloss/dist");

export const bundlers = {
  async vite(folder, out) {
    await build({
      root: folder,
      base: "./",
      logLevel: "error",
      build: { outDir: out, emptyOutDir: true, rollupOptions: { input: join(folder, "bundle.html") } },
      worker: { format: "es" },
    });
  },

  async webpack(folder, out) {
    const stats = await promisify(webpack)({
      mode: "production",
      context: folder,
      entry: "./page.mjs",
      output: { path: out, filename: "page.js", publicPath: "auto", clean: true },
      performance: { hints: false },
    });
    if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
    writeFileSync(join(out, "bundle.html"), page("./page.js"));
  },

  /**
   * It neither copies files that code names by URL nor bundles workers: the worker is an entry of its own, the network
   * a file to copy.
   */
  async esbuild(folder, out) {
    mkdirSync(out, { recursive: true });
    await esbuild.build({
      absWorkingDir: folder,
      entryPoints: { page: "./page.mjs", worker: "segloss/worker" },
      outdir: out,
      bundle: true,
      format: "esm",
      logLevel: "error",
    });
    copyFileSync(join(dist(folder), "inverse-form.bin"), join(out, "inverse-form.bin"));
    writeFileSync(join(out, "bundle.html"), page("./page.js"));
  },

  /** A classic script, as older browsers want a service worker to be. */
  async serviceWorker(folder) {
    await esbuild.build({
      absWorkingDir: folder,
      entryPoints: { service: "./worker.mjs" },
      outdir: folder,
      bundle: true,
      format: "iife",
      logLevel: "error",
    });
  },

  async workerd(folder, out, entry) {
    mkdirSync(out, { recursive: true });
    await esbuild.build({
      absWorkingDir: folder,
      entryPoints: { worker: entry },
      outdir: out,
      bundle: true,
      format: "esm",
      conditions: ["workerd"],
      external: ["*.wasm", "*.bin"],
      logLevel: "error",
    });
    for (const file of ["segloss.wasm", "inverse-form.bin"]) copyFileSync(join(dist(folder), file), join(out, file));
    copyFileSync(join(folder, "config.capnp"), join(out, "config.capnp"));
  },
};

import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The floors' module (index.ts), compiled. */
export function compileLimits() {
  const wasm = join(tmpdir(), `segloss-limits-${process.pid}.wasm`),
    options = ["-O3", "--noAssert", "--runtime", "stub", "--use", "abort=", "--enable", "simd"];
  execFileSync(process.execPath, [
    "node_modules/assemblyscript/bin/asc.js",
    "bench/limits/index.ts",
    "-o",
    wasm,
    ...options,
    "--initialMemory",
    "2048",
  ]);
  const module = new WebAssembly.Module(readFileSync(wasm));
  rmSync(wasm);
  return module;
}

/** A place in its page to and from which copies are fast (src/bindings/tile.ts). */
export const BASE = 65536 + 128;
/** Bytes that stay in the second-level cache. */
export const TILE = 131072;

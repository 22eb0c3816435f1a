import type { LoadOptions } from "./bindings/load.js";
import { loadKernels } from "./embedded.js";
import { createLibrary, type SegLoss } from "./segloss.js";

export * from "./exports.js";

/** Compiles the kernels (once, however often it is called) and gives an instance with memory of its own. */
export async function load(options: LoadOptions = {}): Promise<SegLoss> {
  return createLibrary(await loadKernels(options.wasm));
}

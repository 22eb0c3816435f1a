// Cloudflare's workerd compiles no bytes at run time: the module must be imported, and the host compiles it beforehand.

import { kernelLoader, type LoadOptions, readLoadOptions } from "./bindings/load.js";
import { createLibrary, type SegLoss } from "./instance/instance.js";
import module from "./segloss.wasm";

export * from "./exports.js";

// workerd compiles .wasm imports itself; the package's other doors get bytes.
const loadKernels = kernelLoader(module as unknown as WebAssembly.Module);

/** Gives an instance with memory of its own. */
export async function load(options: LoadOptions = {}): Promise<SegLoss> {
  return createLibrary(await loadKernels(readLoadOptions(options)));
}

import { loadKernels } from "./bindings/embedded.js";
import { type LoadOptions, readLoadOptions } from "./bindings/load.js";
import { createLibrary, type SegLoss } from "./instance/instance.js";

export * from "./exports.js";

/** Compiles the kernels (once, however often it is called) and gives an instance with memory of its own. */
export async function load(options: LoadOptions = {}): Promise<SegLoss> {
  return createLibrary(await loadKernels(readLoadOptions(options)));
}

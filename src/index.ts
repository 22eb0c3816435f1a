// The build puts the kernels' bytes here, so that Node, Deno, Bun, browsers and bundlers find them without configuration.
import bytes from "../dist/segloss.wasm";
import { kernelLoader, type LoadOptions } from "./bindings/load.js";
import { createLibrary, type SegLoss } from "./segloss.js";

export * from "./exports.js";

const loadKernels = kernelLoader(bytes as BufferSource);

/** Compiles the kernels (once, however often it is called) and gives an instance with memory of its own. */
export async function load(options: LoadOptions = {}): Promise<SegLoss> {
  return createLibrary(await loadKernels(options.wasm));
}

// The build puts the kernels' bytes here, so that Node, Deno, Bun, browsers and bundlers find them without
// configuration.
import bytes from "../../dist/segloss.wasm";
import { kernelLoader } from "./load.js";

export const loadKernels = kernelLoader(bytes as BufferSource);

import { loadKernels, type WasmSource } from "./bindings/load";
import { createLibrary, type SegLoss } from "./segloss";

export { catalog, type LossName, type LossOptions } from "./catalog";
export type { Declaration } from "./catalog/declaration";
export { SegLossError, type SegLossErrorCode } from "./errors";
export type { Extra, PreparedTarget, Target } from "./inputs";
export type { Loss, ValueAndGrad } from "./loss";
export type { ResidentTensor, SegLoss } from "./segloss";
export type { TensorLike } from "./shape";

export interface LoadOptions {
  /** Where the kernels come from. Default: the bytes that the package carries. */
  readonly wasm?: WasmSource;
}

/** Compiles the kernels (once, however often it is called) and gives an instance with memory of its own. */
export async function load(options: LoadOptions = {}): Promise<SegLoss> {
  return createLibrary(await loadKernels(options.wasm));
}

import { instantiate } from "@assemblyscript/loader";
import type { Exports } from "../../dist/kernels.js";
import { Kernels } from "./kernels.js";
import { type ByteSource, fetchBytes } from "./source.js";

/** Where the kernels come from. */
export type WasmSource = ByteSource | WebAssembly.Module;

export interface LoadOptions {
  /** Where the kernels come from. Default: the module that the package carries. */
  readonly wasm?: WasmSource;
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  return source instanceof WebAssembly.Module ? source : WebAssembly.compile(await fetchBytes(source));
}

/** Gives instances, each with memory of its own; the module that the package carries is compiled once. */
export function kernelLoader(embedded: BufferSource | WebAssembly.Module): (source?: WasmSource) => Promise<Kernels> {
  let compiled: Promise<WebAssembly.Module> | undefined;
  return async (source) => {
    if (source === undefined) compiled ??= compile(embedded);
    const module = await (source === undefined ? (compiled as Promise<WebAssembly.Module>) : compile(source));
    const { instance } = await instantiate<Record<string, unknown>>(module, {});
    // The types are of this very module (scripts/exports.mjs); the loader knows none.
    return new Kernels(instance.exports as unknown as Exports);
  };
}

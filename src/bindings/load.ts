import { instantiate } from "@assemblyscript/loader";
import { type Exports, Kernels } from "./kernels.js";

/** Where the kernels come from. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module;

export interface LoadOptions {
  /** Where the kernels come from. Default: the module that the package carries. */
  readonly wasm?: WasmSource;
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof Response !== "undefined" && source instanceof Response) return WebAssembly.compile(await source.arrayBuffer());
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source as BufferSource);
  const url = new URL(String(source), import.meta.url);
  if (url.protocol === "file:") {
    // Node's fetch does not read files. The name is put together so that bundlers for browsers leave it alone.
    const fs = (await import(/* @vite-ignore */ ["node:fs", "promises"].join("/"))) as typeof import("node:fs/promises");
    return WebAssembly.compile(await fs.readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`segloss: ${url} answered ${response.status} ${response.statusText}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Gives instances, each with memory of its own; the module that the package carries is compiled once. */
export function kernelLoader(embedded: BufferSource | WebAssembly.Module): (source?: WasmSource) => Promise<Kernels> {
  let compiled: Promise<WebAssembly.Module> | undefined;
  return async (source) => {
    if (source === undefined) compiled ??= compile(embedded);
    const module = await (source === undefined ? (compiled as Promise<WebAssembly.Module>) : compile(source));
    const { instance } = await instantiate<Record<string, unknown>>(module, {});
    return new Kernels(instance.exports as unknown as Exports);
  };
}

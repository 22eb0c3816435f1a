import { instantiate } from "@assemblyscript/loader";
// The build puts the module's bytes here, so that every runtime and bundler finds them without configuration.
import embedded from "../../dist/segloss.wasm";
import { type Exports, Kernels } from "./kernels.js";

/** Where the kernels come from. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module;

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

let compiled: Promise<WebAssembly.Module> | undefined;

function compileEmbedded(): Promise<WebAssembly.Module> {
  compiled ??= compile(embedded as BufferSource);
  return compiled;
}

/** An instance of its own memory for every call; the default module is compiled once. */
export async function loadKernels(source?: WasmSource): Promise<Kernels> {
  const module = await (source === undefined ? compileEmbedded() : compile(source));
  const { instance } = await instantiate<Record<string, unknown>>(module, {});
  return new Kernels(instance.exports as unknown as Exports);
}

import { instantiate } from "@assemblyscript/loader";
import type { Exports } from "../../dist/kernels.js";
import { SegLossError } from "../errors.js";
import { brief, checkNames } from "../options/names.js";
import { Kernels } from "./kernels.js";
import { type ByteSource, fetchBytes } from "./source.js";

/** Where the kernels come from. */
export type WasmSource = ByteSource | WebAssembly.Module;

export interface LoadOptions {
  /** Where the kernels come from. Default: the module that the package carries. */
  readonly wasm?: WasmSource;
}

/** What `load` was given: where the kernels come from. What it would pass over is refused. */
export function readLoadOptions(options: LoadOptions): WasmSource | undefined {
  const parent = Object.getPrototypeOf(Object(options)),
    plain = parent === null || Object.getPrototypeOf(parent) === null;
  // A file's address or its bytes stand in the object's place at times: those are of a class, and hold no wasm.
  if (options === null || typeof options !== "object" || !(plain || "wasm" in options))
    throw new SegLossError("INVALID_OPTION", `load: options must be an object such as { wasm }, got ${brief(options)}`);
  checkNames(
    "load",
    options,
    ["wasm"],
    [
      { name: "url", also: ["path", "wasmPath", "wasmUrl", "module", "source"], why: "; did you mean wasm?" },
      { name: "threads", also: ["workers"], why: "; createPool of segloss/workers computes on several" },
    ],
  );
  return options.wasm;
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

/** Where a file's bytes come from. */
export type ByteSource = URL | string | Response | BufferSource;

/**
 * An address relative to the package's code. Written in two steps: in one expression, bundlers take it for a file to
 * bring along.
 */
export function resolveAddress(address: URL | string): URL {
  const here = import.meta.url;
  return new URL(address, here);
}

export async function fetchBytes(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source))
    return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
  if (typeof Response !== "undefined" && source instanceof Response) return new Uint8Array(await source.arrayBuffer());
  const url = resolveAddress(source as URL | string);
  if (url.protocol === "file:") {
    // Node's fetch does not read files. The name is put together so that bundlers for browsers leave it alone.
    const fs = (await import(
      /* @vite-ignore */ ["node:fs", "promises"].join("/")
    )) as typeof import("node:fs/promises");
    return new Uint8Array(await fs.readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`segloss: ${url} answered ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

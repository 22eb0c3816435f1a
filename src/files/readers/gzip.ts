import { unzlibSync } from "fflate";

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Node's own, where there is one: faster than a stream, and it reads gzip files of several members. */
const zlib = () => globalThis.process?.getBuiltinModule?.("node:zlib");

async function streamed(bytes: Uint8Array, format: CompressionFormat): Promise<Uint8Array> {
  const plain = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** What is wrong with the bytes or their sum throws. */
export const unzipped = async (bytes: Uint8Array): Promise<Uint8Array> =>
  zlib()?.gunzipSync(bytes) ?? streamed(bytes, "gzip");

/** As `unzipped`, of zlib's format. */
export const inflated = async (bytes: Uint8Array): Promise<Uint8Array> =>
  zlib()?.inflateSync(bytes) ?? streamed(bytes, "deflate");

/** As `inflated`, at once, where it is known to how many bytes; more are left out. */
export function inflatedTo(bytes: Uint8Array, size: number): Uint8Array {
  const found = zlib()?.inflateSync(bytes, { chunkSize: Math.max(size, 64) });
  // A Buffer's slice is no copy.
  if (found) return new Uint8Array(found.buffer, found.byteOffset, Math.min(found.length, size));
  return unzlibSync(bytes, { out: new Uint8Array(size) });
}

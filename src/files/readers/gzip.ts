import { type FlateError, FlateErrorCode, unzlibSync } from "fflate";
import { viewOf } from "./bytes.js";
import { Flaw } from "./volume.js";

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Node's own, where there is one: faster than a stream, and it reads gzip files of several members. */
const zlib = () => globalThis.process?.getBuiltinModule?.("node:zlib");

async function streamed(bytes: Uint8Array): Promise<Uint8Array> {
  const plain = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** What is wrong with the bytes or their sum throws. */
export const unzipped = async (bytes: Uint8Array): Promise<Uint8Array> => zlib()?.gunzipSync(bytes) ?? streamed(bytes);

/** Bytes beyond those that are wanted: some encoders write a few, and with room left zlib asks for no second buffer. */
const SPARE = 2 ** 16;

/** What deflate makes of a byte at most (RFC 1951: 258 bytes by two bits). */
const MOST = 1032;

/** The check sum of zlib's format (RFC 1950, 8.2). */
function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  // The most bytes after which b still has 32 bits.
  for (let from = 0; from < bytes.length; from += 5552) {
    const to = Math.min(from + 5552, bytes.length);
    for (let i = from; i < to; i++) {
      a += bytes[i];
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b * 2 ** 16 + a;
}

/** As Node's, which neither looks at the sum nor minds what has no room. */
function inflatedHere(bytes: Uint8Array, room: number): Uint8Array {
  const found = unzlibSync(bytes, { out: new Uint8Array(room) });
  if (found.length < room && adler32(found) !== viewOf(bytes).getUint32(bytes.length - 4)) throw new Error(SUM);
  return found;
}

/** What both say of a wrong sum. */
const SUM = "incorrect data check";

function reasonOf({ code, message }: NodeJS.ErrnoException | FlateError): string {
  if (message === SUM) return "the check sum of its data is wrong";
  if (code === "Z_BUF_ERROR" || code === FlateErrorCode.UnexpectedEOF) return "its data ends early";
  return code === "ERR_BUFFER_TOO_LARGE" ? "it holds far more data than it says" : "its compressed data is damaged";
}

/** The bytes of zlib's format: `size`, or a few more, which are left out; what is wrong with them is a `Flaw`. */
export function inflatedTo(bytes: Uint8Array, size: number): Uint8Array {
  if (size > MOST * bytes.length) throw new Flaw("it says that it holds far more data than it does");
  const room = size + SPARE;
  let found: Uint8Array;
  try {
    found = zlib()?.inflateSync(bytes, { chunkSize: room, maxOutputLength: room - 1 }) ?? inflatedHere(bytes, room);
  } catch (error) {
    throw new Flaw(reasonOf(error as NodeJS.ErrnoException | FlateError));
  }
  if (found.length === room) throw new Flaw("it holds far more data than it says");
  if (found.length < size) throw new Flaw("its data ends early");
  // A Buffer's slice is no copy.
  return new Uint8Array(found.buffer, found.byteOffset, size);
}

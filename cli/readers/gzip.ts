import { gunzipSync } from "node:zlib";

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
/** A promise, since browsers have no other way. */
export const unzipped = async (bytes: Uint8Array): Promise<Uint8Array> => gunzipSync(bytes);

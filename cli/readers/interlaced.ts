import { crc32 } from "node:zlib";
import { PNG } from "pngjs";
import type { Pixels } from "./pixels";

/**
 * Interlaced pixels of less than a byte, which fast-png reads as if each had one. pngjs shows a palette's colours only:
 * its entries come as the grey levels of a file that says so (colour type 0 in place of 3).
 */
export function readSmallInterlaced(bytes: Uint8Array): Pixels {
  const indexed = bytes[25] === 3,
    grey = Buffer.from(bytes);
  grey[25] = 0;
  grey.writeUInt32BE(crc32(grey.subarray(12, 29)), 29);
  // Without a rescale, levels stay as stored.
  const png = PNG.sync.read(grey, { skipRescale: true });
  const { width, height } = png,
    data = Uint8Array.from({ length: width * height }, (_, i) => png.data[4 * i]);
  return { width, height, channels: 1, data, top: 2 ** bytes[24] - 1, indexed };
}

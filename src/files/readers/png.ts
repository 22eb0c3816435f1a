import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";
import { latin1 } from "./bytes.js";
import { readSmallInterlaced } from "./interlaced.js";
import { type Pixels, volumeOf } from "./pixels.js";
import { readSingleBytes } from "./pngRows.js";
import { decodedLater, type Reader } from "./volume.js";

/** One number per pixel: fast-png leaves depths of 1, 2 and 4 bits as they are stored, in rows padded to bytes. */
function unpack({ data, width, height, depth }: DecodedPng): Uint8Array {
  const perByte = 8 / depth,
    perRow = Math.ceil(width / perByte);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width,
      byte = data[Math.floor(i / width) * perRow + Math.floor(x / perByte)];
    return (byte >> (8 - depth * (1 + (x % perByte)))) & (2 ** depth - 1);
  });
}

async function decodePng(bytes: Uint8Array, asStored = false): Promise<DecodedPng | Pixels> {
  if (bytes.length === 0) throw new Error("is empty");
  if (latin1(bytes, 0, 8) !== "\x89PNG\r\n\x1a\n") throw new Error("not a PNG file");
  // Bytes 24, 25 and 28 of a PNG are its depth, colour type and interlace method.
  return decodedLater("a PNG", async () => {
    if (bytes[24] < 8 && bytes[28] === 1) return readSmallInterlaced(bytes);
    return (asStored && readSingleBytes(bytes)) || decode(bytes);
  });
}

const isDone = (png: DecodedPng | Pixels): png is Pixels => "top" in png;

/** Numbers as stored: those of a palette stay entries. */
async function readLevels(bytes: Uint8Array): Promise<Pixels> {
  const png = await decodePng(bytes, true);
  if (isDone(png)) return png;
  const { width, height, channels, depth } = png,
    data = depth < 8 ? unpack(png) : (png.data as Pixels["data"]);
  return { width, height, channels, data, top: 2 ** depth - 1, indexed: png.palette !== undefined };
}

/** Numbers as seen: a palette's colours in place of its entries. */
export async function readColours(bytes: Uint8Array): Promise<Pixels> {
  const png = await decodePng(bytes);
  if (isDone(png) || !png.palette) return readLevels(bytes);
  const { width, height, palette } = png;
  return { width, height, channels: palette[0].length, data: convertIndexedToRgb(png), top: 255, indexed: false };
}

export const reader: Reader = {
  // A palette that is asked for goes by what is seen, however it is stored.
  read: async (bytes, reading) => volumeOf(await (reading.palette ? readColours : readLevels)(bytes), reading),
};

import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";
import { latin1, viewOf } from "./bytes.js";
import { inflatedTo } from "./gzip.js";
import { interlacedLevels, interlacedSize } from "./interlaced.js";
import { type Pixels, volumeOf } from "./pixels.js";
import { chunksOf, levelsOf } from "./pngRows.js";
import { decodedLater, Flaw, type Reader } from "./volume.js";

/** One number per pixel: fast-png leaves depths of 1, 2 and 4 bits as they are stored, in rows padded to bytes. */
function unpack({ data, width, height, depth }: DecodedPng): Uint8Array {
  const perByte = 8 / depth,
    perRow = Math.ceil(width / perByte);
  const pixels = new Uint8Array(width * height),
    largest = 2 ** depth - 1;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const byte = data[y * perRow + Math.floor(x / perByte)];
      pixels[i] = (byte >> (8 - depth * (1 + (x % perByte)))) & largest;
    }
  return pixels;
}

/** Numbers of a pixel by colour type. */
const channels: Record<number, number | undefined> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** What its first chunk says, and the bytes of all rows, which are whole. */
function rowsOf(bytes: Uint8Array) {
  if (bytes.length < 33 || latin1(bytes, 12, 16) !== "IHDR") throw new Flaw("its first chunk is no header");
  const view = viewOf(bytes),
    [width, height, depth, type] = [view.getUint32(16), view.getUint32(20), bytes[24], bytes[25]],
    interlaced = bytes[28] === 1,
    bits = depth * (channels[type] ?? Number.NaN),
    size = interlaced ? interlacedSize(width, height, bits) : height * (1 + Math.ceil((width * bits) / 8)),
    { stored, palette, complete } = chunksOf(bytes);
  if (width === 0 || height === 0) throw new Flaw(`its size is ${width} x ${height}`);
  if (!(bits > 0)) throw new Flaw(`it has no such colours, type ${type} of ${depth} bits`);
  if (!complete) throw new Flaw("it ends early");
  try {
    return { width, height, depth, type, interlaced, palette, rows: inflatedTo(stored, size) };
  } catch (error) {
    throw new Flaw(`${(error as Error).message} (${width} x ${height} pixels)`);
  }
}

async function decodePng(bytes: Uint8Array, asStored = false): Promise<DecodedPng | Pixels> {
  if (bytes.length === 0) throw new Error("is empty");
  if (latin1(bytes, 0, 8) !== "\x89PNG\r\n\x1a\n") throw new Error("not a PNG file");
  return decodedLater("a PNG", async () => {
    const { width, height, depth, type, interlaced, palette, rows } = rowsOf(bytes),
      indexed = type === 3,
      done = (data: Uint8Array) => ({ width, height, channels: 1, data, top: 2 ** depth - 1, indexed });
    if (depth < 8 && interlaced) return done(interlacedLevels(rows, width, height, depth));
    // fast-png reads them, too, but allocates six times as much, which other threads pay for.
    if (asStored && depth === 8 && !interlaced && (type === 0 || indexed) && palette === indexed)
      return done(levelsOf(rows, width, height));
    return decode(bytes);
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

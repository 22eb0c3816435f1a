import { crc32 } from "node:zlib";
import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";
import { PNG } from "pngjs";
import { labelsFromImage } from "segloss/masks";
import { decoded, type Reader, type Reading, type Volume } from "./volume";

export interface Png {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
  /** The largest number that its depth can hold. */
  readonly top: number;
  /** True where the numbers are entries of a palette: classes, but no intensities. */
  readonly indexed: boolean;
}

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

/**
 * Interlaced pixels of less than a byte, which fast-png reads as if each had one. pngjs shows a palette's colours only:
 * its entries come as the grey levels of a file that says so (colour type 0 in place of 3).
 */
function readSmallInterlaced(bytes: Buffer): Png {
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

function decodePng(bytes: Buffer): DecodedPng | Png {
  if (bytes.length === 0) throw new Error("is empty");
  if (bytes.toString("latin1", 0, 8) !== "\x89PNG\r\n\x1a\n") throw new Error("not a PNG file");
  // Bytes 24, 25 and 28 of a PNG are its depth, colour type and interlace method.
  return decoded("a PNG", () => (bytes[24] < 8 && bytes[28] === 1 ? readSmallInterlaced(bytes) : decode(bytes)));
}

const isDone = (png: DecodedPng | Png): png is Png => "top" in png;

/** Numbers as stored: those of a palette stay entries. */
function readLevels(bytes: Buffer): Png {
  const png = decodePng(bytes);
  if (isDone(png)) return png;
  const { width, height, channels, depth } = png,
    data = depth < 8 ? unpack(png) : (png.data as Png["data"]);
  return { width, height, channels, data, top: 2 ** depth - 1, indexed: png.palette !== undefined };
}

/** Numbers as seen: a palette's colours in place of its entries. */
export function readColours(bytes: Buffer): Png {
  const png = decodePng(bytes);
  if (isDone(png) || !png.palette) return readLevels(bytes);
  const { width, height, palette } = png;
  return { width, height, channels: palette[0].length, data: convertIndexedToRgb(png), top: 255, indexed: false };
}

/** The first channel where the others say nothing more: colours that are greys, an alpha that is even or the mask. */
function asGrey({ data, channels }: Png): Png["data"] | undefined {
  const colours = channels < 3 ? 1 : 3,
    alpha = channels - 1;
  let even = true,
    mask = true;
  for (let at = 0; at < data.length; at += channels) {
    for (let c = 1; c < colours; c++) if (data[at + c] !== data[at]) return undefined;
    even &&= data[at + alpha] === data[alpha];
    mask &&= data[at + alpha] === data[at];
  }
  if (channels !== colours && !even && !mask)
    throw new Error("holds grey levels and an alpha that differs from them; save the mask without alpha");
  return data.filter((_, i) => i % channels === 0);
}

function readPng(bytes: Buffer, { palette }: Reading): Volume {
  // A palette that is asked for goes by what is seen, however it is stored.
  const png = palette ? readColours(bytes) : readLevels(bytes),
    { data, width, height, channels, top, indexed } = png,
    common = { shape: [height, width], axes: ["HW"] };
  if (palette && channels > 2) {
    if (data instanceof Uint16Array) throw new Error("holds colours of 16 bits; --palette takes 8 bits");
    try {
      return { ...common, data: labelsFromImage({ ...png, data }, { palette }).data, top, indexed: true };
    } catch (error) {
      throw new Error((error as Error).message.replace(/^labelsFromImage: /, "").replace(/; option unknown.*/, ""));
    }
  }
  if (channels === 1) return { ...common, data, top, indexed };
  const grey = asGrey(png);
  if (!grey)
    throw new Error(
      "holds colours; say which label each stands for with --palette, such as --palette 0=#000000 1=#ff0000",
    );
  const what = channels < 3 ? "grey levels with alpha" : "colours that are all grey";
  return { ...common, data: grey, top, indexed: false, notes: [`${what}, read as grey levels`] };
}

export const png: Reader = { endings: [".png"], read: readPng };

import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";

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
  if (data.length !== perRow * height)
    throw new Error(`expected ${perRow * height} bytes of ${depth}-bit pixels, got ${data.length}`);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width,
      byte = data[Math.floor(i / width) * perRow + Math.floor(x / perByte)];
    return (byte >> (8 - depth * (1 + (x % perByte)))) & (2 ** depth - 1);
  });
}

/** Numbers as stored: those of a palette stay entries. */
export function readLevels(bytes: Uint8Array): Png {
  const png = decode(bytes),
    { width, height, channels, depth } = png;
  const data = depth < 8 ? unpack(png) : (png.data as Png["data"]);
  return { width, height, channels, data, top: 2 ** depth - 1, indexed: png.palette !== undefined };
}

/** Numbers as seen: a palette's colours in place of its entries. */
export function readColours(bytes: Uint8Array): Png {
  const png = decode(bytes);
  if (!png.palette) return readLevels(bytes);
  const { width, height, palette } = png;
  return { width, height, channels: palette[0].length, data: convertIndexedToRgb(png), top: 255, indexed: false };
}

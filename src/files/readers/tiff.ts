import { fromArrayBuffer, type GeoTIFF, type GeoTIFFImage } from "geotiff";
import { pageAxes } from "./pageAxes.js";
import { type Pixels, volumeOf } from "./pixels.js";
import { decodedLater, type Numbers, type Reader, type Reading, type Volume } from "./volume.js";

/** Compressions that change numbers (TIFF 6.0 and its registered ones). */
const lossy: Record<number, string> = {
  6: "JPEG",
  7: "JPEG",
  34892: "JPEG",
  33003: "JPEG 2000",
  33005: "JPEG 2000",
  50001: "WebP",
};

/** None, LZW, deflate, PackBits, Zstandard, LERC. */
const readable = [1, 5, 8, 32946, 32773, 50000, 34887];

interface Page {
  readonly image: GeoTIFFImage;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly photometric: number;
}

const tag = (image: GeoTIFFImage, name: string) => image.fileDirectory.getValue(name as never) as number | undefined;

/** Pages that hold pixels: no smaller copies (overviews of a GeoTIFF) and no masks of transparency. */
async function pagesOf(file: GeoTIFF): Promise<Page[]> {
  const count = await file.getImageCount(),
    pages: Page[] = [];
  for (let i = 0; i < count; i++) {
    const image = await file.getImage(i);
    // Bit 0 of NewSubfileType: reduced resolution; bit 2: a mask.
    if (((tag(image, "NewSubfileType") ?? 0) & 5) !== 0) continue;
    // A bilevel image may leave this out (TIFF 6.0: the default is 1); geotiff takes it for 0.
    if (!image.fileDirectory.hasTag("BitsPerSample")) image.fileDirectory.actualizedFields.set("BitsPerSample", [1]);
    pages.push({
      image,
      width: image.getWidth(),
      height: image.getHeight(),
      channels: image.getSamplesPerPixel(),
      photometric: tag(image, "PhotometricInterpretation") ?? 1,
    });
  }
  return pages;
}

function check(pages: readonly Page[]): void {
  const [first] = pages;
  if (!first) throw new Error("holds no image");
  for (const [n, { image, width, height, channels, photometric }] of pages.entries()) {
    const compression = tag(image, "Compression") ?? 1,
      bits = image.getBitsPerSample();
    if (lossy[compression])
      throw new Error(`is compressed with losses (${lossy[compression]}): its numbers are not those that were meant`);
    if (!readable.includes(compression))
      throw new Error(
        `is compressed by TIFF's method ${compression}, which is not supported; save it with deflate or LZW`,
      );
    if (width !== first.width || height !== first.height || channels !== first.channels)
      throw new Error(
        `page ${n} has ${width} x ${height} pixels of ${channels} channel(s), page 0 has ` +
          `${first.width} x ${first.height} of ${first.channels}; save one image per file`,
      );
    if (photometric === 0)
      throw new Error(
        "stores white as 0 (PhotometricInterpretation 0): are its numbers as stored or as seen? " +
          "Save it with black as 0",
      );
    if (image.getSampleFormat() > 3 || ![1, 2, 4, 8, 16, 32, 64].includes(bits))
      throw new Error(`holds numbers of ${bits} bits, sample format ${image.getSampleFormat()}; not supported`);
  }
}

/** Integers of the least type that holds them, floats as they are. */
// geotiff's typed arrays have their dimensions beside them, which makes them a type of their own.
const numbersOf = (page: Page): Promise<Numbers> =>
  decodedLater("a TIFF", async () => (await page.image.readRasters({ interleave: true })) as unknown as Numbers);

function joined(parts: readonly Numbers[]): Numbers {
  if (parts.length === 1) return parts[0];
  const size = parts[0].length,
    all = new (parts[0].constructor as new (length: number) => Numbers)(size * parts.length);
  for (const [n, part] of parts.entries()) all.set(part as never, n * size);
  return all;
}

/** One image as a PNG would be: labels, entries of a palette, or colours. */
async function pictureOf(page: Page, reading: Reading): Promise<Volume | undefined> {
  const { image, width, height, channels, photometric } = page,
    bits = image.getBitsPerSample(),
    whole = image.getSampleFormat() === 1 && bits <= 16,
    seen = photometric === 2 || (photometric === 3 && reading.palette !== undefined);
  if (!whole || channels > 4 || (channels > 1 && photometric !== 2)) return undefined;
  if (!seen && (channels > 1 || photometric === 3))
    return { data: await numbersOf(page), shape: [height, width], axes: ["HW"], indexed: true };
  if (!seen) return undefined;
  const colours = photometric === 3 ? { interleave: true as const, enableAlpha: false } : undefined,
    read = () => (colours ? image.readRGB(colours) : image.readRasters({ interleave: true })),
    // As above; whole numbers of at most 16 bits.
    data = (await decodedLater("a TIFF", read)) as unknown as Pixels["data"];
  return volumeOf(
    { width, height, channels: photometric === 3 ? 3 : channels, data, top: 2 ** bits - 1, indexed: false },
    reading,
  );
}

/** Where a GeoTIFF lies: x to the east, y to the north, in the units of its projection. */
function geographyOf({ image }: Page): Pick<Volume, "place" | "spacing" | "spacingFault"> {
  const keys = image.getGeoKeys();
  if (!keys) return {};
  try {
    const [x, y] = image.getResolution(),
      [east, north] = image.getOrigin();
    if (!x || !y) return {};
    const rows = [[x, 0, 0, east], [0, y, 0, north], [0, 0, 1, 0]]; // biome-ignore format: a matrix
    // 2: a system of angles (GeoTIFF 1.1, GTModelTypeGeoKey); a degree has no one length.
    const angles = keys.GTModelTypeGeoKey === 2,
      spacing = [1, Math.abs(y), Math.abs(x)];
    return {
      place: { affine: rows, map: true },
      ...(angles ? { spacingFault: "its pixels are sized in degrees" } : { spacing }),
    };
  } catch {
    return {};
  }
}

async function readTiff(bytes: Uint8Array, reading: Reading): Promise<Volume> {
  if (bytes.length === 0) throw new Error("is empty");
  const file = await decodedLater("a TIFF", () =>
    fromArrayBuffer(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer),
  );
  const pages = await decodedLater("a TIFF", () => pagesOf(file));
  check(pages);
  const [first] = pages,
    { width, height, channels, image, photometric } = first,
    description = String((await image.fileDirectory.loadValue("ImageDescription")) ?? ""),
    geography = geographyOf(first);
  if (pages.length === 1) {
    const picture = await pictureOf(first, reading);
    if (picture) return { ...picture, ...onPlane(picture, geography) };
  } else if (photometric === 2) throw new Error("is a stack of colour images; save labels, one number per pixel");
  const data = joined(await Promise.all(pages.map(numbersOf))),
    { axes, shape, spacing, spacingFault } = pageAxes(pages.length, description);
  const bits = image.getBitsPerSample(),
    grey = image.getSampleFormat() === 1 && bits <= 16 ? { top: 2 ** bits - 1 } : {},
    indexed = photometric === 3 ? { indexed: true } : {};
  const volume = {
    data,
    shape: [...shape, height, width, ...(channels > 1 ? [channels] : [])],
    axes: (channels > 1 ? axes.filter((letters) => !letters.includes("C")) : axes).map(
      (letters) => `${letters}HW${channels > 1 ? "C" : ""}`,
    ),
    // Grey levels of one channel may be probabilities, as those of a PNG.
    ...(channels === 1 && pages.length === 1 ? grey : {}),
    ...indexed,
  };
  return {
    ...volume,
    ...(image.getGeoKeys() && pages.length === 1 ? onPlane(volume, geography) : { spacing, spacingFault }),
  };
}

/** A plane of the map, as geometry wants it: with a third axis of one. */
function onPlane({ shape, axes }: Volume, geography: ReturnType<typeof geographyOf>): Partial<Volume> {
  if (!geography.place) return {};
  // Channels last would hide x from whoever compares places: only their sizes are told.
  if (axes?.[0] !== "HW") return { spacing: geography.spacing, spacingFault: geography.spacingFault };
  return { ...geography, shape: [1, ...shape], axes: ["DHW"] };
}

export const reader: Reader = { read: readTiff };

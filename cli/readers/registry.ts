import { readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { endingsOf, type Format, formatOf, formats, readBytes, refuse } from "../../src/files/readers/formats";
import { type Numbers, type Reading, type Source, show, type Volume } from "../../src/files/readers/volume";

interface Stored extends Format {
  /** True where a folder is the file. */
  readonly folder?: boolean;
  /** True where a file is a data set of many images. */
  readonly dataset?: boolean;
}

/** Every format: those whose files are bytes, and those that need the file system. */
const all: readonly Stored[] = [
  ...formats,
  { endings: [".zarr"], load: () => import("./zarr"), folder: true },
  { endings: [".json"], load: () => import("./coco"), dataset: true },
];

/** What names of readable files end in, for messages. */
export const readableEndings = endingsOf(all);

/** An image of a data set goes by the file's path, two colons and its own name. */
export const entryPath = (file: string, entry: string): string => `${file}::${entry}`;
export function splitEntry(path: string): { readonly file: string; readonly entry?: string } {
  const at = path.toLowerCase().indexOf(".json::");
  return at < 0 ? { file: path } : { file: path.slice(0, at + 5), entry: path.slice(at + 7) };
}

export const isReadable = (path: string): boolean => formatOf(splitEntry(path).file, all) !== undefined;
export const isDataset = (path: string): boolean => formatOf(path, all)?.dataset === true;

/** Pairs predictions and targets: a name without its extensions. */
export const stem = (name: string): string => name.replace(/(\.nii|\.ome|\.seg)?\.\w+$/, "");

const reasons: Record<string, string> = {
  ENOENT: "no such file or folder",
  EISDIR: "is a folder",
  EACCES: "may not be read (permission denied)",
  EPERM: "may not be read (permission denied)",
};

async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${path}: ${(code && reasons[code]) ?? message}`);
  }
}

const sourceOf = (path: string, entry: string | undefined): Source => ({
  path,
  entry,
  beside: (name) => named(join(dirname(path), name), () => readFile(join(dirname(path), name))),
});

/** Reads a file of any known format; an error names it. */
export function readVolume(path: string, reading: Reading = {}): Promise<Volume> {
  return named(path, async () => {
    const { file, entry } = splitEntry(path),
      format = formatOf(file, all),
      // What reads a folder, or a data set once for all its images, reads for itself.
      whole = format?.dataset || (format?.folder && statSync(file).isDirectory()),
      bytes = whole ? new Uint8Array() : readFileSync(file);
    if (!format) refuse(file, readableEndings);
    const volume = await readBytes(format, bytes, reading, sourceOf(file, entry));
    return { ...volume, notes: volume.notes?.map((note) => `${path}: ${note}`) };
  });
}

/** Something to look at: one or three numbers per pixel, the channel fastest. */
export interface Image {
  readonly data: Numbers;
  readonly channels: number;
}

/** Reads an image that lies on these pixels: a PNG of any colours, a volume, or [...spatial, 3]. */
export async function readPicture(path: string, spatial: readonly number[]): Promise<Image> {
  const picture = async () => {
    const { readColours } = await import("../../src/files/readers/png"),
      { data, width, height, channels } = await readColours(readFileSync(path));
    return { data, shape: [height, width, channels] };
  };
  const isPng = path.toLowerCase().endsWith(".png"),
    { data, shape }: Volume = isPng ? await named(path, picture) : await readVolume(path),
    sized = shape.filter((n) => n !== 1).join(),
    wanted = spatial.filter((n) => n !== 1);
  const channels = [1, 3, 2, 4].find((c) => sized === [...wanted, c].filter((n) => n !== 1).join());
  if (!channels)
    throw new Error(`${path}: shape ${show(shape)} does not lie on the prediction's pixels, ${show(spatial)}`);
  return { data, channels };
}

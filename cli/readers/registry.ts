import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { nifti } from "./nifti";
import { npy } from "./npy";
import { npz } from "./npz";
import { png, readColours } from "./png";
import { type Numbers, product, type Reader, type Reading, show, type Volume } from "./volume";

/** Every format; a new one is a file beside these and a name here. */
const readers: readonly Reader[] = [png, npy, npz, nifti];
const endings = readers.flatMap((reader) => reader.endings);

/** What names of readable files end in, for messages. */
export const readableEndings = `${endings.slice(0, -1).join(", ")} or ${endings.at(-1)}`;

const readerOf = (path: string) =>
  readers.find((reader) => reader.endings.some((end) => path.toLowerCase().endsWith(end)));
export const isReadable = (path: string): boolean => readerOf(path) !== undefined;

/** Pairs predictions and targets: a file's name without its extensions. */
export const stem = (path: string): string => basename(path).replace(/(\.nii)?\.\w+$/, "");

const reasons: Record<string, string> = {
  ENOENT: "no such file or folder",
  EISDIR: "is a folder",
  EACCES: "may not be read (permission denied)",
  EPERM: "may not be read (permission denied)",
};

function named<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${path}: ${(code && reasons[code]) ?? message}`);
  }
}

/** Reads a file of any known format; an error names it. */
export function readVolume(path: string, reading: Reading = {}): Volume {
  return named(path, () => {
    const bytes = readFileSync(path),
      reader = readerOf(path);
    if (!reader) throw new Error(`expected a name that ends in ${readableEndings}`);
    const volume = reader.read(bytes, reading),
      { data, shape } = volume;
    if (data.length !== product(shape))
      throw new Error(
        `is cut or broken: shape ${show(shape)} needs ${product(shape)} numbers, it holds ${data.length}`,
      );
    if (data.length === 0) throw new Error(`holds no numbers, its shape is ${show(shape)}`);
    return { ...volume, notes: volume.notes?.map((note) => `${path}: ${note}`) };
  });
}

/** Something to look at: one or three numbers per pixel, the channel fastest. */
export interface Image {
  readonly data: Numbers;
  readonly channels: number;
}

/** Reads an image that lies on these pixels: a PNG of any colours, a volume, or [...spatial, 3]. */
export function readPicture(path: string, spatial: readonly number[]): Image {
  const picture = () => {
    const { data, width, height, channels } = readColours(readFileSync(path));
    return { data, shape: [height, width, channels] };
  };
  const { data, shape }: Volume = readerOf(path) === png ? named(path, picture) : readVolume(path),
    sized = shape.filter((n) => n !== 1).join(),
    wanted = spatial.filter((n) => n !== 1);
  const channels = [1, 3, 2, 4].find((c) => sized === [...wanted, c].filter((n) => n !== 1).join());
  if (!channels)
    throw new Error(`${path}: shape ${show(shape)} does not lie on the prediction's pixels, ${show(spatial)}`);
  return { data, channels };
}

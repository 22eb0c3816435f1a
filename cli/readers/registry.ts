import { readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Numbers, product, type Reader, type Reading, type Source, show, type Volume } from "./volume";

interface Format {
  readonly endings: readonly string[];
  readonly load: () => Promise<{ readonly reader: Reader }>;
  /** True where a folder is the file. */
  readonly folder?: boolean;
  /** True where a file is a data set of many images. */
  readonly dataset?: boolean;
}

/** Every format; a new one is a file beside these and a line here. It is loaded when the first file asks for it. */
const formats: readonly Format[] = [
  { endings: [".png"], load: () => import("./png") },
  { endings: [".tif", ".tiff"], load: () => import("./tiff") },
  { endings: [".npy"], load: () => import("./npy") },
  { endings: [".npz"], load: () => import("./npz") },
  { endings: [".nii", ".nii.gz"], load: () => import("./nifti") },
  { endings: [".nrrd", ".nhdr"], load: () => import("./nrrd") },
  { endings: [".mha", ".mhd"], load: () => import("./meta") },
  { endings: [".dcm"], load: () => import("./dicom") },
  { endings: [".zarr"], load: () => import("./zarr"), folder: true },
  { endings: [".json"], load: () => import("./coco"), dataset: true },
];
const endings = formats.flatMap((format) => format.endings);

/** What names of readable files end in, for messages. */
export const readableEndings = `${endings.slice(0, -1).join(", ")} or ${endings.at(-1)}`;

/** An image of a data set goes by the file's path, two colons and its own name. */
export const entryPath = (file: string, entry: string): string => `${file}::${entry}`;
export function splitEntry(path: string): { readonly file: string; readonly entry?: string } {
  const at = path.toLowerCase().indexOf(".json::");
  return at < 0 ? { file: path } : { file: path.slice(0, at + 5), entry: path.slice(at + 7) };
}

const formatOf = (file: string) =>
  formats.find((format) => format.endings.some((end) => file.toLowerCase().endsWith(end)));
export const isReadable = (path: string): boolean => formatOf(splitEntry(path).file) !== undefined;
export const isDataset = (path: string): boolean => formatOf(path)?.dataset === true;

/** Pairs predictions and targets: a name without its extensions. */
export const stem = (name: string): string => name.replace(/(\.nii|\.ome|\.seg)?\.\w+$/, "");

/** JPEG and its like. */
export const hasLosses = (path: string): boolean => /\.(jpe?g|jpe|webp)$/i.test(path);

/** Formats that cannot hold what is compared, and why. */
function refuse(path: string): never {
  if (hasLosses(path))
    throw new Error(
      "is an image with losses: its compression changes numbers around edges, so that labels and scores are not " +
        "what was meant; save masks as PNG or TIFF",
    );
  throw new Error(`expected a name that ends in ${readableEndings}`);
}

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
      format = formatOf(file),
      // What reads a folder, or a data set once for all its images, reads for itself.
      whole = format?.dataset || (format?.folder && statSync(file).isDirectory()),
      bytes = whole ? Buffer.alloc(0) : readFileSync(file);
    if (!format) refuse(file);
    const { reader } = await format.load(),
      volume = await reader.read(bytes, reading, sourceOf(file, entry)),
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
export async function readPicture(path: string, spatial: readonly number[]): Promise<Image> {
  const picture = async () => {
    const { readColours } = await import("./png"),
      { data, width, height, channels } = readColours(readFileSync(path));
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

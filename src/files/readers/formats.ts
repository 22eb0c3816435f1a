import { imageType } from "./signatures.js";
import { product, type Reader, type Reading, type Source, show, type Volume } from "./volume.js";

export interface Format {
  readonly endings: readonly string[];
  readonly load: () => Promise<{ readonly reader: Reader }>;
}

/** Formats whose files are bytes; a new one is a file beside this and a line here. Loaded when a file asks for it. */
export const formats: readonly Format[] = [
  { endings: [".png"], load: () => import("./png.js") },
  { endings: [".tif", ".tiff"], load: () => import("./tiff.js") },
  { endings: [".npy"], load: () => import("./npy.js") },
  { endings: [".npz"], load: () => import("./npz.js") },
  { endings: [".nii", ".nii.gz"], load: () => import("./nifti.js") },
  { endings: [".nrrd", ".nhdr"], load: () => import("./nrrd.js") },
  { endings: [".mha", ".mhd"], load: () => import("./meta.js") },
  { endings: [".dcm"], load: () => import("./dicom.js") },
];

/** What names of readable files end in, for messages. */
export function endingsOf(of: readonly Format[]): string {
  const endings = of.flatMap((format) => format.endings);
  return `${endings.slice(0, -1).join(", ")} or ${endings.at(-1)}`;
}

export const formatOf = <F extends Format>(name: string, of: readonly F[]): F | undefined =>
  of.find((format) => format.endings.some((end) => name.toLowerCase().endsWith(end)));

/** JPEG and its like. */
export const hasLosses = (path: string): boolean => /\.(jpe?g|jpe|webp)$/i.test(path);

/** A name that no format has, and why. */
export function refuse(path: string, endings: string): never {
  if (hasLosses(path))
    throw new Error(
      "is an image with losses: its compression changes numbers around edges, so that labels and scores are not " +
        "what was meant; save masks as PNG or TIFF",
    );
  throw new Error(`expected a name that ends in ${endings}`);
}

/** Reads bytes; the caller names the file in an error. */
export async function readBytes(format: Format, bytes: Uint8Array, reading: Reading, source: Source): Promise<Volume> {
  const { reader } = await format.load();
  let volume: Volume;
  try {
    volume = await reader.read(bytes, reading, source);
  } catch (error) {
    const { message } = error as Error,
      found = /^not a/.test(message) && imageType(bytes);
    throw found ? new Error(`${message}: its bytes are those of ${found}`) : error;
  }
  const { data, shape } = volume;
  if (data.length !== product(shape))
    throw new Error(`is cut or broken: shape ${show(shape)} needs ${product(shape)} numbers, it holds ${data.length}`);
  if (data.length === 0) throw new Error(`holds no numbers, its shape is ${show(shape)}`);
  return volume;
}

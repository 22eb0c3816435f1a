import { SegLossError } from "../errors.js";
import { brief } from "../options/names.js";
import { endingsOf, formatOf, formats, readBytes, refuse } from "./readers/formats.js";
import type { Reading, Volume } from "./readers/volume.js";
import { inOptions } from "./wording.js";

/** A `File` as browsers and Node have it, or a name and bytes. */
export type FileLike =
  | { readonly name: string; arrayBuffer(): Promise<ArrayBuffer> }
  | { readonly name: string; readonly bytes: Uint8Array | ArrayBuffer };

/** One file; or several, as of an `<input>`: a header (.mhd, .nhdr) and the file of numbers that it names. */
export type FileInput = FileLike | Iterable<FileLike>;

const wanted = "a File, { name, bytes }, or a list of them: a header and its data";

function kindOf(value: unknown): string {
  if (typeof value === "string")
    return `the string ${brief(value)}: a path is no file; give { name, bytes }, with bytes of fs.readFile or fetch`;
  if (typeof value !== "object" || value === null) return brief(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return `${value.constructor.name} without a name, whose ending tells the format`;
  if ("arrayBuffer" in value) return `${value.constructor.name} without a name: give new File([it], "mask.png")`;
  return brief(value);
}

/** A File has a method of this name, too. */
const hasBytes = (value: object): value is { readonly bytes: Uint8Array | ArrayBuffer } =>
  "bytes" in value && (value.bytes instanceof Uint8Array || value.bytes instanceof ArrayBuffer);

function isFile(value: unknown): value is FileLike {
  if (typeof value !== "object" || value === null) return false;
  const named = "name" in value && typeof value.name === "string" && value.name !== "";
  return named && (hasBytes(value) || ("arrayBuffer" in value && typeof value.arrayBuffer === "function"));
}

function filesOf(call: string, argument: string, input: unknown): FileLike[] {
  const isList = typeof input === "object" && input !== null && Symbol.iterator in input && !ArrayBuffer.isView(input),
    files: unknown[] = isList ? Array.from(input as Iterable<unknown>) : [input],
    wrong = files.findIndex((file) => !isFile(file));
  if (files.length === 0)
    throw new SegLossError("INVALID_FILE", `${call}: ${argument} holds no file; expected ${wanted}`);
  if (wrong < 0) return files as FileLike[];
  const which = isList ? `${argument}[${wrong}]` : argument;
  throw new SegLossError("INVALID_FILE", `${call}: ${which} must be ${wanted}; got ${kindOf(files[wrong])}`);
}

async function bytesOf(file: FileLike): Promise<Uint8Array> {
  if (!hasBytes(file)) return new Uint8Array(await file.arrayBuffer());
  return file.bytes instanceof ArrayBuffer ? new Uint8Array(file.bytes) : file.bytes;
}

const last = (path: string) => path.replace(/^.*[\\/]/, "");

/** Names that the command line reads, or that are half of a file, and what to do. */
const others: readonly (readonly [RegExp, string])[] = [
  [
    /(\.zarr\/?|\.z(attrs|group|array)|zarr\.json)$/i,
    "OME-Zarr is a folder, which the command line reads (segloss score); save it as OME-TIFF or NIfTI",
  ],
  [/\.json$/i, "is text, such as COCO's: give its annotations to labelsFromRles of segloss/masks"],
  [/\.(hdr|img)$/i, "is one of a pair (.hdr, .img); save it as a single file, .nii"],
];

interface Named {
  readonly volume: Volume;
  /** What messages call it: both sides may have one name. */
  readonly title: string;
}

/** The file to be read, among others that it names. */
function mainOf(files: readonly FileLike[]): FileLike {
  const readable = files.filter(({ name }) => formatOf(name, formats));
  if (readable.length === 1) return readable[0];
  if (readable.length > 1)
    throw new Error(
      `${readable[0].name}: came with ${readable[1].name}; give one file, and beside it only the data that its ` +
        "header names",
    );
  for (const [ending, reason] of others) {
    const found = files.find(({ name }) => ending.test(name));
    if (found) throw new Error(`${found.name}: ${reason}`);
  }
  return files[0];
}

async function readMain(files: readonly FileLike[], reading: Reading, side: string): Promise<Named> {
  const main = mainOf(files),
    { name } = main,
    title = `${side}${name}`,
    format = formatOf(name, formats),
    left = new Set(files.filter((file) => file !== main));
  try {
    if (!format) refuse(name, endingsOf(formats));
    const beside = async (path: string) => {
      const found = [...left].find((file) => last(file.name) === last(path));
      if (!found) throw new Error(`has its numbers in ${path}, which did not come with it; give both, [header, data]`);
      left.delete(found);
      return bytesOf(found);
    };
    const volume = await readBytes(format, await bytesOf(main), reading, { path: name, beside }),
      [more] = left;
    if (more) throw new Error(`came with ${more.name}, which it does not name`);
    return { title, volume: { ...volume, notes: volume.notes?.map((note) => `${title}: ${note}`) } };
  } catch (error) {
    throw new Error(`${title}: ${(error as Error).message}`);
  }
}

/** What a file, as given by a caller, holds. */
export async function volumeOf(call: string, argument: string, input: unknown, reading: Reading): Promise<Named> {
  const files = filesOf(call, argument, input),
    side = argument === "file" ? "" : `${argument} `;
  return inFiles(call, () => readMain(files, reading, side));
}

/** What is wrong with files is told in the words of this package, whoever found it. */
export async function inFiles<T>(call: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SegLossError) throw error;
    throw new SegLossError("INVALID_FILE", `${call}: ${inOptions((error as Error).message)}`);
  }
}

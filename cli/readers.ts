import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { decompress, isCompressed, isNIFTI, NIFTI1, readHeader, readImage } from "nifti-reader-js";
import { parse } from "npyjs";
import { readColours, readLevels } from "./png";

type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** What a file holds, the last axis fastest. */
export interface Volume {
  readonly data: Numbers;
  readonly shape: readonly number[];
  /** Size of a pixel along each axis, where the file says. */
  readonly spacing?: readonly number[];
  /** The number that stands for probability 1, where the file holds grey levels. */
  readonly top?: number;
  /** True where the numbers are entries of a palette. */
  readonly indexed?: boolean;
}

/** Something to look at: one or three numbers per pixel, the channel fastest. */
export interface Image {
  readonly data: Numbers;
  readonly channels: number;
}

/** Pairs predictions and targets: a file's name without its extensions. */
export const stem = (path: string): string => basename(path).replace(/(\.nii)?\.\w+$/, "");

export const show = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const buffer = (bytes: Buffer): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

function readPng(bytes: Buffer): Volume {
  const { data, width, height, channels, top, indexed } = readLevels(bytes);
  if (channels !== 1) throw new Error(`expected one channel (grey or palette), got ${channels}`);
  return { data, shape: [height, width], top, indexed };
}

/** NumPy's default integers have 64 bits; a float64 holds them exactly up to 2^53. */
function plainNumbers(data: unknown): Numbers {
  if (Array.isArray(data)) return Uint8Array.from(data, Number);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return data as Numbers;
}

function readNpy(bytes: Buffer): Volume {
  if (bytes.toString("latin1", 1, 6) !== "NUMPY") throw new Error("not an NPY file");
  const { data, shape, dtype, fortranOrder } = parse(buffer(bytes));
  if (fortranOrder && shape.length > 1)
    throw new Error("its numbers are in Fortran order; save it with numpy.ascontiguousarray");
  if (/^[cU]/.test(dtype)) throw new Error(`holds ${dtype}; expected floats, integers or booleans`);
  return { data: plainNumbers(data), shape };
}

const niftiTypes: Record<number, new (buffer: ArrayBuffer) => Numbers | BigInt64Array | BigUint64Array> = {
  [NIFTI1.TYPE_UINT8]: Uint8Array,
  [NIFTI1.TYPE_INT8]: Int8Array,
  [NIFTI1.TYPE_INT16]: Int16Array,
  [NIFTI1.TYPE_UINT16]: Uint16Array,
  [NIFTI1.TYPE_INT32]: Int32Array,
  [NIFTI1.TYPE_UINT32]: Uint32Array,
  [NIFTI1.TYPE_INT64]: BigInt64Array,
  [NIFTI1.TYPE_UINT64]: BigUint64Array,
  [NIFTI1.TYPE_FLOAT32]: Float32Array,
  [NIFTI1.TYPE_FLOAT64]: Float64Array,
};

type NiftiHeader = ReturnType<typeof readHeader>;

/** The stored numbers, times slope plus intercept where the header gives them; slope 0 means none. */
function niftiNumbers(header: NiftiHeader, plain: ArrayBuffer): Numbers {
  const Type = niftiTypes[header.datatypeCode];
  if (!Type) throw new Error(`holds numbers of NIfTI type ${header.datatypeCode}, which is not supported`);
  if (!header.littleEndian) throw new Error("is big-endian, which is not supported");
  const data = plainNumbers(new Type(readImage(header, plain))),
    { scl_slope: slope, scl_inter: intercept } = header;
  if (!slope || !Number.isFinite(slope) || (slope === 1 && !intercept)) return data;
  return Float64Array.from(data, (v) => v * slope + (intercept || 0));
}

/** NIfTI's first axis is the fastest: [x, y, z, t, ...] becomes [..., z, y, x]. */
function readNifti(bytes: Buffer): Volume {
  const raw = buffer(bytes),
    plain = (isCompressed(raw) ? decompress(raw) : raw) as ArrayBuffer;
  if (!isNIFTI(plain)) throw new Error("not a NIfTI file");
  const header = readHeader(plain);
  if (!header) throw new Error("its header cannot be read");
  const rank = header.dims[0],
    shape = header.dims.slice(1, rank + 1),
    spacing = header.pixDims.slice(1, rank + 1);
  // Time is the fourth axis; where there is none, a fifth of channels leaves it behind with one entry.
  if (rank > 4 && shape[3] === 1) for (const list of [shape, spacing]) list.splice(3, 1);
  while (shape.length > 3 && shape.at(-1) === 1) for (const list of [shape, spacing]) list.pop();
  const known = spacing.every((s) => s > 0 && Number.isFinite(s));
  return { data: niftiNumbers(header, plain), shape: shape.reverse(), spacing: known ? spacing.reverse() : undefined };
}

function read<T>(path: string, readers: Record<string, (bytes: Buffer) => T>): T {
  try {
    const bytes = readFileSync(path),
      ending = /\.(png|npy|nii)(\.gz)?$/i
        .exec(path)?.[0]
        .toLowerCase()
        .replace(/^\.nii\.gz$/, ".nii");
    if (!ending || !readers[ending]) throw new Error("expected a name that ends in .png, .npy, .nii or .nii.gz");
    return readers[ending](bytes);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

function complete(volume: Volume): Volume {
  const { data, shape } = volume,
    count = product(shape);
  if (data.length !== count) throw new Error(`shape ${show(shape)} needs ${count} numbers, it holds ${data.length}`);
  return volume;
}

const volumes = {
  ".png": (bytes: Buffer) => complete(readPng(bytes)),
  ".npy": (bytes: Buffer) => complete(readNpy(bytes)),
  ".nii": (bytes: Buffer) => complete(readNifti(bytes)),
};

/** Reads PNG, NPY or NIfTI; an error names the file. */
export const readVolume = (path: string): Volume => read(path, volumes);

/** Reads an image that lies on these pixels: a PNG of any colours, a volume, or [...spatial, 3]. */
export function readPicture(path: string, spatial: readonly number[]): Image {
  const colours = (bytes: Buffer) => {
    const { data, width, height, channels } = readColours(bytes);
    return { data, shape: [height, width, channels] };
  };
  const { data, shape }: Volume = read(path, { ...volumes, ".png": colours }),
    sized = shape.filter((n) => n !== 1).join(),
    wanted = spatial.filter((n) => n !== 1);
  const channels = [1, 3, 2, 4].find((c) => sized === [...wanted, c].filter((n) => n !== 1).join());
  if (!channels)
    throw new Error(`${path}: shape ${show(shape)} does not lie on the prediction's pixels, ${show(spatial)}`);
  return { data, channels };
}

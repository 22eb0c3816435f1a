import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { decode } from "fast-png";
import { decompress, isCompressed, isNIFTI, NIFTI1, readHeader, readImage } from "nifti-reader-js";
import { parse } from "npyjs";

/** What a file holds, the last axis fastest. */
export interface Volume {
  readonly data: Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
  readonly shape: readonly number[];
  /** Size of a pixel along each axis, where the file says. */
  readonly spacing?: readonly number[];
  readonly kind: "png" | "npy" | "nifti";
}

/** Pairs predictions and targets: a file's name without its extensions. */
export const stem = (path: string): string => basename(path).replace(/(\.nii)?\.(png|npy|nii|gz)$/i, "");

const buffer = (bytes: Buffer): ArrayBuffer => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

function readPng(bytes: Buffer): Volume {
  const { data, width, height, channels } = decode(bytes);
  if (channels !== 1) throw new Error(`expected one channel (grey), got ${channels}`);
  return { data: data as Uint8Array | Uint16Array, shape: [height, width], kind: "png" };
}

function readNpy(bytes: Buffer): Volume {
  if (bytes.toString("latin1", 1, 6) !== "NUMPY") throw new Error("not an NPY file");
  const { data, shape, dtype, fortranOrder } = parse(buffer(bytes));
  if (fortranOrder && shape.length > 1) throw new Error("its numbers are in Fortran order; save it with numpy.ascontiguousarray");
  if (/^(c|U|[iu]8)/.test(dtype)) throw new Error(`holds ${dtype}; expected floats, or integers of up to 32 bits`);
  const count = shape.reduce((a, b) => a * b, 1),
    array = data as Volume["data"];
  if (array.length !== count) throw new Error(`is cut short: shape [${shape.join(", ")}] needs ${count} numbers, it holds ${array.length}`);
  return { data: array, shape, kind: "npy" };
}

const niftiTypes: Record<number, new (buffer: ArrayBuffer) => Volume["data"]> = {
  [NIFTI1.TYPE_UINT8]: Uint8Array,
  [NIFTI1.TYPE_INT8]: Int8Array,
  [NIFTI1.TYPE_INT16]: Int16Array,
  [NIFTI1.TYPE_UINT16]: Uint16Array,
  [NIFTI1.TYPE_INT32]: Int32Array,
  [NIFTI1.TYPE_UINT32]: Uint32Array,
  [NIFTI1.TYPE_FLOAT32]: Float32Array,
  [NIFTI1.TYPE_FLOAT64]: Float64Array,
};

/** NIfTI's first axis is the fastest: [x, y, z, t, ...] becomes [..., z, y, x]. */
function readNifti(bytes: Buffer): Volume {
  const raw = buffer(bytes),
    plain = (isCompressed(raw) ? decompress(raw) : raw) as ArrayBuffer;
  if (!isNIFTI(plain)) throw new Error("not a NIfTI file");
  const header = readHeader(plain);
  if (!header) throw new Error("its header cannot be read");
  const Type = niftiTypes[header.datatypeCode];
  if (!Type) throw new Error(`holds numbers of NIfTI type ${header.datatypeCode}, which is not supported`);
  if (!header.littleEndian) throw new Error("is big-endian, which is not supported");
  const rank = header.dims[0],
    shape = header.dims.slice(1, rank + 1).reverse(),
    spacing = header.pixDims.slice(1, rank + 1).reverse();
  while (shape.length > 3 && shape[0] === 1) {
    shape.shift();
    spacing.shift();
  }
  return { data: new Type(readImage(header, plain)), shape, spacing, kind: "nifti" };
}

/** Reads PNG, NPY or NIfTI; an error names the file. */
export function readVolume(path: string): Volume {
  try {
    const bytes = readFileSync(path);
    if (/\.png$/i.test(path)) return readPng(bytes);
    if (/\.npy$/i.test(path)) return readNpy(bytes);
    if (/\.nii(\.gz)?$/i.test(path)) return readNifti(bytes);
    throw new Error("expected a name that ends in .png, .npy, .nii or .nii.gz");
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

import { isNIFTI, NIFTI1, readHeader } from "nifti-reader-js";
import { mapInto } from "../../tensors/mapInto.js";
import { latin1, readNumbers } from "./bytes.js";
import { isGzip, unzipped } from "./gzip.js";
import { decoded, decodedLater, type Numbers, type Place, product, type Reader, type Volume } from "./volume.js";

const kinds: Record<number, string> = {
  [NIFTI1.TYPE_UINT8]: "u1",
  [NIFTI1.TYPE_INT8]: "i1",
  [NIFTI1.TYPE_INT16]: "i2",
  [NIFTI1.TYPE_UINT16]: "u2",
  [NIFTI1.TYPE_INT32]: "i4",
  [NIFTI1.TYPE_UINT32]: "u4",
  [NIFTI1.TYPE_INT64]: "i8",
  [NIFTI1.TYPE_UINT64]: "u8",
  [NIFTI1.TYPE_FLOAT32]: "f4",
  [NIFTI1.TYPE_FLOAT64]: "f8",
};

type Header = ReturnType<typeof readHeader>;

/** The header is 348 bytes (540 in NIfTI-2) and four that say whether extensions follow. */
const leastOffset = (bytes: Uint8Array) => (latin1(bytes, 4, 7) === "n+2" ? 544 : 352);

/** The stored numbers, times slope plus intercept where the header gives them; slope 0 means none. */
function numbersOf(header: Header, bytes: Uint8Array, count: number): Numbers {
  const kind = kinds[header.datatypeCode];
  if (!kind) throw new Error(`holds numbers of NIfTI type ${header.datatypeCode}, which is not supported`);
  const { scl_slope: slope, scl_inter: intercept, vox_offset: offset } = header,
    // Single files whose vox_offset is 0 are meant to begin at the least one (nifti1_io.c).
    from = Math.max(leastOffset(bytes), offset || 0),
    data = readNumbers(bytes, kind, from, count, header.littleEndian, true) as Numbers;
  if (!slope || !Number.isFinite(slope) || (slope === 1 && !intercept)) return data;
  return mapInto(new Float64Array(count), data, (v: number) => v * slope + (intercept || 0));
}

/** What the axes after x, y and z may be: the fourth is time, the fifth holds the components of a vector. */
function outerAxes(outer: readonly number[]): readonly string[] {
  const [time = 1, vector = 1] = outer;
  if (time === 1 || vector === 1) return time * vector === 1 ? [""] : ["C", "N"];
  return ["CN", "NC"];
}

/** Millimetres in the unit of sizes, in the three lowest bits of xyzt_units; 0 is not said, and means them. */
const millimetres = ({ xyzt_units: units }: Header): { readonly unit: string; readonly scale: number } =>
  ({ 1: { unit: "metres", scale: 1e3 }, 3: { unit: "micrometres", scale: 1e-3 } })[units & 7] ?? {
    unit: "millimetres",
    scale: 1,
  };

function placeOf({ affine, qform_code, sform_code }: Header, scale: number): Place | undefined {
  const rows = affine.slice(0, 3).map((row) => row.map((v) => v * scale)),
    columns = [0, 1, 2].map((j) => Math.hypot(...rows.map((row) => row[j])));
  const known = (qform_code > 0 || sform_code > 0) && columns.every((length) => length > 0 && Number.isFinite(length));
  return known ? { affine: rows } : undefined;
}

/** Where it lies, and sizes of x, y and z; a sign says nothing, and a size that cannot be is taken from the affine. */
function spacingOf(header: Header, dims: readonly number[]) {
  const { unit, scale } = millimetres(header),
    { pixDims } = header,
    place = placeOf(header, scale),
    notes = scale === 1 ? [] : [`its sizes are in ${unit}; they are taken in millimetres, as ITK does`],
    faults: string[] = [];
  const spacing = [0, 1, 2].map((axis) => {
    const size = pixDims[axis + 1];
    if (dims[axis] === 1) return Math.abs(size * scale) || 1;
    if (size < 0) notes.push(`pixdim[${axis + 1}] is ${size}, its magnitude is taken`);
    if (size !== 0 && Number.isFinite(size)) return Math.abs(size * scale);
    if (place) return Math.hypot(...place.affine.map((row) => row[axis]));
    faults.push(`pixdim[${axis + 1}] is ${size}`);
    return Number.NaN;
  });
  const sizes = faults.length > 0 ? { spacingFault: faults.join(", ") } : { spacing: spacing.reverse() };
  return { notes, place, ...sizes };
}

/** NIfTI's first axis is the fastest: [x, y, z, t, ...] becomes [..., z, y, x]. */
async function readNifti(bytes: Uint8Array): Promise<Volume> {
  if (bytes.length === 0) throw new Error("is empty");
  const plain = isGzip(bytes) ? await decodedLater("gzip", () => unzipped(bytes)) : bytes,
    raw = plain.buffer.slice(plain.byteOffset, plain.byteOffset + plain.length) as ArrayBuffer;
  if (!isNIFTI(raw)) {
    const pair = isNIFTI(raw, true);
    throw new Error(
      pair ? "is one of a pair (.hdr, .img); save it as a single file" : "not a NIfTI file, or cut short",
    );
  }
  const header = decoded("NIfTI", () => readHeader(raw)),
    rank = header.dims[0],
    dims = header.dims.slice(1, rank + 1);
  if (!(rank >= 1 && rank <= 7 && dims.every((n) => n >= 1)))
    throw new Error(`is cut or broken: its header tells of dimensions ${header.dims.join(", ")}`);
  while (dims.length < 3) dims.push(1);
  const [inner, outer] = [dims.slice(0, 3), dims.slice(3)];
  if (outer.slice(2).some((n) => n > 1)) throw new Error(`has dimensions ${dims.join(" x ")}; expected five at most`);
  const more = outer.slice(0, 2).filter((n) => n > 1);
  return {
    data: numbersOf(header, plain, product(dims)),
    shape: [...inner, ...more].reverse(),
    axes: outerAxes(outer).map((letters) => `${letters}DHW`),
    ...spacingOf(header, dims),
  };
}

export const reader: Reader = { read: readNifti };

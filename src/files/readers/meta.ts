import { unzlibSync } from "fflate";
import { latin1, readNumbers } from "./bytes.js";
import { placed } from "./space.js";
import { decoded, type Numbers, product, type Reader, type Source, type Volume } from "./volume.js";

// MetaImage, a short header and numbers: npm has no well-kept reader of it but ITK itself (see nrrd.ts).

const kinds: Record<string, string> = {
  MET_CHAR: "i1",
  MET_UCHAR: "u1",
  MET_SHORT: "i2",
  MET_USHORT: "u2",
  MET_INT: "i4",
  MET_UINT: "u4",
  MET_LONG_LONG: "i8",
  MET_ULONG_LONG: "u8",
  MET_FLOAT: "f4",
  MET_DOUBLE: "f8",
};

/** "Name = value" lines, of which ElementDataFile is the last. */
function readHeader(bytes: Uint8Array): { fields: Map<string, string>; from: number } {
  const fields = new Map<string, string>();
  for (let from = 0; from < bytes.length; ) {
    const line = bytes.indexOf(10, from),
      end = line < 0 ? bytes.length : line,
      [, name, value = ""] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(latin1(bytes, from, end)) ?? [];
    from = end + 1;
    if (name) fields.set(name, value);
    if (name === "ElementDataFile") return { fields, from };
    if (!name) break;
  }
  throw new Error("is cut or broken: its header has no ElementDataFile");
}

const isTrue = (text = "") => /^t/i.test(text);

async function dataOf(fields: Map<string, string>, count: number, own: Uint8Array, source: Source): Promise<Numbers> {
  const type = fields.get("ElementType") ?? "",
    kind = kinds[type.replace(/_ARRAY$/, "")],
    file = fields.get("ElementDataFile") as string;
  if (!kind) throw new Error(`holds numbers of type ${type || "(none)"}, which is not supported`);
  if (fields.has("BinaryData") && !isTrue(fields.get("BinaryData")))
    throw new Error("holds its numbers as text; save it as binary");
  if (/^LIST\b/.test(file) || file.includes("%"))
    throw new Error("has its numbers in several files; save it as one .mha");
  const stored = /^local$/i.test(file) ? own : await source.beside(file),
    bytes = isTrue(fields.get("CompressedData")) ? decoded("zlib", () => unzlibSync(stored)) : stored,
    size = Number(kind[1]),
    skip = Number(fields.get("HeaderSize") ?? 0),
    big = isTrue(fields.get("BinaryDataByteOrderMSB") ?? fields.get("ElementByteOrderMSB"));
  // A header size of -1: the numbers are the end of the file.
  return readNumbers(bytes, kind, skip < 0 ? bytes.length - count * size : skip, count, !big) as Numbers;
}

async function readMeta(bytes: Uint8Array, _: object, source: Source): Promise<Volume> {
  if (bytes.length === 0) throw new Error("is empty");
  if (!/^\s*\w+\s*=/.test(latin1(bytes, 0, 80))) throw new Error("not a MetaImage file");
  const { fields, from } = readHeader(bytes),
    list = (...names: readonly string[]) =>
      names
        .map((name) => fields.get(name))
        .find((text) => text !== undefined)
        ?.split(/\s+/)
        .map(Number) ?? [];
  const sizes = list("DimSize"),
    [channels = 1] = list("ElementNumberOfChannels"),
    [rank] = list("NDims");
  if (!(rank >= 2 && rank <= 4) || sizes.length !== rank || !sizes.every((n) => Number.isInteger(n) && n > 0))
    throw new Error(`is cut or broken, or not of 2 to 4 axes: its header tells of DimSize ${fields.get("DimSize")}`);
  const data = await dataOf(fields, product(sizes) * channels, bytes.subarray(from), source),
    lengths = list("ElementSpacing", "ElementSize").slice(0, 3).map(Math.abs),
    [matrix, origin] = [list("TransformMatrix", "Rotation", "Orientation"), list("Offset", "Position", "Origin")];
  const inner = rank === 2 ? "HW" : "DHW",
    last = channels > 1 ? "C" : "",
    known = lengths.length > 0 && lengths.every((n) => n > 0);
  const geometry =
    rank === 3 && channels === 1 && matrix.length === 9 && origin.length === 3 && known
      ? // Row i of the matrix is the direction of axis i.
        placed(
          lengths.map((length, i) => matrix.slice(3 * i, 3 * i + 3).map((v) => v * length)),
          origin,
        )
      : { spacing: known ? [...(rank === 2 ? [1] : []), ...[...lengths].reverse()] : undefined };
  return {
    data,
    shape: [...[...sizes].reverse(), ...(channels > 1 ? [channels] : [])],
    axes: (rank === 4 ? (channels > 1 ? ["N"] : ["N", "C"]) : [""]).map((outer) => `${outer}${inner}${last}`),
    ...geometry,
  };
}

export const reader: Reader = { read: readMeta };

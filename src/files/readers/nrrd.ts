import { latin1, readNumbers } from "./bytes.js";
import { unzipped } from "./gzip.js";
import { millimetres, placed } from "./space.js";
import { decodedLater, type Numbers, product, type Reader, type Source, type Volume } from "./volume.js";

// A short header and numbers: npm has no well-kept reader of it but ITK itself, in megabytes of WebAssembly.

/** The kinds of numbers by the names that NRRD allows. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ["i1", /^(signed char|int8|int8_t)$/],
  ["u1", /^(uchar|unsigned char|uint8|uint8_t)$/],
  ["i2", /^(short|short int|signed short|signed short int|int16|int16_t)$/],
  ["u2", /^(ushort|unsigned short|unsigned short int|uint16|uint16_t)$/],
  ["i4", /^(int|signed int|int32|int32_t)$/],
  ["u4", /^(uint|unsigned int|uint32|uint32_t)$/],
  ["i8", /^(longlong|long long|long long int|signed long long|signed long long int|int64|int64_t)$/],
  ["u8", /^(ulonglong|unsigned long long|unsigned long long int|uint64|uint64_t)$/],
  ["f4", /^float$/],
  ["f8", /^double$/],
];

/** Signs that bring a space to NIfTI's right, front and up; others say nothing of a patient. */
const spaces: Record<string, readonly number[]> = {
  "right-anterior-superior": [1, 1, 1],
  "left-anterior-superior": [-1, 1, 1],
  "left-posterior-superior": [-1, -1, 1],
  ras: [1, 1, 1],
  las: [-1, 1, 1],
  lps: [-1, -1, 1],
};

/** The units of lengths, each once: those of the space, or else of the axes along it. */
function unitsOf(fields: Map<string, string>, spatial: readonly number[]): string[] {
  const quoted = (text = "") => [...text.matchAll(/"([^"]*)"/g)].map(([, unit]) => unit.trim()),
    ofAxes = quoted(fields.get("units")),
    ofSpace = fields.get("space units"),
    all = ofSpace === undefined ? spatial.map((k) => ofAxes[k] ?? "") : quoted(ofSpace);
  return [...new Set(all.filter((unit) => unit !== "" && unit !== "???"))];
}

/** Fields by name, in lower case, and where the data begin. */
function readHeader(bytes: Uint8Array): { fields: Map<string, string>; from: number } {
  const fields = new Map<string, string>();
  let from = bytes.indexOf(10) + 1;
  for (;;) {
    const end = bytes.indexOf(10, from);
    // A header of its own ends with the file.
    if (end < 0 && from < bytes.length) fields.set(...fieldOf(latin1(bytes, from)));
    if (end < 0) return { fields, from: bytes.length };
    const line = latin1(bytes, from, end).replace(/\r$/, "");
    from = end + 1;
    if (line === "") return { fields, from };
    if (!line.startsWith("#")) fields.set(...fieldOf(line));
  }
}

function fieldOf(line: string): [string, string] {
  const [, name = "", value = ""] = /^([^:]+):[= ]?(.*)$/.exec(line) ?? [];
  return [name.toLowerCase().trim(), value.trim()];
}

const numbersOf = (text = "") => text.split(/\s+/).filter(Boolean).map(Number);
const vectorsOf = (text = "") =>
  [...text.matchAll(/\(([^)]*)\)|none/g)].map(([, inner]) => inner?.split(",").map(Number));

async function dataOf(
  fields: Map<string, string>,
  kind: string,
  count: number,
  own: Uint8Array,
  source: Source,
): Promise<Numbers> {
  const detached = fields.get("data file") ?? fields.get("datafile");
  if (detached && (/^LIST\b/.test(detached) || detached.includes("%")))
    throw new Error("has its numbers in several files; save it as one .nrrd");
  let bytes = detached ? await source.beside(detached) : own;
  for (let lines = Number(fields.get("line skip") ?? fields.get("lineskip") ?? 0); lines > 0; lines--)
    bytes = bytes.subarray(bytes.indexOf(10) + 1);
  const encoding = fields.get("encoding") ?? "raw";
  if (/^(gzip|gz)$/.test(encoding)) bytes = await decodedLater("gzip", () => unzipped(bytes));
  else if (/^(text|txt|ascii)$/.test(encoding)) {
    const numbers = numbersOf(latin1(bytes));
    if (numbers.length < count || numbers.some(Number.isNaN))
      throw new Error(`is cut or broken: its header tells of ${count} numbers, it holds ${numbers.length}`);
    return Float64Array.from(numbers.slice(0, count));
  } else if (encoding !== "raw") throw new Error(`is encoded as ${encoding}; expected raw, gzip or text`);
  const size = Number(kind[1]),
    skip = Number(fields.get("byte skip") ?? fields.get("byteskip") ?? 0),
    from = skip === -1 ? bytes.length - count * size : skip;
  return readNumbers(bytes, kind, from, count, (fields.get("endian") ?? "little") === "little") as Numbers;
}

/** What an axis is: NRRD names the fastest first. */
function axesOf(fields: Map<string, string>, rank: number, directions: readonly (readonly number[] | undefined)[]) {
  const said = fields.get("kinds")?.split(/\s+/) ?? [],
    isSpace = (k: number) =>
      directions.length > 0 ? directions[k] !== undefined : !said[k] || /^(domain|space|\?+|none)$/.test(said[k]),
    spatial = Array.from({ length: rank }, (_, k) => k).filter(isSpace);
  if (spatial.length < 2 || spatial.length > 3 || rank > spatial.length + 1)
    throw new Error(`has ${spatial.length} axes of space among ${rank}; expected 2 or 3, and one more at most`);
  const names = spatial.length === 3 ? "WHD" : "WH",
    others = Array.from({ length: rank }, (_, k) => k).filter((k) => !isSpace(k));
  const read = (letter: string) =>
    Array.from({ length: rank }, (_, k) => (others.includes(k) ? letter : names[spatial.indexOf(k)]))
      .reverse()
      .join("");
  const [time] = others.map((k) => said[k] === "time"),
    letters = others.length === 0 ? [""] : time ? ["N"] : said[others[0]] === undefined ? ["C", "N"] : ["C"];
  return { axes: letters.map(read), spatial };
}

async function readNrrd(bytes: Uint8Array, _: object, source: Source): Promise<Volume> {
  if (bytes.length === 0) throw new Error("is empty");
  if (latin1(bytes, 0, 4) !== "NRRD") throw new Error("not an NRRD file");
  const { fields, from } = readHeader(bytes),
    sizes = numbersOf(fields.get("sizes")),
    type = fields.get("type") ?? "",
    kind = kinds.find(([, names]) => names.test(type))?.[0];
  if (
    sizes.length === 0 ||
    sizes.length !== Number(fields.get("dimension")) ||
    !sizes.every((n) => Number.isInteger(n) && n > 0)
  )
    throw new Error(`is cut or broken: its header tells of sizes ${fields.get("sizes") ?? "(none)"}`);
  if (!kind) throw new Error(`holds numbers of type ${type || "(none)"}, which is not supported`);
  const directions = vectorsOf(fields.get("space directions")),
    { axes, spatial } = axesOf(fields, sizes.length, directions),
    layers = [...fields.keys()].filter((name) => /^segment\d+_layer$/.test(name)).map((name) => fields.get(name));
  if (new Set(layers).size > 1)
    throw new Error("has segments that overlap, in several layers; export it as a labelmap of one layer");
  const data = await dataOf(fields, kind, product(sizes), bytes.subarray(from), source);
  return { data, shape: [...sizes].reverse(), axes, ...geometryOf(fields, directions, spatial) };
}

function geometryOf(
  fields: Map<string, string>,
  directions: readonly (readonly number[] | undefined)[],
  spatial: readonly number[],
) {
  const units = unitsOf(fields, spatial),
    unit = units.length > 1 ? undefined : millimetres[units[0] ?? "mm"],
    scale = unit ?? 1;
  const signs = spaces[(fields.get("space") ?? "").toLowerCase()],
    inMillimetres = (vector: readonly number[]) => vector.map((v) => v * scale),
    [origin = []] = vectorsOf(fields.get("space origin")).map((vector = []) => inMillimetres(vector)),
    vectors = spatial.flatMap((k) => (directions[k] ? [inMillimetres(directions[k] as number[])] : []));
  const lengths = (
      vectors.length > 0
        ? vectors.map((v) => Math.hypot(...v))
        : spatial.map((k) => scale * numbersOf(fields.get("spacings"))[k])
    ).reverse(),
    known = lengths.every((n) => n > 0 && Number.isFinite(n)),
    spacing = known ? (lengths.length === 2 ? [1, ...lengths] : lengths) : undefined,
    notFirst = spatial.some((k, i) => k !== i);
  // Geometry compares the last three axes: channels that are not the fastest axis leave them so.
  const geometry =
    signs && vectors.length === 3 && origin.length === 3 && !notFirst ? placed(vectors, origin, signs) : { spacing };
  // Which way axes run is known whatever the unit is.
  if (unit === undefined)
    return { ...geometry, spacing: undefined, spacingFault: `its space is measured in ${units.join(", ")}` };
  return scale === 1
    ? geometry
    : { ...geometry, notes: [`its sizes are in ${units[0]}; they are taken in millimetres, as ITK does`] };
}

export const reader: Reader = { read: readNrrd };

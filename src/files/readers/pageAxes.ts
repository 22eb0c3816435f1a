import { millimetres } from "./space.js";
import type { Volume } from "./volume.js";

type PageAxes = Pick<Volume, "spacing" | "spacingFault"> & {
  /** Letters of the axes before H and W: one reading where the file says, else several. */
  readonly axes: readonly string[];
  readonly shape: readonly number[];
};

const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));

function sizesOf(found: Record<"Z" | "C" | "T", number>, order: string, count: number): PageAxes | undefined {
  if (found.Z * found.C * found.T !== count) return undefined;
  // The order names the fastest axis first; T are samples.
  const letters = [...order].reverse().filter((letter) => found[letter as "Z"] > 1),
    name = (letter: string) => ({ Z: "D", C: "C", T: "N" })[letter] ?? "";
  return {
    axes: [letters.map(name).join("")],
    shape: letters.map((letter) => found[letter as "Z"]),
  };
}

/** OME-XML, in the first page's description: sizes, order of pages and size of a pixel. */
function fromOme(count: number, xml: string): PageAxes {
  const pixels = /<(?:\w+:)?Pixels\b[^>]*>/.exec(xml)?.[0] ?? "",
    get = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(pixels)?.[1];
  if ((xml.match(/<(?:\w+:)?Pixels\b/g) ?? []).length > 1)
    throw new Error("holds several images (OME-TIFF series); save one image per file");
  const [Z, C, T] = ["Z", "C", "T"].map((axis) => Number(get(`Size${axis}`) ?? 1)),
    order = (get("DimensionOrder") ?? "XYZCT").slice(2),
    sizes = sizesOf({ Z, C, T }, order, count) ?? sizesOf({ Z, C: 1, T }, order, count);
  if (!sizes)
    throw new Error(
      `holds ${count} page(s), but its OME-XML tells of ${Z} x ${C} x ${T} (Z, C, T): is it one of a set of files?`,
    );
  const lengths = ["Z", "Y", "X"].map((axis) => number(get(`PhysicalSize${axis}`))),
    units = ["Z", "Y", "X"].map((axis) => get(`PhysicalSize${axis}Unit`) ?? "µm"),
    needed = lengths.map((length, i) => (i === 0 && Z === 1 ? (length ?? 1) : length));
  if (needed.some((length) => !(length && length > 0))) return sizes;
  // Microscopes count in micrometres.
  const scales = units.map((unit, i) => (i === 0 && Z === 1 ? 1 : 1e3 * (millimetres[unit] ?? Number.NaN)));
  if (scales.some(Number.isNaN)) return { ...sizes, spacingFault: `its pixels are sized in ${units.join(", ")}` };
  return { ...sizes, spacing: needed.map((length, i) => (length as number) * scales[i]) };
}

/** ImageJ's lines "slices=5". */
function fromImageJ(count: number, text: string): PageAxes {
  const get = (name: string) => Number(new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? 1),
    [images, Z, C, T] = ["images", "slices", "channels", "frames"].map(get);
  if (images > count)
    throw new Error(
      `tells of ${images} images and holds ${count} page(s): ImageJ leaves out the pages of large files; ` +
        "save it as BigTIFF or OME-TIFF",
    );
  const sizes = sizesOf({ Z, C, T }, "CZT", count);
  if (!sizes) throw new Error(`holds ${count} page(s), but ImageJ wrote ${Z} x ${C} x ${T} (slices, channels, frames)`);
  return sizes;
}

/** What the pages of a TIFF are, as far as its writer said. */
export function pageAxes(count: number, description: string): PageAxes {
  if (/<(?:\w+:)?OME\b/.test(description)) return fromOme(count, description);
  if (/^ImageJ=/.test(description)) return fromImageJ(count, description);
  if (count === 1) return { axes: [""], shape: [] };
  return { axes: ["D", "N", "C"], shape: [count] };
}

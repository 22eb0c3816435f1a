import dicom, { type DataSet } from "dicom-parser";
import { inflateSync } from "fflate";
import { latin1 } from "./bytes.js";
import { placed } from "./space.js";
import { decoded, type Numbers, type Reader, type Volume } from "./volume.js";

/** DICOM's segmentation objects (PS3.3 A.51) and its label maps. */
const segmentation = "1.2.840.10008.5.1.4.1.1.66.4",
  labelMap = "1.2.840.10008.5.1.4.1.1.66.7";
/** Transfer syntaxes whose pixels stand as they are: implicit, explicit and deflated little endian, big endian. */
const plain = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"];

const itemsOf = (data: DataSet | undefined, tag: string): DataSet[] =>
  (data?.elements[tag]?.items ?? []).flatMap(({ dataSet }) => (dataSet ? [dataSet] : []));
const numbersOf = (data: DataSet | undefined, tag: string) =>
  (data?.string(tag) ?? "").split("\\").filter(Boolean).map(Number);

/** The deflated part after the header; the library itself looks for Node. */
function inflater(bytes: Uint8Array, from: number): Uint8Array {
  const rest = inflateSync(bytes.subarray(from)),
    all = new Uint8Array(from + rest.length);
  all.set(bytes.subarray(0, from));
  all.set(rest, from);
  return all;
}

interface Frame {
  readonly segment: number;
  /** Of the first pixel's middle, in millimetres. */
  readonly position: readonly number[];
  readonly index: number;
}

/** A macro of a frame, of its own or shared by all (PS3.3 C.7.6.16). */
const macro = (shared: DataSet | undefined, own: DataSet | undefined, tag: string) =>
  itemsOf(own, tag)[0] ?? itemsOf(shared, tag)[0];

const cross = ([a, b, c]: readonly number[], [d, e, f]: readonly number[]) => [
  b * f - c * e,
  c * d - a * f,
  a * e - b * d,
];
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);

/** Where each plane lies along the normal; planes between them that no frame fills are empty. */
function planesOf(frames: readonly Frame[], normal: readonly number[], step: number | undefined) {
  const heights = frames.map(({ position }) => dot(position, normal)),
    sorted = [...new Set(heights.map((h) => Number(h.toFixed(3))))].sort((a, b) => a - b),
    gaps = sorted.slice(1).map((h, i) => h - sorted[i]),
    least = gaps.length > 0 ? Math.min(...gaps) : undefined,
    size =
      step && least && Math.abs(Math.round(least / step) * step - least) < 0.05 * step ? step : (least ?? step ?? 1),
    places = heights.map((h) => Math.round((h - sorted[0]) / size));
  if (heights.some((h, i) => Math.abs(h - sorted[0] - places[i] * size) > 0.1 * size))
    throw new Error("has planes at uneven distances; resample it");
  return { places, depth: Math.max(...places) + 1, size, first: heights.indexOf(Math.min(...heights)) };
}

/** A frame's pixels: bits packed without gaps from frame to frame, the lowest bit first (PS3.5 8.1.1), or numbers. */
function pixelsOf(data: DataSet, size: number, frames: number): (frame: number, i: number) => number {
  const element = data.elements.x7fe00010,
    bits = data.uint16("x00280100") ?? 0;
  if (!element) throw new Error("holds no pixels");
  const bytes = data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length) as Uint8Array,
    needed = Math.ceil((size * frames * bits) / 8);
  if (bytes.length < needed)
    throw new Error(`is cut or broken: its frames need ${needed} bytes, it holds ${bytes.length}`);
  if (bits === 1)
    return (frame, i) => {
      const at = frame * size + i;
      return (bytes[at >> 3] >> (at & 7)) & 1;
    };
  if (bits === 8) return (frame, i) => bytes[frame * size + i];
  if (bits === 16) return (frame, i) => bytes[2 * (frame * size + i)] | (bytes[2 * (frame * size + i) + 1] << 8);
  throw new Error(`holds pixels of ${bits} bits; expected 1, 8 or 16`);
}

interface Stack {
  readonly frames: readonly Frame[];
  readonly places: readonly number[];
  /** Pixels of a plane, and planes. */
  readonly size: number;
  readonly depth: number;
  readonly pixel: (frame: number, i: number) => number;
}

function labelsOf({ frames, places, size, depth, pixel }: Stack, type: string): Numbers {
  const labels = new Uint16Array(size * depth);
  for (const { index, segment } of frames) {
    const from = places[index] * size;
    for (let i = 0; i < size; i++) {
      const value = pixel(index, i);
      if (value === 0) continue;
      const label = type === "LABELMAP" ? value : segment;
      if (labels[from + i] !== 0 && labels[from + i] !== label)
        throw new Error(
          `has segments ${labels[from + i]} and ${label} over each other; a label map holds one per voxel`,
        );
      labels[from + i] = label;
    }
  }
  return labels;
}

/**
 * Fractions of MaximumFractionalValue: of one segment as they are, of several a channel for each label, that of the
 * background (0) being what they leave (PS3.3 C.8.20.2.3).
 */
function fractionsOf({ frames, places, size, depth, pixel }: Stack, top: number) {
  const most = Math.max(...frames.map(({ segment }) => segment)),
    channels = most === 1 ? 1 : most + 1,
    voxels = size * depth,
    data = new Float32Array(channels * voxels);
  if (channels > 1) data.fill(1, 0, voxels);
  for (const { index, segment } of frames)
    for (let i = 0; i < size; i++) {
      const at = places[index] * size + i,
        value = pixel(index, i) / top;
      data[channels > 1 ? segment * voxels + at : at] = value;
      if (channels > 1) data[at] -= value;
    }
  if (channels > 1)
    for (let at = 0; at < voxels; at++) {
      // Each fraction is rounded by half a step.
      if (data[at] < -most / top) throw new Error("has segments over each other, whose fractions are above 1 together");
      data[at] = Math.max(data[at], 0);
    }
  return { data, channels };
}

function readDicom(bytes: Uint8Array): Volume {
  if (bytes.length === 0) throw new Error("is empty");
  if (latin1(bytes, 128, 132) !== "DICM") throw new Error("not a DICOM file");
  const data = decoded("DICOM", () => dicom.parseDicom(new Uint8Array(bytes), { inflater })),
    kind = data.string("x00080016"),
    syntax = data.string("x00020010") ?? "";
  if (kind !== segmentation && kind !== labelMap)
    throw new Error("is no DICOM segmentation (SOP class 1.2.840.10008.5.1.4.1.1.66.4); convert images to NIfTI");
  if (!plain.includes(syntax))
    throw new Error(`is packed with transfer syntax ${syntax}; store it as explicit little endian`);
  const [height, width] = [data.uint16("x00280010") ?? 0, data.uint16("x00280011") ?? 0],
    count = data.intString("x00280008") ?? 1,
    type = data.string("x00620001") ?? (kind === labelMap ? "LABELMAP" : "BINARY");
  const [shared] = itemsOf(data, "x52009229"),
    own = itemsOf(data, "x52009230"),
    orientation = numbersOf(macro(shared, own[0], "x00209116"), "x00200037"),
    measures = macro(shared, own[0], "x00289110");
  const frames: Frame[] = Array.from({ length: count }, (_, index) => ({
    index,
    segment: macro(shared, own[index], "x0062000a")?.uint16("x0062000b") ?? 1,
    position: numbersOf(macro(shared, own[index], "x00209113"), "x00200032"),
  }));
  if (orientation.length !== 6 || frames.some(({ position }) => position.length !== 3))
    throw new Error("does not say where its frames lie (plane position and orientation)");
  const [right, down] = [orientation.slice(0, 3), orientation.slice(3)],
    normal = cross(right, down),
    [dy = 1, dx = 1] = numbersOf(measures, "x00280030"),
    [step] = [...numbersOf(measures, "x00180088"), ...numbersOf(measures, "x00180050")],
    { places, depth, size: dz, first } = planesOf(frames, normal, step),
    size = width * height,
    stack = { frames, places, size, depth, pixel: pixelsOf(data, size, count) };
  const vectors = [right.map((v) => v * dx), down.map((v) => v * dy), normal.map((v) => v * dz)];
  const plane = [depth, height, width],
    space = { ...placed(vectors, frames[first].position), emptyAround: true };
  if (type !== "FRACTIONAL") return { data: labelsOf(stack, type), shape: plane, axes: ["DHW"], ...space };
  const { data: fractions, channels } = fractionsOf(stack, data.uint16("x0062000e") ?? 255),
    probabilities = data.string("x00620010") !== "OCCUPANCY";
  return channels === 1
    ? { data: fractions, shape: plane, axes: ["DHW"], probabilities, ...space }
    : { data: fractions, shape: [channels, ...plane], axes: ["CDHW"], probabilities, ...space, emptyAround: false };
}

export const reader: Reader = { read: readDicom };

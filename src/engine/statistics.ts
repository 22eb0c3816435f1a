import type { Kernels } from "../bindings/kernels.js";
import { SUMS, tilePixels } from "../bindings/tile.js";
import { SegLossError } from "../errors.js";
import { firstLabel, type TargetStatistics } from "../tensors/conventions.js";
import type { Geometry, LabelArray } from "../tensors/shape.js";
import type { Share } from "./share.js";
import { CHECKS, TileSums, zeros } from "./sums.js";

/**
 * Counts labels, and refuses the first that is neither a class nor `ignoreIndex`; `what` the labels are for messages,
 * as are the labels `ignored` by the caller.
 */
export function countLabels(
  kernels: Kernels,
  labels: () => LabelArray,
  geometry: Geometry,
  ignoreIndex: number | undefined,
  what: string,
  share?: Share,
  ignored: readonly number[] = ignoreIndex === undefined ? [] : [ignoreIndex],
): TargetStatistics {
  const { batch, classes, pixels } = geometry,
    first = firstLabel(classes),
    range = classes + first,
    width = range + 2,
    part = share?.part(batch * pixels) ?? { first: 0, end: batch * pixels };
  const found = zeros(batch * width);
  kernels.tile.layOut(classes);
  kernels.labels.ignore(ignoreIndex, labels());
  for (let b = 0; b < batch; b++) {
    const from = Math.max(part.first, b * pixels),
      count = Math.min(part.end, (b + 1) * pixels) - from;
    if (count > 0) kernels.labels.count(labels(), from, count, range, found, b * width);
  }
  const counts = share?.addUp(found) ?? found,
    valid = zeros(batch),
    total = zeros(batch * classes);
  for (let b = 0; b < batch; b++) {
    const at = b * width;
    if (counts[at + range + 1] > 0) refuse(labels(), b * pixels, range, ignoreIndex, ignored, what);
    valid[b] = pixels - counts[at];
    for (let c = 0; c < classes; c++) total[b * classes + c] = counts[at + c + first + 1];
  }
  return { valid, total, squared: total };
}

function refuse(
  labels: LabelArray,
  from: number,
  range: number,
  ignoreIndex: number | undefined,
  ignored: readonly number[],
  what: string,
): never {
  const index = labels.findIndex(
    (label: number, i: number) => i >= from && label !== ignoreIndex && !(label >= 0 && label < range),
  );
  throw invalidLabel(labels[index], index, range, ignored, what);
}

export function invalidLabel(
  label: number,
  index: number,
  range: number,
  ignored: readonly number[],
  what: string,
): SegLossError {
  const ignore = ignored.length === 0 ? "no ignoreIndex is set" : `ignoreIndex is ${ignored.join(", ")}`;
  const mask =
    label === 255 ? "; if this is a 0/255 mask, pass 0/1, and if 255 marks void pixels, set ignoreIndex: 255" : "";
  return new SegLossError(
    "INVALID_TARGET",
    `${what} has label ${label} at index ${index}, expected 0 to ${range - 1} (${ignore})${mask}`,
  );
}

/** How a soft target is read. */
export interface SoftReading {
  /** Whose target, for messages. */
  readonly what: string;
  /** Whether the classes of a pixel compete: then its numbers sum to 1. */
  readonly competing: boolean;
  /** Whether a pixel with zeros only does not count (an `ignoreIndex` is set). */
  readonly voids: boolean;
  readonly share?: Share;
}

/** Sums of a soft target, and what it holds. */
export interface SoftStatistics extends TargetStatistics {
  /** Whether some pixels are void. */
  readonly voids: boolean;
  /** Whether all its numbers are 0 or 1. */
  readonly hard: boolean;
}

/** Sums soft targets, and refuses the first number outside [0, 1] and, where classes compete, the first row off 1. */
export function sumSoftTarget(
  kernels: Kernels,
  target: () => Float32Array,
  geometry: Geometry,
  reading: SoftReading,
): SoftStatistics {
  const { batch, classes, pixels, channelsLast } = geometry,
    size = tilePixels(classes),
    perSample = Math.ceil(pixels / size),
    tiles = batch * perSample,
    { share, competing } = reading,
    part = share?.part(tiles) ?? { first: 0, end: tiles },
    width = 2 * classes + CHECKS,
    sums = new TileSums(batch, width, tiles, share),
    row = new Float64Array(width),
    step = kernels.step("sumTarget");
  kernels.tile.layOut(classes);
  for (let tile = part.first; tile < part.end; tile++) {
    const b = Math.floor(tile / perSample),
      first = (tile % perSample) * size,
      count = Math.min(size, pixels - first);
    kernels.tile.bringTarget(target(), b * classes * pixels, pixels, first, count, channelsLast);
    const padded = kernels.labels.stageNone(count);
    const found = kernels.tile.sums.fill(0),
      between = kernels.run(padded, step);
    for (let c = 0; c < classes; c++) {
      row[c] = found[c * SUMS];
      row[classes + c] = found[c * SUMS + 1];
    }
    row.set([found[2], found[3], found[4], between === 0 ? 0 : 1], 2 * classes);
    sums.add(tile, row);
  }
  share?.meet();
  const total = sums.total(),
    of = (b: number, check: number) => total[b * width + 2 * classes + check];
  const statistics = {
    valid: new Float64Array(batch).fill(pixels),
    total: new Float64Array(batch * classes),
    squared: new Float64Array(batch * classes),
  };
  let voids = 0,
    between = 0;
  for (let b = 0; b < batch; b++) {
    if (of(b, OUTSIDE) > 0) refuseNumber(target(), reading);
    if (competing && of(b, OFF) + (reading.voids ? 0 : of(b, EMPTY)) > 0) refuseRow(target(), geometry, reading);
    statistics.total.set(total.subarray(b * width, b * width + classes), b * classes);
    statistics.squared.set(total.subarray(b * width + classes, b * width + 2 * classes), b * classes);
    between += of(b, BETWEEN);
    if (!competing || !reading.voids) continue;
    statistics.valid[b] -= of(b, EMPTY);
    voids += of(b, EMPTY);
  }
  return { ...statistics, voids: voids > 0, hard: between === 0 };
}

/**
 * The labels that a target of zeros and ones stands for; -1 where a pixel has zeros only. Of the module's memory where
 * the call lends it.
 */
export function labelsOfRows(kernels: Kernels, target: () => Float32Array, geometry: Geometry): () => Int32Array {
  const { batch, classes, pixels, channelsLast } = geometry,
    { buffer, byteOffset, length } = kernels.memory.borrow(batch * pixels, "labels of a one-hot target"),
    labels = kernels.memory.pin(new Int32Array(buffer, byteOffset, length)),
    size = tilePixels(classes),
    step = kernels.step("labelRows");
  kernels.tile.layOut(classes);
  for (let b = 0; b < batch; b++)
    for (let first = 0; first < pixels; first += size) {
      const count = Math.min(size, pixels - first);
      kernels.tile.bringTarget(target(), b * classes * pixels, pixels, first, count, channelsLast);
      kernels.run(kernels.labels.stageNone(count), step);
      labels().set(kernels.labels.read(count), b * pixels + first);
    }
  return labels;
}

/** What the step counts besides a class's two sums. */
const [OUTSIDE, EMPTY, OFF, BETWEEN] = [0, 1, 2, 3];

function refuseNumber(target: Float32Array, { what }: SoftReading): never {
  const i = target.findIndex((t) => !(t >= 0 && t <= 1));
  throw new SegLossError(
    "INVALID_TARGET",
    `${what}: soft target has ${target[i]} at index ${i}, expected numbers from 0 to 1`,
  );
}

/** The first pixel, if any, whose numbers are off 1, read with channels first or last. */
function findRow(target: Float32Array, { batch, classes, pixels, channelsLast }: Geometry, voids: boolean) {
  const [perClass, perPixel] = channelsLast ? [1, classes] : [pixels, 1];
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < pixels; i++) {
      const index = b * classes * pixels + i * perPixel;
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += target[index + c * perClass];
      if (Math.abs(sum - 1) > 1e-3 && !(voids && sum === 0)) return { index, sum, pixel: b * pixels + i };
    }
  }
  return undefined;
}

function refuseRow(target: Float32Array, geometry: Geometry, { what, voids }: SoftReading): never {
  const { index, sum, pixel } = findRow(target, geometry, voids) ?? { index: 0, sum: Number.NaN, pixel: 0 },
    { channelsLast } = geometry,
    otherLayout = findRow(target, { ...geometry, channelsLast: !channelsLast }, voids) === undefined;
  const cause = otherLayout
    ? `its numbers are in order for channels ${channelsLast ? "first" : "last"}: is it in another layout than pred?`
    : sum === 0
      ? "rows of zeros mark void pixels if ignoreIndex is set, such as 255"
      : 'a multi-label target needs activation "sigmoid"';
  throw new SegLossError(
    "INVALID_TARGET",
    `${what}: soft target sums to ${Number(sum.toPrecision(6))} over the classes of pixel ${pixel} (index ` +
      `${index}), expected 1 where classes compete; ${cause}`,
  );
}

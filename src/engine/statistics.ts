import type { Kernels } from "../bindings/kernels.js";
import { SegLossError } from "../errors.js";
import { firstLabel, type TargetStatistics } from "../tensors/conventions.js";
import type { Geometry, LabelArray } from "../tensors/shape.js";
import type { Share } from "./share.js";

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
  const found = new Float64Array(batch * width);
  kernels.use(classes);
  kernels.ignore(ignoreIndex, labels());
  for (let b = 0; b < batch; b++) {
    const from = Math.max(part.first, b * pixels),
      count = Math.min(part.end, (b + 1) * pixels) - from;
    if (count > 0) found.set(kernels.countLabels(labels(), from, count, range), b * width);
  }
  const counts = share?.addUp(found) ?? found,
    valid = new Float64Array(batch),
    total = new Float64Array(batch * classes);
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

/** Sums soft targets, and refuses the first number outside [0, 1]. */
export function sumSoftTarget(target: Float32Array, geometry: Geometry, loss: string, share?: Share): TargetStatistics {
  const { batch, classes, pixels, channelsLast } = geometry,
    planes = batch * classes,
    part = share?.part(planes) ?? { first: 0, end: planes },
    step = channelsLast ? classes : 1;
  const found = new Float64Array(2 * planes + 1);
  for (let plane = part.first; plane < part.end; plane++) {
    let sum = 0,
      sumSquared = 0,
      outside = 0;
    let i = channelsLast ? Math.floor(plane / classes) * pixels * classes + (plane % classes) : plane * pixels;
    for (const end = i + pixels * step; i < end; i += step) {
      const t = target[i];
      if (!(t >= 0 && t <= 1)) outside++;
      sum += t;
      sumSquared += t * t;
    }
    found[plane] = sum;
    found[planes + plane] = sumSquared;
    found[2 * planes] += outside;
  }
  const sums = share?.addUp(found) ?? found;
  if (sums[2 * planes] > 0) {
    const i = target.findIndex((t) => !(t >= 0 && t <= 1));
    throw new SegLossError(
      "INVALID_TARGET",
      `${loss}: soft target has ${target[i]} at index ${i}, expected numbers from 0 to 1`,
    );
  }
  return {
    valid: new Float64Array(batch).fill(pixels),
    total: sums.slice(0, planes),
    squared: sums.slice(planes, 2 * planes),
  };
}

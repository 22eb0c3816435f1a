import type { Kernels } from "./bindings/kernels.js";
import { SegLossError } from "./errors.js";
import type { Geometry, LabelArray } from "./shape.js";

/** A target's numbers: labels, or soft targets in pred's layout. */
export interface TargetArrays {
  readonly labels?: LabelArray;
  readonly soft?: Float32Array;
}

/** What the losses need to know of a target before they see a prediction; rows are [batch, classes]. */
export interface TargetStatistics {
  /** Pixels that count, per sample. */
  readonly valid: Float64Array;
  /** T: the sum of t. */
  readonly total: Float64Array;
  /** TT: the sum of t squared. */
  readonly squared: Float64Array;
}

/** The label that channel 0 stands for: a single channel is the foreground, label 1. */
export const firstLabel = (classes: number): number => (classes === 1 ? 1 : 0);

/** Counts labels, and refuses the first that is neither a class nor `ignoreIndex`. */
export function countLabels(
  kernels: Kernels,
  labels: () => LabelArray,
  geometry: Geometry,
  ignoreIndex: number | undefined,
  loss: string,
  argument = "target",
): TargetStatistics {
  const { batch, classes, pixels } = geometry,
    first = firstLabel(classes),
    range = classes + first;
  const valid = new Float64Array(batch),
    total = new Float64Array(batch * classes);
  kernels.use(classes);
  kernels.ignore(ignoreIndex, labels());
  for (let b = 0; b < batch; b++) {
    const counts = kernels.countLabels(labels(), b * pixels, pixels, range);
    if (counts[range + 1] > 0) refuse(labels(), b * pixels, range, ignoreIndex, `${loss}: ${argument}`);
    valid[b] = pixels - counts[0];
    for (let c = 0; c < classes; c++) total[b * classes + c] = counts[c + first + 1];
  }
  return { valid, total, squared: total };
}

function refuse(labels: LabelArray, from: number, range: number, ignoreIndex: number | undefined, what: string): never {
  const index = labels.findIndex((label: number, i: number) => i >= from && label !== ignoreIndex && !(label >= 0 && label < range));
  throw invalidLabel(labels[index], index, range, ignoreIndex, what);
}

export function invalidLabel(label: number, index: number, range: number, ignoreIndex: number | undefined, what: string): SegLossError {
  const ignore = ignoreIndex === undefined ? "no ignoreIndex is set" : `ignoreIndex is ${ignoreIndex}`;
  const mask = label === 255 ? "; if this is a 0/255 mask, pass 0/1, and if 255 marks void pixels, set ignoreIndex: 255" : "";
  return new SegLossError("INVALID_TARGET", `${what} has label ${label} at index ${index}, expected 0 to ${range - 1} (${ignore})${mask}`);
}

/** Sums soft targets, and refuses the first number outside [0, 1]. */
export function sumSoftTarget(target: Float32Array, geometry: Geometry, loss: string): TargetStatistics {
  const { batch, classes, pixels, channelsLast } = geometry;
  const total = new Float64Array(batch * classes),
    squared = new Float64Array(batch * classes);
  const step = channelsLast ? classes : 1;
  for (let b = 0; b < batch; b++) {
    for (let c = 0; c < classes; c++) {
      let sum = 0,
        sumSquared = 0;
      let i = channelsLast ? b * pixels * classes + c : (b * classes + c) * pixels;
      for (const end = i + pixels * step; i < end; i += step) {
        const t = target[i];
        if (!(t >= 0 && t <= 1)) throw new SegLossError("INVALID_TARGET", `${loss}: soft target has ${t} at index ${i}, expected numbers from 0 to 1`);
        sum += t;
        sumSquared += t * t;
      }
      total[b * classes + c] = sum;
      squared[b * classes + c] = sumSquared;
    }
  }
  return { valid: new Float64Array(batch).fill(pixels), total, squared };
}

import { SegLossError } from "../errors.js";
import type { LabelArray } from "./shape.js";

/** Option ignoreIndex as callers give it. */
export type IgnoreIndex = number | readonly number[] | null;

export const ignoredLabels = (given: IgnoreIndex | undefined): readonly number[] =>
  given === null || given === undefined ? [] : typeof given === "number" ? [given] : given;

/** Stands for several ignored labels in `mergeIgnored`; no label of a class, and none that people use. */
const STAND_IN = -(2 ** 31);

/** The one label that does not count: the caller's, or what stands for several of them. */
export const ignoredLabel = (ignored: readonly number[]): number | null =>
  ignored.length > 1 ? STAND_IN : (ignored[0] ?? null);

/**
 * Labels with `ignoredLabel` in place of each that is ignored: a copy where there are several, else the labels
 * themselves. So whatever comes after has to know but one.
 */
export function mergeIgnored(labels: LabelArray, ignored: readonly number[], what: string): LabelArray {
  if (ignored.length < 2) return labels;
  const those = new Set(ignored),
    merged = new Int32Array(labels.length);
  let last = Number.NaN,
    label = 0;
  for (let i = 0; i < merged.length; i++) {
    if (labels[i] !== last) {
      last = labels[i];
      label = those.has(last) ? STAND_IN : last;
      if (label === last && (last >= 2 ** 31 || last === STAND_IN))
        throw new SegLossError("INVALID_TARGET", `${what} has label ${last} at index ${i}, which can be no class`);
    }
    merged[i] = label;
  }
  return merged;
}

import type { Kernels } from "../bindings/kernels.js";
import { countLabels } from "../engine/statistics.js";
import { SegLossError } from "../errors.js";
import { type Options, readOptions } from "../options/options.js";
import { ignoreIndex, spatialDims } from "../options/shared.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { ignoredLabel, ignoredLabels, mergeIgnored } from "../tensors/ignoredLabels.js";
import { dataType, isLabelArray } from "../tensors/shape.js";
import { type AxesOptions, readPixelShape } from "./arguments.js";

export interface ClassWeightsOptions extends AxesOptions {
  /**
   * How many classes there are, C: 2 at least. A prepared target knows it from the predictions that a loss has
   * evaluated it with; labels do not.
   */
  readonly numClasses?: number;
  /**
   * "inverse" (default): N / (K n_c) of N pixels, n_c of them of class c, and K classes that are there; "effective":
   * by 1 / (1 - beta^n_c), K in sum (Cui et al. 2019); "median": the median frequency over the class's own, each in the
   * samples that have the class (Eigen, Fergus 2015).
   */
  readonly method?: "inverse" | "effective" | "median";
  /** "effective": 0 weighs all alike, towards 1 it becomes the inverse of the counts (default: 0.999). */
  readonly beta?: number;
  /**
   * Pixels of this label, or of one of these, are not counted. Default: none; of a prepared target those that its loss
   * ignores.
   */
  readonly ignoreIndex?: number | readonly number[] | null;
}

const declared = {
  numClasses: { type: "number", integer: true, min: 2, default: null, meaning: "how many classes" },
  method: { type: "choice", values: ["inverse", "effective", "median"], default: "inverse", meaning: "which weights" },
  beta: { type: "number", min: 0, max: 1, belowMax: true, default: 0.999, meaning: "of effective numbers" },
  spatialDims,
  ignoreIndex: { ...ignoreIndex, meaning: "pixels of this label, or of one of these, are not counted" },
} as const satisfies Options;

const add = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b),
    half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/** Weights of classes by how many of a target's pixels they have; 0 for a class that is not there. */
export function classWeights(kernels: Kernels, input: TensorLike, given: ClassWeightsOptions = {}): number[] {
  const name = "classWeights",
    what = `${name}: labels`,
    o = readOptions(name, declared, given),
    labels = readTensor(input, what),
    { batch, spatial, pixels, batched } = readPixelShape(labels, o.spatialDims, what),
    { data } = labels,
    classes = o.numClasses;
  if (classes === null)
    throw new SegLossError(
      "INVALID_OPTION",
      `${name}: option numClasses must be given: labels do not say how many classes there are`,
    );
  if (!isLabelArray(data))
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what} must be in an integer typed array, got ${dataType(labels)}; of a one-hot or soft target pass each ` +
        "pixel's largest class",
    );
  if (given?.beta !== undefined && o.method !== "effective")
    throw new SegLossError("INVALID_OPTION", `${name}: option beta is of method "effective", got "${o.method}"`);
  const ignored = ignoredLabels(o.ignoreIndex),
    own = kernels.memory.pin(mergeIgnored(data, ignored, what)),
    geometry = { batch, classes, spatial, pixels, channelsLast: false, batched },
    { valid, total } = countLabels(
      kernels,
      own,
      geometry,
      ignoredLabel(ignored) ?? undefined,
      what,
      undefined,
      ignored,
    );
  const all = Array.from({ length: classes }, (_, c) => c),
    samples = Array.from({ length: batch }, (_, b) => b),
    counts = all.map((c) => add(samples.map((b) => total[b * classes + c]))),
    there = all.filter((c) => counts[c] > 0);
  if (there.length === 0) return all.map(() => 0);
  const frequency = (c: number) =>
    counts[c] / add(samples.filter((b) => total[b * classes + c] > 0).map((b) => valid[b]));
  const weight = {
    inverse: (c: number) => add(counts) / (there.length * counts[c]),
    // 1 - beta^n without cancellation for beta near 1.
    effective: (c: number) => (o.beta === 0 ? 1 : -1 / Math.expm1(counts[c] * Math.log(o.beta))),
    median: (c: number) => 1 / frequency(c),
  }[o.method];
  const scale = {
    inverse: () => 1,
    effective: () => there.length / add(there.map(weight)),
    median: () => median(there.map(frequency)),
  }[o.method]();
  return all.map((c) => (counts[c] > 0 ? scale * weight(c) : 0));
}

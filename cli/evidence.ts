import type { SegLoss } from "segloss";
import type { Pair } from "../src/files/pairs";
import { classesOf, confusionOf } from "./counts";

/** What a report shows of one sample beside its scores: plain data. */
export interface Evidence {
  /** Pixels by label of the truth and label of the prediction, row by row; nothing where classes overlap. */
  readonly confusion?: { readonly labels: readonly number[]; readonly counts: readonly number[] };
  /** Pixels, their probabilities and how many are right, by bins of the probability. */
  readonly bins?: { readonly count: readonly number[]; readonly p: readonly number[]; readonly t: readonly number[] };
  /** Of a voxel, in mm (1-D to 3-D); 1 where nothing is known. */
  readonly volume: number;
  readonly sized: boolean;
}

export const binCount = 15;

/** Bins of the largest probability; of one channel, of that of the foreground. */
function binsOf(seg: SegLoss, { pred, target, options, overlapping }: Pair): Evidence["bins"] {
  if (!(pred.data instanceof Float32Array) || overlapping) return undefined;
  const single = pred.shape[1] === 1,
    { numClasses, ...reading } = options,
    found = seg.metrics.expectedCalibrationError(
      pred as never,
      target as never,
      { ...reading, bins: binCount, confidence: single ? "perClass" : "topLabel" } as never,
    ),
    [count, p, t] = [found.binCount, found.binConfidence, found.binAccuracy].map((row) =>
      Array.from((row as Float64Array).subarray(0, binCount)),
    );
  const sums = (means: readonly number[]) => means.map((mean, k) => (count[k] > 0 ? mean * count[k] : 0));
  return { count, p: sums(p), t: sums(t) };
}

/** What cannot be told is left out: the scores say what is wrong. */
export function evidenceOf(seg: SegLoss, pair: Pair): Evidence {
  const sized = pair.spacing !== undefined,
    volume = (pair.spacing ?? []).reduce((product, size) => product * size, 1),
    inside = classesOf(pair);
  try {
    return { volume, sized, confusion: inside && confusionOf(pair, inside), bins: binsOf(seg, pair) };
  } catch {
    return { volume, sized };
  }
}

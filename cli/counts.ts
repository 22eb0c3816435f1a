import type { Pair, Places } from "../src/files/pairs";
import { eachRun } from "../src/files/values";

/** Pixels of one class: of both sides, of either, and of all that count. */
export interface Counts {
  readonly both: number;
  readonly pred: number;
  readonly target: number;
  readonly counted: number;
}

type Inside = (c: number, i: number) => boolean;

/** The class of each pixel, or whether it lies in a class, as the metrics see it; nothing where a score is NaN. */
function insideOf({ pred, options, ids }: Pair, size: number): Places | Inside | undefined {
  const { data, shape } = pred,
    { activation } = options,
    classes = data instanceof Float32Array ? shape[1] : 0;
  if (!(data instanceof Float32Array)) return data;
  if (data.some(Number.isNaN)) return undefined;
  if (activation === "sigmoid" || classes === 1) {
    const threshold = activation === "none" ? 0.5 : 0,
      // A single channel is the foreground, the second of its two classes.
      first = classes === 1 ? ids.length - 1 : 0;
    return (c, i) => c >= first && data[(c - first) * size + i] > threshold;
  }
  const winners = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (data[c * size + i] > data[best * size + i]) best = c;
    winners[i] = best;
  }
  return winners;
}

/** Counts of every class of one sample, by its place among them. */
export function countPair(pair: Pair): Counts[] | undefined {
  const { target, options, ids, overlapping } = pair,
    size = target.data.length / (overlapping ? ids.length : 1),
    inside = insideOf(pair, size);
  if (!inside) return undefined;
  const { data } = target,
    isVoid = (i: number) => !overlapping && data[i] === options.ignoreIndex;
  const [both, own, theirs] = [0, 1, 2].map(() => new Float64Array(ids.length));
  let counted = 0;
  if (typeof inside !== "function" && !overlapping) {
    // One class a pixel: one pass, however many classes there are, and one step for each run of pixels.
    eachRun(inside, data, (p, t, from, to) => {
      if (t === options.ignoreIndex) return;
      counted += to - from;
      if (p < ids.length) own[p] += to - from;
      theirs[t] += to - from;
      if (p === t) both[p] += to - from;
    });
  } else {
    for (let i = 0; i < size; i++) if (!isVoid(i)) counted++;
    for (let c = 0; c < ids.length; c++)
      for (let i = 0; i < size; i++) {
        if (isVoid(i)) continue;
        const p = typeof inside === "function" ? inside(c, i) : inside[i] === c,
          t = overlapping ? data[c * size + i] > 0.5 : data[i] === c;
        if (p) own[c]++;
        if (t) theirs[c]++;
        if (p && t) both[c]++;
      }
  }
  return ids.map((_, c) => ({ both: both[c], pred: own[c], target: theirs[c], counted }));
}

/** The place of each predicted pixel's class; nothing where it may have several, or none can be told. */
export function classesOf(pair: Pair): Places | undefined {
  const { pred, target, overlapping, ids } = pair;
  if (overlapping) return undefined;
  const size = target.data.length,
    inside = insideOf(pair, size);
  if (typeof inside !== "function") return inside;
  if (!(pred.data instanceof Float32Array) || pred.shape[1] > 1) return undefined;
  return Int32Array.from({ length: size }, (_, i) => (inside(ids.length - 1, i) ? 1 : 0));
}

/** Pixels of each label of the truth (rows) that are predicted as each (columns). */
export function confusionOf({ target, options, ids }: Pair, classes: Places) {
  const counts = new Array<number>(ids.length ** 2).fill(0),
    { data } = target;
  for (let i = 0; i < data.length; i++)
    if (data[i] !== options.ignoreIndex && classes[i] < ids.length) counts[data[i] * ids.length + classes[i]]++;
  return { labels: ids, counts };
}

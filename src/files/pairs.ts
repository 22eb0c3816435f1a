import { eachRun, fillRun } from "../tensors/runs.js";
import type { Both } from "./both.js";
import { type Contents, labelling, maskNote, type Side, toScores } from "./contents.js";
import { type Numbers, show } from "./readers/volume.js";
import { ignoredOf, type Settings } from "./settings.js";
import { valuesOf } from "./values.js";

interface Tensor<T> {
  readonly data: T;
  readonly shape: readonly number[];
}

/** Places of labels among the classes: bytes where they suffice, as two cores share what is beyond their caches. */
export type Places = Uint8Array | Int32Array;

/** Predictions and targets, ready for the metrics. */
export interface Pair {
  /** Scores [N, C, ...spatial], or places of labels [N, ...spatial] in `ids`. */
  readonly pred: Tensor<Float32Array | Places>;
  /** Places of labels [N, ...spatial], or a mask for each channel [N, C, ...spatial]. */
  readonly target: Tensor<Places | Float32Array>;
  readonly options: {
    readonly activation?: string;
    readonly numClasses?: number;
    readonly ignoreIndex?: number;
    readonly spatialDims: number;
  };
  /** The label of each class; a single channel's is 1. */
  readonly ids: readonly number[];
  /** True where a pixel may lie in several classes at once: then the first is no background. */
  readonly overlapping: boolean;
  readonly spacing?: readonly number[];
}

interface Classes {
  readonly ids: readonly number[];
  readonly ignored: readonly number[];
  /** The labels that may be, in words. */
  readonly range: string;
}

/** As `placesOf`, of bytes; where each label is its place, the labels themselves, as nobody writes to them. */
function bytesInPlace(data: Uint8Array, placeOf: (number: number, i: number) => number): Uint8Array {
  const numbers = [...(valuesOf(data).counts?.keys() ?? [])],
    known = new Uint8Array(256);
  for (const number of numbers) known[number] = placeOf(number, data.indexOf(number));
  if (numbers.every((number) => known[number] === number)) return data;
  const found = new Uint8Array(data.length);
  eachRun(data, data, (number, _, from, to) => fillRun(found, known[number], from, to));
  return found;
}

/** Labels by their place among the classes; one that does not count stands after them. */
function placesOf(data: Numbers, side: Side, { ids, ignored, range }: Classes, path: string): Places {
  const labelOf = labelling(data, side, path),
    places = new Map(ids.map((label, place) => [label, place]));
  for (const label of ignored) places.set(label, ids.length);
  const placeOf = (number: number, i: number) => {
    const own = places.get(labelOf(number));
    if (own === undefined) throw new Error(`${path}: has label ${labelOf(number)} at index ${i}, ${range}`);
    return own;
  };
  if (data instanceof Uint8Array && ids.length < 256) return bytesInPlace(data, placeOf);
  const found = ids.length < 256 ? new Uint8Array(data.length) : new Int32Array(data.length);
  let [last, place] = [Number.NaN, 0];
  for (let i = 0; i < data.length; i++) {
    const number = data[i];
    if (number !== last) {
      last = number;
      place = placeOf(number, i);
    }
    found[i] = place;
  }
  return found;
}

const rangeOf = (ids: readonly number[]) => `expected ${ids[0]} to ${ids.at(-1)}`;

/** All samples of two files as one batch, and what was noted on the way. */
export function batchOf(both: Both, contents: Contents, settings: Settings): { batch: Pair; notes: string[] } {
  const { classes, samples, spatial, multiHot, paths, truth, regions, masks } = both,
    notes = [...both.notes],
    ignored = ignoredOf(settings),
    asLabels = contents.pred !== "scores" && classes === 1 && !multiHot && !both.volume.probabilities;
  // Two classes at least: a single one would be the foreground.
  const ids = asLabels
    ? [...new Set([0, ...contents.labels, ...(contents.labels.some((label) => label > 0) ? [] : [1])])]
    : classes === 1
      ? [0, 1]
      : (regions ?? Array.from({ length: classes }, (_, c) => c));
  if (multiHot && !masks && settings.activation !== "sigmoid")
    throw new Error(
      `${paths.target}: has a mask for each of ${classes} channels, shape ${show(truth.shape)}; ` +
        "give --activation sigmoid where classes may overlap",
    );
  if (multiHot && ignored.length > 0) throw new Error(`${paths.target}: --ignore-index needs a label map as target`);
  if (!asLabels && settings.classes !== undefined && settings.classes !== classes)
    throw new Error(`${paths.pred}: has ${classes} channel(s), but --classes is ${settings.classes}`);
  const range = asLabels ? rangeOf(ids) : `${rangeOf(ids)} after the ${classes} channel(s) of ${paths.pred}`;
  const labels = (data: typeof truth.data, side: Contents["target"], path: string) => {
    notes.push(...maskNote(path, side));
    return placesOf(data, side, { ids, ignored, range }, path);
  };
  const target = multiHot ? new Float32Array(truth.data) : labels(truth.data, contents.target, paths.target),
    pred = asLabels ? labels(both.volume.data, contents.pred, paths.pred) : toScores(both, notes);
  const ignoring = ignored.length > 0 && !multiHot ? { ignoreIndex: ids.length } : {},
    usual = classes === 1 || masks ? "sigmoid" : "softmax",
    activation = settings.activation ?? (both.volume.probabilities ? "none" : usual),
    axes = { spatialDims: spatial.length },
    options = asLabels ? { numClasses: ids.length, ...ignoring, ...axes } : { activation, ...ignoring, ...axes };
  return {
    batch: {
      pred: { data: pred, shape: asLabels ? [samples, ...spatial] : [samples, classes, ...spatial] },
      target: { data: target, shape: multiHot ? [samples, classes, ...spatial] : [samples, ...spatial] },
      options,
      ids,
      overlapping: multiHot,
      spacing: spacingOf(both, settings),
    },
    notes,
  };
}

function sampleOf<T extends Float32Array | Places>({ data, shape }: Tensor<T>, n: number): Tensor<T> {
  const size = data.length / shape[0];
  return { data: data.subarray(n * size, (n + 1) * size) as T, shape: [1, ...shape.slice(1)] };
}

/** All samples of two files, one by one. */
export function pairsOf(both: Both, contents: Contents, settings: Settings): { pairs: Pair[]; notes: string[] } {
  const { batch, notes } = batchOf(both, contents, settings),
    pairs = Array.from({ length: both.samples }, (_, n) => ({
      ...batch,
      pred: sampleOf(batch.pred, n),
      target: sampleOf(batch.target, n),
    }));
  return { pairs, notes };
}

/** Spacing as given for all pairs, checked against one pair's axes; else what the files say. */
export function spacingOf(
  { spacing, spatial, paths }: Both,
  { spacing: given }: Settings,
): readonly number[] | undefined {
  if (!given) return spacing;
  if (given.length !== spatial.length)
    throw new Error(
      `${paths.pred}: --spacing must hold ${spatial.length} number(s) for pixels ${show(spatial)}, ` +
        `in their order (${spatial.length === 3 ? "z, y, x" : "y, x"}), got ${given.length}`,
    );
  return given;
}

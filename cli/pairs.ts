import type { Settings } from "./arguments";
import { type Both, type LabelArray, maskValue, readBoth, readLabels, readNumbers, usualActivation } from "./items";
import { show, type Volume } from "./readers";

/** A prediction and its target, ready for the metrics. */
export interface Pair {
  readonly pred: { readonly data: Float32Array | LabelArray; readonly shape: readonly number[] };
  readonly target: { readonly data: LabelArray; readonly shape: readonly number[] };
  /** Of the prediction: how its numbers become classes. */
  readonly options: { readonly activation?: string; readonly numClasses?: number };
  /** The label of the first class: a single one is the foreground. */
  readonly firstLabel: number;
  readonly spacing?: readonly number[];
  readonly notes: readonly string[];
}

/** Whole numbers, and none below 0 where they are stored as floats. */
function areWhole({ data }: Volume): boolean {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return true;
  for (const v of data) if (!(Number.isInteger(v) && v >= 0)) return false;
  return true;
}

/**
 * A prediction of one number per pixel holds labels if they are whole, unless an activation says that they are scores.
 */
const holdsLabels = ({ volume, classes }: Both, { activation }: Settings) =>
  activation === undefined && classes === 1 && areWhole(volume);

/** The highest label; that of a mask of 0 and 255, which may stand for 0 and 1, is 1. */
function highestOf(volume: Volume, ignoreIndex: number | undefined): number {
  if (maskValue(volume, ignoreIndex) !== undefined) return 1;
  let highest = 0;
  for (const label of volume.data) if (label > highest && label !== ignoreIndex) highest = label;
  return highest;
}

/** Grey levels may be probabilities as well as labels. */
const isGrey = ({ top, indexed }: Volume) => top !== undefined && !indexed;

/** The highest label of a target and its prediction, if that surely holds labels. */
export function highestLabel(predPath: string, targetPath: string, settings: Settings): number {
  const both = readBoth(predPath, targetPath),
    { volume, truth } = both,
    sure = holdsLabels(both, settings) && !isGrey(volume);
  return Math.max(sure ? highestOf(volume, settings.ignoreIndex) : 0, highestOf(truth, settings.ignoreIndex));
}

/** How many classes there are: as the command line says, or as all files show. */
export interface Classes {
  readonly said?: number;
  readonly found: () => number;
}

function checkGrey(volume: Volume, path: string, classes: number, { ignoreIndex }: Settings): void {
  const highest = highestOf(volume, ignoreIndex);
  if (!isGrey(volume) || highest < Math.max(classes, 2)) return;
  throw new Error(
    `${path}: holds grey levels up to ${highest}, but labels go up to ${classes - 1}; if they are probabilities, give --activation none, if labels, --classes N`,
  );
}

/** Reads a prediction and its target. */
export function readPair(predPath: string, targetPath: string, settings: Settings, { said, found }: Classes): Pair {
  const both = readBoth(predPath, targetPath),
    { volume, truth, spatial, spacing } = both,
    { ignoreIndex, activation } = settings,
    notes: string[] = [],
    shape = [1, ...spatial];
  const labels = (holder: Volume, path: string, maybeMask: boolean) => ({
    data: readLabels(holder, path, maybeMask, ignoreIndex, notes),
    shape,
  });
  if (holdsLabels(both, settings)) {
    const numClasses = said ?? found(),
      options = { numClasses },
      maybeMask = numClasses <= 2;
    if (said === undefined) checkGrey(volume, predPath, numClasses, settings);
    const [pred, target] = [labels(volume, predPath, maybeMask), labels(truth, targetPath, maybeMask)];
    return { pred, target, options, firstLabel: numClasses === 1 ? 1 : 0, spacing, notes };
  }
  const single = both.classes === 1;
  return {
    pred: { data: readNumbers(volume, predPath, notes), shape: [1, both.classes, ...spatial] },
    target: labels(truth, targetPath, single),
    options: { activation: activation ?? usualActivation(both), ...(said === undefined ? {} : { numClasses: said }) },
    firstLabel: single ? 1 : 0,
    spacing,
    notes,
  };
}

/** Spacing as given for all pairs, checked against one pair's axes. */
export function spacingOf(
  { spacing, target }: Pair,
  path: string,
  given: readonly number[] | undefined,
): readonly number[] | undefined {
  if (!given) return spacing;
  const spatial = target.shape.slice(1);
  if (given.length !== spatial.length)
    throw new Error(
      `${path}: --spacing must hold ${spatial.length} number(s) for pixels ${show(spatial)}, got ${given.length}`,
    );
  return given;
}

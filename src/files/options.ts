import { SegLossError } from "../errors.js";
import { isLabel } from "../masks/labelMap.js";
import type { Palette } from "../masks/palette.js";
import { brief, checkNames } from "../options/names.js";
import { readAxes } from "./axes.js";
import { type Activation, activations, type Settings } from "./settings.js";
import { inOptions } from "./wording.js";

/** How files are to be read, where they do not say. */
export interface FileOptions {
  /** What the axes are, a letter each: N samples, C channels, D, H, W of space (z, y, x), such as "NHW" or "CHW". */
  readonly axes?: string | undefined;
  /** The label of each colour of a picture. */
  readonly palette?: Palette | undefined;
  /** The array of an .npz file that holds several. */
  readonly array?: string | undefined;
  /** Numbers of at least this are label 1, others 0. */
  readonly threshold?: number | undefined;
  /** Labels of pixels that do not count, such as 255; "none": there are none, and 255 is a class. */
  readonly ignoreIndex?: number | readonly number[] | "none" | undefined;
}

/** How a file is to be read, where it does not say. */
export interface ReadFileOptions extends FileOptions {
  /** What its numbers are; by default labels where all are whole, else scores. Grey levels as scores are in [0, 1]. */
  readonly kind?: "labels" | "scores" | undefined;
}

/** How two files are to be read and laid one over the other, where they do not say. */
export interface ReadPairOptions extends FileOptions {
  /** What turns the prediction's scores into probabilities; given, it says that they are scores. */
  readonly activation?: "softmax" | "sigmoid" | "none" | undefined;
  /** Labels are 0 to this - 1; by default those that occur. */
  readonly numClasses?: number | undefined;
  /** The old labels of each new one, such as `{ 1: [1, 2, 4], 2: [1, 4] }`; groups may overlap. */
  readonly map?: Readonly<Record<number, readonly number[]>> | undefined;
  /** Size of a pixel along each axis of space, z, y, x; by default what the files say. */
  readonly spacing?: readonly number[] | undefined;
  /** True compares voxel by voxel, whatever orientation, spacing and origin the files tell. */
  readonly ignoreGeometry?: boolean | undefined;
}

type Check = readonly [fits: (value: unknown) => boolean, expected: string];
const isWhole = (value: unknown) => isLabel(value) && Math.abs(value) < 2 ** 31;
const isListOf = (fits: (value: unknown) => boolean) => (value: unknown) =>
  (Array.isArray(value) || ArrayBuffer.isView(value)) && Array.from(value as ArrayLike<unknown>).every(fits);
const isText: Check = [(value) => typeof value === "string" && value !== "", "a string"];

const common: Record<keyof FileOptions, Check> = {
  axes: isText,
  palette: [(value) => typeof value === "object" || typeof value === "string", "a palette of segloss/masks"],
  array: isText,
  threshold: [(value) => typeof value === "number" && Number.isFinite(value), "a number"],
  ignoreIndex: [
    (value) => value === "none" || isWhole(value) || isListOf(isWhole)(value),
    'a whole number, a list of them, or "none"',
  ],
};
const ofFile: Record<keyof ReadFileOptions, Check> = {
  ...common,
  kind: [(value) => value === "labels" || value === "scores", '"labels" or "scores"'],
};
const ofPair: Record<keyof ReadPairOptions, Check> = {
  ...common,
  activation: [(value) => activations.includes(value as Activation), activations.join(", ")],
  numClasses: [(value) => Number.isInteger(value) && (value as number) > 0, "a whole number above 0"],
  map: [
    (value) =>
      typeof value === "object" &&
      !Array.isArray(value) &&
      Object.entries(value as object).every(([label, list]) => isWhole(Number(label)) && isListOf(isWhole)(list)),
    "new labels, each with a list of the old ones, such as { 1: [1, 2, 4], 2: [1, 4] }",
  ],
  spacing: [
    (value) => isListOf((n) => typeof n === "number" && n > 0 && Number.isFinite(n))(value),
    "a list of numbers above 0, one per axis (z, y, x)",
  ],
  ignoreGeometry: [(value) => typeof value === "boolean", "true or false"],
};

/** Options as the settings that the command line has; null is as if not given. */
export function settingsOf(call: "readFile" | "readPair", options: unknown = {}): Settings {
  const checks: Record<string, Check> = call === "readPair" ? ofPair : ofFile;
  checkNames(call, options, Object.keys(checks));
  const given = Object.fromEntries(
    Object.entries(options as object).filter(([, value]) => value !== undefined && value !== null),
  ) as ReadPairOptions;
  for (const [name, value] of Object.entries(given)) {
    const [fits, expected] = checks[name];
    if (!fits(value))
      throw new SegLossError("INVALID_OPTION", `${call}: option ${name} must be ${expected}, got ${brief(value)}`);
  }
  const { activation, ignoreIndex = [], threshold, numClasses, map, spacing, ignoreGeometry, palette, array } = given;
  if (map && threshold !== undefined)
    throw new SegLossError("INVALID_OPTION", `${call}: give one of the options map and threshold`);
  return {
    ...{ activation, threshold, ignoreGeometry, classes: numClasses },
    ignore: typeof ignoreIndex === "number" ? [ignoreIndex] : ignoreIndex === "none" ? "none" : [...ignoreIndex],
    axes: axesOf(call, given.axes),
    spacing: spacing && Array.from(spacing),
    map: map && new Map(Object.entries(map).map(([label, list]) => [Number(label), Array.from(list)])),
    reading: { palette, array },
  };
}

function axesOf(call: string, axes: string | undefined): string | undefined {
  try {
    return readAxes(axes);
  } catch (error) {
    throw new SegLossError("INVALID_OPTION", `${call}: option ${inOptions((error as Error).message)}`);
  }
}

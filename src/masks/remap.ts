import { SegLossError } from "../errors.js";
import { brief, checkNames } from "../options/names.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { dataType, isLabelArray, type LabelArray, readShape } from "../tensors/shape.js";
import { isLabel, labelArray } from "./labelMap.js";

/** The new label of each old one: `{ 2: 1, 3: 1, 4: 2 }` merges 2 and 3 into 1, and renames 4. */
export type LabelNames = Readonly<Record<number, number>>;
/** The labels of each region; regions may overlap: `[[1, 2, 4], [1, 4], [4]]`. */
export type LabelRegions = readonly (readonly number[])[];

export interface RemapOptions {
  /** What becomes of labels that the map does not have: they stay, or become this label. Default: an error. */
  readonly others?: "keep" | number;
}
export interface RegionOptions {
  /** Where the channels stand. */
  readonly layout?: "channelsFirst" | "channelsLast";
}

/** Labels of the shape that came. */
export interface RemappedLabels {
  readonly data: Uint8Array | Uint16Array | Int32Array;
  readonly shape: readonly number[];
}
/** Masks [B, regions, ...spatial] of 0 and 1: a target of losses and metrics with activation "sigmoid". */
export interface RegionMasks {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

const NAME = "remap";
const refuse = (message: string) => new SegLossError("INVALID_OPTION", `${NAME}: ${message}`);

function rename(labels: LabelArray, map: object, { others }: RemapOptions): RemappedLabels["data"] {
  if (others !== undefined && others !== "keep" && !isLabel(others))
    throw refuse(`option others must be "keep" or a label, got ${brief(others)}`);
  const names = new Map<number, number>();
  for (const [key, label] of Object.entries(map)) {
    if (!Number.isInteger(Number(key)) || key.trim() === "")
      throw refuse(`map has the key ${brief(key)}, expected labels`);
    if (!isLabel(label)) throw refuse(`map has ${brief(label)} for label ${key}, expected a label`);
    names.set(Number(key), label);
  }
  const found = new Map<number, number>();
  let last = Number.NaN;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (label === last) continue;
    last = label;
    if (found.has(label)) continue;
    const name = names.get(label) ?? (others === "keep" ? label : others);
    if (name === undefined)
      throw new SegLossError(
        "INVALID_TARGET",
        `${NAME}: labels has label ${label} at index ${i}, which the map does not have; ` +
          'option others gives a label for it, or "keep"',
      );
    if (!isLabel(name)) throw new SegLossError("INVALID_TARGET", `${NAME}: label ${name} at index ${i} cannot be kept`);
    found.set(label, name);
  }
  const out = labelArray(labels.length, [...found.values()]);
  let name = 0;
  last = Number.NaN;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== last) {
      last = labels[i];
      name = found.get(last) as number;
    }
    out[i] = name;
  }
  return out;
}

function mark(
  labels: LabelArray,
  [batch, ...spatial]: readonly number[],
  regions: LabelRegions,
  { layout = "channelsFirst" }: RegionOptions,
): RegionMasks {
  if (layout !== "channelsFirst" && layout !== "channelsLast")
    throw refuse(`option layout must be "channelsFirst" or "channelsLast", got ${brief(layout)}`);
  if (regions.length === 0) throw refuse("map must have one region at least, got []");
  for (const [i, region] of regions.entries())
    if (!Array.isArray(region) || !region.every(Number.isInteger))
      throw refuse(`map[${i}] must be the list of a region's labels, got ${brief(region)}`);
  const channels = regions.length,
    first = layout === "channelsFirst",
    pixels = spatial.reduce((a, b) => a * b, 1),
    [perRegion, perPixel] = first ? [pixels, 1] : [1, channels],
    data = new Float32Array(labels.length * channels);
  for (const [c, region] of regions.entries()) {
    const those = new Set(region);
    for (let i = 0; i < labels.length; i++)
      if (those.has(labels[i]))
        data[Math.floor(i / pixels) * pixels * channels + c * perRegion + (i % pixels) * perPixel] = 1;
  }
  return { data, shape: first ? [batch, channels, ...spatial] : [batch, ...spatial, channels] };
}

/**
 * Labels [B, ...spatial] under other names: with an object some are renamed or merged, and labels come back, in a
 * Uint8Array where they fit; with a list of regions, which may overlap, a channel of 0 and 1 for each region comes
 * back, [B, regions, ...spatial]. Throws INVALID_TARGET for a label that the map does not have (option others).
 */
export function remap(labels: TensorLike, map: LabelRegions, options?: RegionOptions): RegionMasks;
export function remap(labels: TensorLike, map: LabelNames, options?: RemapOptions): RemappedLabels;
export function remap(
  input: TensorLike,
  map: LabelNames | LabelRegions,
  options: RemapOptions & RegionOptions = {},
): RemappedLabels | RegionMasks {
  const tensor = readTensor(input, `${NAME}: labels`),
    shape = readShape(tensor, `${NAME}: labels`),
    data: unknown = tensor.data;
  if (!isLabelArray(data))
    throw new SegLossError(
      "INVALID_TARGET",
      `${NAME}: labels must be in an integer typed array, got ${dataType(tensor)}`,
    );
  if (map === null || typeof map !== "object")
    throw refuse(`map must be an object of labels or a list of regions, got ${brief(map)}`);
  checkNames(NAME, options, Array.isArray(map) ? ["layout"] : ["others"]);
  return Array.isArray(map) ? mark(data, shape, map, options) : { data: rename(data, map, options), shape };
}

import { remap } from "../masks.js";
import { mapInto } from "../tensors/mapInto.js";
import type { Aligned } from "./axes.js";
import type { Numbers } from "./readers/volume.js";
import { ignoredOf, type LabelMap, type Settings } from "./settings.js";
import { valuesOf } from "./values.js";

/** --map: NEW=OLD,OLD for each new label. */
export function readMap(texts: readonly string[]): LabelMap {
  const groups = texts.map((text): [number, number[]] => {
    const [, label, list] = /^(-?\d+)=(-?\d+(?:,-?\d+)*)$/.exec(text) ?? [];
    if (label === undefined)
      throw new Error(`--map must be new labels and the old ones of each, such as 1=1,2,4 2=1,4; got ${text}`);
    return [Number(label), list.split(",").map(Number)];
  });
  const map = new Map(groups);
  if (map.size < groups.length) throw new Error(`--map gives a new label twice: ${texts.join(" ")}`);
  return map;
}

/** The new labels, where a label belongs to several: then each is a mask of its own. */
function overlapping(map: LabelMap): readonly number[] | undefined {
  const all = [...map.values()].flatMap((list) => [...new Set(list)]);
  return new Set(all).size < all.length ? [...map.keys()] : undefined;
}

interface Mapping {
  readonly path: string;
  readonly map: LabelMap;
  readonly kept: readonly number[];
}

/** Labels under their new names: a label map again, or a mask for each group where groups overlap. */
function mapped(data: Numbers, { path, map, kept }: Mapping, samples: number): Numbers {
  const { counts, broken } = valuesOf(data);
  if (!counts)
    throw new Error(`${path}: --map takes labels, whole numbers; got ${broken?.value} at index ${broken?.index}`);
  const known = new Set([...[...map.values()].flat(), ...kept]),
    strange = [...counts.keys()].filter((label) => !known.has(label)).sort((a, b) => a - b);
  if (strange.length > 0)
    throw new Error(
      `${path}: has label ${strange.slice(0, 5).join(", ")}, which --map does not name; ` +
        `give it a place, such as 0=${strange.slice(0, 5).join(",")}`,
    );
  const labels = {
    data: mapInto(new Int32Array(data.length), data, Math.round),
    shape: [samples, 1, data.length / samples],
  };
  if (overlapping(map)) return remap(labels, [...map.values()]).data;
  const names = [...map].flatMap(([label, list]) => list.map((old) => [old, label] as const));
  return remap(labels, { ...Object.fromEntries(kept.map((label) => [label, label])), ...Object.fromEntries(names) })
    .data;
}

/** Both sides as their labels are called. */
export interface Mapped extends Aligned {
  /** The label of each mask, where masks were made of labels. */
  readonly regions?: readonly number[];
  /** Whether the prediction is such masks, too: then 1 is inside, as a logit above 0 is. */
  readonly masks?: boolean;
}

/**
 * Both sides after --map; a prediction that holds scores stays as it is. Label 0 and those that do not count keep their
 * names unless the map has them.
 */
export function afterMap(
  aligned: Aligned,
  paths: { readonly pred: string; readonly target: string },
  settings: Settings,
): Mapped {
  const { map, activation, scores } = settings;
  if (!map) return aligned;
  const { volume, truth, samples, classes, multiHot } = aligned,
    named = volume.objects ? paths.pred : truth.objects && paths.target,
    regions = overlapping(map),
    ignored = ignoredOf(settings);
  if (named) throw new Error(`${named}: its labels are categories; rename them with --categories in place of --map`);
  if (multiHot) throw new Error(`${paths.target}: has a mask for each of ${classes} channels; --map takes label maps`);
  if (regions && ignored.length > 0)
    throw new Error(
      `--map ${[...map].map(([label, list]) => `${label}=${list}`).join(" ")}: a label belongs to several, ` +
        "where --ignore-index cannot be",
    );
  const kept = [...new Set([0, ...ignored])],
    areLabels = classes === 1 && activation === undefined && !scores && valuesOf(volume.data).counts !== undefined,
    target = mapped(truth.data, { path: paths.target, map, kept }, samples),
    pred = areLabels ? mapped(volume.data, { path: paths.pred, map, kept }, samples) : volume.data;
  if (!regions)
    return {
      ...aligned,
      truth: { ...truth, data: target },
      volume: areLabels ? { ...volume, data: pred, top: undefined, indexed: true } : volume,
    };
  if (!areLabels && classes !== regions.length)
    throw new Error(
      `${paths.pred}: has ${classes} channel(s) of scores, but --map ${regions.length} overlapping groups, ` +
        `${regions.join(", ")}; give a channel for each, or a label map`,
    );
  return {
    ...aligned,
    truth: { ...truth, data: target },
    volume: areLabels ? { ...volume, data: pred, top: undefined, indexed: false } : volume,
    classes: regions.length,
    multiHot: true,
    regions,
    masks: areLabels,
  };
}

import type { DistanceAcross } from "../bindings/masks/distance.js";
import { firstLabel, type TargetArrays } from "../tensors/conventions.js";
import { type ExtraInput, readFloats } from "../tensors/extras.js";
import type { Geometry } from "../tensors/shape.js";

/** What maps of all classes are made with; pixels of ignoreIndex lie outside every object. */
export interface MapContext {
  readonly geometry: Geometry;
  /** The samples whose maps are made. */
  readonly samples: { readonly first: number; readonly end: number };
  readonly spacing: readonly number[];
  readonly distanceAcross: DistanceAcross;
  readonly ignoreIndex: number | null;
}

/** A class's mask in one sample: t > 0.5, and 0 where a pixel does not count. Returns its size. */
export function classMask(
  { labels, soft }: TargetArrays,
  geometry: Geometry,
  ignoreIndex: number | null,
  b: number,
  c: number,
  mask: Uint8Array,
): number {
  const { classes, pixels, channelsLast } = geometry;
  let size = 0;
  if (labels) {
    const label = c + firstLabel(classes);
    if (label === ignoreIndex) mask.fill(0);
    else for (let i = 0, at = b * pixels; i < pixels; i++) size += mask[i] = labels[at + i] === label ? 1 : 0;
  } else if (soft) {
    const step = channelsLast ? classes : 1;
    for (
      let i = 0, at = channelsLast ? b * pixels * classes + c : (b * classes + c) * pixels;
      i < pixels;
      i++, at += step
    ) {
      size += mask[i] = soft[at] > 0.5 ? 1 : 0;
    }
  }
  return size;
}

/** Turns squared distances to a mask's other side into a map, in place; `across` is false where there is none. */
export type Formula = (squared: Float32Array, mask: Uint8Array, across: boolean) => void;

/**
 * Outside, the distance to the object; inside, minus (the distance to the outside less `insideOffset`); 0 where an
 * object is absent or fills the sample.
 */
export const signedDistance =
  (insideOffset: number): Formula =>
  (squared, mask, across) => {
    if (across)
      for (let i = 0; i < squared.length; i++)
        squared[i] = mask[i] ? insideOffset - Math.sqrt(squared[i]) : Math.sqrt(squared[i]);
  };

/**
 * Inside minus the distance to the outside over its largest, outside 1; 1 for an absent class, -1 for one that fills
 * the sample.
 */
export const rectified: Formula = (squared, mask, across) => {
  let largest = 0;
  for (let i = 0; i < squared.length; i++) if (mask[i] && squared[i] > largest) largest = squared[i];
  for (let i = 0; i < squared.length; i++)
    squared[i] = mask[i] === 0 ? 1 : across ? -Math.sqrt(squared[i] / largest) : -1;
};

/** Distances to the power of alpha; with alpha 0 all 1. */
export const distancePower =
  (alpha: number): Formula =>
  (squared) => {
    if (alpha !== 2)
      for (let i = 0; i < squared.length; i++)
        squared[i] = alpha === 1 ? Math.sqrt(squared[i]) : squared[i] ** (alpha / 2);
  };

/** A map of every class, [B, C, pixels]; zeros in the samples that are left out. */
export function classMaps(target: TargetArrays, context: MapContext, formula: Formula): Float32Array {
  const { batch, classes, spatial, pixels } = context.geometry,
    maps = new Float32Array(batch * classes * pixels),
    mask = new Uint8Array(pixels);
  for (let plane = context.samples.first * classes; plane < context.samples.end * classes; plane++) {
    const map = maps.subarray(plane * pixels, (plane + 1) * pixels);
    classMask(target, context.geometry, context.ignoreIndex, Math.floor(plane / classes), plane % classes, mask);
    formula(map, mask, context.distanceAcross(mask, spatial, context.spacing, map));
  }
  return maps;
}

/** An extra input of pred's shape and layout as planes [B, C, pixels]. */
export function givenMap(
  what: string,
  given: ExtraInput,
  { batch, classes, spatial, pixels, channelsLast }: Geometry,
): Float32Array {
  const shape = channelsLast ? [batch, ...spatial, classes] : [batch, classes, ...spatial],
    { data } = readFloats(what, given, shape, { as: "pred's shape" });
  if (!channelsLast) return data.slice();
  return Float32Array.from({ length: data.length }, (_, i) => {
    const b = Math.floor(i / (classes * pixels)),
      c = Math.floor(i / pixels) % classes;
    return data[(b * pixels + (i % pixels)) * classes + c];
  });
}

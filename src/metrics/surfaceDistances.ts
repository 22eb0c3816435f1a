import type { Kernels } from "../bindings/kernels.js";
import { boundaryMask } from "../bindings/masks/boundary.js";
import { distancesTo } from "../bindings/masks/distance.js";
import { Distances, type Surfaces, type Window } from "./distances.js";
import { NearestPoints } from "./nearest.js";

/** A box may hold so many pixels for each of the class, or so many at all: work in it is that much faster. */
const PER_PIXEL = 16,
  SMALL = 4096;

/** Whether it is faster to look at all of a box than at the pixels inside one by one. */
export const isDense = (box: number, inside: number): boolean => box <= Math.max(SMALL, PER_PIXEL * inside);

/** The pixels of a mask with a face neighbour outside it; beyond its window all is outside. */
export function boundaryOf(kernels: Kernels, mask: Uint8Array, spatial: readonly number[]): Uint8Array {
  const out = new Uint8Array(mask.length);
  boundaryMask(kernels, mask, spatial, { connectivity: "face", width: 1, border: true }, out);
  return out;
}

/** Of masks that are filled, beyond whose window all is outside. */
export function surfacesInWindow(
  kernels: Kernels,
  { pred, target, spatial }: Window,
  spacing: readonly number[],
): Surfaces {
  const [p, t] = [boundaryOf(kernels, pred, spatial), boundaryOf(kernels, target, spatial)];
  return {
    fromPred: new Distances(distancesTo(kernels, t, spatial, spacing, p)),
    fromTarget: new Distances(distancesTo(kernels, p, spatial, spacing, t)),
  };
}

/** Of surfaces as the places of their pixels. */
export function surfacesOfPlaces(pred: Float64Array, target: Float64Array, axes: number): Surfaces {
  const distances = (from: Float64Array, to: Float64Array) => {
    const nearest = new NearestPoints(to.slice(), axes);
    return new Distances(
      Float32Array.from({ length: from.length / axes }, (_, i) => nearest.squaredDistance(from, i * axes)),
    );
  };
  return { fromPred: distances(pred, target), fromTarget: distances(target, pred) };
}

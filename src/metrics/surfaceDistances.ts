import type { Kernels } from "../bindings/kernels.js";
import { type BoundaryOptions, boundaryAt, boundaryBytes, boundaryMask } from "../bindings/masks/boundary.js";
import { distancesTo, type LoadMask } from "../bindings/masks/distance.js";
import { Distances, type Surfaces } from "./distances.js";
import { type Measure, NearestPoints } from "./nearest.js";

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

/** A window's masks as they are left in the module's memory. */
export interface LoadedWindow {
  readonly pred: LoadMask;
  readonly target: LoadMask;
  readonly spatial: readonly number[];
}

/** Calls `work` with the addresses of both boundaries, and how many pixels they have. */
export function withBoundaries<T>(
  kernels: Kernels,
  { pred, target, spatial }: LoadedWindow,
  options: BoundaryOptions,
  work: (pred: number, target: number, pixels: number) => T,
): T {
  const pixels = spatial.reduce((product, n) => product * n, 1),
    bytes = boundaryBytes(pixels);
  return kernels.memory.with([bytes, bytes], "boundaries", (p, t) => {
    boundaryAt(kernels, pred, spatial, options, p);
    boundaryAt(kernels, target, spatial, options, t);
    return work(p, t, pixels);
  });
}

/** Of masks that are filled, beyond whose window all is outside. */
export function surfacesInWindow(kernels: Kernels, window: LoadedWindow, spacing: readonly number[]): Surfaces {
  const { spatial } = window;
  return withBoundaries(kernels, window, { connectivity: "face", width: 1, border: true }, (p, t, pixels) => {
    const from = (mask: number) => (at: number) => kernels.memory.u8.copyWithin(at, mask, mask + pixels);
    return {
      fromPred: new Distances(distancesTo(kernels, from(t), spatial, spacing, from(p))),
      fromTarget: new Distances(distancesTo(kernels, from(p), spatial, spacing, from(t))),
    };
  });
}

/** Of surfaces as the places of their pixels. */
export function surfacesOfPlaces(
  pred: Float64Array,
  target: Float64Array,
  axes: number,
  measure: Measure = "euclidean",
): Surfaces {
  const distances = (from: Float64Array, to: Float64Array) => {
    const nearest = new NearestPoints(to.slice(), axes, measure);
    return new Distances(
      Float32Array.from({ length: from.length / axes }, (_, i) => nearest.squaredDistance(from, i * axes)),
    );
  };
  return { fromPred: distances(pred, target), fromTarget: distances(target, pred) };
}

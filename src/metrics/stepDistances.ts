import type { Kernels } from "../bindings/kernels.js";
import { Distances, type Surfaces, type Window } from "./distances.js";
import { boundaryOf } from "./surfaceDistances.js";

/** Steps to face neighbours alone, or to all neighbours. */
export type Steps = "taxicab" | "chessboard";

const FAR = 1 << 29;

/** The offsets of the neighbours that come before a pixel. */
function earlierNeighbours(strides: readonly number[], steps: Steps): number[] {
  let all: number[][] = [[]];
  for (const _ of strides) all = all.flatMap((offset) => [-1, 0, 1].map((step) => [...offset, step]));
  const moves = (offset: readonly number[]) => offset.filter((step) => step !== 0).length;
  return all
    .filter((offset) => (steps === "taxicab" ? moves(offset) === 1 : moves(offset) > 0))
    .map((offset) => offset.reduce((sum, step, axis) => sum + step * strides[axis], 0))
    .filter((offset) => offset < 0);
}

/**
 * From each pixel of `from` the steps to the nearest of `to`, squared: one pass from either end (Rosenfeld, Pfaltz,
 * "Sequential operations in digital picture processing", 1966), among a ring of pixels that are far from all.
 */
function stepsTo(to: Uint8Array, from: Uint8Array, spatial: readonly number[], steps: Steps): Distances {
  const sizes = spatial.map((n) => n + 2),
    strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, n) => product * n, 1)),
    distance = new Int32Array(sizes[0] * strides[0]).fill(FAR),
    earlier = Int32Array.from(earlierNeighbours(strides, steps)),
    width = spatial[spatial.length - 1],
    rows = new Int32Array(to.length / width);
  for (let row = 0; row < rows.length; row++) {
    let at = 1;
    for (let axis = spatial.length - 2, rest = row; axis >= 0; axis--) {
      at += ((rest % spatial[axis]) + 1) * strides[axis];
      rest = Math.floor(rest / spatial[axis]);
    }
    rows[row] = at;
  }
  for (let row = 0, i = 0; row < rows.length; row++)
    for (let at = rows[row]; at < rows[row] + width; at++, i++) {
      let least = to[i] === 0 ? FAR : 0;
      for (let k = 0; k < earlier.length; k++) least = Math.min(least, distance[at + earlier[k]] + 1);
      distance[at] = least;
    }
  const found: number[] = [];
  for (let row = rows.length - 1, i = to.length - 1; row >= 0; row--)
    for (let at = rows[row] + width - 1; at >= rows[row]; at--, i--) {
      let least = distance[at];
      for (let k = 0; k < earlier.length; k++) least = Math.min(least, distance[at - earlier[k]] + 1);
      distance[at] = least;
      if (from[i] !== 0) found.push(least * least);
    }
  return new Distances(Float32Array.from(found).reverse());
}

/** Of masks that are filled, in steps between pixels. */
export function stepSurfaces(kernels: Kernels, { pred, target, spatial }: Window, steps: Steps): Surfaces {
  const [p, t] = [boundaryOf(kernels, pred, spatial), boundaryOf(kernels, target, spatial)];
  return { fromPred: stepsTo(t, p, spatial, steps), fromTarget: stepsTo(p, t, spatial, steps) };
}

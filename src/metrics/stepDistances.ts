import type { Kernels } from "../bindings/kernels.js";
import { Distances, type Surfaces, type Window } from "./distances.js";
import { boundaryOf } from "./surfaceDistances.js";

/** Steps to face neighbours alone, or to all neighbours. */
export type Steps = "taxicab" | "chessboard";

/** Every neighbour's offset along the axes. */
function neighboursOf(axes: number, steps: Steps): number[][] {
  let all: number[][] = [[]];
  for (let axis = 0; axis < axes; axis++) all = all.flatMap((offset) => [-1, 0, 1].map((step) => [...offset, step]));
  const moves = (offset: readonly number[]) => offset.filter((step) => step !== 0).length;
  return all.filter((offset) => (steps === "taxicab" ? moves(offset) === 1 : moves(offset) > 0));
}

/**
 * From each pixel of `from` the steps to the nearest of `to`, squared. A wave of one step at a time is exact: some
 * shortest way lies within the box of its ends.
 */
function stepsTo(to: Uint8Array, from: Uint8Array, spatial: readonly number[], steps: Steps): Distances {
  const distance = new Int32Array(to.length).fill(-1),
    queue = new Int32Array(to.length),
    strides = spatial.map((_, axis) => spatial.slice(axis + 1).reduce((product, n) => product * n, 1)),
    neighbours = neighboursOf(spatial.length, steps);
  let end = 0;
  for (const [i, inside] of to.entries()) {
    if (!inside) continue;
    distance[i] = 0;
    queue[end++] = i;
  }
  for (let head = 0; head < end; head++) {
    const at = queue[head];
    for (const offset of neighbours) {
      let next = at,
        isInside = true;
      for (let axis = 0; axis < offset.length && isInside; axis++) {
        const place = (Math.floor(at / strides[axis]) % spatial[axis]) + offset[axis];
        isInside = place >= 0 && place < spatial[axis];
        next += offset[axis] * strides[axis];
      }
      if (!isInside || distance[next] >= 0) continue;
      distance[next] = distance[at] + 1;
      queue[end++] = next;
    }
  }
  const found: number[] = [];
  for (const [i, inside] of from.entries()) if (inside) found.push(distance[i] * distance[i]);
  return new Distances(Float32Array.from(found));
}

/** Of masks that are filled, in steps between pixels. */
export function stepSurfaces(kernels: Kernels, { pred, target, spatial }: Window, steps: Steps): Surfaces {
  const [p, t] = [boundaryOf(kernels, pred, spatial), boundaryOf(kernels, target, spatial)];
  return { fromPred: stepsTo(t, p, spatial, steps), fromTarget: stepsTo(p, t, spatial, steps) };
}

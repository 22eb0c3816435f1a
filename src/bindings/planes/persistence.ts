import type { LinearMemory } from "../memory.js";
import { VOID } from "./lovaszSoftmax.js";
import { dimensions, loadPlanes, type PlaneSource, planeBytes } from "./planes.js";

/** Pairs [birth, death] of pixels of a dimension; a death of no pixel (as many as there are) is the end. */
export interface Persistence {
  /** Loads a channel: its target, or its prediction. False where a number is NaN. */
  readonly load: (b: number, c: number, what: "target" | "prediction") => boolean;
  /** p, or t, of a pixel, and 1 - p without cancellation. */
  readonly p: (pixel: number) => number;
  readonly q: (pixel: number) => number;
  /** Where each pixel stands from the largest to the least. */
  readonly position: (pixel: number) => number;
  readonly pairs: (dimension: number) => Int32Array;
}

/** p of a pixel, and 1 - p, from a plane of p, or where `signed` in its coding (assembly/activation/coding.ts). */
export function readCoded(memory: LinearMemory, coded: number, signed: () => boolean) {
  const at = (pixel: number) => memory.f32[(coded >>> 2) + pixel],
    negative = (s: number) => signed() && (s < 0 || Object.is(s, -0));
  return {
    p: (pixel: number): number => (negative(at(pixel)) ? 1 + at(pixel) : at(pixel)),
    q: (pixel: number): number => (negative(at(pixel)) ? -at(pixel) : 1 - at(pixel)),
  };
}

/** Calls `work` with room for one channel's image (assembly/losses/topological.ts): 48 bytes a pixel. */
export function withPersistence<T>(source: PlaneSource, plain: boolean, work: (of: Persistence) => T): T {
  const { kernels, geometry } = source,
    { memory, exports } = kernels,
    { pixels } = geometry,
    [depth, height, width] = dimensions(geometry.spatial),
    plane = planeBytes(pixels),
    count = Math.ceil(pixels / 4) * 4;
  return memory.with(
    [plane, plane, 2 * plane, 2 * plane, plane, plane, plane, 2 * plane],
    "persistence pairs",
    (values, coded, records, spare, order, positions, parents, pairs) => {
      let hard = false;
      return work({
        load: (b, c, what) => {
          hard = what === "target";
          loadPlanes(source, b, c, hard ? { t: coded } : { p: values, coded });
          if (hard)
            for (let i = 0; i < pixels; i++) {
              const set = memory.f32[(coded >>> 2) + i] > 0.5 ? 1 : 0;
              memory.f32[(values >>> 2) + i] = set;
              memory.f32[(coded >>> 2) + i] = set;
            }
          memory.i32.fill(VOID, (values >>> 2) + pixels, (values >>> 2) + count);
          exports.setGrid(depth, height, width);
          return Boolean(exports.orderPixels(values, records, spare, count, order, positions));
        },
        ...readCoded(memory, coded, () => !hard && !plain),
        position: (pixel) => memory.i32[(positions >>> 2) + pixel],
        pairs: (dimension) => {
          const found = exports.persistence(order, positions, parents, pairs, dimension, false);
          return memory.i32.slice(pairs >>> 2, (pairs >>> 2) + 2 * found);
        },
      });
    },
  );
}

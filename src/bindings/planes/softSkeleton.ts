import { dimensions, loadPlanes, type PlaneSource, planeBytes, planeOf, weighPlane } from "./planes.js";

/** What a row's ratios are made of: sums of s (1 - t), s, r (1 - p) and r. */
export interface SkeletonSums {
  readonly beyond: number;
  readonly skeleton: number;
  readonly missed: number;
  readonly target: number;
}

/** Derivatives of a row's value: by s, its part in t and the rest, and by p where the target's skeleton is 1. */
export interface SkeletonSlopes {
  readonly byTarget: number;
  readonly bySkeleton: number;
  readonly direct: number;
}

/** Soft skeletons of one channel at a time (assembly/losses/centerlineDice.ts). */
export interface SoftSkeletons {
  /** The skeleton of a channel's target, into `out`. */
  readonly ofTarget: (b: number, c: number, out: Float32Array) => void;
  /** Makes a channel's skeleton; its sums, `weight` times, are added to the row's. */
  readonly take: (b: number, c: number, target: Float32Array, weight: number) => void;
  /** The row's sums, which begin anew. */
  readonly sums: () => SkeletonSums;
  /** Puts dL/dp of the channel that was taken last in its place in the field. */
  readonly put: (b: number, c: number, slopes: SkeletonSlopes) => void;
}

/** Calls `work` with room for the levels of one channel: 2 K + 3 planes and ten more. */
export function withSoftSkeletons<T>(source: PlaneSource, iterations: number, work: (of: SoftSkeletons) => T): T {
  const { kernels, geometry } = source,
    { memory, calls } = kernels,
    { pixels, spatial } = geometry,
    pitch = planeBytes(pixels),
    [depth, height, width] = dimensions(spatial),
    planes = [(iterations + 2) * pitch, (iterations + 1) * pitch, ...Array<number>(6).fill(pitch)],
    sizes = [...planes, 2 * pitch, 2 * pitch, 8 * iterations + 8, 32];
  return memory.with(
    sizes,
    "soft skeletons",
    (levels, ridges, skeleton, spare, target, error, own, weights, near, far, before, sums) => {
      const make = () => {
        kernels.exports.setGrid(depth, height, width);
        kernels.exports.softSkeleton(levels, ridges, pitch, iterations, skeleton, spare);
      };
      const clear = () => memory.f64.fill(0, sums >>> 3, (sums >>> 3) + 4);
      clear();
      return work({
        ofTarget: (b, c, out) => {
          loadPlanes(source, b, c, { t: levels });
          make();
          out.set(memory.f32.subarray(skeleton >>> 2, (skeleton >>> 2) + pixels));
        },
        take: (b, c, given, weight) => {
          loadPlanes(source, b, c, { p: levels, t: target, error, valid: weights });
          weighPlane(source, b, weights);
          memory.f32.set(given, own >>> 2);
          make();
          calls.addSkeletonSums({ sums, weight, skeleton, target, error, targetSkeleton: own, weights });
        },
        sums: () => {
          const at = sums >>> 3,
            [beyond, all, missed, ofTarget] = memory.f64.subarray(at, at + 4);
          clear();
          return { beyond, skeleton: all, missed, target: ofTarget };
        },
        put: (b, c, slopes) => {
          calls.softSkeletonSlopes({
            levels,
            ridges,
            pitch,
            iterations,
            target,
            targetSkeleton: own,
            weights,
            ...slopes,
            near,
            far,
            before,
            slopes: spare,
          });
          planeOf(source, b, c).set(memory.f32.subarray(spare >>> 2, (spare >>> 2) + pixels));
        },
      });
    },
  );
}

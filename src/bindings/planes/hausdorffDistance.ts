import { dimensions, loadPlanes, type PlaneSource, planeBytes, planeOf, weighPlane } from "./planes.js";

/**
 * A loss of one class of a sample, computed in the module's memory from whole planes: the sum over the pixels. Where
 * `factor` is given, factor dsum/dp takes the place of the field's channel.
 */
type PlaneLoss = (b: number, c: number, factor: number | undefined) => number;

/** Calls `work` with a loss, for which there is room until it returns. */
export type WithPlaneLoss = <T>(work: (loss: PlaneLoss) => T) => T;

export interface Erosion {
  readonly erosions: number;
  readonly threshold: number;
  readonly alpha: number;
  readonly scaling: "none" | "fixed" | "minMax";
}

export interface Convolution {
  readonly radii: readonly number[];
  readonly threshold: number;
  readonly alpha: number;
}

const scalings = ["none", "fixed", "minMax"];

/**
 * The squared errors times a map (assembly/losses/hausdorffDistance.ts), of which `weights` leaves a class's at an
 * address. `look` sees both before the slopes take the errors' place.
 */
export function weightedErrors(
  source: PlaneSource,
  weights: (b: number, c: number, at: number) => void,
  look?: (b: number, c: number, errors: Float32Array, map: Float32Array) => void,
): WithPlaneLoss {
  const { kernels, geometry } = source,
    { pixels } = geometry,
    plane = planeBytes(pixels),
    floats = (at: number) => kernels.memory.f32.subarray(at >>> 2, (at >>> 2) + pixels);
  return (work) =>
    kernels.memory.with([plane, plane], "a distance loss", (error, map) =>
      work((b, c, factor) => {
        weights(b, c, map);
        loadPlanes(source, b, c, { error });
        look?.(b, c, floats(error), floats(map));
        const sum = kernels.exports.weightedErrors(error, map, pixels, factor ?? 0);
        if (factor !== undefined) planeOf(source, b, c).set(floats(error));
        return sum;
      }),
    );
}

/** 1 where a pixel counts, times its weight. */
function loadWeights(source: PlaneSource, b: number, valid: number, to: number): void {
  const { u8 } = source.kernels.memory;
  u8.copyWithin(to, valid, valid + 4 * source.geometry.pixels);
  weighPlane(source, b, to);
}

export function erodedErrors(source: PlaneSource, { erosions, threshold, alpha, scaling }: Erosion): WithPlaneLoss {
  const { kernels, geometry } = source,
    { pixels, spatial } = geometry,
    plane = planeBytes(pixels),
    volume = kernels.exports.setPadded(...dimensions(spatial)) >>> 0;
  const sizes = [plane, plane, plane, plane, kernels.exports.erosionRecords(erosions), (erosions + 3) * volume];
  return (work) =>
    kernels.memory.with(sizes, "an erosion loss", (error, valid, weights, slopes, records, volumes) => {
      kernels.memory.u8.fill(0, volumes, volumes + (erosions + 3) * volume);
      return work((b, c, factor) => {
        loadPlanes(source, b, c, { error, valid });
        loadWeights(source, b, valid, weights);
        const wanted = factor === undefined ? 0 : slopes;
        const sum = kernels.calls.hausdorffErosion({
          error,
          valid,
          weights,
          volumes,
          records,
          slopes: wanted,
          steps: erosions,
          threshold,
          alpha,
          scaling: scalings.indexOf(scaling),
          factor: factor ?? 0,
        });
        if (wanted) planeOf(source, b, c).set(kernels.memory.f32.subarray(slopes >>> 2, (slopes >>> 2) + pixels));
        return sum;
      });
    });
}

export function convolvedErrors(source: PlaneSource, { radii, threshold, alpha }: Convolution): WithPlaneLoss {
  const { kernels, geometry } = source,
    { pixels, spatial } = geometry,
    plane = planeBytes(pixels),
    [depth, height, width, axes] = dimensions(spatial);
  const sums = kernels.exports.setBall(depth, height, width, axes, Math.max(...radii)) >>> 0;
  const sizes = [plane, plane, plane, plane, plane, plane, 2 * plane, 2 * plane, 2 * plane, sums];
  return (work) =>
    kernels.memory.with(sizes, "a convolution loss", (p, t, error, valid, weights, u, a, b0, slopes, running) =>
      work((b, c, factor) => {
        loadPlanes(source, b, c, { p, t, error, valid });
        loadWeights(source, b, valid, weights);
        kernels.memory.f64.fill(0, slopes >>> 3, (slopes >>> 3) + pixels);
        let sum = 0;
        for (const radius of radii) {
          const scale = radius ** alpha;
          kernels.exports.setBall(depth, height, width, axes, radius);
          sum +=
            scale *
            kernels.calls.hausdorffConvolution({
              p,
              t,
              error,
              weights,
              a,
              b: b0,
              u,
              sums: running,
              count: pixels,
              threshold,
              slopes: factor === undefined ? 0 : slopes,
              scale,
            });
        }
        if (factor === undefined) return sum;
        const { f32, f64 } = kernels.memory;
        for (let i = 0; i < pixels; i++) f32[(u >>> 2) + i] = factor * f32[(valid >>> 2) + i] * f64[(slopes >>> 3) + i];
        planeOf(source, b, c).set(f32.subarray(u >>> 2, (u >>> 2) + pixels));
        return sum;
      }),
    );
}

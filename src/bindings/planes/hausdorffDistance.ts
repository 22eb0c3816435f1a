import { loadPlanes, type PlaneSource, planeBytes, writeChannel } from "./planes.js";

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

/** depth, height, width and the number of real axes. */
const dimensions = (spatial: readonly number[]) =>
  [...Array<number>(3 - spatial.length).fill(1), ...spatial, spatial.length] as [number, number, number, number];

/** The squared errors times a map (assembly/losses/hausdorffDistance.ts), `weights` giving the map of a class. */
export function weightedErrors(source: PlaneSource, weights: (b: number, c: number) => Float32Array): WithPlaneLoss {
  const { kernels, geometry, field } = source,
    { pixels } = geometry,
    plane = planeBytes(pixels);
  return (work) =>
    kernels.memory.with([plane, plane], "a distance loss", (error, map) =>
      work((b, c, factor) => {
        const w = weights(b, c);
        loadPlanes(source, b, c, { error });
        kernels.memory.f32.set(w, map >>> 2);
        const sum = kernels.exports.weightedErrors(error, map, pixels, factor ?? 0);
        if (factor !== undefined)
          writeChannel(field(), kernels.memory.f32.subarray(error >>> 2, (error >>> 2) + pixels), b, c, geometry);
        return sum;
      }),
    );
}

export function erodedErrors(source: PlaneSource, { erosions, threshold, alpha, scaling }: Erosion): WithPlaneLoss {
  const { kernels, geometry, field } = source,
    { pixels, spatial } = geometry,
    plane = planeBytes(pixels),
    volume = kernels.exports.setPadded(...dimensions(spatial)) >>> 0;
  const sizes = [plane, plane, plane, kernels.exports.erosionRecords(erosions), (erosions + 3) * volume];
  return (work) =>
    kernels.memory.with(sizes, "an erosion loss", (error, valid, slopes, records, volumes) => {
      kernels.memory.u8.fill(0, volumes, volumes + (erosions + 3) * volume);
      return work((b, c, factor) => {
        loadPlanes(source, b, c, { error, valid });
        const wanted = factor === undefined ? 0 : slopes;
        const sum = kernels.calls.hausdorffErosion({
          error,
          valid,
          volumes,
          records,
          slopes: wanted,
          steps: erosions,
          threshold,
          alpha,
          scaling: scalings.indexOf(scaling),
          factor: factor ?? 0,
        });
        if (wanted)
          writeChannel(field(), kernels.memory.f32.subarray(slopes >>> 2, (slopes >>> 2) + pixels), b, c, geometry);
        return sum;
      });
    });
}

export function convolvedErrors(source: PlaneSource, { radii, threshold, alpha }: Convolution): WithPlaneLoss {
  const { kernels, geometry, field } = source,
    { pixels, spatial } = geometry,
    plane = planeBytes(pixels),
    [depth, height, width, axes] = dimensions(spatial);
  const sums = kernels.exports.setBall(depth, height, width, axes, Math.max(...radii)) >>> 0;
  const sizes = [plane, plane, plane, plane, plane, 2 * plane, 2 * plane, 2 * plane, sums];
  return (work) =>
    kernels.memory.with(sizes, "a convolution loss", (p, t, error, valid, u, a, b0, slopes, running) =>
      work((b, c, factor) => {
        loadPlanes(source, b, c, { p, t, error, valid });
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
        writeChannel(field(), f32.subarray(u >>> 2, (u >>> 2) + pixels), b, c, geometry);
        return sum;
      }),
    );
}

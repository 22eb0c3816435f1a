import type { Kernels } from "../kernels.js";
import { copied, type LoadMask } from "./distance.js";

export interface BoundaryOptions {
  /** Steps across faces, or also across edges and corners. */
  readonly connectivity: "face" | "full";
  /** So many steps. */
  readonly width: number;
  /** True: beyond the image is outside. */
  readonly border: boolean;
}

/** Bytes that the boundary of so many pixels takes. */
export const boundaryBytes = (pixels: number): number => pixels + 32;

/**
 * 1 at the pixels of a mask from which an outside pixel is `width` steps away or less, 0 elsewhere
 * (assembly/math/boundary.ts), to an address where `boundaryBytes` are free; `load` leaves the mask at another.
 */
export function boundaryAt(
  kernels: Kernels,
  load: LoadMask,
  spatial: readonly number[],
  { connectivity, width: most, border }: BoundaryOptions,
  out: number,
): void {
  const { memory } = kernels,
    axes = spatial.length,
    [depth, height, width] = [...Array<number>(3 - axes).fill(1), ...spatial],
    bytes = boundaryBytes(depth * height * width),
    steps = Math.min(
      most,
      spatial.reduce((sum, n) => sum + n, 0),
    );
  memory.with([bytes, width + 1024], "a boundary", (at, buffer) => {
    load(at);
    kernels.calls.boundaryMask({
      mask: at,
      out,
      buffer,
      axes,
      depth,
      height,
      width,
      face: connectivity === "face",
      steps,
      border,
    });
  });
}

/** The same of a mask that the caller holds. */
export function boundaryMask(
  kernels: Kernels,
  mask: Uint8Array,
  spatial: readonly number[],
  options: BoundaryOptions,
  out: Uint8Array,
): void {
  if (mask.length === 0) return;
  const { memory } = kernels,
    to = memory.pin(out),
    load = copied(kernels, mask);
  memory.with([boundaryBytes(mask.length)], "a boundary", (boundary) => {
    boundaryAt(kernels, load, spatial, options, boundary);
    to().set(memory.u8.subarray(boundary, boundary + mask.length));
  });
}

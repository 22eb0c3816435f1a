import type { Kernels } from "../kernels.js";

export interface BoundaryOptions {
  /** Steps across faces, or also across edges and corners. */
  readonly connectivity: "face" | "full";
  /** So many steps. */
  readonly width: number;
  /** True: beyond the image is outside. */
  readonly border: boolean;
}

/**
 * 1 at the pixels of a mask from which an outside pixel is `width` steps away or less, 0 elsewhere
 * (assembly/math/boundary.ts).
 */
export function boundaryMask(
  kernels: Kernels,
  mask: Uint8Array,
  spatial: readonly number[],
  { connectivity, width: most, border }: BoundaryOptions,
  out: Uint8Array,
): void {
  if (mask.length === 0) return;
  const { memory } = kernels,
    axes = spatial.length,
    [from, to] = [memory.pin(mask), memory.pin(out)],
    bytes = mask.length + 32,
    steps = Math.min(
      most,
      spatial.reduce((sum, n) => sum + n, 0),
    );
  const [depth, height, width] = [...Array<number>(3 - axes).fill(1), ...spatial];
  memory.with([bytes, bytes, spatial[axes - 1] + 1024], "a boundary", (at, boundary, buffer) => {
    memory.u8.set(from(), at);
    kernels.calls.boundaryMask({
      mask: at,
      out: boundary,
      buffer,
      axes,
      depth,
      height,
      width,
      face: connectivity === "face",
      steps,
      border,
    });
    to().set(memory.u8.subarray(boundary, boundary + mask.length));
  });
}

import type { Kernels } from "../bindings/kernels.js";
import { maskDistance } from "../bindings/masks/distance.js";

/** The largest squared distance that counts as `width` or less. */
export const bandBound = (width: number): number => width * width * (1 + 1e-6);

/** Marks the mask's pixels that are `width` or less away from others in the image. */
export function markNear(
  kernels: Kernels,
  mask: Uint8Array,
  spatial: readonly number[],
  width: number,
  out: Uint8Array,
): void {
  const bound = bandBound(width),
    squared = new Float32Array(mask.length);
  maskDistance(
    kernels,
    mask,
    spatial,
    spatial.map(() => 1),
    squared,
    false,
  );
  for (let i = 0; i < out.length; i++) if (mask[i] === 1 && squared[i] <= bound) out[i] = 1;
}

/** 1 at the pixels of a mask, and outside it, that are `width` or less away from the other side, in the image. */
export function findBand(
  kernels: Kernels,
  mask: Uint8Array,
  spatial: readonly number[],
  width: number,
  out: Uint8Array = new Uint8Array(mask.length),
): Uint8Array {
  for (const side of [mask, mask.map((pixel) => 1 - pixel)]) markNear(kernels, side, spatial, width, out);
  return out;
}

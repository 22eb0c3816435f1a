import type { Kernels } from "../bindings/kernels.js";
import { maskDistance } from "../bindings/masks/distance.js";

/** 1 at the pixels of a mask, and outside it, that are `width` or less away from the other side, in the image. */
export function findBand(
  kernels: Kernels,
  mask: Uint8Array,
  spatial: readonly number[],
  width: number,
  out: Uint8Array = new Uint8Array(mask.length),
): Uint8Array {
  const bound = width * width * (1 + 1e-6),
    squared = new Float32Array(mask.length),
    steps = spatial.map(() => 1);
  for (const side of [mask, mask.map((pixel) => 1 - pixel)]) {
    maskDistance(kernels, side, spatial, steps, squared, false);
    for (let i = 0; i < out.length; i++) if (side[i] === 1 && squared[i] <= bound) out[i] = 1;
  }
  return out;
}

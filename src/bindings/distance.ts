import type { Kernels } from "./kernels.js";

/**
 * Squared distances (with `root`: distances) of the pixels whose mask is not 0 to the nearest whose mask is 0: 0 at the latter, Infinity
 * where there is none.
 */
export function maskDistance(
  kernels: Kernels,
  mask: Uint8Array,
  spatial: readonly number[],
  spacing: readonly number[],
  out: Float32Array,
  root: boolean,
): void {
  // A line stands upright: the first axis is the height, as counting along it is the fastest.
  const line = spatial.length === 1,
    ones = Array<number>(3 - spatial.length).fill(1);
  const [depth, height, width] = line ? [1, spatial[0], 1] : [...ones, ...spatial],
    [dz, dy, dx] = line ? [1, spacing[0], 1] : [...ones, ...spacing];
  const { memory } = kernels,
    source = memory.pin(mask),
    pixels = mask.length,
    result = memory.pin(out),
    at = memory.take(pixels + 8, "a distance transform");
  try {
    memory.u8.set(source(), at);
    const kinds = kernels.call("maskKinds", at, pixels);
    if (kinds !== 3) {
      result().fill(kinds === 2 ? Number.POSITIVE_INFINITY : 0);
      return;
    }
    const volume = memory.take(kernels.call("distanceBytes", depth, height, width), "a distance transform");
    try {
      kernels.call("squaredDistance", at, volume, depth, height, width, dz, dy, dx, root ? 1 : 0);
      result().set(memory.f32.subarray(volume >> 2, (volume >> 2) + pixels));
    } finally {
      memory.give(volume);
    }
  } finally {
    memory.give(at);
  }
}

import { firstLabel, type TargetArrays } from "../tensors/conventions.js";
import type { Geometry } from "../tensors/shape.js";

/** Sums of 2 r + 1 neighbours along one axis, in place; beyond the ends is nothing. */
function slide(plane: Float64Array, count: number, stride: number, r: number, sums: Float64Array): void {
  for (let first = 0; first < plane.length; first++) {
    if (Math.floor(first / stride) % count !== 0) continue;
    for (let i = 0; i < count; i++) sums[i + 1] = sums[i] + plane[first + i * stride];
    for (let i = 0; i < count; i++)
      plane[first + i * stride] = sums[Math.min(count, i + r + 1)] - sums[Math.max(0, i - r)];
  }
}

/**
 * The mean of every class's target in a box of `size` pixels along each axis, [B, C, pixels]; pixels outside the image
 * and those that do not count are 0 (nacl: Murugesan et al. 2023). Zeros in the samples that are left out.
 */
export function boxMeans(
  { labels, soft }: TargetArrays,
  { batch, classes, spatial, pixels, channelsLast }: Geometry,
  samples: { readonly first: number; readonly end: number },
  size: number,
  ignoreIndex: number | null,
): Float32Array {
  const means = new Float32Array(batch * classes * pixels),
    plane = new Float64Array(pixels),
    sums = new Float64Array(Math.max(...spatial) + 1),
    share = size ** -spatial.length;
  for (let b = samples.first; b < samples.end; b++) {
    for (let c = 0; c < classes; c++) {
      const own = c + firstLabel(classes),
        label = own === ignoreIndex ? undefined : own,
        [from, step] = channelsLast ? [b * pixels * classes + c, classes] : [(b * classes + c) * pixels, 1];
      for (let i = 0; i < pixels; i++)
        plane[i] = labels ? (labels[b * pixels + i] === label ? 1 : 0) : (soft as Float32Array)[from + i * step];
      let stride = pixels;
      for (const count of spatial) {
        stride /= count;
        slide(plane, count, stride, (size - 1) / 2, sums);
      }
      for (let i = 0, at = (b * classes + c) * pixels; i < pixels; i++) means[at + i] = plane[i] * share;
    }
  }
  return means;
}

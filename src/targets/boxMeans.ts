import { firstLabel, type TargetArrays } from "../tensors/conventions.js";
import type { Geometry } from "../tensors/shape.js";

/**
 * Sums of 2 r + 1 neighbours along one axis of `pixels` numbers. Zeros follow in `from`, as many as the widest stride:
 * they stand for what is beyond the ends. `sums` takes those of the lines that run side by side.
 */
function slide(
  from: Float64Array,
  to: Float64Array,
  { pixels, count, stride, r }: { pixels: number; count: number; stride: number; r: number },
  sums: Float64Array,
): void {
  for (let block = 0; block < pixels; block += count * stride) {
    sums.fill(0, 0, stride);
    let sum = 0; // of the one line, where none is beside it: loops over one number are slow (1.25 of a call)
    for (let i = -r; i < count; i++) {
      const at = block + i * stride,
        enters = i + r < count ? at + r * stride : pixels,
        leaves = i > r ? at - (r + 1) * stride : pixels;
      if (stride === 1) {
        sum += from[enters] - from[leaves];
        if (i >= 0) to[at] = sum;
        continue;
      }
      for (let n = 0; n < stride; n++) sums[n] += from[enters + n] - from[leaves + n];
      if (i >= 0) for (let n = 0; n < stride; n++) to[at + n] = sums[n];
    }
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
    sums = new Float64Array(pixels),
    share = size ** -spatial.length;
  let plane = new Float64Array(2 * pixels),
    other = new Float64Array(2 * pixels);
  for (let b = samples.first; b < samples.end; b++) {
    for (let c = 0; c < classes; c++) {
      const own = c + firstLabel(classes),
        label = own === ignoreIndex ? undefined : own,
        [from, step] = channelsLast ? [b * pixels * classes + c, classes] : [(b * classes + c) * pixels, 1];
      let all = 0;
      for (let i = 0; i < pixels; i++) {
        plane[i] = labels ? Number(labels[b * pixels + i] === label) : (soft as Float32Array)[from + i * step];
        all += plane[i];
      }
      if (all === 0) continue; // of most classes there is nothing in a sample
      let stride = pixels;
      for (const count of spatial) {
        stride /= count;
        // Boxes that reach beyond both ends from everywhere are all alike.
        slide(plane, other, { pixels, count, stride, r: Math.min((size - 1) / 2, count) }, sums);
        [plane, other] = [other, plane];
      }
      for (let i = 0, at = (b * classes + c) * pixels; i < pixels; i++) means[at + i] = plane[i] * share;
    }
  }
  return means;
}

import { boundarySquares, type TargetSource } from "../bindings/masks/classes.js";
import type { TargetArrays } from "../tensors/conventions.js";
import type { Geometry, LabelArray } from "../tensors/shape.js";

/**
 * One label a pixel: the target's, or its largest class (the first of equals), or whether a single channel is above
 * 1/2.
 */
function targetLabels({ labels, soft }: TargetArrays, { batch, classes, pixels, channelsLast }: Geometry): LabelArray {
  if (labels || !soft) return labels ?? new Uint8Array(0);
  const found = new Int32Array(batch * pixels),
    step = channelsLast ? 1 : pixels;
  for (let n = 0; n < found.length; n++) {
    const first = channelsLast ? n * classes : Math.floor(n / pixels) * classes * pixels + (n % pixels);
    if (classes === 1) found[n] = soft[first] > 0.5 ? 1 : 0;
    else for (let c = 1; c < classes; c++) if (soft[first + c * step] > soft[first + found[n] * step]) found[n] = c;
  }
  return found;
}

/**
 * Squared distances to the target's boundary, [batch, pixels]: the pixels whose label differs from the one below or to
 * the right, and those that do not count, which become -1. Infinity in a sample in which no pixel that counts is of
 * them. Zeros in the samples that are left out.
 */
export function targetBoundarySquares(
  source: TargetSource,
  { first, end }: { readonly first: number; readonly end: number },
): Float32Array {
  const { batch, pixels } = source.geometry,
    { memory } = source.kernels,
    labels = targetLabels(source.target, source.geometry),
    squares = memory.pin(memory.borrow(batch * pixels, "distances to a boundary"));
  squares()
    .fill(0, 0, first * pixels)
    .fill(0, end * pixels);
  for (let b = first; b < end; b++)
    boundarySquares({ ...source, target: { labels } }, b, () => squares().subarray(b * pixels, (b + 1) * pixels));
  return squares();
}

import type { SquaredDistance } from "../bindings/masks/distance.js";
import type { Geometry, LabelArray } from "../tensors/shape.js";

/**
 * 1 + Phi per pixel: Phi = max d - d over a label's pixels, d the distance to the nearest valid pixel of another label;
 * 0 where a sample has one label, 1 in the samples that are left out (distanceMapCrossEntropy: Caliva et al. 2019).
 */
export function distancePenalty(
  labels: LabelArray,
  { batch, pixels, spatial }: Geometry,
  samples: { readonly first: number; readonly end: number },
  ignoreIndex: number | null,
  spacing: readonly number[],
  normalize: boolean,
  squaredDistance: SquaredDistance,
): Float32Array {
  const weights = new Float32Array(batch * pixels).fill(1),
    mask = new Uint8Array(pixels),
    volume = new Float32Array(pixels);
  for (let b = samples.first; b < samples.end; b++) {
    const sample = labels.subarray(b * pixels, (b + 1) * pixels);
    const present = new Set<number>(sample);
    if (ignoreIndex !== null) present.delete(ignoreIndex);
    if (present.size < 2) continue;
    for (const label of present) {
      for (let i = 0; i < pixels; i++) mask[i] = sample[i] === label || sample[i] === ignoreIndex ? 1 : 0;
      squaredDistance(mask, spatial, spacing, volume);
      let max = 0;
      for (let i = 0; i < pixels; i++) if (sample[i] === label && volume[i] > max) max = volume[i];
      max = Math.sqrt(max);
      let highest = 0;
      for (let i = 0; i < pixels; i++) if (sample[i] === label) highest = Math.max(highest, max - Math.sqrt(volume[i]));
      const scale = normalize ? (highest > 0 ? 1 / highest : 0) : 1;
      for (let i = 0; i < pixels; i++)
        if (sample[i] === label) weights[b * pixels + i] = 1 + scale * (max - Math.sqrt(volume[i]));
    }
  }
  return weights;
}

import type { SquaredDistance } from "../plan.js";
import type { Geometry, LabelArray } from "../shape.js";
import { interior } from "./interior.js";

/** How distances to an object's boundary become bins (Hayder, He, Salzmann 2017; levels n R / (K - 1)). */
export interface Binning {
  /** K. */
  readonly bins: number;
  /** R, where distances are cut off. */
  readonly truncation: number;
  readonly spacing: readonly number[];
  readonly ignoreIndex: number | null;
}

/** The bin of each pixel, 0 outside objects, -1 where a pixel does not count; each positive label is an object of its own. */
export function boundaryBins(
  labels: LabelArray,
  { batch, spatial, pixels }: Omit<Geometry, "classes">,
  binning: Binning,
  squaredDistance: SquaredDistance,
): Int16Array {
  const { bins, truncation, spacing, ignoreIndex } = binning,
    result = new Int16Array(batch * pixels),
    inside = new Uint8Array(pixels),
    squared = new Float32Array(pixels);
  for (let b = 0; b < batch; b++) {
    const sample = labels.subarray(b * pixels, (b + 1) * pixels);
    interior(sample, spatial, 1, inside);
    for (let i = 0; i < pixels; i++) if (!(sample[i] > 0) || sample[i] === ignoreIndex) inside[i] = 0;
    squaredDistance(inside, spatial, spacing, squared); // infinite where nothing is outside, which is cut off
    for (let i = 0; i < pixels; i++) {
      const distance = Math.min(Math.ceil(Math.sqrt(squared[i]) - 1e-6), truncation);
      if (sample[i] === ignoreIndex) result[b * pixels + i] = -1;
      else if (inside[i]) result[b * pixels + i] = Math.floor((distance * (bins - 1)) / truncation + 0.5);
    }
  }
  return result;
}

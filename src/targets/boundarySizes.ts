import { firstLabel, type TargetArrays } from "../tensors/conventions.js";
import type { Geometry } from "../tensors/shape.js";
import { interior } from "./interior.js";
import { classMask } from "./maps.js";

/**
 * Each class's size and how many of its pixels lie on its boundary (a face neighbour is outside, or the image ends):
 * [batch, classes, 2].
 */
export function boundarySizes(target: TargetArrays, geometry: Geometry, ignoreIndex: number | null): Float32Array {
  const { batch, classes, spatial, pixels } = geometry,
    sizes = new Float32Array(2 * batch * classes),
    inside = new Uint8Array(pixels),
    mask = new Uint8Array(pixels);
  for (let b = 0; b < batch; b++) {
    if (target.labels) {
      const labels = target.labels.subarray(b * pixels, (b + 1) * pixels),
        first = firstLabel(classes),
        counts = new Float64Array(2 * (classes + first));
      interior(labels, spatial, 0, inside);
      for (let i = 0; i < pixels; i++) {
        if (labels[i] === ignoreIndex) continue;
        counts[2 * labels[i]]++;
        counts[2 * labels[i] + 1] += 1 - inside[i];
      }
      sizes.set(counts.subarray(2 * first), 2 * b * classes);
      continue;
    }
    for (let c = 0; c < classes; c++) {
      const at = 2 * (b * classes + c);
      sizes[at] = classMask(target, geometry, ignoreIndex, b, c, mask);
      interior(mask, spatial, 0, inside);
      for (let i = 0; i < pixels; i++) if (mask[i] && !inside[i]) sizes[at + 1]++;
    }
  }
  return sizes;
}

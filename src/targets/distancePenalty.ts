import { fromDistances, type TargetSource } from "../bindings/masks/classes.js";
import type { LabelArray } from "../tensors/shape.js";

/**
 * 1 + Phi per pixel: Phi = max d - d over a label's pixels, d the distance to the nearest valid pixel of another label;
 * 0 where a sample has one label, 1 in the samples that are left out (distanceMapCrossEntropy: Caliva et al. 2019).
 */
export function distancePenalty(
  source: TargetSource,
  samples: { readonly first: number; readonly end: number },
  spacing: readonly number[],
  normalize: boolean,
): Float32Array {
  const { batch, pixels } = source.geometry,
    { memory } = source.kernels,
    weights = memory.pin(memory.borrow(batch * pixels, "a map of penalties"));
  weights().fill(1);
  for (let b = samples.first; b < samples.end; b++) {
    const present = labelsOf(source, b);
    if (present.length < 2) continue;
    const own = () => weights().subarray(b * pixels, (b + 1) * pixels);
    fromDistances(source, b, present, spacing, own, (least, most) => {
      const scale = normalize ? (most > least ? 1 / (most - least) : 0) : 1;
      return { base: 1 + scale * most, scale };
    });
  }
  return weights();
}

/** The labels that count and occur in a sample. */
function labelsOf({ target, geometry: { pixels }, ignoreIndex }: TargetSource, b: number): number[] {
  const labels = (target.labels as LabelArray).subarray(b * pixels, (b + 1) * pixels),
    found = new Set<number>();
  let last = Number.NaN;
  for (let i = 0; i < pixels; i++) {
    const label = labels[i];
    if (label !== last) found.add(label);
    last = label;
  }
  if (ignoreIndex !== null) found.delete(ignoreIndex);
  return [...found];
}

import { countLabels, fromDistances, type TargetSource } from "../bindings/masks/classes.js";

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
    weights = new Float32Array(batch * pixels).fill(1);
  for (let b = samples.first; b < samples.end; b++) {
    const present = [...countLabels(source, b).entries()].filter(([, count]) => count > 0).map(([label]) => label);
    if (present.length < 2) continue;
    fromDistances(source, b, present, spacing, weights.subarray(b * pixels, (b + 1) * pixels), (least, most) => {
      const scale = normalize ? (most > least ? 1 / (most - least) : 0) : 1;
      return { base: 1 + scale * most, scale };
    });
  }
  return weights;
}

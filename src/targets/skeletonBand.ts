import { firstLabel } from "../tensors/conventions.js";
import type { Geometry, LabelArray } from "../tensors/shape.js";
import { sizesOf } from "../topology/grid.js";
import { findSkeleton, type Thinning } from "../topology/skeleton.js";

/** Grows a mask by so many steps to face neighbours, in place. */
function grow(mask: Uint8Array, spatial: readonly number[], steps: number): void {
  const axes: { readonly count: number; readonly stride: number }[] = [];
  let stride = mask.length,
    edge: number[] = [];
  for (const count of spatial) {
    stride /= count;
    axes.push({ count, stride });
  }
  for (let i = 0; i < mask.length; i++) if (mask[i]) edge.push(i);
  for (let step = 0; step < steps; step++) {
    const added: number[] = [],
      add = (i: number) => {
        if (mask[i]) return;
        mask[i] = 1;
        added.push(i);
      };
    for (const i of edge)
      for (const { count, stride } of axes) {
        const at = Math.floor(i / stride) % count;
        if (at > 0) add(i - stride);
        if (at + 1 < count) add(i + stride);
      }
    edge = added;
  }
}

/** How wide the band is, around which skeleton. */
export interface Within {
  readonly tube: number;
  readonly method: Thinning;
}

/**
 * Where a pixel counts for the recall of its class, [B, C, pixels]: 1 for the pixels of each class but 0 (a single
 * channel is one), within so many pixels of the skeleton of all foreground, or all of them (skeletonRecall).
 */
export function skeletonBand(
  labels: LabelArray,
  { batch, classes, pixels, spatial }: Geometry,
  ignoreIndex: number | null,
  within?: Within,
): Float32Array {
  const maps = new Float32Array(batch * classes * pixels),
    first = firstLabel(classes),
    mask = new Uint8Array(pixels),
    band = new Uint8Array(pixels).fill(1);
  for (let b = 0; b < batch; b++) {
    const sample = labels.subarray(b * pixels, (b + 1) * pixels);
    for (let i = 0; i < pixels; i++) mask[i] = sample[i] !== 0 && sample[i] !== ignoreIndex ? 1 : 0;
    if (within) {
      findSkeleton(mask, sizesOf(spatial), within.method, band);
      grow(band, spatial, within.tube);
    }
    for (let i = 0; i < pixels; i++) if (mask[i] && band[i]) maps[(b * classes + sample[i] - first) * pixels + i] = 1;
  }
  return maps;
}

/** A copy of planes [B, C, pixels] that is 0 where a mask [B, pixels] is. */
export function masked(maps: Float32Array, mask: Float32Array, { classes, pixels }: Geometry): Float32Array {
  return maps.map((x, i) => (mask[Math.floor(i / (classes * pixels)) * pixels + (i % pixels)] === 0 ? 0 : x));
}

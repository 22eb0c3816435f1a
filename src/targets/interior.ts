import { count, type LabelArray } from "../tensors/shape.js";

/** 1 where all face neighbours have a pixel's own label; at the image's border as `border` says. */
export function interior(labels: LabelArray, spatial: readonly number[], border: 0 | 1, inside: Uint8Array): void {
  const width = spatial[spatial.length - 1],
    strides = spatial.map((_, axis) => count(spatial.slice(axis + 1)));
  inside.fill(1);
  for (let axis = 0; axis < spatial.length - 1; axis++) {
    const stride = strides[axis],
      length = stride * spatial[axis];
    for (let start = 0; start < labels.length; start += length) {
      for (let i = start; i < start + stride; i++) inside[i] &= border;
      for (let i = start + length - stride; i < start + length; i++) inside[i] &= border;
      for (let i = start; i < start + length - stride; i++)
        if (labels[i] !== labels[i + stride]) inside[i] = inside[i + stride] = 0;
    }
  }
  for (let start = 0; start < labels.length; start += width) {
    inside[start] &= border;
    inside[start + width - 1] &= border;
    for (let i = start; i < start + width - 1; i++) if (labels[i] !== labels[i + 1]) inside[i] = inside[i + 1] = 0;
  }
}

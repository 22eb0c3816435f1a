import { classMask, countBoundaries, countLabels, type TargetSource } from "../bindings/masks/classes.js";
import { firstLabel } from "../tensors/conventions.js";

/**
 * Each class's size and how many of its pixels lie on its boundary (a face neighbour is outside, or the image ends):
 * [batch, classes, 2].
 */
export function boundarySizes(source: TargetSource): Float32Array {
  const { batch, classes, pixels } = source.geometry,
    first = firstLabel(classes),
    sizes = new Float32Array(2 * batch * classes),
    mask = new Uint8Array(pixels);
  for (let b = 0; b < batch; b++) {
    const at = 2 * b * classes;
    if (source.target.labels) {
      const all = countLabels(source, b),
        boundary = countBoundaries(source, b, 0);
      for (let c = 0; c < classes; c++) sizes.set([all[c + first], boundary[c + first]], at + 2 * c);
    } else
      for (let c = 0; c < classes; c++)
        sizes.set([classMask(source, b, c, mask), countBoundaries(source, b, c)[1]], at + 2 * c);
  }
  return sizes;
}

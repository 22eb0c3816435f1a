import { countLabels, loadTarget } from "../bindings/masks/classes.js";
import { planeBytes } from "../bindings/planes/planes.js";
import { firstLabel, type TargetArrays } from "../tensors/conventions.js";
import { count } from "../tensors/shape.js";
import type { MapContext } from "./maps.js";

/**
 * The mean of every class's target in a box of `size` pixels along each axis, [B, C, pixels]; pixels outside the image
 * and those that do not count are 0 (nacl: Murugesan et al. 2023). Zeros in the samples that are left out.
 */
export function boxMeans(target: TargetArrays, context: Omit<MapContext, "spacing">, size: number): Float32Array {
  const { kernels, geometry, samples } = context,
    { memory } = kernels,
    source = { ...context, target },
    { batch, classes, spatial, pixels } = geometry,
    means = memory.pin(memory.borrow(batch * classes * pixels, "means of boxes")),
    // Boxes that reach beyond both ends from everywhere are all alike.
    reach = (side: number) => Math.min((size - 1) / 2, side),
    axes = spatial.map((side, axis) => ({ count: side, stride: count(spatial.slice(axis + 1)), r: reach(side) })),
    line = Math.max(0, ...axes.map(({ count, stride, r }) => kernels.exports.boxBytes(count, stride, r)));
  means().fill(0);
  memory.with([planeBytes(pixels), planeBytes(pixels), line], "means of boxes", (plane, other, line) => {
    for (let b = samples.first; b < samples.end; b++) {
      const counts = target.labels && countLabels(source, b);
      for (let c = 0; c < classes; c++) {
        if (counts && counts[c + firstLabel(classes)] === 0) continue; // of most classes there is nothing in a sample
        loadTarget(source, b, c, plane);
        let [from, to, factor] = [plane, other, size ** -spatial.length];
        for (const axis of axes) {
          kernels.calls.boxSums({ from, to, line, pixels, ...axis, factor });
          [from, to, factor] = [to, from, 1];
        }
        means().set(memory.f32.subarray(from >>> 2, (from >>> 2) + pixels), (b * classes + c) * pixels);
      }
    }
  });
  return means();
}

import type { Kernels } from "../bindings/kernels.js";
import { labelAxes, scoreAxes } from "../tensors/axes.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { count, isLabelArray, type LabelArray, readShape } from "../tensors/shape.js";
import { checkPlane } from "./checks.js";
import { targetContext } from "./contexts.js";
import { mergeTarget, PreparedTarget } from "./inputs.js";
import type { Part } from "./loss.js";

/** A target of a loss's parts, its data copied, with what they make of a target alone. */
export function prepareTarget(
  name: string,
  parts: readonly Part[],
  kernels: Kernels,
  given: TensorLike,
): PreparedTarget {
  const what = `${name}: target`,
    target = readTensor(given, what),
    shape = readShape(target, what),
    // isView says only that it is a view; readTensor lets no others than typed arrays through.
    data = ArrayBuffer.isView(target.data) ? (target.data as unknown as LabelArray).slice() : target.data,
    prepared = new PreparedTarget({ data, shape });
  for (const part of parts) {
    const { declaration, options, ignored } = part,
      { spatialDims, layout } = options;
    if (!isLabelArray(data)) {
      scoreAxes(shape, spatialDims, layout === "channelsLast", what);
      continue;
    }
    const { batch, spatial, batched } = labelAxes(shape, spatialDims, what);
    if (!declaration.prepare) continue;
    checkPlane(declaration, spatial, "target");
    const geometry = { batch, classes: 0, spatial, pixels: count(spatial), channelsLast: false, batched },
      merged = mergeTarget(prepared, ignored, what),
      arrays = () => ({ labels: (merged.tensor.data as LabelArray).slice() });
    declaration.prepare(options, targetContext(kernels, part, { geometry, arrays, prepared: merged }));
  }
  return prepared;
}

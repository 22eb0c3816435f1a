import type { Kernels } from "../bindings/kernels.js";
import { SegLossError } from "../errors.js";
import { labelAxes, scoreAxes } from "../tensors/axes.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { count, isLabelArray, type LabelArray, readShape } from "../tensors/shape.js";
import type { ClassWeightsOptions } from "../utilities/classWeights.js";
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
    prepared = new PreparedTarget({ data, shape }, parts);
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

/** One value that all say, none, or an error that names the option to give. */
function agreed<T>(values: readonly T[], option: string): T | undefined {
  if (new Set(values.map(String)).size > 1)
    throw new SegLossError(
      "INVALID_OPTION",
      `classWeights: the losses that prepared the target have different ${option}: give option ${option}`,
    );
  return values[0];
}

/** Options of classWeights for a prepared target: what is left out is as the loss has it that prepared it. */
export function readPrepared(
  { classes, readings }: Pick<PreparedTarget, "classes" | "readings">,
  given: ClassWeightsOptions = {},
): ClassWeightsOptions {
  if (given === null || typeof given !== "object") return given;
  const ignored =
      given.ignoreIndex === undefined
        ? agreed(
            readings.map((each) => each.ignored),
            "ignoreIndex",
          )
        : [],
    dims =
      given.spatialDims === undefined
        ? agreed(
            readings.map((each) => each.options.spatialDims),
            "spatialDims",
          )
        : null,
    known = classes.length === 1 ? classes.filter((count) => count > 1) : [];
  return {
    numClasses: known[0],
    ...(ignored?.length ? { ignoreIndex: ignored } : {}),
    spatialDims: dims as ClassWeightsOptions["spatialDims"],
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

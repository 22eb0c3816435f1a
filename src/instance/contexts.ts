import type { Kernels } from "../bindings/kernels.js";
import { maskDistance } from "../bindings/masks/distance.js";
import type { PlanContext, TargetContext } from "../engine/plan.js";
import type { Share } from "../engine/share.js";
import { SegLossError } from "../errors.js";
import type { TargetArrays } from "../tensors/conventions.js";
import type { Geometry } from "../tensors/shape.js";
import { copyOf } from "../tensors/sharedBytes.js";
import { checkLists } from "./checks.js";
import { encodingKey, optionsKey, type ReadPart } from "./groups.js";
import type { Inputs, LiveExtra, PreparedTarget, Reading } from "./inputs.js";
import type { Part } from "./loss.js";

/** A target as declarations see it. */
interface KnownTarget {
  readonly geometry: Geometry;
  /** Read when a map is made, which may be never. */
  readonly arrays: () => TargetArrays;
  readonly prepared: PreparedTarget;
  readonly share?: Share;
}

/** What a part makes of a target alone: once, if the target is kept. */
export function targetContext(
  kernels: Kernels,
  { declaration, options }: Part,
  { geometry, arrays, prepared, share }: KnownTarget,
): TargetContext {
  const samples = share?.samples(geometry.batch) ?? { first: 0, end: geometry.batch },
    some = share ? ` ${samples.first} to ${samples.end}` : "";
  return {
    samples,
    geometry,
    targetMap: (key, make) =>
      prepared.keep(`${key} ${geometry.spatial} ${optionsKey(options)}${some}`, () =>
        kernels.memory.pin(make(arrays())),
      )(),
    keep: (key, make) => prepared.keep(`${declaration.name} ${key} ${optionsKey(options)}`, make),
    kernels,
  };
}

/** What a part's plan depends on; extra inputs' gradients are left in `grads`. */
export function planContext(
  kernels: Kernels,
  part: Part,
  { geometry, binary, labels, soft, prepared }: Inputs,
  extra: LiveExtra,
  grads: Record<string, Float32Array>,
  { share, perPixel }: { readonly share?: Share; readonly perPixel?: unknown } = {},
): PlanContext {
  const arrays = () => ({ labels: labels && copyOf(labels()), soft: soft && copyOf(soft()) }),
    { samples, targetMap, keep } = targetContext(kernels, part, { geometry, arrays, prepared, share });
  // By name: an object spread into another costs as much as a kernel on a small image.
  return {
    samples,
    geometry,
    targetMap,
    keep,
    kernels,
    binary,
    unsupported: (message) => {
      throw new SegLossError("UNSUPPORTED", `${part.declaration.name}: ${message}`);
    },
    extra,
    grads,
    perPixel: perPixel !== undefined,
  };
}

/** How a part turns labels into classes, where it does. */
export function encodingOf(kernels: Kernels, part: ReadPart): Reading["encoding"] {
  const { declaration, options } = part,
    { encode } = declaration;
  return (
    encode && {
      key: encodingKey(declaration, options),
      encode: (labels, geometry) => {
        checkLists(part, geometry); // before the rest of the part is checked, which takes the encoded labels
        return encode(options, labels.slice(), geometry, (...args) => maskDistance(kernels, ...args, false));
      },
    }
  );
}

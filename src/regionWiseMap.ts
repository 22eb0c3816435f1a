import type { Kernels } from "./bindings/kernels.js";
import { SegLossError } from "./errors.js";
import { classMaps, rectified, signedDistance } from "./families/maps.js";
import { type Options, readOptions } from "./options.js";
import { isLabelArray, readShape, type TensorLike } from "./shape.js";
import { countLabels } from "./target.js";
import { checkOut, splitOut, type Tensor } from "./utilities.js";

export interface RegionWiseMapOptions {
  /** C; with 1 the only class is the foreground, label 1. */
  readonly numClasses: number;
  /** "rectified" (default): -d / max d inside, 1 outside; "boundary": signed distances. */
  readonly map?: "rectified" | "boundary";
  /** Size of a pixel along each spatial axis (default: 1). */
  readonly spacing?: readonly number[];
  /** Pixels of this label lie outside every object. */
  readonly ignoreIndex?: number;
  /** Takes the result instead of a new array. */
  readonly out?: Float32Array;
}

const declared = {
  numClasses: { type: "number", integer: true, min: 1, default: null, meaning: "how many classes" },
  map: { type: "choice", values: ["rectified", "boundary"], default: "rectified", meaning: "which map" },
  spacing: { type: "numbers", each: "axis", min: 0, aboveMin: true, default: null, meaning: "size of a pixel along each spatial axis" },
  ignoreIndex: { type: "number", integer: true, default: null, meaning: "pixels of this label lie outside every object" },
} as const satisfies Options;

export function regionWiseMap(kernels: Kernels, labels: TensorLike, options: RegionWiseMapOptions): Tensor {
  const { out, rest } = splitOut("regionWiseMap", options),
    o = readOptions("regionWiseMap", declared, rest),
    [batch, ...spatial] = readShape(labels, "regionWiseMap: labels"),
    { data } = labels;
  if (o.numClasses === null)
    throw new SegLossError("INVALID_OPTION", "regionWiseMap: option numClasses must be given, as labels do not say how many classes there are");
  if (!isLabelArray(data) || spatial.length < 1 || spatial.length > 3) {
    const got = `${data?.constructor?.name} of shape [${[batch, ...spatial].join(", ")}]`;
    throw new SegLossError("SHAPE_MISMATCH", `regionWiseMap: labels must be an integer typed array [B, ...spatial] with 1 to 3 spatial dimensions, got ${got}`);
  }
  if (o.spacing && o.spacing.length !== spatial.length) {
    throw new SegLossError(
      "INVALID_OPTION",
      `regionWiseMap: option spacing must hold ${spatial.length} numbers, one per spatial axis, got ${o.spacing.length}`,
    );
  }
  const geometry = { batch, classes: o.numClasses, spatial, pixels: spatial.reduce((a, b) => a * b, 1), channelsLast: false };
  const result = kernels.memory.pin(checkOut("regionWiseMap", out, Float32Array, data.length * o.numClasses));
  countLabels(kernels, kernels.memory.pin(data), geometry, o.ignoreIndex ?? undefined, "regionWiseMap");
  const context = {
    geometry,
    spacing: o.spacing ?? spatial.map(() => 1),
    ignoreIndex: o.ignoreIndex,
    squaredDistance: (...args: Parameters<Kernels["squaredDistance"]>) => kernels.squaredDistance(...args),
  };
  const maps = classMaps({ labels: data.slice() }, context, o.map === "rectified" ? rectified : signedDistance(0));
  result().set(maps);
  return { data: result(), shape: [batch, o.numClasses, ...spatial] };
}

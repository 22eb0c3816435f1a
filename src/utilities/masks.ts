import type { Kernels } from "../bindings/kernels.js";
import { boundaryMask as findBoundary } from "../bindings/masks/boundary.js";
import { copied, distanceMap, maskDistance, signedDistance } from "../bindings/masks/distance.js";
import type { Options } from "../options/options.js";
import { connectivityWords, spacing, spatialDims } from "../options/shared.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import { type AxesOptions, type MaskTensor, readPixelCall, sampleMask, type Tensor } from "./arguments.js";

export interface DistanceOptions extends AxesOptions {
  /** Size of a pixel along each spatial axis (default: 1). */
  readonly spacing?: readonly number[];
  /** True returns squared distances. */
  readonly squared?: boolean;
  /** Takes the result instead of a new array. */
  readonly out?: Float32Array;
}
export interface SignedDistanceOptions extends AxesOptions {
  /** Size of a pixel along each spatial axis (default: 1). */
  readonly spacing?: readonly number[];
  /** Subtracted from distances inside (default: 1). */
  readonly insideOffset?: number;
  /** Takes the result instead of a new array. */
  readonly out?: Float32Array;
}
export interface BoundaryMaskOptions extends AxesOptions {
  /** Steps across faces (default), or also across edges and corners. */
  readonly connectivity?: "face" | "full";
  /** How many steps away outside may be (default: 1). */
  readonly width?: number;
  /** Whether beyond the image is outside (default: true). */
  readonly border?: boolean;
  /** Takes the result instead of a new array. */
  readonly out?: Uint8Array;
}

const distance = {
  spatialDims,
  spacing,
  squared: { type: "boolean", default: false, meaning: "squared distances" },
} as const satisfies Options;
const signed = {
  spatialDims,
  spacing,
  insideOffset: { type: "number", min: 0, default: 1, meaning: "subtracted from distances inside" },
} as const satisfies Options;
const boundary = {
  spatialDims,
  connectivity: {
    type: "choice",
    values: ["face", "full"],
    words: connectivityWords,
    default: "face",
    meaning: "steps across faces, or also across edges and corners",
  },
  width: { type: "number", integer: true, min: 1, default: 1, meaning: "how many steps away outside may be" },
  border: { type: "boolean", default: true, meaning: "whether beyond the image is outside" },
} as const satisfies Options;

export function distanceTransform(kernels: Kernels, mask: TensorLike, given?: DistanceOptions): Tensor {
  const call = readPixelCall(kernels, "distanceTransform", "mask", mask, distance, given, Float32Array),
    { options, shape, batch, spatial, pixels, result } = call;
  for (let b = 0; b < batch; b++) {
    const out = result().subarray(b * pixels, (b + 1) * pixels);
    maskDistance(kernels, sampleMask(call, b), spatial, call.spacing, out, !options.squared);
  }
  return { data: result(), shape };
}

export function signedDistanceTransform(kernels: Kernels, mask: TensorLike, given?: SignedDistanceOptions): Tensor {
  const call = readPixelCall(kernels, "signedDistanceTransform", "mask", mask, signed, given, Float32Array),
    { options, shape, batch, pixels, result } = call,
    formula = signedDistance(options.insideOffset);
  for (let b = 0; b < batch; b++)
    distanceMap(kernels, call.spatial, call.spacing, formula, copied(kernels, sampleMask(call, b)), {
      read: (map) => result().set(kernels.memory.f32.subarray(map >>> 2, (map >>> 2) + pixels), b * pixels),
    });
  return { data: result(), shape };
}

export function boundaryMask(kernels: Kernels, mask: TensorLike, given?: BoundaryMaskOptions): MaskTensor {
  const call = readPixelCall(kernels, "boundaryMask", "mask", mask, boundary, given, Uint8Array),
    { options, shape, batch, spatial, pixels, result } = call,
    found = new Uint8Array(pixels);
  for (let b = 0; b < batch; b++) {
    findBoundary(kernels, sampleMask(call, b), spatial, options, found);
    result().set(found, b * pixels);
  }
  return { data: result(), shape };
}

import type { Kernels } from "../bindings/kernels.js";
import { SegLossError } from "../errors.js";
import { type Options, readOptions } from "../options/options.js";
import { connectivityWords, spatialDims } from "../options/shared.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { findBetti } from "../topology/betti.js";
import { findComponents } from "../topology/components.js";
import { type Connectivity, sizesOf } from "../topology/grid.js";
import { findSkeleton, type Thinning } from "../topology/skeleton.js";
import { type AxesOptions, type MaskTensor, readPixelCall, readPixelShape, sampleMask } from "./arguments.js";

export interface ConnectedComponentsOptions extends AxesOptions {
  /** Which pixels touch: across faces (4, 6), also across edges (8, 18), or also across corners (8, 26; default). */
  readonly connectivity?: Connectivity;
  /** Takes the result instead of a new array. */
  readonly out?: Int32Array;
}
export interface SkeletonizeOptions extends AxesOptions {
  /** Zhang and Suen's thinning (default in 2-D; of images only), or Lee's, Kashyap's and Chu's (default in 3-D). */
  readonly method?: Thinning | null;
  /** Takes the result instead of a new array. */
  readonly out?: Uint8Array;
}
export interface BettiNumbersOptions extends AxesOptions {
  /** Which pixels touch: across faces, or also across edges and corners (default); outside is the other way round. */
  readonly connectivity?: "face" | "full";
}

/** Components, numbered 1, 2, … in each sample. */
export interface ComponentsTensor {
  readonly data: Int32Array;
  readonly shape: readonly number[];
  /** How many each sample has. */
  readonly counts: Int32Array;
}
export interface BettiTensor {
  readonly data: Int32Array;
  /** [B, 2] of images, [B, 3] of volumes. */
  readonly shape: readonly number[];
}

const components = {
  spatialDims,
  connectivity: {
    type: "choice",
    values: ["face", "edge", "full"],
    words: connectivityWords,
    default: "full",
    meaning: "which pixels touch: across faces, also across edges, or also across corners",
  },
} as const satisfies Options;
const thinning = {
  spatialDims,
  method: {
    type: "choice",
    values: ["zhang", "lee"],
    default: null,
    meaning: "Zhang and Suen's thinning (default in 2-D), or Lee's, Kashyap's and Chu's (default in 3-D)",
  },
} as const satisfies Options;
const betti = {
  spatialDims,
  connectivity: {
    type: "choice",
    values: ["face", "full"],
    words: connectivityWords,
    default: "full",
    meaning: "which pixels touch: across faces, or also across edges and corners",
  },
} as const satisfies Options;

/** What images and volumes have and lines do not. */
function refuseLines(what: string, spatial: readonly number[]): void {
  if (spatial.length > 1) return;
  throw new SegLossError("UNSUPPORTED", `${what}: takes images and volumes, got one spatial axis (${spatial[0]})`);
}

function refuseFractions(labels: ArrayLike<number>): void {
  if (!(labels instanceof Float32Array || labels instanceof Float64Array)) return;
  const wrong = labels.findIndex((label) => !Number.isInteger(label));
  if (wrong < 0) return;
  throw new SegLossError(
    "INVALID_TARGET",
    `connectedComponents: labels must be whole numbers, got ${labels[wrong]} at index ${wrong}`,
  );
}

export function connectedComponents(
  kernels: Kernels,
  labels: TensorLike,
  given?: ConnectedComponentsOptions,
): ComponentsTensor {
  const call = readPixelCall(kernels, "connectedComponents", "labels", labels, components, given, Int32Array),
    { options, shape, batch, spatial, pixels, source, result } = call,
    counts = new Int32Array(batch);
  refuseFractions(source());
  const own = (b: number) => result().subarray(b * pixels, (b + 1) * pixels);
  for (let b = 0; b < batch; b++)
    counts[b] = findComponents(
      (source() as Int32Array).subarray(b * pixels, (b + 1) * pixels),
      sizesOf(spatial),
      options.connectivity,
      own(b),
    ).count;
  return { data: result(), shape, counts };
}

export function skeletonize(kernels: Kernels, mask: TensorLike, given?: SkeletonizeOptions): MaskTensor {
  const call = readPixelCall(kernels, "skeletonize", "mask", mask, thinning, given, Uint8Array),
    { options, shape, batch, spatial, pixels, result } = call;
  refuseLines("skeletonize", spatial);
  const method = options.method ?? (spatial.length === 2 ? "zhang" : "lee");
  if (method === "zhang" && spatial.length === 3)
    throw new SegLossError("UNSUPPORTED", 'skeletonize: method "zhang" takes images only, got a volume; use "lee"');
  for (let b = 0; b < batch; b++)
    findSkeleton(sampleMask(call, b), sizesOf(spatial), method, result().subarray(b * pixels, (b + 1) * pixels));
  return { data: result(), shape };
}

export function bettiNumbers(kernels: Kernels, mask: TensorLike, given?: BettiNumbersOptions): BettiTensor {
  const what = "bettiNumbers: mask",
    options = readOptions("bettiNumbers", betti, given),
    tensor = readTensor(mask, what),
    { batch, spatial, pixels } = readPixelShape(tensor, options.spatialDims, what),
    source = kernels.memory.pin(tensor.data as ArrayLike<number>),
    axes = spatial.length as 2 | 3,
    data = new Int32Array(batch * axes);
  refuseLines("bettiNumbers", spatial);
  for (let b = 0; b < batch; b++)
    data.set(
      findBetti(sampleMask({ what, source, pixels }, b), sizesOf(spatial), axes, options.connectivity),
      b * axes,
    );
  return { data, shape: [batch, axes] };
}

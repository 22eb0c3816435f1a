import { SegLossError } from "../errors.js";
import type { Named } from "../options/suggestion.js";
import type { TensorLike } from "./foreignTensors.js";
import { count, type NumberTensor, readShape, typeOf } from "./shape.js";

/** An extra input as it came: a tensor, or the bare array. */
export type ExtraInput = NumberTensor | Float32Array;

const shape = "(Float32Array [B, ...spatial], where 0 ignores a pixel)",
  weightNames = [
    ...["weight", "weights", "weightMap", "weightMaps", "pixelWeight", "pixelWeightMap", "pixelWiseWeight"],
    ...["sampleWeight", "sampleWeights", "mask", "maskWeights", "validMask", "valid", "roi", "ignoreMask", "lossMask"],
    ...["lossWeight", "lossWeights"],
  ];
/** The extra input that all losses of sums over pixels take, and what it is called elsewhere. */
export const pixelWeights: Named = {
  name: "pixelWeights",
  also: weightNames,
  how: {
    ...Object.fromEntries(["pixelWeights", ...weightNames].map((name) => [name, shape])),
    ignoreMask: "(Float32Array [B, ...spatial], where 0, not 1, ignores a pixel)",
  },
};

/** Whether an extra input is the prediction of a further scale (deepSupervision), which has a gradient. */
export const isFurtherPrediction = (name: string): boolean => /^pred\d+$/.test(name);

/** The inputs of losses besides pred and target, float32 but for numbers of components: a tensor, or the bare array. */
export interface ExtraInputs {
  /**
   * Weights of pixels, [B, ...spatial] or with an axis of 1 for channels, of at least 0; 0 ignores a pixel. They
   * count in sums and in what those are divided by, of every loss that is made of sums over pixels.
   */
  readonly pixelWeights?: Given;
  /** boundary: signed distances in pred's shape. */
  readonly distanceMap?: Given;
  /** regionWise, map "custom": weights in pred's shape. */
  readonly regionMap?: Given;
  /** componentWise: the number of each pixel's component, [B, ...spatial], whole numbers. */
  readonly components?: TensorLike | Float32Array;
  /** deepSupervision: scores of a further scale, with pred's samples and classes, of any size; without a gap. */
  readonly pred1?: TensorLike;
  /** As pred1, of the scale after it. */
  readonly pred2?: TensorLike;
  /** As pred1, of the scale after pred2. */
  readonly pred3?: TensorLike;
  /** As pred1, of the scale after pred3. */
  readonly pred4?: TensorLike;
  /** As pred1, of the scale after pred4. */
  readonly pred5?: TensorLike;
  /** As pred1, of the scale after pred5. */
  readonly pred6?: TensorLike;
  /** As pred1, of the scale after pred6. */
  readonly pred7?: TensorLike;
  /** skeletonRecall: nonzero in the band around the target's skeleton, [B, ...spatial]; in place of tube and method. */
  readonly skeleton?: Given;
  /** conditionalBoundary: what the model's last layer classifies, [B, F, ...spatial]. */
  readonly features?: Given;
  /** conditionalBoundary: that layer's weights, [C, F]. */
  readonly classifierWeight?: Given;
  /** conditionalBoundary: that layer's bias, [C]. */
  readonly classifierBias?: Given;
  /** robustT: logarithm of the degrees of freedom. */
  readonly logNu?: Given;
  /** robustT: logarithm of the scale. */
  readonly logSigma?: Given;
  /** inverseForm: the three layers of another network than its own. */
  readonly w1?: Given;
  readonly b1?: Given;
  readonly w2?: Given;
  readonly b2?: Given;
  readonly w3?: Given;
  readonly b3?: Given;
}
type Given = TensorLike | Float32Array;

interface Expectation {
  /** Whose shape it is. */
  readonly as?: string;
  /** What the shape follows from. */
  readonly why?: string;
}

/**
 * An extra input as numbers and their shape: a tensor of float32, or the bare array. `expected` may hold one name, of a
 * dimension (1 or more) that the input decides; without it any shape will do.
 */
export function readFloats(
  what: string,
  given: ExtraInput,
  expected?: readonly (number | string)[],
  { as = "shape", why = "" }: Expectation = {},
): { readonly data: Float32Array; readonly shape: readonly number[] } {
  const bare = ArrayBuffer.isView(given),
    data = bare ? given : (given as { data?: unknown } | null)?.data,
    rest = count((expected ?? []).filter((n) => typeof n === "number"));
  const free = (n: number) => Number.isInteger(n) && n > 0;
  const shape = bare
    ? (expected?.map((n) => (typeof n === "number" ? n : given.length / rest)) ?? [given.length])
    : readShape(given, what);
  const fits =
    !expected ||
    (shape.length === expected.length &&
      shape.every((n, i) => (typeof expected[i] === "number" ? n === expected[i] : free(n) || rest === 0)) &&
      (!bare || given.length === count(shape)));
  if (data instanceof Float32Array && fits) return { data, shape };
  const wanted = expected ? ` of ${as} [${expected.join(", ")}]${why}` : "",
    got = bare ? `length ${given.length}` : `shape [${shape.join(", ")}]`;
  throw new SegLossError("SHAPE_MISMATCH", `${what} must be a Float32Array${wanted}, got ${typeOf(data)} of ${got}`);
}

/** An extra input of which pixels other than 0 are meant; NaN would be one of them. */
export function readMask(what: string, given: ExtraInput, expected: readonly number[]): Float32Array {
  const { data } = readFloats(what, given, expected),
    at = data.findIndex(Number.isNaN);
  if (at >= 0) throw new SegLossError("INVALID_TARGET", `${what} has NaN at index ${at}, expected numbers`);
  return data;
}

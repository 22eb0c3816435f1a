import type { CommonOptions, Declaration, Planned } from "../catalog/declaration.js";
import type { Options } from "../options/options.js";
import type { PresetShape } from "../presets/declaration.js";
import { isFurtherPrediction } from "../tensors/extras.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import { type Layout, readGeometry } from "../tensors/shape.js";
import type { Extra, PreparedTarget, Target } from "./inputs.js";
import type { LossState } from "./lossState.js";
import type { ShardSums } from "./shards.js";

export interface ValueAndGrad {
  /** The loss: one number, as `reduction` says. */
  value: number;
  /** dLoss/dpred, in pred's shape and layout. */
  grad: Float32Array;
  /** Gradients of extra inputs or learnable parameters, by name. */
  grads: Readonly<Record<string, Float32Array>>;
  /**
   * What each term adds to the value, its weight included: of a `weightedSum`, of combinations in the order of their
   * formula, and of presets that are sums of losses.
   */
  terms?: readonly number[];
}

/** What a loss of `weightedSum` has besides. */
export interface Reweighted {
  /**
   * Sets the weights of the terms, in their order, from the next call on: for schedules. Nothing that a prepared target
   * keeps is computed anew; sums of which this one is a term follow.
   *
   * @throws {SegLossError} `INVALID_OPTION` for another count, or what is no finite number
   */
  setWeights(weights: readonly number[]): void;
}

/** A loss with its options: value and gradient with respect to pred. */
export interface Loss {
  /** Its name in the catalog, or the preset's. */
  readonly name: string;
  /** Every option, defaults filled in, null where it is off; JSON-serialisable. */
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * The value alone.
   *
   * @param pred scores [B, C, ...spatial], or [B, ...spatial, C] with `layout`; 1 to 3 spatial dimensions
   * @param target labels [B, ...spatial], a soft target of pred's shape, or what `prepare` gave
   * @param extra extra inputs of the loss, by name
   * @throws {SegLossError} `SHAPE_MISMATCH`, `INVALID_TARGET`, `UNSUPPORTED`, `OUT_OF_MEMORY` or `DISPOSED`
   */
  value(pred: TensorLike, target: Target, extra?: Extra): number;
  /**
   * The value and its gradient with respect to pred, in pred's shape and layout.
   *
   * @param pred scores [B, C, ...spatial], or [B, ...spatial, C] with `layout`; 1 to 3 spatial dimensions
   * @param target labels [B, ...spatial], a soft target of pred's shape, or what `prepare` gave
   * @param extra extra inputs of the loss, by name; `out` takes the gradient instead of a new array, and
   *   may be pred's own
   * @throws {SegLossError} `SHAPE_MISMATCH`, `INVALID_TARGET`, `UNSUPPORTED`, `OUT_OF_MEMORY` or `DISPOSED`
   */
  valueAndGrad(pred: TensorLike, target: Target, extra?: Extra): ValueAndGrad;
  /**
   * The loss of each pixel, [B, ...spatial], which add up to the value: with `reduction: "sum"` what others call
   * reduction "none", with "mean" that over what the mean divides by. 0 at pixels that do not count. Of losses that are
   * sums over pixels, of terms, of a map times p or of squared errors times distances.
   *
   * @param extra extra inputs of the loss, by name; not `out`
   * @throws {SegLossError} as `value`, and `UNSUPPORTED` for losses of ratios, ranks and filters, and for
   *   `log: true`
   */
  perPixel(pred: TensorLike, target: Target, extra?: Extra): Float32Array;
  /**
   * The loss of each class of each sample, [B, C], or [1, C] where the samples are pooled (`batch`): of losses that
   * average over classes, before class weights. NaN where it does not count: the background that is left out, a weight
   * of 0, an absent class with `classes: "present"`, a sample without pixels.
   *
   * The mean over what is no NaN, weighted by `classWeights`, is the value (`reduction: "sum"`: the sum); of losses
   * that are means over pixels, each sample counts by its pixels; `regionMutualInformation` adds its classes.
   *
   * @param extra extra inputs of the loss, by name; not `out`
   * @throws {SegLossError} as `value`, and `UNSUPPORTED` for losses that are no average over classes
   */
  perClass(pred: TensorLike, target: Target, extra?: Extra): Float64Array;
  /**
   * The loss of each sample alone, [B]: what `value` gives for it. NaN for samples of which no pixel counts. Their sum
   * is the value with `reduction: "sum"`; with "mean" their mean is, if all have as many pixels and classes that count.
   * Not so of `logCoshDice`, a function of the mean, of `regionMutualInformation`, whose cross entropy is divided by
   * the pixels and 1, and of losses that select pixels of the batch (`ohem`, `activeBoundary`, `conditionalBoundary`).
   *
   * @param extra extra inputs of the loss, by name; not `out`
   * @throws {SegLossError} as `value`, and `UNSUPPORTED` where the samples are pooled (`batch: true`)
   */
  perSample(pred: TensorLike, target: Target, extra?: Extra): Float64Array;
  /**
   * Computes once what depends on the target alone, such as counts and distance maps; pass the result as `target`.
   * Numbers written to the target's data afterwards are not noticed.
   */
  prepare(target: TensorLike): PreparedTarget;
  /**
   * What a shard of a batch adds up to, for batches that no one memory holds: merge those of all shards with
   * `mergeShards`, and give what that made to `valueAndGradFrom`. Of losses that are functions of sums over pixels.
   *
   * @param at `first`: the place of the shard's first sample in the batch (default: 0)
   * @throws {SegLossError} as `value`, and `UNSUPPORTED` for losses that rank, see neighbours or weigh by a map
   */
  gather(pred: TensorLike, target: Target, at?: { readonly first?: number }): ShardSums;
  /**
   * The value of the whole batch and its gradient with respect to a shard's pred: the same bits as `valueAndGrad` of
   * all samples at once, but where some shards' targets are one-hot and others soft: there to rounding.
   *
   * @param sums of all shards
   * @param at `first` as for `gather`; `out` takes the gradient
   * @throws {SegLossError} as `gather`, and `INVALID_STATE` for sums of another loss, or not of this shard
   */
  valueAndGradFrom(
    sums: ShardSums | Uint8Array,
    pred: TensorLike,
    target: Target,
    at?: { readonly first?: number; readonly out?: Float32Array },
  ): ValueAndGrad;
  /** An empty state, to which `update` adds the cases of a data set: the loss of each and of all. */
  state(): LossState;
  /**
   * The state that `toBytes` wrote.
   *
   * @throws {SegLossError} `INVALID_STATE` for bytes of another loss or other options, or that were cut or changed
   */
  stateFrom(bytes: Uint8Array): LossState;
}

/** A loss that answers at once, or with a promise, as those of a pool of workers do. */
export interface AnyLoss {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  valueAndGrad(pred: TensorLike, target: never, extra?: never): ValueAndGrad | Promise<ValueAndGrad>;
}

/** A declared loss, its options, and its weight in a sum. */
export interface Part {
  readonly weight: number;
  /** Its term's place in a sum; left out, the terms are those of its own formula. */
  readonly term?: number;
  /** The preset that refuses soft targets, as they mean something else in its library. */
  readonly hard?: string;
  /** The preset whose library makes one channel of several. */
  readonly single?: string;
  readonly declaration: Declaration;
  readonly options: Planned<Options> & CommonOptions;
  /** The labels that do not count; options.ignoreIndex is the one that stands for them (tensors/ignoredLabels.ts). */
  readonly ignored: readonly number[];
}

/** Declared losses whose values and gradients add up. */
export interface Sum {
  readonly parts: readonly Part[];
  /** Added to the value: other libraries' Dice is ours less 1. */
  readonly offset: number;
  /** Of each term, where the terms' values are told apart; none for those of one loss's formula. */
  readonly offsets?: readonly number[];
}

/** What a loss is made of. */
export interface Composition extends Sum {
  readonly name: string;
  /** Every option, defaults filled in, null where it is off. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Where the sum depends on the tensors' size: then `parts` are those that do not. */
  readonly fit?: Fit;
}

export interface Fit {
  readonly layout: Layout;
  readonly spatialDims: number | null;
  readonly sum: (shape: PresetShape) => Sum;
}

/** The sum for a prediction of this shape, and those of further scales. */
export function sumFor(fit: Fit, shape: readonly number[], what: string, extra: object): Sum {
  const further = Object.entries(extra).filter(([name, given]) => isFurtherPrediction(name) && given !== undefined);
  return fit.sum({ ...readGeometry(shape, fit.layout, what, fit.spatialDims), scales: 1 + further.length });
}

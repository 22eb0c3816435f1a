import type { CommonOptions, Declaration, Planned } from "../catalog/declaration.js";
import type { Options } from "../options/options.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import type { Extra, PreparedTarget, Target } from "./inputs.js";

export interface ValueAndGrad {
  value: number;
  /** dLoss/dpred, in pred's shape and layout. */
  grad: Float32Array;
  /** Gradients of extra inputs or learnable parameters, by name. */
  grads: Readonly<Record<string, Float32Array>>;
}

/** A loss with its options: value and gradient with respect to pred. */
export interface Loss {
  readonly name: string;
  /** Every option, defaults filled in, null where it is off; JSON-serialisable. */
  readonly options: Readonly<Record<string, unknown>>;
  value(pred: TensorLike, target: Target, extra?: Extra): number;
  valueAndGrad(pred: TensorLike, target: Target, extra?: Extra): ValueAndGrad;
  /** Computes once what depends on the target alone; pass the result as `target`. */
  prepare(target: TensorLike): PreparedTarget;
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
  readonly declaration: Declaration;
  readonly options: Planned<Options> & CommonOptions;
  /** The labels that do not count; options.ignoreIndex is the one that stands for them (tensors/ignoredLabels.ts). */
  readonly ignored: readonly number[];
}

/** What a loss is made of: declared losses whose values and gradients add up. */
export interface Composition {
  readonly name: string;
  /** Every option, defaults filled in, null where it is off. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly parts: readonly Part[];
  /** Added to the value: other libraries' Dice is ours less 1. */
  readonly offset: number;
}

import type { LossName } from "../catalog/index.js";
import type { Given, Option, Options, Values } from "../options/options.js";
import { unreduced } from "../options/shared.js";

/** Losses whose weighted sum, plus a constant, is another library's number. */
export interface Recipe {
  readonly terms: readonly {
    readonly loss: LossName;
    readonly options: Readonly<Record<string, unknown>>;
    readonly weight?: number;
  }[];
  /** Added to the value. */
  readonly offset?: number;
  /** True where soft targets mean something else in the library: they are refused. */
  readonly hard?: boolean;
  /** True where the library makes one channel of several, which are refused. */
  readonly single?: boolean;
}

/** Of the tensors, what some libraries' recipes depend on: what they divide by, and what they do for one channel. */
export interface PresetShape {
  readonly batch: number;
  readonly classes: number;
  /** Of one sample. */
  readonly pixels: number;
  /** How many predictions there are: pred, pred1, pred2, … */
  readonly scales: number;
}

/** An argument of the library that no option stands for: values that change nothing here, and what to do otherwise. */
export interface Elsewhere {
  readonly takes: readonly unknown[];
  readonly instead: string;
}

/** A loss of another library, under its own name and with its own arguments. */
export interface Preset<N extends string = string, A extends Options = Options, E extends string = string> {
  /** library.name */
  readonly name: N;
  readonly arguments: A;
  readonly elsewhere?: Readonly<Record<E, Elsewhere>>;
  /** Where it differs, or what it takes. */
  readonly note?: string;
  recipe(values: Values<A>): Recipe | ((shape: PresetShape) => Recipe);
}

export type ArgumentsOf<P> =
  P extends Preset<string, infer A, infer E> ? Given<A> & { readonly [K in E]?: unknown } : never;

export const preset = <const N extends string, const A extends Options, const E extends string = never>(
  declared: Preset<N, A, E>,
): Preset<N, A, E> => declared;

const meaning = "as in the library";

export const flag = <const D extends boolean>(value: D) =>
  ({ type: "boolean", default: value, meaning }) as const satisfies Option;
export interface NumberArgument<D> {
  readonly type: "number";
  readonly default: D;
  readonly meaning: string;
}
// Two signatures: with one, an argument that may be null is inferred as a number that may not.
export function number(value: null): NumberArgument<null>;
export function number(value: number): NumberArgument<number>;
export function number(value: number | null): NumberArgument<number | null> {
  return { type: "number", default: value, meaning };
}
export const atLeast0 = <const D extends number>(value: D) =>
  ({ type: "number", min: 0, default: value, meaning }) as const satisfies Option;
export const choice = <const V extends readonly string[], const D extends V[number]>(values: V, value: D) =>
  ({ type: "choice", values, default: value, meaning }) as const satisfies Option;
export function label(value: null): NumberArgument<null> & { readonly integer: true };
export function label(value: number): NumberArgument<number> & { readonly integer: true };
export function label(value: number | null): NumberArgument<number | null> & { readonly integer: true } {
  return { type: "number", integer: true, default: value, meaning };
}
export const weight = { type: "numbers", each: "class", min: 0, default: null, meaning } as const satisfies Option;
export const weightOrWeights = { ...weight, single: true } as const satisfies Option;
export const reduction = { ...choice(["mean", "sum"], "mean"), instead: unreduced } as const satisfies Option;

/** One term. */
export const one = (
  loss: LossName,
  options: Readonly<Record<string, unknown>>,
  more: Pick<Recipe, "offset" | "hard" | "single"> & { weight?: number } = {},
): Recipe => ({
  terms: [{ loss, options, weight: more.weight }],
  offset: more.offset,
  hard: more.hard,
  single: more.single,
});

/** Arguments that only some values of can be taken. */
export const only = (takes: readonly unknown[], instead: string): Elsewhere => ({ takes, instead });

/** Old arguments of torch's losses. */
export const torchOld = {
  size_average: only([null], "deprecated in torch; use reduction"),
  reduce: only([null], "deprecated in torch; use reduction"),
};

type Weights = number | readonly number[] | null;
const mean = (list: readonly number[]) => list.reduce((sum, w) => sum + w, 0) / list.length;

/**
 * Weights that multiply the terms before a mean over all entries: our class weights are averaged with, so that the mean
 * is theirs less the factor. Without class weights, or in a sum, all of it is in the factor, or nothing.
 */
export function multiplied(
  weights: Weights,
  reduction: "mean" | "sum",
): { classWeights: readonly number[] | null; factor: number } {
  if (weights === null) return { classWeights: null, factor: 1 };
  if (typeof weights === "number") return { classWeights: null, factor: weights };
  return { classWeights: weights, factor: reduction === "sum" ? 1 : mean(weights) };
}

import type { LossName } from "../catalog/index.js";
import type { Given, Option, Options, Values } from "../options/options.js";

/** Losses whose weighted sum, plus a constant, is another library's number. */
export interface Recipe {
  readonly terms: readonly {
    readonly loss: LossName;
    readonly options: Readonly<Record<string, unknown>>;
    readonly weight?: number;
  }[];
  /** Added to the value. */
  readonly offset?: number;
}

/** A loss of another library, under its own name and with its own arguments. */
export interface Preset<N extends string = string, A extends Options = Options> {
  /** library.name */
  readonly name: N;
  readonly arguments: A;
  /** Where it differs, or what it takes. */
  readonly note?: string;
  recipe(values: Values<A>): Recipe;
}

export type ArgumentsOf<P> = P extends Preset<string, infer A> ? Given<A> : never;

export const preset = <const N extends string, const A extends Options>(declared: Preset<N, A>): Preset<N, A> =>
  declared;

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
export const choice = <const V extends readonly string[], const D extends V[number]>(values: V, value: D) =>
  ({ type: "choice", values, default: value, meaning }) as const satisfies Option;
export const weight = { type: "numbers", each: "class", min: 0, default: null, meaning } as const satisfies Option;
export const reduction = choice(["mean", "sum"], "mean");

/** One term. */
export const one = (
  loss: LossName,
  options: Readonly<Record<string, unknown>>,
  more: { weight?: number; offset?: number } = {},
): Recipe => ({
  terms: [{ loss, options, weight: more.weight }],
  offset: more.offset,
});

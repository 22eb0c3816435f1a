import { SegLossError } from "../../errors.js";
import type { Option, Options, Values } from "../../options/options.js";
import type { Elsewhere } from "../../presets/declaration.js";
import type { MetricName } from "../catalog.js";

/** One of our metrics that is another library's number; options that are undefined or null are the caller's. */
export interface MetricRecipe {
  readonly metric: MetricName;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Of the prediction, what some recipes depend on. */
export interface PredictionShape {
  /** Nothing where it holds labels. */
  readonly channels?: number | undefined;
  /** What the caller says of labels. */
  readonly numClasses?: number | undefined;
  /** How many spatial axes it has. */
  readonly axes: number;
}

/** A metric of another library, under its own name and with its own arguments. */
export interface MetricPreset<N extends string = string, A extends Options = Options, E extends string = string> {
  /** library.name */
  readonly name: N;
  readonly arguments: A;
  readonly elsewhere?: Readonly<Record<E, Elsewhere>>;
  /** Where it differs, or what it takes. */
  readonly note?: string;
  recipe(values: Values<A>, shape: PredictionShape): MetricRecipe;
}

export const metricPreset = <const N extends string, const A extends Options, const E extends string = never>(
  declared: MetricPreset<N, A, E>,
): MetricPreset<N, A, E> => declared;

export const of = (metric: MetricName, options: Readonly<Record<string, unknown>> = {}): MetricRecipe => ({
  metric,
  options,
});

const meaning = "as in the library";
/** A size for all axes, or one for each. */
export const sizes = {
  type: "numbers",
  each: "axis",
  min: 0,
  aboveMin: true,
  single: true,
  default: null,
  meaning,
} as const satisfies Option;
export const perAxis = (given: number | readonly number[] | null, { axes }: PredictionShape) =>
  typeof given === "number" ? new Array<number>(axes).fill(given) : given;

/** A single channel is no background. */
export const background = (included: boolean, { channels }: PredictionShape): boolean | undefined =>
  included ? true : channels === 1 ? undefined : false;

/** The number of classes is that of the channels; labels have to be told. */
export function classesOf(
  name: string,
  given: number | null,
  { channels, numClasses }: PredictionShape,
): { readonly numClasses?: number } {
  if (given === null && channels === undefined && numClasses === undefined)
    throw new SegLossError("INVALID_OPTION", `${name}: num_classes must be given where pred holds labels`);
  if (given === null) return {};
  if (channels !== undefined && channels !== given)
    throw new SegLossError("INVALID_OPTION", `${name}: num_classes is ${given}, but pred has ${channels} channels`);
  return channels === undefined ? { numClasses: given } : {};
}

const nan = Number.NaN;
/** No score where either mask is empty, as where the library raises or gives NaN. */
export const unlessEmpty = { target: nan, pred: nan, both: nan };
export const bothFull = { target: nan, pred: nan };
/** No score of classes that the target lacks. */
export const unlessAbsent = { target: nan, both: nan };

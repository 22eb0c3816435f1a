import type { SquaredDistance } from "../bindings/masks/distance.js";
import type { PlanContext, TargetContext, Term } from "../engine/plan.js";
import type { Given, Option, Options, Values } from "../options/options.js";
import {
  activation,
  classWeights,
  ignoreIndex,
  includeBackground,
  layout,
  reductionWords,
  smoothNames,
  spacing,
  spatialDims,
  unreduced,
} from "../options/shared.js";
import type { Activation } from "../tensors/conventions.js";
import type { ExtraInputs } from "../tensors/extras.js";
import type { Geometry, LabelArray } from "../tensors/shape.js";

type Category = "pixel" | "region" | "boundary" | "combination";

/**
 * How weights of pixels act: in place of the number of pixels that a mean divides by; in all sums of a ratio; in a sum
 * that nothing divides; in the mean of the pixels that are kept, ranked with their weights or without; in a ratio of
 * ranked errors; in each part of a combination as in that loss; as in the loss that is wrapped.
 */
type Weighing = "mean" | "ratio" | "sum" | "ranked" | "kept" | "errors" | "parts" | "wrapped";

const weighingOf: Readonly<Record<Category, Weighing>> = {
  pixel: "mean",
  region: "ratio",
  boundary: "mean",
  combination: "parts",
};

interface Reference {
  readonly authors: string;
  readonly title: string;
  readonly year: number;
  /** The paper, at arXiv or by its DOI. */
  readonly url: string;
}

/**
 * Everything there is to know of a loss; types, validation, documentation and the command line derive from it. The
 * comment before a declaration has the formula in TeX, its symbols, and what differs from the survey; hovers and pages
 * are made of it. Symbols that formulas share, and explain only where they mean something else:
 *
 * - $p_{nc}$: probability of class $c$ at pixel $n$, made of pred [B, C, ...spatial] by the activation
 * - $p_{n y_n}$: probability of the right class at pixel $n$
 * - $t_{nc}$: target: 1 where the label of pixel $n$ is $c$, else 0; or the number of a soft target
 * - $y_n$: label of pixel $n$
 * - $w_c$: option `classWeights`, 1 where it is off
 * - $w_{y_n}$: weight of the pixel's class
 * - $I_c$: intersection $\sum_n p_{nc} t_{nc}$, of a sample, or of the batch
 * - $P_c$: size of the prediction, $\sum_n p_{nc}$
 * - $T_c$: size of the target, $\sum_n t_{nc}$
 * - $s$: option `smooth`
 * - $N$: number of pixels that count, so without those of `ignoreIndex`
 * - $C$: number of classes
 */
export interface Declaration<N extends string = string, O extends Options = Options> {
  readonly name: N;
  /** What else the field calls it; refusals of those names, and its page, say so. */
  readonly also?: readonly string[];
  readonly title: string;
  readonly category: Category;
  readonly formula: string;
  readonly options: O;
  /** Names of the extra inputs of value and valueAndGrad. */
  readonly extras: readonly (keyof ExtraInputs)[];
  /** Why it takes no weights of pixels (the extra input pixelWeights), where it does not. */
  readonly unweighted?: string;
  /** How they act, where it takes them. */
  readonly weighing?: Weighing;
  /** Which targets and activations it takes, beyond the usual. */
  readonly needs: {
    readonly labels?: boolean;
    readonly categorical?: boolean;
    readonly hard?: boolean;
    readonly several?: boolean;
    /** Images only; words: with which option it takes lines and volumes, too, as its plan sees to. */
    readonly planar?: boolean | string;
    /** The only activation it takes: its formula is one of logits. */
    readonly activation?: "softmax" | "sigmoid";
  };
  /**
   * True where the gradient leaves out what the paper detaches (other pixels' means or neighbours): it is not that of
   * the value, which descent may raise.
   */
  readonly detached?: true;
  /** True where its value depends on where pixels lie, not only on which there are, although it makes no map. */
  readonly spatial?: true;
  /** True where pred is taken as it is passed, so that the activation changes nothing. */
  readonly raw?: boolean;
  /**
   * Where a map is made from the target: of labels alone, which `prepare` does, or of each class, which the first call
   * does.
   */
  readonly prepares?: "labels" | "classes";
  readonly reference: Reference;
  readonly advantages: readonly string[];
  readonly disadvantages: readonly string[];
  readonly useCases: readonly string[];
  /**
   * Turns the caller's labels into classes, where they are something else (objects); a pixel that does not count
   * becomes -1. `prepare` keeps them.
   */
  readonly encode?: (
    options: Planned<O>,
    labels: LabelArray,
    geometry: Geometry,
    squaredDistance: SquaredDistance,
  ) => Int16Array;
  /**
   * Whether several workers may evaluate a call together, each some of its tiles and of its terms' parts: false, or how
   * many planes of each sample they exchange beside sums, 0 where a loss does not say. `length`: how many numbers an
   * extra input holds.
   */
  readonly splits?: (
    options: Values<O>,
    call: {
      readonly batch: number;
      readonly classes: number;
      readonly length: (extra: string) => number | undefined;
    },
  ) => number | false;
  /** Loads the file that it needs, unless extra inputs stand for it; for callers that can wait. */
  readonly asset?: (extra: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Makes the map of labels alone beforehand, as the plan does where it is not there; classes are not known yet. */
  readonly prepare?: (options: Planned<O>, context: TargetContext) => Float32Array;
  plan?(options: Planned<O>, context: PlanContext): readonly Term[];
  /** Instead of a plan: at what it evaluates the loss that its option `loss` names, with `lossOptions`. */
  readonly wraps?: "components" | "scales";
  /** Options that hold for it and for the loss that it evaluates, and are no `lossOptions`. */
  readonly shares?: readonly (keyof CommonOptions)[];
}

/**
 * Options as a plan reads them: several ignored labels are one by then, which stands for them
 * (tensors/ignoredLabels.ts).
 */
export type Planned<O extends Options> = {
  readonly [K in keyof O]: K extends "ignoreIndex" ? number | null : Values<O>[K];
};

export type CommonOptions = {
  activation: Activation;
  ignoreIndex: number | null;
  reduction: "mean" | "sum";
  layout: "channelsFirst" | "channelsLast";
  spatialDims: number | null;
};
const common = {
  activation,
  ignoreIndex,
  reduction: {
    type: "choice",
    also: ["sizeAverage"],
    values: ["mean", "sum"],
    words: reductionWords,
    instead: unreduced,
    default: "mean",
    meaning: "how the terms become one number",
  },
  layout,
  spatialDims,
} as const satisfies Options;

/** Options of a loss that evaluates another, which `losses` are. */
export function wrapping<const L extends string>(losses: readonly L[]) {
  return {
    loss: { type: "choice", values: losses, default: "dice" as L, meaning: "name of the loss that is evaluated" },
    lossOptions: {
      type: "options",
      default: null,
      meaning: "that loss's own options; those that both have are given here, beside it",
    },
    activation: { ...common.activation, meaning: `${activation.meaning}; left out: as that loss has it` },
  } as const satisfies Options;
}

/** For losses of independent channels. */
export const sigmoidByDefault = { ...common.activation, default: "sigmoid" } as const satisfies Option;

/** A loss's own options and those that all share, as far as it does not declare them anew. */
type WithCommon<O extends Options> = O & Omit<typeof common, keyof O>;

/** Declares a loss; the options that all losses share are added. */
export function declare<const N extends string, const O extends Options>(
  declaration: Omit<Declaration<N, WithCommon<O>>, "options" | "extras" | "needs" | "prepares"> & {
    readonly options: O;
    readonly prepares?: "classes";
    readonly extras?: readonly (keyof ExtraInputs)[];
    readonly needs?: Declaration["needs"];
  },
): Declaration<N, WithCommon<O>> {
  return {
    extras: [],
    needs: {},
    weighing: declaration.unweighted ? undefined : declaration.wraps ? "wrapped" : weighingOf[declaration.category],
    ...declaration,
    prepares: declaration.prepare ? "labels" : declaration.prepares,
    options: { ...declaration.options, ...common, ...declaration.options },
  };
}

export type OptionsOf<D> = D extends Declaration<string, infer O> ? Given<O> : never;
/** What all losses of maps take. */
export const mapOptions = { classWeights, includeBackground, spacing } as const satisfies Options;
export const batch = {
  type: "boolean",
  default: false,
  meaning: "true adds up the sums of the whole batch before the ratio",
} as const satisfies Option;
export const labelSmoothing = {
  type: "number",
  also: ["smoothFactor"],
  min: 0,
  max: 1,
  belowMax: true,
  default: 0,
  meaning: "share of the target that is spread evenly over the classes",
} as const satisfies Option;
/** Of a part of a combination whose parts are added up. */
export const partWeight = (part: string, also: readonly string[]) =>
  ({ type: "number", min: 0, also, default: 1, meaning: `weight of the ${part} part` }) as const satisfies Option;
/** What a penalty beside the cross entropy counts. */
export const penaltyWeight = {
  type: "number",
  min: 0,
  default: 0.1,
  meaning: "weight of the penalty beside the cross entropy",
} as const satisfies Option;
export const classAverageOptions = {
  classWeights,
  includeBackground,
  classes: {
    type: "choice",
    also: ["onlyPresent"],
    values: ["all", "present", "zeroAbsent"],
    default: "all",
    meaning: "which classes count: all, those in the target, or all with loss 0 where the target has none",
  },
  batch,
} as const satisfies Options;
export const average = {
  type: "choice",
  values: ["macro", "micro"],
  default: "macro",
  meaning: "a ratio per class, or one of all classes' sums",
} as const satisfies Option;

/** Of the losses whose intersection is a sum of p t. */
export const overlap = {
  type: "choice",
  values: ["l1", "product"],
  default: "l1",
  meaning:
    "how p meets a soft t between 0 and 1: l1: min(p, t), so that p = t is best; product: p t; labels: both the same",
} as const satisfies Option;

/** smooth and its two overrides. */
export function smoothing<const S extends number>(value: S) {
  return {
    smooth: {
      type: "number",
      also: smoothNames,
      min: 0,
      default: value,
      meaning: "added to numerator and denominator",
    },
    smoothNumerator: {
      type: "number",
      also: ["smoothNr"],
      min: 0,
      default: "smooth",
      meaning: "added to the numerator (default: smooth)",
    },
    smoothDenominator: {
      type: "number",
      also: ["smoothDr"],
      min: 0,
      default: "smooth",
      meaning: "added to the denominator (default: smooth)",
    },
  } as const satisfies Options;
}

import { SegLossError } from "../errors.js";
import {
  atLeast0,
  choice,
  flag,
  multiplied,
  number,
  one,
  only,
  type PresetShape,
  type Recipe,
  reduction,
  weightOrWeights,
} from "./declaration.js";

// Arguments that MONAI's losses share, and the terms they become.

interface Activated {
  readonly include_background: boolean;
  readonly softmax: boolean;
  readonly sigmoid: boolean;
}

export function activation({ softmax, sigmoid }: Activated): "softmax" | "sigmoid" | "none" {
  if (softmax && sigmoid) throw new SegLossError("INVALID_OPTION", "monai: softmax and sigmoid exclude each other");
  return softmax ? "softmax" : sigmoid ? "sigmoid" : "none";
}

/** Reductions of ratios, whose reduction "none" has a number of each class and sample. */
const ofClasses = {
  ...reduction,
  instead: {
    none: 'perClass, with reduction "sum", gives the losses of samples and classes, before a list of weights',
  },
};
const ofSamples = { ...reduction, instead: { none: "perSample gives the loss of each sample" } };
export const ofEntries = {
  ...reduction,
  instead: {
    none:
      'perPixel with reduction "sum", times the pixels of a sample, sums a pixel\'s channels; for each take focal ' +
      "with activation sigmoid of that channel",
  },
};

const activated = { sigmoid: flag(false), softmax: flag(false) };
export const smoothing = { smooth_nr: atLeast0(1e-5), smooth_dr: atLeast0(1e-5) };
export const ratio = {
  include_background: flag(true),
  ...activated,
  reduction: ofClasses,
  ...smoothing,
  batch: flag(false),
};
export const dice = { ...ratio, squared_pred: flag(false), jaccard: flag(false), weight: weightOrWeights };
/** What all take, and nothing here needs. */
export const labels = { to_onehot_y: only([true, false], "labels are taken as they are, and one-hot targets too") };
export const elsewhere = {
  ...labels,
  other_act: only([null], "apply it yourself, and leave softmax and sigmoid false"),
};
/** MONAI's overlap of a soft target is the product, unless soft_label says otherwise. */
export const softLabel = { soft_label: flag(false) };
export const overlap = (a: { readonly soft_label?: boolean }) => (a.soft_label ? "l1" : "product");

interface Ratio extends Activated {
  readonly reduction: "mean" | "sum";
  readonly smooth_nr: number;
  readonly smooth_dr: number;
  readonly batch: boolean;
}
export interface Dice extends Ratio {
  readonly squared_pred: boolean;
  readonly jaccard: boolean;
  readonly weight: number | readonly number[] | null;
  readonly soft_label?: boolean;
}
type Weights = Dice["weight"];

/** MONAI leaves the background of a single channel in. */
export const background = (a: { readonly include_background: boolean }, { classes }: PresetShape) =>
  a.include_background || classes === 1;

/** Weights of the channels that are left multiply; a single channel that is left is not weighed. */
export function weighed(
  name: string,
  weights: Weights,
  withBackground: boolean,
  { classes }: PresetShape,
  how: Ratio["reduction"],
) {
  const left = withBackground ? classes : classes - 1;
  if (left === 1) return { classWeights: null, factor: 1 };
  if (typeof weights !== "number" && weights && weights.length !== left) {
    const which = withBackground ? "one per class" : "one per class but the background";
    throw new SegLossError(
      "INVALID_OPTION",
      `${name}: weight must hold ${left} numbers, ${which}, got ${weights.length}`,
    );
  }
  const { classWeights, factor } = multiplied(weights, how);
  return { classWeights: classWeights && !withBackground ? [0, ...classWeights] : classWeights, factor };
}

export const common = (a: Ratio, shape: PresetShape) => ({
  activation: activation(a),
  includeBackground: background(a, shape),
  reduction: a.reduction,
  batch: a.batch,
});
export const smooth = (a: Ratio, factor = 1) => ({
  smoothNumerator: factor * a.smooth_nr,
  smoothDenominator: factor * a.smooth_dr,
});

type Term = Recipe["terms"][number];

export const generalized = {
  include_background: flag(true),
  ...activated,
  w_type: choice(["square", "simple", "uniform"], "square"),
  reduction: ofSamples,
  ...smoothing,
  batch: flag(false),
};
export const generalizedDice = (
  a: Ratio & { readonly w_type: string; readonly soft_label?: boolean },
  shape: PresetShape,
): Term => {
  const options = { ...common(a, shape), ...smooth(a), overlap: overlap(a) };
  // Weights of 1 stay where no class is there: then they are Dice of all classes' sums.
  return a.w_type === "uniform"
    ? { loss: "dice", options: { ...options, average: "micro" } }
    : { loss: "generalizedDice", options: { ...options, weighting: a.w_type } };
};
/** Of all classes but the first together, as clDice's code has it. */
export const micro = { activation: "none", average: "micro", batch: true, includeBackground: false };

export function diceTerm(name: string, a: Dice, weights: Weights, shape: PresetShape): Term {
  const options = { ...common(a, shape), overlap: overlap(a) },
    { classWeights, factor } = weighed(name, weights, options.includeBackground, shape, a.reduction);
  return a.jaccard
    ? { loss: "iou", options: { ...options, ...smooth(a, 0.5), classWeights }, weight: factor }
    : { loss: "dice", options: { ...options, ...smooth(a), squared: a.squared_pred, classWeights }, weight: factor };
}

export function checkDice(name: string, a: Dice): void {
  activation(a);
  if (a.jaccard && a.squared_pred)
    throw new SegLossError("INVALID_OPTION", `${name}: jaccard with squared_pred is no ratio here`);
}

/** Focal losses of independent channels: the mean runs over all entries, the sum over the means of planes. */
export function focalTerm(
  name: string,
  a: {
    readonly include_background: boolean;
    readonly gamma: number;
    readonly alpha: number | null;
    readonly reduction: "mean" | "sum";
  },
  weights: Weights,
  shape: PresetShape,
): Term {
  const included = background(a, shape),
    { classWeights, factor } = weighed(name, weights, included, shape, a.reduction),
    all = Array.from({ length: shape.classes }, (_, c) => (c > 0 ? 1 : 0));
  return {
    loss: "focal",
    options: {
      activation: "sigmoid",
      gamma: a.gamma,
      alpha: a.alpha,
      reduction: a.reduction,
      classWeights: classWeights ?? (included ? null : all),
    },
    weight: a.reduction === "sum" ? factor / shape.pixels : factor,
  };
}

export const distances = {
  alpha: number(2),
  include_background: flag(false),
  ...activated,
  reduction,
  batch: flag(false),
};

export function hausdorff(
  a: Activated & { readonly alpha: number; readonly reduction: "mean" | "sum"; readonly batch: boolean },
  log: boolean,
): (shape: PresetShape) => Recipe {
  const by = activation(a);
  if (log && a.reduction === "sum")
    throw new SegLossError(
      "INVALID_OPTION",
      'monai.LogHausdorffDTLoss: reduction "sum": take Math.log1p of the value of monai.HausdorffDTLoss instead',
    );
  // The sum is that of the planes' means, or with batch of the classes'.
  return (shape) =>
    one(
      "hausdorffDistance",
      {
        activation: by,
        includeBackground: background(a, shape),
        alpha: a.alpha,
        log,
        reduction: a.reduction,
      },
      { weight: a.reduction === "mean" ? 1 : 1 / (shape.pixels * (a.batch ? shape.batch : 1)) },
    );
}

/** The weights of the pixel part of a sum: those that older releases take for it alone, or those of both parts. */
export function partWeights<W>(name: string, old: string, given: W | null, both: W | null): W | null {
  if (given !== null && both !== null)
    throw new SegLossError("INVALID_OPTION", `${name}: ${old} is what older releases take for the one part: not both`);
  return given ?? both;
}

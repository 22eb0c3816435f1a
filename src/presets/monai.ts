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
  preset,
  type Recipe,
  reduction,
  weightOrWeights,
} from "./declaration.js";

interface Activated {
  readonly include_background: boolean;
  readonly softmax: boolean;
  readonly sigmoid: boolean;
}

function activation({ softmax, sigmoid }: Activated): "softmax" | "sigmoid" | "none" {
  if (softmax && sigmoid) throw new SegLossError("INVALID_OPTION", "monai: softmax and sigmoid exclude each other");
  return softmax ? "softmax" : sigmoid ? "sigmoid" : "none";
}

const activated = { sigmoid: flag(false), softmax: flag(false) };
const smoothing = { smooth_nr: atLeast0(1e-5), smooth_dr: atLeast0(1e-5) };
const ratio = { include_background: flag(true), ...activated, reduction, ...smoothing, batch: flag(false) };
const dice = { ...ratio, squared_pred: flag(false), jaccard: flag(false), weight: weightOrWeights };
/** What all take, and nothing here needs. */
const labels = { to_onehot_y: only([true, false], "labels are taken as they are, and one-hot targets too") };
const elsewhere = {
  ...labels,
  other_act: only([null], "apply it yourself, and leave softmax and sigmoid false"),
};
/** MONAI's overlap of a soft target is the product, unless soft_label says otherwise. */
const softLabel = { soft_label: flag(false) };
const overlap = (a: { readonly soft_label?: boolean }) => (a.soft_label ? "l1" : "product");

interface Ratio extends Activated {
  readonly reduction: "mean" | "sum";
  readonly smooth_nr: number;
  readonly smooth_dr: number;
  readonly batch: boolean;
}
interface Dice extends Ratio {
  readonly squared_pred: boolean;
  readonly jaccard: boolean;
  readonly weight: number | readonly number[] | null;
  readonly soft_label?: boolean;
}
type Weights = Dice["weight"];

/** MONAI leaves the background of a single channel in. */
const background = (a: { readonly include_background: boolean }, { classes }: PresetShape) =>
  a.include_background || classes === 1;

/** Weights of the channels that are left multiply; a single channel that is left is not weighed. */
function weighed(
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

const common = (a: Ratio, shape: PresetShape) => ({
  activation: activation(a),
  includeBackground: background(a, shape),
  reduction: a.reduction,
  batch: a.batch,
});
const smooth = (a: Ratio, factor = 1) => ({
  smoothNumerator: factor * a.smooth_nr,
  smoothDenominator: factor * a.smooth_dr,
});

type Term = Recipe["terms"][number];

const generalized = {
  include_background: flag(true),
  ...activated,
  w_type: choice(["square", "simple", "uniform"], "square"),
  reduction,
  ...smoothing,
  batch: flag(false),
};
const generalizedDice = (
  a: Ratio & { readonly w_type: string; readonly soft_label?: boolean },
  shape: PresetShape,
): Term => ({
  loss: "generalizedDice",
  options: { ...common(a, shape), ...smooth(a), weighting: a.w_type, overlap: overlap(a) },
});
/** Of all classes but the first together, as clDice's code has it. */
const micro = { activation: "none", average: "micro", batch: true, includeBackground: false };

function diceTerm(name: string, a: Dice, weights: Weights, shape: PresetShape): Term {
  const options = { ...common(a, shape), overlap: overlap(a) },
    { classWeights, factor } = weighed(name, weights, options.includeBackground, shape, a.reduction);
  return a.jaccard
    ? { loss: "iou", options: { ...options, ...smooth(a, 0.5), classWeights }, weight: factor }
    : { loss: "dice", options: { ...options, ...smooth(a), squared: a.squared_pred, classWeights }, weight: factor };
}

function checkDice(name: string, a: Dice): void {
  activation(a);
  if (a.jaccard && a.squared_pred)
    throw new SegLossError("INVALID_OPTION", `${name}: jaccard with squared_pred is no ratio that segloss has`);
}

/** Focal losses of independent channels: the mean runs over all entries, the sum over the means of planes. */
function focalTerm(
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

const distances = { alpha: number(2), include_background: flag(false), ...activated, reduction, batch: flag(false) };

function hausdorff(
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

export const monai = [
  preset({
    name: "monai.DiceLoss",
    arguments: { ...dice, ...softLabel },
    elsewhere,
    recipe(a) {
      checkDice("monai.DiceLoss", a);
      return (shape) => ({ terms: [diceTerm("monai.DiceLoss", a, a.weight, shape)] });
    },
  }),
  preset({
    name: "monai.TverskyLoss",
    arguments: { ...ratio, alpha: number(0.5), beta: number(0.5), ...softLabel },
    elsewhere,
    recipe(a) {
      activation(a);
      return (shape) =>
        one("tversky", { ...common(a, shape), ...smooth(a), alpha: a.alpha, beta: a.beta, overlap: overlap(a) });
    },
  }),
  preset({
    name: "monai.FocalLoss",
    arguments: {
      include_background: flag(true),
      gamma: number(2),
      alpha: number(null),
      weight: weightOrWeights,
      reduction,
      use_softmax: flag(false),
    },
    elsewhere: labels,
    note: "its mean runs over all B C N entries; its sum is that of the planes' means",
    recipe(a) {
      const name = "monai.FocalLoss";
      if (!a.use_softmax) return (shape) => ({ terms: [focalTerm(name, a, a.weight, shape)], hard: true });
      if (!a.include_background)
        throw new SegLossError(
          "INVALID_OPTION",
          `${name}: include_background: false with use_softmax makes a softmax of the other channels; pass those alone`,
        );
      return (shape) => {
        const { classWeights, factor } = weighed(name, a.weight, true, shape, "sum"),
          entries = shape.batch * shape.classes * shape.pixels;
        return one(
          "focal",
          { gamma: a.gamma, alpha: a.alpha, classWeights, reduction: "sum" },
          { weight: factor / (a.reduction === "sum" ? shape.pixels : entries) },
        );
      };
    },
  }),
  preset({
    name: "monai.DiceCELoss",
    arguments: { ...dice, lambda_dice: atLeast0(1), lambda_ce: atLeast0(1), label_smoothing: atLeast0(0) },
    elsewhere: {
      ...elsewhere,
      ce_weight: only(
        [null],
        "MONAI calls it weight now, for both parts; for one, sum monai.DiceLoss and torch.CrossEntropyLoss (weightedSum)",
      ),
    },
    note: "its cross entropy takes logits: softmax, or sigmoid for one channel, whatever the Dice part has",
    recipe(a) {
      const name = "monai.DiceCELoss";
      checkDice(name, a);
      if (typeof a.weight === "number")
        throw new SegLossError("INVALID_OPTION", `${name}: weight must be a list, one number per class`);
      return (shape) => {
        const single = shape.classes === 1,
          weights = a.weight as readonly number[] | null,
          ce = single
            ? { activation: "sigmoid", posWeight: weights }
            : { classWeights: weights, labelSmoothing: a.label_smoothing };
        const ratio = diceTerm(name, a, background(a, shape) ? weights : (weights?.slice(1) ?? null), shape);
        return {
          terms: [
            { ...ratio, weight: a.lambda_dice * (ratio.weight ?? 1) },
            { loss: "crossEntropy", options: { ...ce, reduction: a.reduction }, weight: a.lambda_ce },
          ],
          hard: !single && weights !== null && a.reduction === "mean",
        };
      };
    },
  }),
  preset({
    name: "monai.DiceFocalLoss",
    arguments: {
      ...dice,
      gamma: number(2),
      alpha: number(null),
      lambda_dice: atLeast0(1),
      lambda_focal: atLeast0(1),
    },
    elsewhere: {
      ...elsewhere,
      focal_weight: only([null], "MONAI calls it weight now, for both parts"),
    },
    note: "its focal part takes logits, a sigmoid per channel, whatever the Dice part has",
    recipe(a) {
      const name = "monai.DiceFocalLoss";
      checkDice(name, a);
      return (shape) => {
        const ratio = diceTerm(name, a, a.weight, shape),
          focal = focalTerm(name, a, a.weight, shape);
        return {
          terms: [
            { ...ratio, weight: a.lambda_dice * (ratio.weight ?? 1) },
            { ...focal, weight: a.lambda_focal * (focal.weight ?? 1) },
          ],
          hard: true,
        };
      };
    },
  }),
  preset({
    name: "monai.GeneralizedDiceLoss",
    arguments: { ...generalized, ...softLabel },
    elsewhere,
    recipe(a) {
      activation(a);
      return (shape) => ({ terms: [generalizedDice(a, shape)] });
    },
  }),
  preset({
    name: "monai.GeneralizedDiceFocalLoss",
    arguments: {
      ...generalized,
      gamma: number(2),
      weight: weightOrWeights,
      lambda_gdl: atLeast0(1),
      lambda_focal: atLeast0(1),
    },
    elsewhere: { ...elsewhere, focal_weight: only([null], "MONAI calls it weight now") },
    note: "its focal part takes logits, a sigmoid per channel, whatever the Dice part has",
    recipe(a) {
      activation(a);
      return (shape) => {
        const focal = focalTerm("monai.GeneralizedDiceFocalLoss", { ...a, alpha: null }, a.weight, shape);
        return {
          terms: [
            { ...generalizedDice(a, shape), weight: a.lambda_gdl },
            { ...focal, weight: a.lambda_focal * (focal.weight ?? 1) },
          ],
          hard: true,
        };
      };
    },
  }),
  preset({
    name: "monai.SoftclDiceLoss",
    arguments: { iter_: number(3), smooth: number(1) },
    note: "takes probabilities; the first class is left out",
    recipe: (a) => one("centerlineDice", { ...micro, iterations: a.iter_, smooth: a.smooth }),
  }),
  preset({
    name: "monai.SoftDiceclDiceLoss",
    arguments: { iter_: number(3), alpha: number(0.5), smooth: number(1) },
    note: "takes probabilities; the first class is left out",
    recipe: (a) => ({
      terms: [
        { loss: "dice", options: { ...micro, smooth: a.smooth }, weight: 1 - a.alpha },
        {
          loss: "centerlineDice",
          options: { ...micro, iterations: a.iter_, smooth: a.smooth },
          weight: a.alpha,
        },
      ],
      hard: true,
    }),
  }),
  preset({
    name: "monai.NACLLoss",
    arguments: { kernel_size: number(3), distance_type: choice(["l1", "l2"], "l1"), alpha: number(0.1) },
    elsewhere: {
      kernel_ops: only(["mean"], "its Gaussian windows are not reproduced"),
      sigma: only([1], "it is of the Gaussian windows, which are not reproduced"),
      classes: only([null], "leave it out: pred has them"),
      dim: only([2, 3, null], "leave it out: pred has them"),
    },
    recipe: (a) => one("nacl", { kernelSize: a.kernel_size, distance: a.distance_type, alpha: a.alpha }),
  }),
  preset({
    name: "monai.GeneralizedWassersteinDiceLoss",
    arguments: {
      dist_matrix: { type: "matrix", default: null, meaning: "as in the library" },
      weighting_mode: choice(["default", "GDL"], "default"),
      reduction,
      ...smoothing,
    },
    note: "sample by sample: with a batch MONAI's sums mix the samples",
    recipe: (a) =>
      one("generalizedWassersteinDice", {
        distanceMatrix: a.dist_matrix,
        weighting: a.weighting_mode,
        reduction: a.reduction,
        smoothNumerator: a.smooth_nr,
        smoothDenominator: a.smooth_dr,
      }),
  }),
  preset({
    name: "monai.HausdorffDTLoss",
    arguments: distances,
    elsewhere,
    recipe: (a) => hausdorff(a, false),
  }),
  preset({
    name: "monai.LogHausdorffDTLoss",
    arguments: distances,
    elsewhere,
    note: "reduction mean",
    recipe: (a) => hausdorff(a, true),
  }),
  preset({
    name: "monai.AsymmetricUnifiedFocalLoss",
    arguments: { weight: number(0.5), gamma: number(0.5), delta: number(0.7) },
    elsewhere: {
      ...labels,
      num_classes: only([2], "MONAI's loss is that of two classes; unifiedFocal takes more"),
      reduction: only(["mean"], "take unifiedFocal with reduction sum"),
    },
    note: "probabilities of two channels",
    recipe: (a) =>
      one("unifiedFocal", {
        activation: "none",
        lambda: a.weight,
        gamma: a.gamma,
        delta: a.delta,
        overlap: "product",
      }),
  }),
] as const;

import { SegLossError } from "../errors.js";
import { choice, flag, number, one, preset, reduction } from "./declaration.js";

interface Activated {
  readonly softmax: boolean;
  readonly sigmoid: boolean;
}

function activation({ softmax, sigmoid }: Activated): "softmax" | "sigmoid" | "none" {
  if (softmax && sigmoid) throw new SegLossError("INVALID_OPTION", "monai: softmax and sigmoid exclude each other");
  return softmax ? "softmax" : sigmoid ? "sigmoid" : "none";
}

const activated = { include_background: flag(true), sigmoid: flag(false), softmax: flag(false) };
const smoothing = { smooth_nr: number(1e-5), smooth_dr: number(1e-5) };
const ratio = { ...activated, reduction, ...smoothing, batch: flag(false) };

interface Ratio extends Activated {
  readonly include_background: boolean;
  readonly reduction: "mean" | "sum";
  readonly smooth_nr: number;
  readonly smooth_dr: number;
  readonly batch: boolean;
}

const common = (a: Ratio) => ({
  activation: activation(a),
  includeBackground: a.include_background,
  reduction: a.reduction,
  batch: a.batch,
});
const smooth = (a: Ratio, factor = 1) => ({
  smoothNumerator: factor * a.smooth_nr,
  smoothDenominator: factor * a.smooth_dr,
});
const diceOptions = (a: Ratio & { readonly squared_pred: boolean }) => ({
  ...common(a),
  ...smooth(a),
  squared: a.squared_pred,
});

function needsActivation(name: string, a: Activated): void {
  if (activation(a) === "none")
    throw new SegLossError(
      "INVALID_OPTION",
      `${name}: softmax or sigmoid must be true, as its pixel part takes logits`,
    );
}

const distances = { alpha: number(2), ...activated };
const hausdorff = (a: Activated & { readonly alpha: number; readonly include_background: boolean }, log: boolean) =>
  one("hausdorffDistance", { activation: activation(a), includeBackground: a.include_background, alpha: a.alpha, log });

export const monai = [
  preset({
    name: "monai.DiceLoss",
    arguments: { ...ratio, squared_pred: flag(false), jaccard: flag(false) },
    recipe(a) {
      if (a.jaccard && a.squared_pred)
        throw new SegLossError(
          "INVALID_OPTION",
          "monai.DiceLoss: jaccard with squared_pred is no ratio that segloss has",
        );
      return a.jaccard ? one("iou", { ...common(a), ...smooth(a, 0.5) }) : one("dice", diceOptions(a));
    },
  }),
  preset({
    name: "monai.TverskyLoss",
    arguments: { ...ratio, alpha: number(0.5), beta: number(0.5) },
    recipe: (a) => one("tversky", { ...common(a), ...smooth(a), alpha: a.alpha, beta: a.beta }),
  }),
  preset({
    name: "monai.FocalLoss",
    arguments: { gamma: number(2), alpha: number(null), use_softmax: flag(false), num_classes: number(null) },
    note: "use_softmax: its mean runs over all B C N entries, so num_classes (ours) must say what C is",
    recipe(a) {
      const options = { gamma: a.gamma, alpha: a.alpha };
      if (!a.use_softmax) return one("focal", { ...options, activation: "sigmoid" });
      if (a.num_classes === null)
        throw new SegLossError(
          "INVALID_OPTION",
          "monai.FocalLoss: use_softmax needs num_classes, the number of channels",
        );
      return one("focal", options, { weight: 1 / a.num_classes });
    },
  }),
  preset({
    name: "monai.DiceCELoss",
    arguments: { ...ratio, squared_pred: flag(false), lambda_dice: number(1), lambda_ce: number(1) },
    note: "sigmoid: one channel",
    recipe(a) {
      needsActivation("monai.DiceCELoss", a);
      return {
        terms: [
          { loss: "dice", options: diceOptions(a), weight: a.lambda_dice },
          { loss: "crossEntropy", options: { activation: activation(a), reduction: a.reduction }, weight: a.lambda_ce },
        ],
      };
    },
  }),
  preset({
    name: "monai.DiceFocalLoss",
    arguments: {
      ...ratio,
      squared_pred: flag(false),
      gamma: number(2),
      lambda_dice: number(1),
      lambda_focal: number(1),
    },
    note: "reduction mean, background included in the focal part",
    recipe(a) {
      needsActivation("monai.DiceFocalLoss", a);
      return {
        terms: [
          { loss: "dice", options: diceOptions(a), weight: a.lambda_dice },
          { loss: "focal", options: { activation: "sigmoid", gamma: a.gamma }, weight: a.lambda_focal },
        ],
      };
    },
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
    note: "reduction mean",
    recipe: (a) => hausdorff(a, false),
  }),
  preset({
    name: "monai.LogHausdorffDTLoss",
    arguments: distances,
    note: "reduction mean",
    recipe: (a) => hausdorff(a, true),
  }),
  preset({
    name: "monai.AsymmetricUnifiedFocalLoss",
    arguments: { weight: number(0.5), gamma: number(0.5), delta: number(0.7) },
    note: "probabilities of two channels",
    recipe: (a) => one("unifiedFocal", { activation: "none", lambda: a.weight, gamma: a.gamma, delta: a.delta }),
  }),
] as const;

import {
  choice,
  flag,
  label,
  multiplied,
  number,
  one,
  only,
  preset,
  reduction,
  weight,
  weightOrWeights,
} from "./declaration.js";

const mode = choice(["binary", "multiclass", "multilabel"], "multiclass");
const region = { mode, from_logits: flag(true), smooth: number(0), class_weights: weight };
const elsewhere = {
  classes: only([null], "give class_weights with 0 for the classes that are to be left out"),
  log_loss: only([false], "not reproduced; take exponentialLogarithmic"),
  eps: only([1e-7], "it floors denominators alone; use smooth"),
};
interface Region {
  readonly mode: "binary" | "multiclass" | "multilabel";
  readonly from_logits: boolean;
  readonly class_weights: readonly number[] | null;
  readonly ignore_index?: number | null;
}
const shared = (a: Region) => ({
  activation: a.from_logits ? (a.mode === "multiclass" ? "softmax" : "sigmoid") : "none",
  batch: true,
  classes: "zeroAbsent",
  classWeights: a.class_weights,
  ignoreIndex: a.ignore_index ?? null,
});
/** Its binary losses flatten all channels into one. */
const flattened = 'mode "binary" takes one channel';
const flat = ({ mode }: { readonly mode: string }) => ({ single: mode === "binary" });
/** Its focal loss takes labels alone. */
const hard = { hard: true };

export const smp = [
  preset({
    name: "smp.DiceLoss",
    arguments: { ...region, ignore_index: label(null) },
    elsewhere,
    // (2 I + 2 s) / (P + T + 2 s): its smooth is added to I, not to 2 I
    note: `${flattened}; releases whose Dice is no Tversky index add smooth to 2 I: give half of it for their number`,
    recipe: (a) => one("dice", { ...shared(a), smooth: 2 * a.smooth }, flat(a)),
  }),
  preset({
    name: "smp.JaccardLoss",
    arguments: { ...region, ignore_index: label(null) },
    elsewhere,
    note: flattened,
    recipe: (a) => one("iou", { ...shared(a), smooth: a.smooth }, flat(a)),
  }),
  preset({
    name: "smp.TverskyLoss",
    arguments: { ...region, ignore_index: label(null), alpha: number(0.5), beta: number(0.5) },
    elsewhere: {
      ...elsewhere,
      gamma: only([1], "smp raises the mean of the classes to it; focalTversky raises each"),
    },
    note: flattened,
    recipe: (a) => one("tversky", { ...shared(a), smooth: a.smooth, alpha: a.alpha, beta: a.beta }, flat(a)),
  }),
  preset({
    name: "smp.FocalLoss",
    arguments: { mode, alpha: number(null), gamma: number(2), ignore_index: label(null), class_weights: weight },
    elsewhere: {
      normalized: only([false], "not reproduced; take focal"),
      reduced_threshold: only([null], "not reproduced; take focal"),
      reduction: only(["mean"], "take focal with reduction sum"),
    },
    note:
      "every mode is a sigmoid per channel, and a mean over all; releases without class_weights give C times this in " +
      "mode multiclass",
    recipe: (a) =>
      one(
        "focal",
        {
          activation: "sigmoid",
          alpha: a.alpha,
          gamma: a.gamma,
          classWeights: a.class_weights,
          ignoreIndex: a.ignore_index,
        },
        hard,
      ),
  }),
  preset({
    name: "smp.SoftCrossEntropyLoss",
    arguments: { reduction, smooth_factor: number(0), ignore_index: label(-100) },
    elsewhere: { dim: only([1], "layout says where the classes are") },
    note: "its mean counts the pixels that are ignored",
    recipe:
      (a) =>
      ({ batch, pixels }) =>
        one(
          "crossEntropy",
          { reduction: "sum", labelSmoothing: a.smooth_factor, ignoreIndex: a.ignore_index },
          { weight: a.reduction === "sum" ? 1 : 1 / (batch * pixels) },
        ),
  }),
  preset({
    name: "smp.SoftBCEWithLogitsLoss",
    arguments: {
      weight: weightOrWeights,
      ignore_index: label(-100),
      reduction,
      smooth_factor: number(0),
      pos_weight: weightOrWeights,
    },
    note: "its mean counts the pixels that are ignored",
    recipe:
      (a) =>
      ({ batch, classes, pixels }) => {
        const { classWeights, factor } = multiplied(a.weight, "sum");
        return one(
          "crossEntropy",
          {
            activation: "sigmoid",
            reduction: "sum",
            labelSmoothing: 2 * a.smooth_factor,
            classWeights,
            posWeight: a.pos_weight,
            ignoreIndex: a.ignore_index,
          },
          { weight: a.reduction === "sum" ? factor : factor / (batch * classes * pixels) },
        );
      },
  }),
  preset({
    name: "smp.LovaszLoss",
    arguments: { mode, per_image: flag(false), ignore_index: label(null) },
    elsewhere: {
      from_logits: only([true], 'smp takes logits whatever it says; take lovaszSoftmax with activation "none"'),
    },
    note: flattened,
    recipe(a) {
      const ranked = { batch: !a.per_image, ignoreIndex: a.ignore_index };
      if (a.mode === "multiclass") return one("lovaszSoftmax", ranked);
      return one("lovaszHinge", { ...ranked, average: a.mode === "multilabel" ? "micro" : "macro" }, flat(a));
    },
  }),
  preset({
    name: "smp.MCCLoss",
    arguments: { eps: number(1e-5) },
    note: "one channel; takes probabilities",
    recipe: (a) =>
      one(
        "matthewsCorrelation",
        { activation: "none", batch: true, smooth: a.eps, overlap: "product" },
        { single: true },
      ),
  }),
] as const;

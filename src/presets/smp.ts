import { choice, flag, number, one, preset, reduction, weight } from "./declaration.js";

const mode = choice(["binary", "multiclass", "multilabel"], "multiclass");
const region = { mode, from_logits: flag(true), smooth: number(0) };
interface Region {
  readonly mode: "binary" | "multiclass" | "multilabel";
  readonly from_logits: boolean;
}
const shared = (a: Region) => ({
  activation: a.from_logits ? (a.mode === "multiclass" ? "softmax" : "sigmoid") : "none",
  batch: true,
  classes: "zeroAbsent",
});

export const smp = [
  preset({
    name: "smp.DiceLoss",
    arguments: { ...region, class_weights: weight },
    // (2 I + 2 s) / (P + T + 2 s): its smooth is added to I, not to 2 I
    recipe: (a) => one("dice", { ...shared(a), smooth: 2 * a.smooth, classWeights: a.class_weights }),
  }),
  preset({ name: "smp.JaccardLoss", arguments: region, recipe: (a) => one("iou", { ...shared(a), smooth: a.smooth }) }),
  preset({
    name: "smp.TverskyLoss",
    arguments: { ...region, alpha: number(0.5), beta: number(0.5) },
    note: "gamma 1",
    recipe: (a) => one("tversky", { ...shared(a), smooth: a.smooth, alpha: a.alpha, beta: a.beta }),
  }),
  preset({
    name: "smp.FocalLoss",
    arguments: { mode, alpha: number(null), gamma: number(2), class_weights: weight },
    note: "every mode is a sigmoid per channel",
    recipe: (a) =>
      one("focal", { activation: "sigmoid", alpha: a.alpha, gamma: a.gamma, classWeights: a.class_weights }),
  }),
  preset({
    name: "smp.SoftCrossEntropyLoss",
    arguments: { reduction, smooth_factor: number(0) },
    note: "without ignored pixels, by whose number smp divides, too",
    recipe: (a) => one("crossEntropy", { reduction: a.reduction, labelSmoothing: a.smooth_factor }),
  }),
  preset({
    name: "smp.SoftBCEWithLogitsLoss",
    arguments: { reduction, smooth_factor: number(0) },
    recipe: (a) =>
      one("crossEntropy", { activation: "sigmoid", reduction: a.reduction, labelSmoothing: 2 * a.smooth_factor }),
  }),
  preset({
    name: "smp.LovaszLoss",
    arguments: { per_image: flag(false) },
    note: "mode multiclass; its other modes are the Lovász hinge",
    recipe: (a) => one("lovaszSoftmax", { batch: !a.per_image }),
  }),
] as const;

import { SegLossError } from "../errors.js";
import {
  choice,
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

const softened = "to 4e-6: its one-hot holds 1e-6 off the class";
const ignore_index = label(-100);

export const kornia = [
  preset({
    name: "kornia.focal_loss",
    arguments: { alpha: number(null), gamma: number(2), reduction, weight: weightOrWeights, ignore_index },
    note: `${softened}; its mean runs over all B C N entries, those that are ignored, too`,
    recipe:
      (a) =>
      ({ batch, classes, pixels }) => {
        const { classWeights, factor } = multiplied(a.weight, "sum");
        return one(
          "focal",
          { alpha: a.alpha, gamma: a.gamma, reduction: "sum", classWeights, ignoreIndex: a.ignore_index },
          { weight: a.reduction === "sum" ? factor : factor / (batch * classes * pixels) },
        );
      },
  }),
  preset({
    name: "kornia.binary_focal_loss_with_logits",
    arguments: {
      alpha: { ...number(0.25), orNull: true },
      gamma: number(2),
      reduction,
      weight: weightOrWeights,
      ignore_index,
    },
    elsewhere: { pos_weight: only([null], "not reproduced; alpha weighs the positive answer") },
    note: "its mean counts the entries that are ignored",
    recipe:
      (a) =>
      ({ batch, classes, pixels }) => {
        const { classWeights, factor } = multiplied(a.weight, "sum");
        return one(
          "focal",
          {
            activation: "sigmoid",
            alpha: a.alpha,
            gamma: a.gamma,
            reduction: "sum",
            classWeights,
            ignoreIndex: a.ignore_index,
          },
          { weight: a.reduction === "sum" ? factor : factor / (batch * classes * pixels) },
        );
      },
  }),
  preset({
    name: "kornia.dice_loss",
    arguments: { average: choice(["micro", "macro"], "micro"), eps: number(1e-8), weight, ignore_index },
    note: softened,
    recipe(a) {
      if (a.weight && a.average === "micro")
        throw new SegLossError("INVALID_OPTION", 'kornia.dice_loss: weight is reproduced with average "macro" alone');
      return one("dice", {
        average: a.average,
        overlap: "product",
        smoothNumerator: 0,
        smoothDenominator: a.eps,
        classWeights: a.weight,
        ignoreIndex: a.ignore_index,
      });
    },
  }),
  preset({
    name: "kornia.tversky_loss",
    arguments: { alpha: number(0.5), beta: number(0.5), eps: number(1e-8), ignore_index },
    note: softened,
    recipe: (a) =>
      one("tversky", {
        average: "micro",
        overlap: "product",
        smoothNumerator: 0,
        smoothDenominator: a.eps,
        alpha: a.alpha,
        beta: a.beta,
        ignoreIndex: a.ignore_index,
      }),
  }),
  preset({
    name: "kornia.HausdorffERLoss",
    arguments: { alpha: number(2), k: number(10), reduction },
    note: "also HausdorffERLoss3D; takes probabilities",
    recipe: (a) =>
      one("hausdorffDistance", {
        activation: "none",
        variant: "erosion",
        alpha: a.alpha,
        erosions: a.k,
        reduction: a.reduction,
      }),
  }),
] as const;

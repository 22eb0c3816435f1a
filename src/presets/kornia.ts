import { SegLossError } from "../errors.js";
import { choice, number, one, preset, reduction, weight } from "./declaration.js";

const softened = "to 4e-6: its one-hot holds 1e-6 off the class";

export const kornia = [
  preset({
    name: "kornia.focal_loss",
    arguments: { alpha: number(null), gamma: number(2), reduction, num_classes: number(null) },
    note: `${softened}; its mean runs over all entries, so num_classes (ours) must say what C is`,
    recipe(a) {
      const options = { alpha: a.alpha, gamma: a.gamma, reduction: a.reduction };
      if (a.reduction === "sum") return one("focal", options);
      if (a.num_classes === null)
        throw new SegLossError(
          "INVALID_OPTION",
          "kornia.focal_loss: reduction mean needs num_classes, the number of channels",
        );
      return one("focal", options, { weight: 1 / a.num_classes });
    },
  }),
  preset({
    name: "kornia.binary_focal_loss_with_logits",
    arguments: { alpha: number(0.25), gamma: number(2), reduction },
    recipe: (a) => one("focal", { activation: "sigmoid", alpha: a.alpha, gamma: a.gamma, reduction: a.reduction }),
  }),
  preset({
    name: "kornia.dice_loss",
    arguments: { average: choice(["micro", "macro"], "micro"), eps: number(1e-8), weight },
    note: softened,
    recipe(a) {
      if (a.weight && a.average === "micro")
        throw new SegLossError("INVALID_OPTION", 'kornia.dice_loss: weight is reproduced with average "macro" alone');
      return one("dice", { average: a.average, smoothNumerator: 0, smoothDenominator: a.eps, classWeights: a.weight });
    },
  }),
  preset({
    name: "kornia.tversky_loss",
    arguments: { alpha: number(0.5), beta: number(0.5), eps: number(1e-8) },
    note: softened,
    recipe: (a) =>
      one("tversky", { average: "micro", smoothNumerator: 0, smoothDenominator: a.eps, alpha: a.alpha, beta: a.beta }),
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

import { label, multiplied, number, one, preset, reduction, torchOld, weight, weightOrWeights } from "./declaration.js";

export const torch = [
  preset({
    name: "torch.CrossEntropyLoss",
    arguments: { weight, ignore_index: label(-100), reduction, label_smoothing: number(0) },
    elsewhere: torchOld,
    note: "weight with reduction mean: labels alone, as torch divides soft targets by the number of pixels",
    recipe: (a) =>
      one(
        "crossEntropy",
        {
          classWeights: a.weight,
          ignoreIndex: a.ignore_index,
          reduction: a.reduction,
          labelSmoothing: a.label_smoothing,
        },
        { hard: a.weight !== null && a.reduction === "mean" },
      ),
  }),
  preset({
    name: "torch.BCEWithLogitsLoss",
    arguments: { weight: weightOrWeights, pos_weight: weightOrWeights, reduction },
    elsewhere: torchOld,
    note: "weight: one number, or one per channel (torch's [C, 1, 1])",
    recipe(a) {
      const { classWeights, factor } = multiplied(a.weight, a.reduction);
      return one(
        "crossEntropy",
        { activation: "sigmoid", classWeights, posWeight: a.pos_weight, reduction: a.reduction },
        { weight: factor },
      );
    },
  }),
] as const;

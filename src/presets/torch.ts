import { number, one, preset, reduction, weight } from "./declaration.js";

export const torch = [
  preset({
    name: "torch.CrossEntropyLoss",
    arguments: { weight, ignore_index: number(-100), reduction, label_smoothing: number(0) },
    note: "soft targets with weight: torch divides by the number of pixels, not by their weights",
    recipe: (a) =>
      one("crossEntropy", {
        classWeights: a.weight,
        ignoreIndex: a.ignore_index,
        reduction: a.reduction,
        labelSmoothing: a.label_smoothing,
      }),
  }),
  preset({
    name: "torch.BCEWithLogitsLoss",
    arguments: { pos_weight: { ...weight, single: true }, reduction },
    recipe: (a) => one("crossEntropy", { activation: "sigmoid", posWeight: a.pos_weight, reduction: a.reduction }),
  }),
] as const;

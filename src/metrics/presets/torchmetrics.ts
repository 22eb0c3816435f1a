import { SegLossError } from "../../errors.js";
import { choice, flag, label, only } from "../../presets/declaration.js";
import { background, classesOf, metricPreset, of } from "./declaration.js";

const classes = { num_classes: label(null), ignore_index: label(null) };
const elsewhere = { validate_args: only([true, false], "it is true or false") };
const averages = choice(["micro", "macro", "weighted"], "macro");
const old = "releases before absent classes were left out of macro count them as 0";

const pooled = { macro: "pooled", weighted: "weighted", micro: "micro" } as const;

/** Of all samples together, as its states add up. */
export const torchmetrics = [
  metricPreset({
    name: "torchmetrics.MulticlassAccuracy",
    arguments: { ...classes, average: averages },
    elsewhere: {
      ...elsewhere,
      top_k: only([1], "only the largest score is looked at"),
      multidim_average: only(["global"], "perClass has the samples"),
    },
    note: `micro is the accuracy of the matrix, macro and weighted are means of the classes' recalls; ${old}`,
    recipe(a, shape) {
      const all = {
        ...classesOf("torchmetrics.MulticlassAccuracy", a.num_classes, shape),
        ignoreIndex: a.ignore_index,
      };
      if (a.average === "micro") return of("accuracy", { average: "matrix", averaging: "pooled", ...all });
      return of("sensitivity", { averaging: pooled[a.average], empty: { target: 0 }, ...all });
    },
  }),
  metricPreset({
    name: "torchmetrics.MulticlassJaccardIndex",
    arguments: { ...classes, average: averages },
    elsewhere,
    note: old,
    recipe: (a, shape) =>
      of("iou", {
        averaging: pooled[a.average],
        ignoreIndex: a.ignore_index,
        ...classesOf("torchmetrics.MulticlassJaccardIndex", a.num_classes, shape),
      }),
  }),
  metricPreset({
    name: "torchmetrics.MulticlassMatthewsCorrCoef",
    arguments: classes,
    elsewhere,
    note: "with two classes it has limits of its own where the denominator is 0",
    recipe: (a, shape) =>
      of("matthewsCorrelation", {
        averaging: "pooled",
        emptyScore: 0,
        ignoreIndex: a.ignore_index,
        ...classesOf("torchmetrics.MulticlassMatthewsCorrCoef", a.num_classes, shape),
      }),
  }),
  metricPreset({
    name: "torchmetrics.MulticlassCohenKappa",
    arguments: classes,
    elsewhere: { ...elsewhere, weights: only([null, "none"], "weighted kappas are not reproduced") },
    recipe: (a, shape) =>
      of("cohensKappa", {
        averaging: "pooled",
        ignoreIndex: a.ignore_index,
        ...classesOf("torchmetrics.MulticlassCohenKappa", a.num_classes, shape),
      }),
  }),
  metricPreset({
    name: "torchmetrics.MulticlassCalibrationError",
    arguments: { ...classes, n_bins: label(15), norm: choice(["l1", "max"], "l1") },
    elsewhere,
    note: "a probability of exactly 1 has a bin of its own there; norm l2 is not reproduced",
    recipe: (a, shape) =>
      of(a.norm === "max" ? "maximumCalibrationError" : "expectedCalibrationError", {
        confidence: "topLabel",
        closed: "left",
        bins: a.n_bins,
        averaging: "pooled",
        ignoreIndex: a.ignore_index,
        ...classesOf("torchmetrics.MulticlassCalibrationError", a.num_classes, shape),
      }),
  }),
  metricPreset({
    name: "torchmetrics.segmentation.DiceScore",
    arguments: {
      num_classes: label(null),
      include_background: flag(true),
      average: averages,
      aggregation_level: choice(["samplewise", "global"], "samplewise"),
    },
    elsewhere: {
      input_format: only(["one-hot", "index", "mixed"], "pred and target say it"),
      zero_division: only(["nan"], "take dice with emptyScore"),
    },
    note: "average: micro in some releases",
    recipe(a, shape) {
      const all = {
        includeBackground: background(a.include_background, shape),
        ...classesOf("torchmetrics.segmentation.DiceScore", a.num_classes, shape),
      };
      if (a.aggregation_level === "global") return of("dice", { averaging: pooled[a.average], ...all });
      if (a.average === "weighted")
        throw new SegLossError(
          "UNSUPPORTED",
          'torchmetrics.segmentation.DiceScore: average "weighted" by samples is not reproduced; aggregation_level ' +
            '"global" is',
        );
      return of("dice", { averaging: a.average === "micro" ? "microBySample" : "classesFirst", ...all });
    },
  }),
] as const;

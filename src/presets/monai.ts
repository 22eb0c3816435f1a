import { SegLossError } from "../errors.js";
import {
  atLeast0,
  choice,
  flag,
  label,
  number,
  one,
  only,
  preset,
  reduction,
  weight,
  weightOrWeights,
} from "./declaration.js";
import {
  activation,
  background,
  checkDice,
  common,
  dice,
  diceTerm,
  distances,
  elsewhere,
  focalTerm,
  generalized,
  generalizedDice,
  hausdorff,
  labels,
  micro,
  ofEntries,
  overlap,
  partWeights,
  ratio,
  smooth,
  smoothing,
  softLabel,
  weighed,
} from "./monaiTerms.js";

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
      reduction: ofEntries,
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
          `${name}: include_background: false with use_softmax is a softmax of the other channels; pass those alone`,
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
    arguments: {
      ...dice,
      reduction,
      ce_weight: weight,
      lambda_dice: atLeast0(1),
      lambda_ce: atLeast0(1),
      label_smoothing: atLeast0(0),
    },
    elsewhere,
    note:
      "its cross entropy takes logits: softmax, or sigmoid for one channel, whatever the Dice part has; ce_weight is " +
      "that of releases before 1.2, of the cross entropy alone",
    recipe(a) {
      const name = "monai.DiceCELoss";
      checkDice(name, a);
      if (typeof a.weight === "number")
        throw new SegLossError("INVALID_OPTION", `${name}: weight must be a list, one number per class`);
      const weights = a.weight,
        ceWeights = partWeights(name, "ce_weight", a.ce_weight, weights);
      return (shape) => {
        const single = shape.classes === 1;
        // Its weights are those of all classes, whatever its Dice leaves out.
        weighed(name, weights, true, shape, a.reduction);
        const ce = single
          ? { activation: "sigmoid", posWeight: ceWeights }
          : { classWeights: ceWeights, labelSmoothing: a.label_smoothing };
        const ratio = diceTerm(name, a, background(a, shape) ? weights : (weights?.slice(1) ?? null), shape);
        return {
          terms: [
            { ...ratio, weight: a.lambda_dice * (ratio.weight ?? 1) },
            { loss: "crossEntropy", options: { ...ce, reduction: a.reduction }, weight: a.lambda_ce },
          ],
          hard: !single && ceWeights !== null && a.reduction === "mean",
        };
      };
    },
  }),
  preset({
    name: "monai.DiceFocalLoss",
    arguments: {
      ...dice,
      reduction,
      gamma: number(2),
      focal_weight: weightOrWeights,
      alpha: number(null),
      lambda_dice: atLeast0(1),
      lambda_focal: atLeast0(1),
    },
    elsewhere,
    note:
      "its focal part takes logits, a sigmoid per channel, whatever the Dice part has; focal_weight is that of " +
      "releases before 1.2, of the focal part alone",
    recipe(a) {
      const name = "monai.DiceFocalLoss",
        weights = partWeights(name, "focal_weight", a.focal_weight, a.weight);
      checkDice(name, a);
      return (shape) => {
        const ratio = diceTerm(name, a, a.weight, shape),
          focal = focalTerm(name, a, weights, shape);
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
    name: "monai.MCCLoss",
    arguments: { ...ratio, smooth_nr: atLeast0(0) },
    elsewhere,
    recipe(a) {
      activation(a);
      return (shape) =>
        one("matthewsCorrelation", {
          ...common(a, shape),
          smooth: 0,
          smoothNumerator: a.smooth_nr,
          smoothDenominator: a.smooth_dr,
          overlap: "product",
        });
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
      reduction,
      gamma: number(2),
      focal_weight: weightOrWeights,
      weight: weightOrWeights,
      lambda_gdl: atLeast0(1),
      lambda_focal: atLeast0(1),
    },
    elsewhere,
    note:
      "its focal part takes logits, a sigmoid per channel, whatever the Dice part has; focal_weight is the older " +
      "name of weight",
    recipe(a) {
      const weights = partWeights("monai.GeneralizedDiceFocalLoss", "focal_weight", a.focal_weight, a.weight);
      activation(a);
      return (shape) => {
        const focal = focalTerm("monai.GeneralizedDiceFocalLoss", { ...a, alpha: null }, weights, shape);
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
    arguments: {
      classes: label(null),
      kernel_size: number(3),
      distance_type: choice(["l1", "l2"], "l1"),
      alpha: number(0.1),
    },
    elsewhere: {
      kernel_ops: only(["mean"], "its Gaussian windows are not reproduced"),
      sigma: only([1], "its Gaussian windows are not reproduced"),
      dim: only([2, 3, null], "leave it out: pred has them"),
    },
    recipe: (a) => (shape) => {
      if (a.classes !== null && a.classes !== shape.classes)
        throw new SegLossError(
          "INVALID_OPTION",
          `monai.NACLLoss: classes is ${a.classes}, but pred has ${shape.classes} channels`,
        );
      return one("nacl", { kernelSize: a.kernel_size, distance: a.distance_type, alpha: a.alpha });
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

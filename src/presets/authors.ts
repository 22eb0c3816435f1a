import { atLeast0, choice, flag, label, number, one, only, preset, reduction, weight } from "./declaration.js";

const unified = { weight: number(0.5), delta: number(0.6), gamma: number(0.5) };
const unifiedOptions = (variant: string, a: { weight: number; delta: number; gamma: number }) => ({
  variant,
  lambda: 1 - a.weight,
  delta: a.delta,
  gamma: a.gamma,
  overlap: "product",
});

/** The code that the papers' authors published, by the first author's name. */
export const authors = [
  preset({
    name: "berman.lovasz_softmax",
    arguments: { classes: choice(["present", "all"], "present"), per_image: flag(false) },
    note: "takes probabilities",
    recipe: (a) => one("lovaszSoftmax", { activation: "none", classes: a.classes, batch: !a.per_image }),
  }),
  preset({
    name: "wang.JDTLoss",
    arguments: {
      mIoUD: atLeast0(1),
      mIoUC: atLeast0(0),
      alpha: atLeast0(1),
      beta: atLeast0(1),
      smooth: atLeast0(1e-3),
    },
    note: "every class is active, as in its mode ALL",
    recipe(a) {
      const options = { alpha: a.alpha, beta: a.beta, smooth: a.smooth };
      return {
        terms: [
          { loss: "tversky", options: { ...options, batch: true }, weight: a.mIoUD },
          { loss: "tversky", options, weight: a.mIoUC },
        ],
      };
    },
  }),
  preset({
    name: "berman.lovasz_hinge",
    arguments: { per_image: flag(true) },
    recipe: (a) => one("lovaszHinge", { batch: !a.per_image }),
  }),
  preset({
    name: "abhuse.Poly1CrossEntropyLoss",
    arguments: { epsilon: number(1), reduction, weight },
    note: "the mean is divided by weights, as in crossEntropy",
    recipe: (a) => one("poly", { epsilon: a.epsilon, reduction: a.reduction, classWeights: a.weight }),
  }),
  preset({
    name: "abhuse.Poly1FocalLoss",
    arguments: { epsilon: number(1), gamma: number(2), reduction },
    note: "alpha -1",
    recipe: (a) => one("poly", { activation: "sigmoid", epsilon: a.epsilon, gamma: a.gamma, reduction: a.reduction }),
  }),
  preset({
    name: "hrnet.OhemCrossEntropy",
    arguments: { ignore_label: label(-1), thres: number(0.7), min_kept: number(100000), weight },
    note: "with min_kept pixels or fewer it drops the easiest",
    recipe: (a) =>
      one("ohem", { ignoreIndex: a.ignore_label, threshold: a.thres, minKept: a.min_kept, classWeights: a.weight }),
  }),
  preset({
    name: "liu.LogitMarginL1",
    arguments: { margin: atLeast0(10), alpha: atLeast0(0.1), ignore_index: label(-100) },
    elsewhere: {
      schedule: only([""], "weightedSum has setWeights"),
      mu: only([0], "weightedSum has setWeights"),
      max_alpha: only([100], "weightedSum has setWeights"),
      step_size: only([100], "weightedSum has setWeights"),
    },
    note: "the first of the three that it returns; with ignore_index below 0 its margin counts ignored pixels",
    recipe: (a) => one("marginCalibration", { margin: a.margin, alpha: a.alpha, ignoreIndex: a.ignore_index }),
  }),
  preset({
    name: "mmseg.OHEMPixelSampler",
    arguments: {
      thresh: number(null),
      min_kept: { ...label(100000), min: 2 },
      ignore_index: label(255),
    },
    note:
      "with a cross entropy whose mean is over all pixels, kept, ignored or not; ignore_index is the head's; with a " +
      "threshold and B min_kept pixels or fewer it drops the easiest",
    recipe:
      (a) =>
      ({ batch, pixels }) =>
        one(
          "ohem",
          {
            threshold: a.thresh ?? 0,
            minKept: batch * a.min_kept,
            ignoreIndex: a.ignore_index,
            reduction: "sum",
          },
          { weight: 1 / (batch * pixels) },
        ),
  }),
  preset({
    name: "kirchhoff.SoftSkeletonRecallLoss",
    arguments: { batch_dice: flag(false), smooth: number(1) },
    note: "softmax; the value is minus the recall of the tube",
    recipe: (a) => one("skeletonRecall", { batch: a.batch_dice, smooth: a.smooth }, { offset: -1 }),
  }),
  preset({
    name: "kervadec.SurfaceLoss",
    arguments: {},
    note: "takes probabilities",
    recipe: () => one("boundary", { activation: "none" }),
  }),
  preset({ name: "valverde.RWLoss", arguments: {}, recipe: () => one("regionWise", {}) }),
  preset({
    name: "sun.BoundaryDoULoss",
    arguments: {},
    note: "to 4e-8: its alpha is float32",
    recipe: () => one("boundaryDifferenceOverUnion", { batch: true }),
  }),
  preset({
    name: "zhao.RMILoss",
    arguments: {
      rmi_radius: number(3),
      rmi_pool_way: number(0),
      rmi_pool_size: number(3),
      loss_weight_lambda: number(0.5),
    },
    note: "its sigmoid form, stride as large as the pool; 1e-8 inside its logarithms are left out (1e-6)",
    recipe: (a) =>
      one("regionMutualInformation", {
        radius: a.rmi_radius,
        pool: a.rmi_pool_way === 0 ? "max" : "average",
        poolSize: a.rmi_pool_size,
        crossEntropyWeight: a.loss_weight_lambda,
      }),
  }),
  preset({
    name: "gonzalez.TLoss",
    arguments: { nu: number(1) },
    note: "one channel; guards of 1e-8 are left out",
    recipe: (a) => one("robustT", { activation: "sigmoid", logNu: a.nu, logSigma: -0.5 }),
  }),
  preset({
    name: "abraham.focal_tversky",
    arguments: {},
    recipe: () => one("focalTversky", { activation: "sigmoid", batch: true, smooth: 1, overlap: "product" }),
  }),
  preset({
    name: "abraham.tversky_loss",
    arguments: {},
    recipe: () => one("tversky", { activation: "sigmoid", batch: true, smooth: 1, overlap: "product" }),
  }),
  preset({
    name: "abraham.dice_loss",
    arguments: {},
    recipe: () => one("dice", { activation: "sigmoid", batch: true, smooth: 1, overlap: "product" }),
  }),
  preset({
    name: "yeung.tversky_loss",
    arguments: { delta: number(0.7), smooth: number(1e-6) },
    recipe: (a) => one("tversky", { alpha: 1 - a.delta, beta: a.delta, smooth: a.smooth, overlap: "product" }),
  }),
  preset({
    name: "yeung.focal_tversky_loss",
    arguments: { delta: number(0.7), gamma: number(0.75), smooth: number(1e-6) },
    recipe: (a) =>
      one("focalTversky", {
        alpha: 1 - a.delta,
        beta: a.delta,
        gamma: 1 / a.gamma,
        smooth: a.smooth,
        overlap: "product",
      }),
  }),
  preset({
    name: "yeung.combo_loss",
    arguments: { alpha: number(0.5) },
    note: "beta None",
    recipe: (a) => one("combo", { alpha: a.alpha, smooth: 2e-6, overlap: "product" }, { offset: a.alpha - 1 }),
  }),
  preset({
    name: "yeung.sym_unified_focal_loss",
    arguments: unified,
    note: "two classes",
    recipe: (a) => one("unifiedFocal", unifiedOptions("symmetric", a)),
  }),
  preset({
    name: "yeung.asym_unified_focal_loss",
    arguments: unified,
    note: "two classes",
    recipe: (a) => one("unifiedFocal", unifiedOptions("asymmetric", a)),
  }),
  preset({
    name: "fidon.GeneralizedWassersteinDiceLoss",
    arguments: {
      dist_matrix: { type: "matrix", default: null, meaning: "as in the library" },
      weighting_mode: choice(["default", "GDL"], "default"),
    },
    recipe: (a) =>
      one("generalizedWassersteinDice", {
        distanceMatrix: a.dist_matrix,
        weighting: a.weighting_mode,
        smooth: 2.220446049250313e-16,
      }),
  }),
  preset({
    name: "wang.ABL",
    arguments: {
      max_N_ratio: number(0.01),
      max_clip_dist: number(20),
      label_smoothing: number(0.2),
      isdetach: flag(true),
    },
    note: "one sample; to 2e-8: its weights are float32",
    recipe: (a) =>
      one("activeBoundary", {
        distance: "truncated",
        maxBoundaryRatio: a.max_N_ratio,
        maxDistance: a.max_clip_dist,
        labelSmoothing: a.label_smoothing,
        detachNeighbors: a.isdetach,
      }),
  }),
] as const;

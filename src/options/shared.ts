import type { Option } from "./options.js";

/** Of words that say what pred is, or that nothing is done to it, elsewhere. */
const logitsOrNone =
  'logits of competing classes take "softmax", of channels that each are a question of their own "sigmoid"; ' +
  'probabilities take "none"';

export const activation = {
  type: "choice",
  also: ["fromLogits", "softmax", "sigmoid"],
  values: ["softmax", "sigmoid", "none"],
  words: {
    softmax: ["softmax2d", "logSoftmax", "multiclass"],
    sigmoid: ["logSigmoid", "logistic", "binary", "multilabel"],
    none: ["probabilities", "probability", "probs", "prob"],
  },
  instead: {
    logits: logitsOrNone,
    raw: logitsOrNone,
    identity: logitsOrNone,
    linear: logitsOrNone,
    null: logitsOrNone,
    false: logitsOrNone,
    true: logitsOrNone,
  },
  default: "softmax",
  meaning: "what turns pred into probabilities; none: they are probabilities",
} as const satisfies Option;

export const ignoreIndex = {
  type: "labels",
  also: ["ignoreLabel"],
  single: true,
  default: null,
  meaning: "pixels with this label, or one of these, contribute nothing",
} as const satisfies Option;

export const layout = {
  type: "choice",
  also: ["dataFormat"],
  values: ["channelsFirst", "channelsLast"],
  words: {
    channelsFirst: ["NCHW", "NCDHW", "NCW", "BCHW", "BCDHW", "BCW", "CHW", "CDHW", "first", "pytorch", "torch"],
    channelsLast: ["NHWC", "NDHWC", "NWC", "BHWC", "BDHWC", "BWC", "HWC", "DHWC", "last", "tensorflow", "tf"],
  },
  default: "channelsFirst",
  meaning: "[B, C, ...spatial] or [B, ...spatial, C]",
} as const satisfies Option;

/** One spatial axis has to be said; with 2 or 3 said, a tensor without its batch axis is one sample. */
export const spatialDims = {
  type: "number",
  integer: true,
  min: 1,
  max: 3,
  default: null,
  meaning: "how many spatial axes there are (default: 2 or 3, by the rank); given, the batch axis may be left out",
} as const satisfies Option;

/** What others call `smooth`. */
export const smoothNames = ["eps", "epsilon"] as const;

/** Options that several losses share. */
export const classWeights = {
  type: "numbers",
  also: ["weight", "ceWeight"],
  each: "class",
  min: 0,
  default: null,
  meaning: "weight of each class",
} as const satisfies Option;

export const includeBackground = {
  type: "boolean",
  also: ["doBg"],
  default: true,
  meaning: "false leaves class 0 out of the class average",
} as const satisfies Option;

export const spacing = {
  type: "numbers",
  also: ["sampling"],
  each: "axis",
  min: 0,
  aboveMin: true,
  default: null,
  meaning: "size of a pixel along each spatial axis (default: 1)",
} as const satisfies Option;
/** How many neighbours pixels and voxels have, as others tell which touch. */
export const connectivityWords = { face: ["4", "6"], edge: ["18"], full: ["8", "26"] } as const;

const tables = "perPixel, perClass or perSample has it";
/** For those who know other reductions from elsewhere. */
export const unreduced = {
  none: tables,
  no: tables,
  null: tables,
  sample: "perSample has the loss of each sample",
  batchmean: 'the sum over a batch of B, divided by B, is "sum" in a weightedSum with the weight 1 / B',
} as const;
/** What they are called elsewhere. */
export const reductionWords = {
  mean: ["avg", "average", "elementwise_mean", "sum_over_batch_size"],
  sum: ["total"],
} as const;

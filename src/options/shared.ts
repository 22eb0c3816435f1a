import type { Option } from "./options.js";

export const activation = {
  type: "choice",
  also: ["fromLogits", "softmax", "sigmoid"],
  values: ["softmax", "sigmoid", "none"],
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
/** For those who know reduction "none" from elsewhere. */
export const unreduced = {
  none: "perPixel, perClass or perSample has it",
} as const;

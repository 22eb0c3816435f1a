import type { Declaration } from "../../dist/index.js";
import { place } from "../reference/brute";
import type { Tensor } from "./vectors";

/** mulberry32: the same numbers on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** Standard normal (Box, Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  normals(length: number, scale = 1): Float32Array {
    return Float32Array.from({ length }, () => scale * this.normal());
  }

  /** 0 to n - 1 in random order. */
  order(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}

export const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/**
 * Labels in blobs: the pixels nearest to a few random seeds share a label, so that regions have borders and distances.
 */
export function blobs(random: Random, batch: number, classes: number, spatial: readonly number[]): Uint8Array {
  const pixels = product(spatial),
    labels = new Uint8Array(batch * pixels),
    range = Math.max(2, classes);
  for (let b = 0; b < batch; b++) {
    const seeds = Array.from({ length: 2 * range }, (_, i) => ({
      label: i % range,
      at: spatial.map((n) => random.next() * n),
    }));
    for (let i = 0; i < pixels; i++) {
      const at = place(i, spatial);
      let nearest = Number.POSITIVE_INFINITY;
      for (const seed of seeds) {
        const distance = at.reduce((sum, x, axis) => sum + (x - seed.at[axis]) ** 2, 0);
        if (distance >= nearest) continue;
        nearest = distance;
        labels[b * pixels + i] = seed.label;
      }
    }
  }
  return labels;
}

/** Softmax over the classes of [batch, classes, pixels]. */
export function shares(z: ArrayLike<number>, classes: number, pixels: number): Float32Array {
  const p = new Float32Array(z.length);
  for (let at = 0; at < z.length; at += classes * pixels) {
    for (let i = 0; i < pixels; i++) {
      const e = Array.from({ length: classes }, (_, c) => Math.exp(z[at + c * pixels + i]));
      const sum = e.reduce((a, b) => a + b);
      for (let c = 0; c < classes; c++) p[at + c * pixels + i] = e[c] / sum;
    }
  }
  return p;
}

/** One-hot planes [batch, classes, pixels] of labels; a single channel is label 1. */
export function oneHot(labels: ArrayLike<number>, classes: number, pixels: number): Float32Array {
  const t = new Float32Array(labels.length * classes),
    first = classes === 1 ? 1 : 0;
  for (let i = 0; i < labels.length; i++) {
    const b = Math.floor(i / pixels),
      c = labels[i] - first;
    if (c >= 0 && c < classes) t[(b * classes + c) * pixels + (i % pixels)] = 1;
  }
  return t;
}

/** [batch, channels, ...spatial] as [batch, ...spatial, channels]. */
export function toChannelsLast({ data, shape }: Tensor): Tensor {
  const [batch, channels, ...spatial] = shape,
    pixels = product(spatial),
    moved = data.slice();
  for (let b = 0; b < batch; b++) {
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < pixels; i++) moved[(b * pixels + i) * channels + c] = data[(b * channels + c) * pixels + i];
  }
  return { data: moved, shape: [batch, ...spatial, channels] };
}

/** How a loss is called: what the options and inputs of one test case are made from. */
export interface Setting {
  readonly name: string;
  readonly activation: "softmax" | "sigmoid" | "none";
  readonly classes: number;
  readonly target: "labels" | "soft";
  readonly channelsLast?: boolean;
  readonly ignore?: boolean;
  /** The size of its images, where a loss needs them larger. */
  readonly spatial?: readonly number[];
}

export const settings: readonly Setting[] = [
  { name: "softmax, labels", activation: "softmax", classes: 3, target: "labels" },
  { name: "softmax, soft target", activation: "softmax", classes: 3, target: "soft" },
  { name: "softmax, two classes", activation: "softmax", classes: 2, target: "labels" },
  { name: "sigmoid, one channel", activation: "sigmoid", classes: 1, target: "labels" },
  { name: "sigmoid, one channel, soft target", activation: "sigmoid", classes: 1, target: "soft" },
  { name: "sigmoid, several channels, labels", activation: "sigmoid", classes: 3, target: "labels" },
  { name: "sigmoid, multi-label", activation: "sigmoid", classes: 3, target: "soft" },
  { name: "probabilities, labels", activation: "none", classes: 3, target: "labels" },
  { name: "probabilities, soft target", activation: "none", classes: 3, target: "soft" },
  { name: "probabilities, one channel", activation: "none", classes: 1, target: "labels" },
  { name: "channelsLast, labels", activation: "softmax", classes: 3, target: "labels", channelsLast: true },
  { name: "channelsLast, soft target", activation: "softmax", classes: 3, target: "soft", channelsLast: true },
  { name: "softmax, ignoreIndex", activation: "softmax", classes: 3, target: "labels", ignore: true },
  { name: "sigmoid, one channel, ignoreIndex", activation: "sigmoid", classes: 1, target: "labels", ignore: true },
];

export const IGNORED = 255;

export interface Case {
  readonly pred: Tensor & { readonly data: Float32Array };
  readonly target: Tensor;
  /** The options that the setting asks for. */
  readonly options: Record<string, unknown>;
}

const MARGIN = 2e-3;

/**
 * Moves what is close to a decision away from it, in logits or probabilities [batch, classes, pixels]: which class is
 * the largest, and whether a probability is above 1/2. The values of losses that decide so jump there.
 */
function decide(data: Float32Array, activation: Setting["activation"], classes: number, pixels: number): Float32Array {
  const level = activation === "sigmoid" ? 0 : 0.5;
  for (let n = 0; n < data.length / classes; n++) {
    const at = (c: number) => (Math.floor(n / pixels) * classes + c) * pixels + (n % pixels),
      all = Array.from({ length: classes }, (_, c) => c);
    for (let tries = 0; tries < 20; tries++) {
      const z = all.map((c) => data[at(c)]),
        p = activation === "softmax" ? shares(z, classes, 1) : z,
        order = all.toSorted((a, b) => z[b] - z[a]),
        near = all.find((c) => Math.abs(p[c] - level) < MARGIN || (c !== order[0] && z[order[0]] - z[c] < MARGIN));
      if (near === undefined) break;
      data[at(near)] -= 2 * MARGIN;
    }
  }
  return data;
}

/** The option that one spatial axis needs. */
export const axesOf = (spatial: readonly number[]) => (spatial.length === 1 ? { spatialDims: 1 as const } : {});

/** Inputs of a setting; the logits lean towards the target, as those of a network half trained do. */
export function makeCase(
  setting: Setting,
  seed: number,
  spatial: readonly number[] = setting.spatial ?? [5, 7],
  batch = 2,
): Case {
  const { activation, classes, channelsLast, ignore } = setting,
    random = new Random(seed),
    pixels = product(spatial),
    shape = [batch, classes, ...spatial];
  const labels = blobs(random, batch, classes, spatial),
    t = oneHot(labels, classes, pixels),
    z = random.normals(t.length, 1.5).map((x, i) => x + t[i]);
  // Away from 0 and 1, where logs bend too much for finite differences.
  const mixed = (p: number) => 0.85 * p + 0.15 / Math.max(2, classes);
  const data =
    activation === "none"
      ? (classes > 1 ? shares(z, classes, pixels) : z.map((x) => 1 / (1 + Math.exp(-x)))).map(mixed)
      : z;
  const pred = { data: decide(data, activation, classes, pixels), shape },
    layout = channelsLast ? { layout: "channelsLast" } : {},
    axes = axesOf(spatial);
  if (ignore) for (let i = 0; i < labels.length; i++) if (random.next() < 0.2) labels[i] = IGNORED;
  let target: Tensor = { data: labels, shape: [batch, ...spatial] };
  if (setting.target === "soft") {
    // Between one-hot and anything, with exact zeros and ones among them.
    const noise =
      activation === "softmax" || (activation === "none" && classes > 1)
        ? shares(random.normals(t.length, 2), classes, pixels)
        : Float32Array.from(t, () => random.next());
    target = { data: t.map((x, i) => (i % pixels < pixels / 3 ? x : 0.7 * x + 0.3 * noise[i])), shape };
  }
  if (!channelsLast)
    return { pred, target, options: { activation, ...layout, ...axes, ...(ignore ? { ignoreIndex: IGNORED } : {}) } };
  return {
    pred: toChannelsLast(pred) as Case["pred"],
    target: setting.target === "soft" ? toChannelsLast(target) : target,
    options: { activation, ...layout, ...axes, ...(ignore ? { ignoreIndex: IGNORED } : {}) },
  };
}

/** The dimensions of a call. */
interface Sizes {
  readonly classes: number;
  readonly pixels: number;
  readonly batch: number;
}

/** Extra inputs that go together, with the options under which a loss takes them; a new one needs a maker here. */
export interface ExtraMaker {
  readonly names: readonly string[];
  readonly options?: object;
  /** True where they take pred's place, which gets no gradient then. */
  readonly replaces?: boolean;
  readonly make: (random: Random, sizes: Sizes) => readonly Readonly<Record<string, Float32Array>>[];
}

const FEATURES = 4;
const features = (random: Random, { pixels, batch }: Sizes) => random.normals(batch * FEATURES * pixels);
const weight = (random: Random, { classes }: Sizes) => random.normals(classes * FEATURES);

const field = (random: Random, { classes, pixels, batch }: Sizes) => random.normals(batch * classes * pixels);

export const extraMakers: readonly ExtraMaker[] = [
  { names: ["logNu"], make: () => [{ logNu: Float32Array.of(0.7) }] },
  {
    names: ["logSigma"],
    make: (random, { classes, pixels }) =>
      [Float32Array.of(-0.4), random.normals(classes, 0.3), random.normals(classes * pixels, 0.3)].map((logSigma) => ({
        logSigma,
      })),
  },
  {
    names: ["skeleton"],
    make: (random, { pixels, batch }) => [
      { skeleton: Float32Array.from({ length: batch * pixels }, () => random.below(2)) },
    ],
  },
  { names: ["distanceMap"], make: (random, sizes) => [{ distanceMap: field(random, sizes) }] },
  { names: ["regionMap"], options: { map: "custom" }, make: (random, sizes) => [{ regionMap: field(random, sizes) }] },
  { names: ["features"], replaces: true, make: (random, sizes) => [{ features: features(random, sizes) }] },
  {
    names: ["features", "classifierWeight"],
    replaces: true,
    make: (random, sizes) => [{ features: features(random, sizes), classifierWeight: weight(random, sizes) }],
  },
  {
    names: ["features", "classifierWeight", "classifierBias"],
    replaces: true,
    make: (random, sizes) => [
      {
        features: features(random, sizes),
        classifierWeight: weight(random, sizes),
        classifierBias: random.normals(sizes.classes),
      },
    ],
  },
  {
    names: ["w1", "b1", "w2", "b2", "w3", "b3"],
    options: { tileSize: 4 },
    make: (random) => [
      {
        w1: random.normals(5 * 32, 0.5),
        b1: random.normals(5, 0.5),
        w2: random.normals(3 * 5, 0.7),
        b2: random.normals(3, 0.7),
        w3: random.normals(6 * 3),
        b3: random.normals(6),
      },
    ],
  },
];

/** Those that a loss takes, none of one that evaluates another; fails where one of its extra inputs has no maker. */
export function makersOf({ name, extras, wraps }: Declaration): readonly ExtraMaker[] {
  if (wraps) return []; // predictions and numbers of components, which test/wrapping.test.ts has
  const taken: readonly string[] = extras,
    found = extraMakers.filter(({ names }) => names.every((each) => taken.includes(each))),
    missing = extras.filter((each) => !found.some(({ names }) => names.includes(each)));
  if (missing.length > 0)
    throw new Error(`test/support/random.ts does not know how to make ${missing.join(", ")} of ${name}`);
  return found;
}

type Option = Declaration["options"][string];

/** Values of an option away from its default. */
function away(option: Option, classes: number, axes: number): unknown[] {
  switch (option.type) {
    case "number": {
      if (option.integer)
        return [option.default === null ? IGNORED : (option.default as number) + (option.odd ? 2 : 1)];
      const { min, max } = option,
        from = typeof option.default === "number" ? option.default : undefined;
      if (min !== undefined && max !== undefined)
        return [min + (max - min) * (from !== undefined && from < (min + max) / 2 ? 0.7 : 0.3)];
      return [(from ?? 0) * 1.5 + 0.6];
    }
    case "boolean":
      return [!option.default];
    case "choice":
      return option.values.filter((value) => value !== option.default);
    case "numbers": {
      if (option.word) return [[1.7]]; // one scale
      if (Array.isArray(option.default)) return [option.default.slice(1).map((n) => n + 0.5)];
      const list = Array.from(
        { length: option.each === "axis" ? axes : classes },
        (_, i) => [0.5, 2, 1.25, 0.8][i % 4],
      );
      return option.single ? [list, 1.7] : [list];
    }
    case "labels":
      return [1, [0, 1]];
    case "matrix":
      return [
        Array.from({ length: classes }, (_, i) =>
          Array.from({ length: classes }, (_, j) => (i === j ? 0 : 1 + Math.abs(i - j) * 0.5 + (i < j ? 0.25 : 0))),
        ),
      ];
    case "cases":
      return [{ target: Number.NaN, pred: 0.25, both: "diagonal" }];
    case "options":
      return [{ smooth: 0.7 }];
  }
}

export interface OptionSample {
  readonly option: string;
  readonly value: unknown;
  /** The options without it, and with what its value needs beside it. */
  readonly base: Record<string, unknown>;
  readonly also: Record<string, unknown>;
}

/** What a choice needs to leave anything of cases as small as these. */
const companions: Readonly<Record<string, Record<string, unknown>>> = { erosion: { threshold: 0.02 } };

/**
 * Options under which finite differences of small cases show a derivative: nothing of it is stopped, and enough pixels
 * count.
 */
const whole: Readonly<Record<string, unknown>> = { detachNeighbors: false, maxBoundaryRatio: 0.3, pairWeight: 0 };

/** Those of a loss. */
export const differentiable = ({ options }: Declaration): Record<string, unknown> =>
  Object.fromEntries(Object.entries(whole).filter(([option]) => option in options));

/** Values of options with which losses show something in cases as small as these, whose logits are small. */
const small: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  componentWise: { loss: "tversky" },
  deepSupervision: { loss: "tversky" },
  marginCalibration: { margin: 0.6 },
  ohem: { minKept: 3, threshold: 0.001 },
  skeletonRecall: { method: "lee", tube: 0, smoothDenominator: 1 },
  topological: { dimensions: [0] },
};

/** Options that the settings vary. */
export const varied: readonly string[] = ["activation", "layout", "ignoreIndex", "spatialDims"];

/** Options under which another one acts. */
export const neededBy = ({ when = {} }: Option): Record<string, string> =>
  Object.fromEntries(Object.entries(when).map(([other, values]) => [other, values[values.length - 1]]));

/** Every other option of a loss, each away from its default. */
export function optionSamples({ name, options }: Declaration, classes: number, axes = 2): OptionSample[] {
  return Object.entries(options).flatMap(([option, declared]) => {
    if (varied.includes(option)) return [];
    const needed = neededBy(declared),
      base = Object.assign(
        {},
        small[name],
        ...Object.values(needed).map((choice) => companions[String(choice)]),
        needed,
      ),
      values = small[name]?.[option] === undefined ? away(declared, classes, axes) : [small[name][option]];
    delete base[option];
    return values.map((value) => ({
      option,
      value,
      base,
      also: { ...companions[String(value)], ...base },
    }));
  });
}

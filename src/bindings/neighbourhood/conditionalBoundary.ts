import type { Activation } from "../../tensors/conventions.js";
import type { Geometry, LabelArray } from "../../tensors/shape.js";
import { areas } from "../areas.js";
import type { Kernels } from "../kernels.js";
import { padTo } from "../tile.js";
import { type Channels, dilationBytes, maskBytes, SparseRows } from "./rows.js";

export interface ConditionalSource {
  readonly kernels: Kernels;
  readonly activation: Activation;
  readonly geometry: Geometry;
  readonly pred: () => Float32Array;
  readonly labels?: () => LabelArray;
  readonly soft?: () => Float32Array;
  /**
   * 1 at a sample's boundary pixels, where the target is soft: its masks may leave pixels out that have a label all the
   * same.
   */
  readonly boundaries?: (b: number) => Uint8Array;
}

export interface ConditionalWindows {
  readonly kernelSize: number;
  /** Steps from a boundary that still belong to it. */
  readonly steps: number;
  readonly includeBackground: boolean;
  readonly correctnessAware: boolean;
}

/**
 * What the means of the loss divide by: pairs of each sample, and of each class its anchors, and those with any
 * neighbours of their class.
 */
export interface ConditionalCounts {
  readonly pairs: readonly number[];
  readonly anchors: Float64Array;
  readonly all: Float64Array;
}

/** Factors of the sums. */
export interface ConditionalFactors {
  /** Of the pairs of each sample. */
  readonly pairs: readonly number[];
  /**
   * Per class: of the squared distances from centres, of their classifications, of the classifications by all
   * neighbours.
   */
  readonly pulls: Float64Array;
  readonly classifications: Float64Array;
  readonly all: Float64Array;
}

export interface ConditionalInputs {
  readonly features: Channels;
  /** [classes, features] and [classes]; without them the features are the logits. */
  readonly classifier?: { readonly weight: Float32Array; readonly bias?: Float32Array };
  /** Takes `scale` times the derivatives by the features. */
  readonly grad?: Channels;
  readonly scale: number;
}

const flag = (on: boolean) => (on ? 1 : 0);
const even = (n: number) => n + (n & 1);

/** The marks of all pixels (assembly/neighbourhood/marks.ts), and what the conditional boundary loss does with windows of them. */
export class ConditionalScene {
  readonly #areas: ReturnType<typeof areas>;
  readonly #marks: readonly number[];
  readonly #mask: number;
  readonly #spare: number;
  /** Whether a number of pred that counts is NaN. */
  undefined = false;

  constructor(
    readonly source: ConditionalSource,
    readonly windows: ConditionalWindows,
  ) {
    const { kernels, geometry } = source,
      { batch, pixels, spatial } = geometry,
      plane = 4 * maskBytes(pixels);
    this.#areas = areas(kernels, [maskBytes(pixels), dilationBytes(spatial), batch * plane], "a conditional boundary");
    const [mask, spare, marks] = this.#areas.at;
    this.#mask = mask;
    this.#spare = spare;
    this.#marks = Array.from({ length: batch }, (_, b) => marks + b * plane);
    for (const [b, at] of this.#marks.entries()) {
      this.#stage(b, at);
      if (source.boundaries) {
        const given = source.boundaries(b);
        kernels.memory.u8.set(given, mask);
      } else kernels.call("labelBoundaries", at, mask, spare, ...spatial, windows.steps);
      kernels.call("markBoundaries", at, mask, pixels, flag(windows.includeBackground));
    }
  }

  #stage(b: number, marks: number): void {
    const { kernels, geometry, pred, labels, soft } = this.source,
      { classes, pixels, channelsLast } = geometry,
      size = kernels.use(classes);
    for (let first = 0; first < pixels; first += size) {
      const count = Math.min(size, pixels - first);
      const stage = (data: Float32Array) =>
        kernels.stage("pred", data, b * classes * pixels, pixels, first, count, channelsLast);
      if (labels) kernels.stageLabels(labels(), b * pixels + first, count);
      else if (soft) {
        stage(soft());
        kernels.run(padTo(count), kernels.step("argmax"));
      }
      stage(pred());
      if (kernels.call("markPixels", count, marks + 4 * first)) this.undefined = true;
    }
  }

  /** Points the kernels at a sample. */
  #set(b: number, members: number): void {
    const { kernels, geometry } = this.source,
      { kernelSize, correctnessAware } = this.windows;
    kernels.call("setWindows", this.#marks[b], kernelSize >> 1, geometry.classes, flag(correctnessAware), members);
  }

  count(): ConditionalCounts {
    const { kernels, geometry } = this.source,
      { batch, classes, spatial } = geometry,
      { at, give } = areas(kernels, [8 + 16 * classes], "a conditional boundary"),
      from = at[0] >>> 3,
      counts = () => kernels.memory.f64.subarray(from, from + 1 + 2 * classes);
    try {
      kernels.call("setImage", ...spatial, 1, 0, 0, 0, 0, 0);
      counts().fill(0);
      const pairs = Array.from({ length: batch }, (_, b) => {
        this.#set(b, 0);
        counts()[0] = 0;
        kernels.call("countAnchors", at[0]);
        return counts()[0];
      });
      return { pairs, anchors: counts().slice(1, 1 + classes), all: counts().slice(1 + classes) };
    } finally {
      give();
    }
  }

  /** The sum over all samples; adds derivatives to `grad`. */
  evaluate(factors: ConditionalFactors, inputs: ConditionalInputs): number {
    const { kernels, geometry } = this.source,
      { count } = inputs.features,
      { at, give } = this.#parameters(factors, inputs);
    try {
      const image = {
          spatial: geometry.spatial,
          reach: this.windows.kernelSize >> 1,
          record: 16 * even(count) + 32,
          stride: even(count),
          filler: 0,
        },
        rows = new SparseRows(kernels, image, "a conditional boundary");
      try {
        return factors.pairs.reduce((sum, pair, b) => {
          const [members, ...parameters] = at;
          this.#set(b, members);
          kernels.call("setConditionalBoundary", count, flag(inputs.grad !== undefined), pair, ...parameters);
          return sum + this.#sweep(b, rows, inputs);
        }, 0);
      } finally {
        rows.dispose();
      }
    } finally {
      give();
    }
  }

  #sweep(b: number, rows: SparseRows, { features, grad, scale }: ConditionalInputs): number {
    const { kernels } = this.source,
      bytes = 8 * even(features.count);
    let sum = 0;
    kernels.call("markNeeded", this.#mask, this.#spare);
    rows.sweep(b, this.#mask, {
      source: features,
      target: grad,
      read: (y, found) => kernels.call("readFeatures", y, found, bytes),
      work: (y) => {
        sum += kernels.call("conditionalBoundaryRow", y, this.#mask);
      },
      write: (y, found) => kernels.call("writeFeatures", y, found, bytes, scale),
    });
    return sum;
  }

  /**
   * Factors and classifier in float64, and room to work: addresses of a window's members, factors, classifier, bias and
   * scratch.
   */
  #parameters(
    { pulls, classifications, all }: ConditionalFactors,
    { features, classifier }: ConditionalInputs,
  ): ReturnType<typeof areas> {
    const { kernels, geometry } = this.source,
      { classes } = geometry,
      stride = even(features.count),
      weights = classifier ? 8 * classes * stride : 0;
    const found = areas(
        kernels,
        [
          4 * Math.min(this.windows.kernelSize ** 2, geometry.pixels + 1),
          24 * classes,
          weights,
          8 * classes,
          16 * stride + 8 * even(classes),
        ],
        "a conditional boundary",
      ),
      [members, factors, weight, bias, scratch] = found.at,
      { f64 } = kernels.memory;
    f64.set([...pulls, ...classifications, ...all], factors >>> 3);
    f64.fill(0, weight >>> 3, (weight + weights) >>> 3).fill(0, bias >>> 3, (bias >>> 3) + classes);
    if (!classifier) return { ...found, at: [members, factors, 0, 0, scratch] };
    for (let k = 0; k < classes; k++)
      f64.set(classifier.weight.subarray(k * features.count, (k + 1) * features.count), (weight >>> 3) + k * stride);
    if (classifier.bias) f64.set(classifier.bias, bias >>> 3);
    return found;
  }

  dispose(): void {
    this.#areas.give();
  }
}

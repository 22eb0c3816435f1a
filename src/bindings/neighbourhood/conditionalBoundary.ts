import type { WholeContext } from "../context.js";
import { padTo, tilePixels } from "../tile.js";
import { type Channels, dilationBytes, maskBytes, SparseRows, setPlainImage } from "./rows.js";

export interface ConditionalSource extends Pick<WholeContext, "kernels" | "geometry" | "labels" | "soft"> {
  readonly pred: () => Float32Array;
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

const even = (n: number) => n + (n & 1);
/** Bytes of a sample's marks. */
const markBytes = (pixels: number) => 4 * maskBytes(pixels);

/**
 * The marks of all pixels (assembly/neighbourhood/marks.ts), and what the conditional boundary loss does with windows
 * of them.
 */
export class ConditionalScene {
  readonly #marks: readonly number[];
  /** Whether a number of pred that counts is NaN. */
  undefined = false;

  private constructor(
    readonly source: ConditionalSource,
    readonly windows: ConditionalWindows,
    private readonly mask: number,
    private readonly spare: number,
    marks: number,
  ) {
    const { kernels, geometry } = source,
      { batch, pixels, spatial } = geometry,
      [height, width] = spatial,
      { steps, includeBackground: background } = windows;
    this.#marks = Array.from({ length: batch }, (_, b) => marks + b * markBytes(pixels));
    for (const [b, at] of this.#marks.entries()) {
      this.#stage(b, at);
      if (source.boundaries) kernels.memory.u8.set(source.boundaries(b), mask);
      else kernels.exports.labelBoundaries(at, mask, spare, height, width, steps);
      kernels.exports.markBoundaries(at, mask, pixels, background);
    }
  }

  /** Calls `work` with the marks of a prediction and its target. */
  static with<T>(source: ConditionalSource, windows: ConditionalWindows, work: (scene: ConditionalScene) => T): T {
    const { batch, pixels, spatial } = source.geometry,
      sizes = [maskBytes(pixels), dilationBytes(spatial), batch * markBytes(pixels)];
    return source.kernels.memory.with(sizes, "a conditional boundary", (mask, spare, marks) =>
      work(new ConditionalScene(source, windows, mask, spare, marks)),
    );
  }

  #stage(b: number, marks: number): void {
    const { kernels, geometry, pred, labels, soft } = this.source,
      { classes, pixels, channelsLast } = geometry,
      size = tilePixels(classes);
    kernels.tile.layOut(classes);
    for (let first = 0; first < pixels; first += size) {
      const count = Math.min(size, pixels - first);
      const stage = (data: Float32Array) =>
        kernels.tile.stage("pred", data, b * classes * pixels, pixels, first, count, channelsLast);
      if (labels) kernels.labels.stage(labels(), b * pixels + first, count);
      else if (soft) {
        stage(soft());
        kernels.run(padTo(count), kernels.step("argmax"));
      }
      stage(pred());
      if (kernels.exports.markPixels(count, marks + 4 * first)) this.undefined = true;
    }
  }

  /** Points the kernels at a sample. */
  #set(b: number, members: number): void {
    const { kernels, geometry } = this.source,
      { kernelSize, correctnessAware } = this.windows;
    kernels.exports.setWindows(this.#marks[b], kernelSize >> 1, geometry.classes, correctnessAware, members);
  }

  count(): ConditionalCounts {
    const { kernels, geometry } = this.source,
      { batch, classes, spatial } = geometry,
      { memory } = kernels;
    return memory.with([8 + 16 * classes], "a conditional boundary", (at) => {
      const from = at >>> 3,
        counts = () => memory.f64.subarray(from, from + 1 + 2 * classes);
      setPlainImage(kernels, spatial);
      counts().fill(0);
      const pairs = Array.from({ length: batch }, (_, b) => {
        this.#set(b, 0);
        counts()[0] = 0;
        kernels.exports.countAnchors(at);
        return counts()[0];
      });
      return { pairs, anchors: counts().slice(1, 1 + classes), all: counts().slice(1 + classes) };
    });
  }

  /** The sum over all samples; adds derivatives to `grad`. */
  evaluate(sums: ConditionalFactors, inputs: ConditionalInputs): number {
    const { kernels, geometry } = this.source,
      { count } = inputs.features,
      slopes = inputs.grad !== undefined,
      what = "a conditional boundary";
    const image = {
      spatial: geometry.spatial,
      reach: this.windows.kernelSize >> 1,
      record: 16 * even(count) + 32,
      stride: even(count),
      filler: 0,
    };
    return kernels.memory.with(this.#sizes(inputs), what, (members, factors, weight, bias, scratch) => {
      this.#writeFactors(factors, sums);
      this.#writeClassifier(weight, bias, inputs);
      const classifier = inputs.classifier ? weight : 0;
      return SparseRows.with(kernels, image, what, (rows) =>
        sums.pairs.reduce((sum, pair, b) => {
          this.#set(b, members);
          kernels.calls.setConditionalBoundary({ features: count, slopes, pair, factors, classifier, bias, scratch });
          return sum + this.#sweep(b, rows, inputs);
        }, 0),
      );
    });
  }

  #sweep(b: number, rows: SparseRows, { features, grad, scale }: ConditionalInputs): number {
    const { kernels } = this.source,
      bytes = 8 * even(features.count);
    let sum = 0;
    kernels.exports.markNeeded(this.mask, this.spare);
    rows.sweep(b, this.mask, {
      source: features,
      target: grad,
      read: (y, found) => kernels.exports.readFeatures(y, found, bytes),
      work: (y) => {
        sum += kernels.exports.conditionalBoundaryRow(y, this.mask);
      },
      write: (y, found) => kernels.exports.writeFeatures(y, found, bytes, scale),
    });
    return sum;
  }

  /** Bytes of a window's members, factors, classifier, bias and room to work; all but the first in float64. */
  #sizes({ features, classifier }: ConditionalInputs): number[] {
    const { classes, pixels } = this.source.geometry,
      stride = even(features.count),
      members = Math.min(this.windows.kernelSize ** 2, pixels + 1);
    return [
      4 * members,
      24 * classes,
      classifier ? 8 * classes * stride : 0,
      8 * classes,
      16 * stride + 8 * even(classes),
    ];
  }

  #writeFactors(at: number, { pulls, classifications, all }: ConditionalFactors): void {
    this.source.kernels.memory.f64.set([...pulls, ...classifications, ...all], at >>> 3);
  }

  #writeClassifier(weight: number, bias: number, { features, classifier }: ConditionalInputs): void {
    const { f64 } = this.source.kernels.memory,
      { classes } = this.source.geometry,
      { count } = features;
    f64.fill(0, bias >>> 3, (bias >>> 3) + classes);
    if (!classifier) return;
    f64.fill(0, weight >>> 3, (weight >>> 3) + classes * even(count));
    for (let k = 0; k < classes; k++)
      f64.set(classifier.weight.subarray(k * count, (k + 1) * count), (weight >>> 3) + k * even(count));
    if (classifier.bias) f64.set(classifier.bias, bias >>> 3);
  }
}

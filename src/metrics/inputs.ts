import type { Kernels } from "../bindings/kernels.js";
import { channel } from "../bindings/planes/planes.js";
import { countLabels, invalidLabel, sumSoftTarget } from "../engine/statistics.js";
import { SegLossError } from "../errors.js";
import { firstLabel, isBinary } from "../tensors/conventions.js";
import {
  dataType,
  type Geometry,
  isLabelArray,
  isSoftTarget,
  type LabelArray,
  type NumberTensor,
  readGeometry,
  readShape,
} from "../tensors/shape.js";
import { findLargest } from "../utilities/scores.js";
import { asVolume, type Volume } from "./box.js";
import type { Common } from "./declaration.js";
import { ChannelSide, LabelSide, type Labels, type Side } from "./sides.js";

/** One sample's two sides. */
export interface Sample {
  readonly pred: Side;
  readonly target: Side;
  /** Pixels that count. */
  readonly counted: number;
}

/** The shape of a prediction of scores, or the one that labels stand for. */
function readPredShape(what: string, pred: NumberTensor, { numClasses, layout }: Common): readonly number[] {
  const shape = readShape(pred, `${what}: pred`);
  if (!isLabelArray(pred.data)) {
    if (!((pred.data as unknown) instanceof Float32Array)) {
      const got = dataType(pred);
      throw new SegLossError(
        "SHAPE_MISMATCH",
        `${what}: pred must hold scores in a Float32Array or labels in an integer typed array, got ${got}`,
      );
    }
    const { classes } = readGeometry(shape, layout, `${what}: pred`);
    if (numClasses !== null && numClasses !== classes)
      throw new SegLossError(
        "INVALID_OPTION",
        `${what}: option numClasses is ${numClasses}, but pred has ${classes} channels in shape [${shape.join(", ")}]`,
      );
    return shape;
  }
  if (shape.length < 2 || shape.length > 4)
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what}: pred holds labels and must be [B, ...spatial] with 1 to 3 spatial dimensions, got shape [${shape.join(", ")}]`,
    );
  if (numClasses === null)
    throw new SegLossError("INVALID_OPTION", `${what}: option numClasses must be given where pred holds labels`);
  const [batch, ...spatial] = shape;
  return layout === "channelsLast" ? [batch, ...spatial, numClasses] : [batch, numClasses, ...spatial];
}

/** Labels are below it. */
const labelRange = ({ classes }: Geometry) => classes + firstLabel(classes);

/** Labels with one that is no class in place of those that do not count, each checked. */
function convert(
  what: string,
  labels: LabelArray,
  from: number,
  geometry: Geometry,
  ignoreIndex: number | null,
  ignored?: Uint8Array,
): Labels {
  const { pixels } = geometry,
    range = labelRange(geometry),
    [none, out] = range < 255 ? [255, new Uint8Array(pixels)] : [range, new Int32Array(pixels)];
  for (let i = 0; i < pixels; i++) {
    const label = labels[from + i];
    if (ignored?.[i]) out[i] = none;
    else if (label >= 0 && label < range) out[i] = label;
    else if (label === ignoreIndex) out[i] = none;
    else throw invalidLabel(label, from + i, range, ignoreIndex ?? undefined, what);
  }
  return out;
}

/** Whether any number of a sample is NaN at a pixel that counts. */
function hasNaN(
  data: Float32Array,
  b: number,
  { classes, pixels, channelsLast }: Geometry,
  ignored: Uint8Array | undefined,
): boolean {
  const from = b * classes * pixels,
    end = from + classes * pixels;
  for (let at = from; at < end; at++) {
    if (!Number.isNaN(data[at])) continue;
    const i = channelsLast ? Math.floor((at - from) / classes) : (at - from) % pixels;
    if (!ignored?.[i]) return true;
  }
  return false;
}

/** A call's tensors, checked; labels of a prediction are checked as they are read. */
export class MetricInputs {
  readonly geometry: Geometry;
  readonly #kernels: Kernels;
  readonly #volume: Volume;
  readonly #pred: () => Float32Array | LabelArray;
  readonly #target: () => Float32Array | LabelArray;
  /** The class of the largest score of each pixel, where classes compete. */
  readonly #winners?: LabelArray;
  /** Whether a score may be NaN where classes compete. */
  readonly #mayBeUnknown: boolean = false;
  readonly #valid: Float64Array;
  readonly #isSoft: boolean;
  readonly #predChecked: boolean;

  constructor(
    kernels: Kernels,
    readonly what: string,
    readonly options: Common,
    pred: NumberTensor,
    target: NumberTensor,
  ) {
    const { ignoreIndex, activation, includeBackground, layout } = options,
      shape = readPredShape(what, pred, options),
      geometry = readGeometry(shape, layout, `${what}: pred`),
      scores = !isLabelArray(pred.data);
    if (scores && activation === "softmax" && geometry.classes === 1) {
      const got = `pred has shape [${shape.join(", ")}], C = 1`;
      throw new SegLossError(
        "UNSUPPORTED",
        `${what}: softmax over one channel is always 1 (${got}); use activation "sigmoid"`,
      );
    }
    if (!includeBackground && geometry.classes === 1)
      throw new SegLossError(
        "UNSUPPORTED",
        `${what}: includeBackground: false leaves nothing of C = 1: its one class is the foreground`,
      );
    this.#kernels = kernels;
    this.geometry = geometry;
    this.#volume = asVolume(geometry.spatial);
    this.#isSoft = isSoftTarget(target, shape, geometry, what);
    this.#pred = kernels.memory.pin(pred.data as Float32Array | LabelArray);
    this.#target = kernels.memory.pin(target.data as Float32Array | LabelArray);
    const statistics = this.#isSoft
      ? sumSoftTarget(kernels, this.#target as () => Float32Array, geometry, {
          what,
          competing: !isBinary(activation, geometry.classes),
          voids: false,
        })
      : countLabels(kernels, this.#target as () => LabelArray, geometry, ignoreIndex ?? undefined, `${what}: target`);
    this.#valid = statistics.valid;
    if (scores && !isBinary(activation, geometry.classes)) {
      const { batch, pixels, classes } = geometry,
        winners = classes < 255 ? new Uint8Array(batch * pixels) : new Int32Array(batch * pixels);
      this.#mayBeUnknown = findLargest(kernels, this.#pred() as Float32Array, geometry, () => winners);
      this.#winners = winners;
    }
    // Labels at ignored pixels may be anything, so that only where there are none all can be checked at once.
    this.#predChecked = scores || this.#valid.every((n) => n === geometry.pixels);
    if (!scores && this.#predChecked) {
      const void_ =
        ignoreIndex !== null && (ignoreIndex < 0 || ignoreIndex >= labelRange(geometry)) ? ignoreIndex : undefined;
      countLabels(kernels, this.#pred as () => LabelArray, geometry, void_, `${what}: pred`);
    }
  }

  sample(b: number): Sample {
    const { geometry } = this,
      { pixels, classes } = geometry,
      { activation } = this.options,
      pred = this.#pred(),
      ignored = this.#ignored(b),
      labels = isLabelArray(pred) ? pred : this.#winners;
    const unknown = this.#mayBeUnknown && hasNaN(pred as Float32Array, b, geometry, ignored),
      side = (map: Labels, isUnknown: boolean) =>
        new LabelSide(this.#kernels, map, this.#volume, classes, firstLabel(classes), isUnknown);
    return {
      pred: labels
        ? side(this.#labels(labels, b, "pred", ignored), unknown)
        : this.#channels(this.#pred, b, activation === "none" ? 0.5 : 0, ignored),
      target: this.#isSoft
        ? this.#channels(this.#target, b, 0.5, undefined)
        : side(this.#labels(this.#target() as LabelArray, b, "target", ignored), false),
      counted: this.#isSoft ? pixels : this.#valid[b],
    };
  }

  /** 1 where the target has the ignored label; nothing if it has it nowhere. */
  #ignored(b: number): Uint8Array | undefined {
    const { pixels } = this.geometry;
    if (this.#isSoft || this.#valid[b] === pixels) return undefined;
    const ignored = new Uint8Array(pixels),
      { ignoreIndex } = this.options,
      target = this.#target();
    for (let i = 0; i < pixels; i++) if (target[b * pixels + i] === ignoreIndex) ignored[i] = 1;
    return ignored;
  }

  /**
   * A sample's labels as a side takes them: bytes as they are where they have been checked and nothing has to be
   * changed.
   */
  #labels(labels: LabelArray, b: number, argument: "pred" | "target", ignored: Uint8Array | undefined): Labels {
    const { geometry } = this,
      from = b * geometry.pixels,
      checked = argument === "target" || this.#predChecked;
    if (labels instanceof Uint8Array && checked && !ignored && labelRange(geometry) < 255)
      return labels.slice(from, from + geometry.pixels);
    return convert(`${this.what}: ${argument}`, labels, from, geometry, this.options.ignoreIndex, ignored);
  }

  #channels(data: () => ArrayLike<number>, b: number, threshold: number, ignored: Uint8Array | undefined): ChannelSide {
    const { pixels } = this.geometry,
      numbers = data as () => Float32Array;
    return new ChannelSide(
      this.#kernels,
      (c) => channel(numbers(), b, c, 0, pixels, this.geometry),
      this.#volume,
      threshold,
      ignored,
    );
  }
}

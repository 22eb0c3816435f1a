import type { Kernels } from "../bindings/kernels.js";
import { channel } from "../bindings/planes/planes.js";
import { invalidLabel, sumSoftTarget } from "../engine/statistics.js";
import { SegLossError } from "../errors.js";
import { firstLabel, isBinary } from "../tensors/conventions.js";
import { ignoredLabels } from "../tensors/ignoredLabels.js";
import { mapInto } from "../tensors/mapInto.js";
import { refuseImprobable } from "../tensors/probabilities.js";
import type { Geometry, LabelArray, NumberTensor } from "../tensors/shape.js";
import { findLargest } from "../utilities/scores.js";
import { asVolume, type Volume } from "./box.js";
import { countedColumns, labelRange, occurringColumns } from "./columns.js";
import type { Common } from "./common.js";
import { binaryJoint, type Joint, JointLabels } from "./joint.js";
import { Numbering, type NumberMap, VOID } from "./numbering.js";
import { findOverlaps, type Overlaps } from "./objectOverlaps.js";
import { Probabilities } from "./probabilities.js";
import type { Sample } from "./sample.js";
import { type Given, readGiven } from "./shapes.js";
import { ChannelSide, countSides, LabelSide } from "./sides.js";

/** 1 at the pixels that do not count; nothing if all count. */
function findVoids(what: string, { target, geometry, binary }: Given, ignored: ReadonlySet<number>) {
  if (ignored.size === 0) return undefined;
  const voids = new Uint8Array(geometry.batch * geometry.pixels);
  if (target.labels) {
    const labels = target.labels();
    for (let i = 0; i < voids.length; i++) if (ignored.has(labels[i])) voids[i] = 1;
  } else {
    if (binary)
      throw new SegLossError(
        "UNSUPPORTED",
        `${what}: ignoreIndex needs labels where each channel is a yes/no question, got a soft target, ` +
          "which has no label to ignore",
      );
    markEmptyRows(target.scores(), geometry, voids);
  }
  return voids.includes(1) ? voids : undefined;
}

/** What one-hot encoders make of a label that is no class. */
function markEmptyRows(soft: Float32Array, { classes, pixels, channelsLast }: Geometry, voids: Uint8Array): void {
  const [perClass, perPixel] = channelsLast ? [1, classes] : [pixels, 1];
  for (let n = 0; n < voids.length; n++) {
    const at = Math.floor(n / pixels) * classes * pixels + (n % pixels) * perPixel;
    let c = 0;
    while (c < classes && soft[at + c * perClass] === 0) c++;
    if (c === classes) voids[n] = 1;
  }
}

/** Refuses numbers that can be no probability, at pixels that count. */
function refuseScores(data: Float32Array, geometry: Geometry, what: string, voids: Uint8Array | undefined): void {
  const { batch, pixels } = geometry;
  for (let b = 0; b < batch; b++)
    refuseImprobable(data, geometry, what, { b, first: 0, count: pixels }, (i) => !voids?.[b * pixels + i]);
}

/** Whether any number of a sample is NaN at a pixel that counts. */
function hasNaN(
  data: Float32Array,
  b: number,
  { classes, pixels, channelsLast }: Geometry,
  voids: Uint8Array | undefined,
): boolean {
  const from = b * classes * pixels,
    end = from + classes * pixels;
  for (let at = from; at < end; at++) {
    if (!Number.isNaN(data[at])) continue;
    const i = channelsLast ? Math.floor((at - from) / classes) : (at - from) % pixels;
    if (!voids?.[i]) return true;
  }
  return false;
}

/** A call's tensors, checked, and the labels that it scores. */
export class MetricInputs {
  readonly geometry: Geometry;
  /** The label of each column of the result. */
  readonly labels: readonly number[];
  /** Whether a column's label is ignored: it has no score. */
  readonly ignored: (c: number) => boolean;
  readonly #kernels: Kernels;
  readonly #given: Given;
  readonly #volume: Volume;
  readonly #voids: Uint8Array | undefined;
  /** Numbers of labels, where a side has labels, or the classes of the largest scores. */
  readonly #pred?: NumberMap;
  readonly #target?: NumberMap;
  /** The column of each number; -1 of what has none. */
  readonly #columns: Int32Array;
  /** Whether a score may be NaN where classes compete. */
  readonly #mayBeUnknown: boolean = false;
  readonly #options: Common;
  readonly #numbering = new Numbering();
  #joint?: Joint;

  constructor(
    kernels: Kernels,
    readonly what: string,
    options: Common,
    predTensor: NumberTensor,
    targetTensor: NumberTensor,
  ) {
    const given = readGiven(kernels, what, options, predTensor, targetTensor),
      { geometry, pred, target, counted } = given,
      { batch, pixels, classes } = geometry,
      ignored = new Set(ignoredLabels(options.ignoreIndex)),
      numbering = this.#numbering;
    this.#options = options;
    this.#kernels = kernels;
    this.#given = given;
    this.geometry = geometry;
    this.#volume = asVolume(geometry.spatial);
    if (target.scores)
      sumSoftTarget(kernels, target.scores, geometry, {
        what,
        competing: !isBinary(options.activation, classes),
        voids: ignored.size > 0,
      });
    const voids = findVoids(what, given, ignored);
    this.#voids = voids;
    if (pred.scores && options.activation === "none") refuseScores(pred.scores(), geometry, what, voids);
    if (target.labels) this.#target = numbering.read(target.labels(), this.#voids);
    if (counted) this.#check("target", numbering.names, 0, ignored);
    const first = numbering.names.length;
    if (pred.labels) this.#pred = numbering.read(pred.labels(), this.#voids);
    else if (!isBinary(options.activation, classes)) {
      const winners = classes < 256 ? new Uint8Array(batch * pixels) : new Int32Array(batch * pixels);
      this.#mayBeUnknown = findLargest(kernels, pred.scores(), geometry, () => winners);
      this.#pred = numbering.read(winners, this.#voids);
    }
    if (counted && pred.labels) this.#check("pred", numbering.names, first, ignored);
    this.labels = counted
      ? countedColumns(what, options, classes)
      : occurringColumns(what, options, numbering.names, ignored);
    this.ignored = (c) => ignored.has(this.labels[c]);
    const columns = new Map(this.labels.map((label, c) => [label, c]));
    this.#columns = Int32Array.from([undefined, ...numbering.names], (label) => columns.get(label as number) ?? -1);
  }

  /** Whether the classes of a pixel compete. */
  get competing(): boolean {
    const { classes } = this.geometry;
    if (classes === 1) return true;
    return this.#pred !== undefined && (this.#target !== undefined || !isBinary(this.#options.activation, classes));
  }

  /** Of scores: what they say in numbers. */
  probabilities(): Probabilities {
    return new Probabilities(this.geometry, this.#given, this.#options.activation, this.#voids);
  }

  /** The classes of both sides, of soft targets the largest. */
  joint(): Joint | undefined {
    if (this.#joint || !this.competing) return this.#joint;
    const { geometry, what } = this,
      { batch, classes, pixels } = geometry;
    if (classes === 1) {
      this.#joint = binaryJoint((b) => {
        const { pred, target, counted } = this.sample(b);
        return countSides(this.#kernels, pred, target, 1, counted)[0];
      });
      return this.#joint;
    }
    let target = this.#target;
    if (!target) {
      const winners = new Int32Array(batch * pixels);
      findLargest(this.#kernels, (this.#given.target.scores as () => Float32Array)(), geometry, () => winners);
      target = this.#numbering.read(winners, this.#voids);
    }
    const maps = { names: this.#numbering.names, pred: this.#pred as NumberMap, target };
    this.#joint = new JointLabels(what, this.#options, classes, pixels, maps);
    return this.#joint;
  }

  /** Whether both sides hold labels. */
  get labelled(): boolean {
    return this.#given.pred.labels !== undefined && this.#target !== undefined;
  }

  /** Each label as one object; what is labelled 0, or does not count, is none. */
  #objects(b: number): Overlaps | undefined {
    const [pred, target] = [this.#pred, this.#target];
    if (!this.labelled || !pred || !target) return undefined;
    const { pixels } = this.geometry,
      { names } = this.#numbering,
      zero = names.indexOf(0) + 1,
      numbers = (all: NumberMap) =>
        all.subarray(b * pixels, (b + 1) * pixels).map((number) => (number === zero ? VOID : number));
    return findOverlaps(numbers(pred), numbers(target), { pred: names.length, target: names.length });
  }

  /** Labels that are no class are refused; those that the target has stand first. */
  #check(side: "pred" | "target", names: readonly number[], first: number, ignored: ReadonlySet<number>): void {
    const range = labelRange(this.geometry.classes),
      wrong = new Set(names.slice(first).filter((label) => !(label >= 0 && label < range) && !ignored.has(label)));
    if (wrong.size === 0) return;
    const labels = (this.#given[side].labels as () => LabelArray)(),
      index = labels.findIndex((label: number, i: number) => wrong.has(label) && !this.#voids?.[i]);
    throw invalidLabel(labels[index], index, range, [...ignored], `${this.what}: ${side}`);
  }

  sample(b: number): Sample {
    const { pixels } = this.geometry,
      { pred, target, threshold } = this.#given,
      voids = this.#voids?.subarray(b * pixels, (b + 1) * pixels);
    let objects: Overlaps | undefined;
    const unknown = this.#mayBeUnknown && hasNaN((pred.scores as () => Float32Array)(), b, this.geometry, voids);
    return {
      pred: this.#pred
        ? this.#labelSide(this.#pred, b, unknown)
        : this.#channels(pred.scores as () => Float32Array, b, threshold, voids),
      target: this.#target
        ? this.#labelSide(this.#target, b, false)
        : this.#channels(target.scores as () => Float32Array, b, 0.5, voids),
      counted: voids ? voids.reduce((n, isVoid) => n - isVoid, pixels) : pixels,
      spatial: this.geometry.spatial,
      joint: () => this.joint(),
      targetLabels: () => this.#targetLabels(b),
      targetMasks: () => this.#targetMasks(b, voids),
      objects: () => {
        objects ??= this.#objects(b);
        return objects;
      },
    };
  }

  #labelSide(numbers: NumberMap, b: number, isUnknown: boolean): LabelSide {
    const { pixels } = this.geometry,
      own = numbers.subarray(b * pixels, (b + 1) * pixels);
    return new LabelSide(this.#kernels, own, this.#volume, this.labels.length, this.#columns, isUnknown);
  }

  #targetLabels(b: number): LabelSide | undefined {
    if (!this.#target) return undefined;
    const { pixels } = this.geometry,
      own = this.#target.subarray(b * pixels, (b + 1) * pixels),
      { length } = this.#numbering.names,
      each = Int32Array.from({ length: length + 1 }, (_, number) => number - 1);
    return new LabelSide(this.#kernels, own, this.#volume, length, each, false);
  }

  *#targetMasks(b: number, voids: Uint8Array | undefined): Iterable<Uint8Array> {
    const { pixels, classes } = this.geometry;
    const soft = this.#given.target.scores as () => Float32Array;
    for (let c = 0; c < classes; c++)
      yield mapInto(new Uint8Array(pixels), channel(soft(), b, c, 0, pixels, this.geometry), (t, i) =>
        t > 0.5 && !voids?.[i] ? 1 : 0,
      );
  }

  #channels(numbers: () => Float32Array, b: number, threshold: number, voids: Uint8Array | undefined): ChannelSide {
    const { pixels, classes } = this.geometry;
    return new ChannelSide(
      this.#kernels,
      (c) => channel(numbers(), b, this.labels[c] - firstLabel(classes), 0, pixels, this.geometry),
      this.#volume,
      threshold,
      voids,
    );
  }
}

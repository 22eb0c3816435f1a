import { firstLabel, isBinary } from "../tensors/conventions.js";
import type { Geometry } from "../tensors/shape.js";
import type { Common } from "./common.js";
import type { Given } from "./shapes.js";

/** Probabilities below it count as it in a logarithm, where they are given as such; as in the losses. */
const FLOOR = 1e-7;
/** Numbers of a tile in all channels: what is looked at several times stays in the cache. */
const TILE = 8192;

/** Counted pixels of one sample; [C, stride] numbers, of which the first `count` of each row are filled. */
export interface ProbabilityTile {
  readonly b: number;
  readonly count: number;
  readonly stride: number;
  readonly p: Float64Array;
  readonly t: Float64Array;
  /** -log p. */
  readonly logs: Float64Array;
  /** -log (1 - p), where each channel is a yes/no question. */
  readonly complements: Float64Array;
  /** The channel of the largest score, the first of equals. */
  readonly top: Int32Array;
}

/** Gathers what some metrics need of the probabilities. */
export interface ProbabilityReader {
  read(tile: ProbabilityTile): void;
}

/** A call's probabilities in float64, gone through once for all metrics. */
export class Probabilities {
  /** Whether the classes of a pixel compete; a single channel is a yes/no question. */
  readonly competing: boolean;
  /** Pixels that count, per sample. */
  readonly counted: Float64Array;
  /** [B, C]: 1 where the score of a counted pixel makes no probability; of all classes, if they compete. */
  readonly unknown: Uint8Array;
  readonly #readers = new Map<string, ProbabilityReader>();
  readonly #tile: ProbabilityTile & { b: number; count: number };
  /** Where each pixel of the tile stands in its sample. */
  readonly #pixels: Int32Array;
  /** Of each pixel of a softmax: the other classes' share, what normalises it, and the logarithm of that. */
  readonly #others: Float64Array;
  readonly #scale: Float64Array;
  readonly #log: Float64Array;

  constructor(
    readonly geometry: Geometry,
    private readonly given: Pick<Given, "pred" | "target">,
    private readonly activation: Common["activation"],
    private readonly voids: Uint8Array | undefined,
  ) {
    const { batch, classes } = geometry,
      stride = Math.max(64, Math.floor(TILE / classes)),
      make = () => new Float64Array(classes * stride);
    this.competing = !isBinary(activation, classes);
    this.counted = new Float64Array(batch);
    this.unknown = new Uint8Array(batch * classes);
    this.#tile = {
      ...{ b: 0, count: 0, stride, p: make(), t: make(), logs: make() },
      complements: this.competing ? new Float64Array(0) : make(),
      top: new Int32Array(stride),
    };
    this.#pixels = new Int32Array(stride);
    this.#others = new Float64Array(stride);
    this.#scale = new Float64Array(stride);
    this.#log = new Float64Array(stride);
  }

  /** The reader of that key: metrics with the same one share it. */
  reader<R extends ProbabilityReader>(key: string, make: () => R): R {
    const reader = (this.#readers.get(key) as R | undefined) ?? make();
    this.#readers.set(key, reader);
    return reader;
  }

  /** Shows all counted pixels to the readers. */
  read(): void {
    const { batch, pixels } = this.geometry,
      tile = this.#tile;
    for (let b = 0; b < batch; b++) {
      tile.b = b;
      for (let i = 0; i < pixels; ) {
        tile.count = 0;
        for (; i < pixels && tile.count < tile.stride; i++)
          if (!this.voids?.[b * pixels + i]) this.#pixels[tile.count++] = i;
        this.counted[b] += tile.count;
        this.#fill();
        for (const reader of this.#readers.values()) reader.read(tile);
      }
    }
  }

  #fill(): void {
    const { t, p } = this.#tile,
      { scores, labels } = this.given.target;
    if (labels) this.#markLabels(labels());
    else this.#load(scores(), t);
    this.#load((this.given.pred.scores as () => Float32Array)(), p);
    this.#findTop();
    if (this.activation === "softmax") this.#softmax();
    else if (this.activation === "sigmoid") this.#sigmoid();
    else this.#asGiven();
  }

  /** Numbers of the tile's pixels from a tensor of the prediction's shape. */
  #load(data: Float32Array, rows: Float64Array): void {
    const { classes, pixels, channelsLast } = this.geometry,
      [perClass, perPixel] = channelsLast ? [1, classes] : [pixels, 1],
      { b, count, stride } = this.#tile;
    for (let c = 0; c < classes; c++) {
      const from = b * classes * pixels + c * perClass;
      for (let i = 0, at = c * stride; i < count; i++, at++) rows[at] = data[from + this.#pixels[i] * perPixel];
    }
  }

  #markLabels(labels: ArrayLike<number>): void {
    const { b, t, count, stride } = this.#tile,
      { classes, pixels } = this.geometry,
      first = firstLabel(classes);
    t.fill(0);
    for (let i = 0; i < count; i++) {
      const c = labels[b * pixels + this.#pixels[i]] - first;
      if (c >= 0) t[c * stride + i] = 1;
    }
  }

  #findTop(): void {
    if (!this.competing) return;
    const { p, top, count, stride } = this.#tile;
    largest(p, this.geometry.classes, count, stride, top);
  }

  /** From the largest score, whose exponential is 1: the others' sum keeps the digits of what is nearly sure. */
  #softmax(): void {
    const { classes } = this.geometry,
      { b, p, logs, top, count, stride } = this.#tile,
      others = this.#others.fill(0),
      scale = this.#scale,
      log = this.#log;
    for (let i = 0; i < count; i++) log[i] = p[top[i] * stride + i];
    for (let c = 0; c < classes; c++) {
      for (let i = 0, at = c * stride; i < count; i++, at++) {
        logs[at] = log[i] - p[at];
        p[at] = Math.exp(-logs[at]);
        if (top[i] !== c) others[i] += p[at];
      }
    }
    let known = true;
    for (let i = 0; i < count; i++) {
      known &&= p[top[i] * stride + i] === 1 && others[i] < Infinity;
      scale[i] = 1 / (1 + others[i]);
      log[i] = Math.log1p(others[i]);
    }
    if (!known) this.unknown.fill(1, b * classes, (b + 1) * classes);
    for (let c = 0; c < classes; c++) {
      for (let i = 0, at = c * stride; i < count; i++, at++) {
        p[at] *= scale[i];
        logs[at] += log[i];
      }
    }
  }

  #sigmoid(): void {
    const { classes } = this.geometry,
      { b, p, logs, complements, count, stride } = this.#tile;
    for (let c = 0; c < classes; c++) {
      let known = true;
      for (let i = 0, at = c * stride; i < count; i++, at++) {
        const z = p[at],
          small = Math.exp(-Math.abs(z)),
          rest = Math.log1p(small);
        known &&= !Number.isNaN(z);
        logs[at] = Math.max(-z, 0) + rest;
        complements[at] = Math.max(z, 0) + rest;
        p[at] = (z < 0 ? small : 1) / (1 + small);
      }
      if (!known) this.unknown[b * classes + c] = 1;
    }
  }

  #asGiven(): void {
    const { classes } = this.geometry,
      { b, p, logs, complements, count, stride } = this.#tile;
    for (let c = 0; c < classes; c++) {
      let known = true;
      for (let i = 0, at = c * stride; i < count; i++, at++) {
        known &&= Number.isFinite(p[at]);
        logs[at] = -Math.log(Math.max(p[at], FLOOR));
        if (!this.competing) complements[at] = -Math.log(Math.max(1 - p[at], FLOOR));
      }
      if (!known && this.competing) this.unknown.fill(1, b * classes, (b + 1) * classes);
      else if (!known) this.unknown[b * classes + c] = 1;
    }
  }
}

/** The row of each column's largest number, the first of equals. */
export function largest(rows: Float64Array, classes: number, count: number, stride: number, out: Int32Array): void {
  out.fill(0, 0, count);
  for (let c = 1; c < classes; c++)
    for (let i = 0, at = c * stride; i < count; i++, at++) if (rows[at] > rows[out[i] * stride + i]) out[i] = c;
}

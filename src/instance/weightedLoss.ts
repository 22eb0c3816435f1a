import { distanceAcross, maskDistance } from "../bindings/masks/distance.js";
import { type Engine, splits } from "../engine/engine.js";
import type { PlanContext, Term } from "../engine/plan.js";
import type { Share } from "../engine/share.js";
import { samplesOf } from "../engine/tiles.js";
import { SegLossError } from "../errors.js";
import { suggestion } from "../options/options.js";
import { labelAxes, scoreAxes } from "../tensors/axes.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { isLabelArray, readShape } from "../tensors/shape.js";
import { check, checkPlane, encodingKey, groupParts, type ReadPart } from "./groups.js";
import {
  type Extra,
  type Inputs,
  type LiveExtra,
  mergeTarget,
  PreparedTarget,
  type Reading,
  readInputs,
  readOut,
  type Target,
} from "./inputs.js";
import { liveExtra, liveTensor } from "./liveTensors.js";
import type { Composition, Loss, Part, ValueAndGrad } from "./loss.js";

const noExtra: LiveExtra = () => undefined;

function addTo(sum: Float32Array, part: Float32Array, weight = 1): void {
  for (let i = 0; i < sum.length; i++) sum[i] += weight * part[i];
}

/** One loss, or several whose values and gradients add up. */
export class WeightedLoss implements Loss {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly #parts: readonly Part[];
  readonly #groups: readonly (readonly ReadPart[])[];
  readonly #offset: number;
  readonly #engine: () => Engine;

  constructor({ name, options, parts, offset }: Composition, engine: () => Engine) {
    this.name = name;
    this.options = options;
    this.#parts = parts;
    this.#groups = groupParts(parts);
    this.#offset = offset;
    this.#engine = engine;
  }

  value(pred: TensorLike, target: Target, extra: Extra = {}): number {
    return this.run(pred, target, extra, false).value;
  }

  valueAndGrad(pred: TensorLike, target: Target, extra: Extra = {}): ValueAndGrad {
    return this.run(pred, target, extra, true);
  }

  prepare(given: TensorLike): PreparedTarget {
    const target = readTensor(given, `${this.name}: target`),
      { data } = target,
      shape = readShape(target, `${this.name}: target`),
      own = { shape, data: ArrayBuffer.isView(data) ? (data as Float32Array).slice() : data },
      prepared = new PreparedTarget(own);
    this.#engine();
    const soft = !isLabelArray(own.data),
      what = `${this.name}: target`;
    for (const part of this.#parts) {
      const { spatialDims, layout } = part.options;
      if (soft) scoreAxes(shape, spatialDims, layout === "channelsLast", what);
      else if (part.declaration.prepares === "labels") this.#prepareLabels(part, prepared);
      else labelAxes(shape, spatialDims, what);
    }
    return prepared;
  }

  #prepareLabels(part: Part, given: PreparedTarget): void {
    const what = `${this.name}: target`,
      prepared = mergeTarget(given, part.ignored, what),
      { shape, data } = prepared.tensor,
      { batch, spatial, batched } = labelAxes(shape, part.options.spatialDims, what),
      pixels = spatial.reduce((a, b) => a * b, 1),
      geometry = { batch, classes: 0, spatial, pixels, channelsLast: false, batched },
      inputs = { geometry, binary: false, labels: () => data, prepared } as unknown as Inputs;
    checkPlane(part.declaration, spatial, "target");
    part.declaration.plan(part.options, this.#context(part, inputs, noExtra, {}));
  }

  #context(
    { declaration, options }: Part,
    inputs: Inputs,
    extra: LiveExtra,
    grads: Record<string, Float32Array>,
    share?: Share,
  ): PlanContext {
    const { kernels } = this.#engine(),
      { geometry } = inputs,
      samples = share ? samplesOf(share, geometry, kernels.use(geometry.classes)) : { first: 0, end: geometry.batch },
      some = share ? ` ${samples.first} to ${samples.end}` : "";
    return {
      samples,
      geometry,
      binary: inputs.binary,
      unsupported: (message) => {
        throw new SegLossError("UNSUPPORTED", `${declaration.name}: ${message}`);
      },
      targetMap: (key, make) =>
        inputs.prepared.keep(`${key} ${geometry.spatial} ${JSON.stringify(options)}${some}`, () =>
          make({ labels: inputs.labels?.().slice(), soft: inputs.soft?.().slice() }),
        ),
      keep: (key, make) => inputs.prepared.keep(`${declaration.name} ${key} ${JSON.stringify(options)}`, make),
      extra,
      grads,
      squaredDistance: (...args) => maskDistance(kernels, ...args, false),
      distanceAcross: (...args) => distanceAcross(kernels, ...args),
    };
  }

  #encoding({ kernels }: Engine, { declaration, options }: Part): Reading["encoding"] {
    const { encode } = declaration;
    return (
      encode && {
        key: encodingKey(declaration, options),
        encode: (labels, geometry) =>
          encode(options, labels.slice(), geometry, (...args) => maskDistance(kernels, ...args, false)),
      }
    );
  }

  #checkExtra(extra: Extra): void {
    if (extra === null || typeof extra !== "object") {
      throw new SegLossError(
        "INVALID_OPTION",
        `${this.name}: extra inputs must be an object such as { out }, got ${String(extra)}`,
      );
    }
    for (const name of Object.keys(extra)) {
      if (name === "out" || this.#parts.some(({ declaration }) => declaration.extras.includes(name))) continue;
      const known = ["out", ...this.#parts.flatMap(({ declaration }) => declaration.extras)];
      throw new SegLossError(
        "INVALID_OPTION",
        `${this.name}: unknown extra input ${JSON.stringify(name)}${suggestion(name, known)} (it takes: ${known.join(", ")})`,
      );
    }
  }

  /**
   * An evaluation, or one of the shares of one: then the gradient is that of the share's tiles, where the loss can be
   * split, and otherwise the first's.
   */
  run(pred: TensorLike, target: Target, extra: Extra, wantGrad: boolean, share?: Share): ValueAndGrad {
    const engine = this.#engine(),
      { memory } = engine.kernels;
    this.#checkExtra(extra);
    const own = share && this.#groups.length === 1 ? share : undefined;
    if (share && !own && share.index > 0) return { value: 0, grad: new Float32Array(0), grads: {} };
    const livePred = liveTensor(memory, pred, `${this.name}: pred`),
      liveTarget =
        target instanceof PreparedTarget
          ? target
          : new PreparedTarget(liveTensor(memory, target, `${this.name}: target`)),
      inputs = liveExtra(memory, extra, this.name);
    const all: Record<string, Float32Array> = {},
      length = readShape(livePred, `${this.name}: pred`).reduce((a, b) => a * b, 1),
      grad = wantGrad ? memory.pin(readOut(this.name, extra.out, length)) : undefined;
    let value = this.#offset;
    for (const [i, group] of this.#groups.entries()) {
      const read = readInputs(engine.kernels, this.name, group[0].options, livePred, liveTarget, {
        encoding: this.#encoding(engine, group[0]),
        ignored: group[0].ignored,
        share: target instanceof PreparedTarget ? undefined : own, // a target that is kept may be counted already by some
      });
      const part = i > 0 && wantGrad ? new Float32Array(length) : undefined;
      value += this.#runGroup(engine, group, read, inputs, part ? () => part : grad, all, own);
      if (part && grad) addTo(grad(), part);
    }
    if (this.#groups.length === 0) {
      readInputs(
        engine.kernels,
        this.name,
        { activation: "sigmoid", ignoreIndex: null, layout: "channelsFirst", spatialDims: null },
        livePred,
        liveTarget,
      );
      grad?.().fill(0);
    }
    return { value, grad: grad?.() as Float32Array, grads: all };
  }

  /** Parts that read pred and target alike are evaluated together, tile by tile. */
  #runGroup(
    engine: Engine,
    group: readonly ReadPart[],
    inputs: Inputs,
    extra: LiveExtra,
    out: (() => Float32Array) | undefined,
    all: Record<string, Float32Array>,
    share?: Share,
  ): number {
    const { activation } = group[0].options,
      { pred, labels, soft, ignoreIndex, voids, geometry, statistics } = inputs,
      probabilities = activation === "none" && group.some(({ declaration }) => !declaration.raw);
    for (const part of group) check(part, inputs);
    const planned = this.#plan(group, inputs, extra, share),
      terms = planned.flatMap((part) => part.terms);
    if (share && !terms.every(splits)) {
      if (share.index === 0) return this.#runGroup(engine, group, inputs, extra, out, all);
      return 0;
    }
    if (voids && terms.some(({ family }) => family === "field" || family === "neighbourhood"))
      throw new SegLossError(
        "UNSUPPORTED",
        `${this.name}: void pixels of a soft target that is not one-hot are not left out by losses that see neighbours or ranks; pass labels`,
      );
    const value = engine.run({
      activation,
      geometry,
      statistics,
      ignoreIndex: ignoreIndex ?? undefined,
      voids,
      probabilities: probabilities ? this.name : undefined,
      terms,
      pred,
      labels,
      soft,
      out,
      share,
    });
    for (const { grads, weight } of planned) {
      for (const name in grads) {
        all[name] ??= new Float32Array(grads[name].length);
        addTo(all[name], grads[name], weight);
      }
    }
    return value;
  }

  #plan(group: readonly Part[], inputs: Inputs, extra: LiveExtra, share?: Share) {
    return group.map((part) => {
      const grads: Record<string, Float32Array> = {};
      const terms = part.declaration.plan(part.options, this.#context(part, inputs, extra, grads, share));
      return {
        terms: terms.map((term): Term => ({ ...term, weight: part.weight * term.weight })),
        grads,
        weight: part.weight,
      };
    });
  }
}

import type { Engine } from "../engine/engine.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import { count, readGeometry, readShape } from "../tensors/shape.js";
import { checkExtra, checkExtraObject } from "./checks.js";
import { type Call, evaluateGroup } from "./evaluateGroup.js";
import { groupParts, type ReadPart } from "./groups.js";
import { standsApart } from "./inPlace.js";
import { type Extra, PreparedTarget, readInputs, readOut, type Target } from "./inputs.js";
import { liveExtra, liveTensor } from "./liveTensors.js";
import { type Composition, type Loss, type Part, type Reweighted, sumFor, type ValueAndGrad } from "./loss.js";
import { type Asked, LossState } from "./lossState.js";
import { prepareTarget } from "./prepare.js";
import { fromSums, gathering, readFirst, type ShardSums } from "./shards.js";
import { setWeights } from "./sum.js";
import { checkKept, noSums } from "./sumsOnly.js";
import { eachSample, finishTable, refuseOut } from "./tables.js";
import { addTo } from "./wrapping.js";

/** How a call without parts reads its tensors, which are checked all the same. */
const NO_PARTS = { activation: "sigmoid", ignoreIndex: null, layout: "channelsFirst", spatialDims: null } as const;

/** What some calls are for besides a value and a gradient. */
type Special = Pick<Call, "share" | "perPixel" | "perClass" | "counted" | "evaluate">;
const USUAL: Special = {};

/** One loss, or several whose values and gradients add up. */
export class WeightedLoss implements Loss, Reweighted {
  readonly name: string;
  readonly #composition: Composition;
  readonly #engine: () => Engine;
  #grouped?: { readonly parts: readonly Part[]; readonly groups: readonly (readonly ReadPart[])[] };

  constructor(composition: Composition, engine: () => Engine) {
    this.name = composition.name;
    this.#composition = composition;
    this.#engine = engine;
  }

  get options(): Readonly<Record<string, unknown>> {
    return this.#composition.options;
  }

  setWeights(weights: readonly number[]): void {
    setWeights(this.#composition, weights);
  }

  /** The parts that are evaluated together; anew where weights were set. */
  #groups(): readonly (readonly ReadPart[])[] {
    const { parts } = this.#composition;
    if (this.#grouped?.parts !== parts) this.#grouped = { parts, groups: groupParts(parts) };
    return this.#grouped.groups;
  }

  value(pred: TensorLike, target: Target, extra: Extra = {}): number {
    return this.run(pred, target, extra, false).value;
  }

  valueAndGrad(pred: TensorLike, target: Target, extra: Extra = {}): ValueAndGrad {
    return this.run(pred, target, extra, true);
  }

  perPixel(pred: TensorLike, target: Target, extra: Extra = {}): Float32Array {
    refuseOut(this.name, "perPixel", extra);
    const perPixel: Call["perPixel"] = {};
    this.run(pred, target, extra, false, { perPixel });
    return Float32Array.from(perPixel.sum ?? []);
  }

  perClass(pred: TensorLike, target: Target, extra: Extra = {}): Float64Array {
    refuseOut(this.name, "perClass", extra);
    const perClass: Call["perClass"] = {};
    this.run(pred, target, extra, false, { perClass });
    return perClass.table ?? new Float64Array(0);
  }

  perSample(pred: TensorLike, target: Target, extra: Extra = {}): Float64Array {
    refuseOut(this.name, "perSample", extra);
    return eachSample(this.name, this.#composition, { pred, target, extra }, (sample) => {
      const counted = { pixels: 0 },
        { value } = this.run(sample.pred, sample.target, sample.extra, false, { counted });
      return counted.pixels > 0 ? value : Number.NaN;
    });
  }

  prepare(given: TensorLike): PreparedTarget {
    return prepareTarget(this.name, this.#composition.parts, this.#engine().kernels, given);
  }

  gather(pred: TensorLike, target: Target, at: { readonly first?: number } = {}): ShardSums {
    checkKept(`${this.name}: gather`, at, ["first"]);
    const { evaluate, end } = gathering(this, readFirst(`${this.name}: gather`, at.first));
    this.run(pred, target, {}, false, { evaluate });
    return end();
  }

  valueAndGradFrom(
    sums: ShardSums | Uint8Array,
    pred: TensorLike,
    target: Target,
    at: { readonly first?: number; readonly out?: Float32Array } = {},
  ): ValueAndGrad {
    checkKept(`${this.name}: valueAndGradFrom`, at, ["first", "out"]);
    const evaluate = fromSums(this, sums, readFirst(`${this.name}: valueAndGradFrom`, at.first));
    return this.run(pred, target, { out: at.out }, true, { evaluate });
  }

  state(): LossState {
    return new LossState(this.#asked());
  }

  stateFrom(bytes: Uint8Array): LossState {
    return LossState.fromBytes(this.#asked(), bytes);
  }

  /** What a state asks of its loss. */
  #asked(): Asked {
    const { name, options } = this,
      { fit, parts } = this.#composition,
      { layout, spatialDims } = fit ?? parts[0]?.options ?? NO_PARTS;
    return {
      name,
      options,
      optionsNow: () => this.options,
      batchOf: (shape) => readGeometry(shape, layout, `${name}: pred`, spatialDims).batch,
      value: (pred, target) => this.value(pred, target),
      instead: (pred, target, evaluate) => this.run(pred, target, {}, false, { evaluate }).value,
    };
  }

  /** An evaluation, or one of the shares of one that splits: then the gradient is that of the share's tiles. */
  run(
    pred: TensorLike,
    target: Target,
    extra: Extra,
    wantGrad: boolean,
    { share, perPixel, perClass, counted, evaluate }: Special = USUAL,
  ): ValueAndGrad {
    const { name } = this,
      { fit } = this.#composition,
      engine = this.#engine(),
      { memory } = engine.kernels;
    if (fit) checkExtraObject(name, extra);
    else checkExtra(name, this.#composition.parts, extra);
    if (evaluate && fit) throw noSums(name, "it depends on the size of the tensors");
    const kept = target instanceof PreparedTarget,
      scores = liveTensor(memory, pred, `${name}: pred`),
      labels = kept ? target : new PreparedTarget(liveTensor(memory, target, `${name}: target`)),
      shape = readShape(scores, `${name}: pred`),
      sum = fit ? sumFor(fit, shape, `${name}: pred`, extra) : this.#composition,
      groups = fit ? groupParts(sum.parts) : this.#groups(),
      terms = sum.offsets && [...sum.offsets],
      call: Call = {
        name,
        engine,
        pred: scores,
        target: labels,
        extra: liveExtra(memory, extra, name),
        grads: {},
        share,
        terms,
        perPixel,
        evaluate,
        perClass,
        counted,
        kept,
        inner: (inner, scores, labels, given, wanted, instead) =>
          new WeightedLoss(inner, this.#engine).run(scores, labels, given, wanted, { counted, evaluate: instead }),
      },
      length = count(shape),
      taken = wantGrad ? memory.pin(readOut(name, extra.out, length)) : undefined,
      apart =
        taken &&
        extra.out &&
        standsApart(name, extra.out, {
          pred: scores,
          target: labels.tensor,
          names: Object.keys(extra),
          extra: call.extra,
          again: groups.length > 1 || groups[0]?.[0].declaration.wraps !== undefined,
          shared: share !== undefined,
        })
          ? new Float32Array(length)
          : undefined,
      grad = apart ? () => apart : taken;
    if (fit) checkExtra(name, sum.parts, extra);
    let { offset: value } = sum;
    // Groups share what is made of the target, which may stand in the module's memory.
    memory.call(!kept, () => {
      for (const [i, group] of groups.entries()) {
        const part = i > 0 && grad ? memory.pin(memory.scratch(length, "a gradient")) : undefined;
        value += evaluateGroup(group, call, part ?? grad);
        if (part && grad) addTo(grad(), part());
      }
    });
    if (perClass) finishTable(name, perClass, sum);
    if (groups.length === 0) {
      const { geometry } = readInputs(engine.kernels, name, NO_PARTS, call.pred, call.target);
      if (perPixel) perPixel.sum = new Float64Array(geometry.batch * geometry.pixels);
      if (counted) counted.pixels = geometry.pixels;
      grad?.().fill(0);
    }
    if (apart) taken?.().set(apart);
    return { value, grad: taken?.() as Float32Array, grads: call.grads, ...(terms && { terms }) };
  }
}

import type { Engine } from "../engine/engine.js";
import { isPixel, type Term } from "../engine/plan.js";
import type { Share } from "../engine/share.js";
import type { Job } from "../engine/tiles.js";
import { SegLossError } from "../errors.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import { count, readGeometry, readShape } from "../tensors/shape.js";
import { check, checkExtra } from "./checks.js";
import { overComponents } from "./components.js";
import { encodingOf, planContext } from "./contexts.js";
import { groupParts, type ReadPart } from "./groups.js";
import { type Extra, type LiveExtra, PreparedTarget, readInputs, readOut, type Target } from "./inputs.js";
import { liveExtra, liveTensor } from "./liveTensors.js";
import { type Composition, type Loss, type Part, type Reweighted, sumFor, type ValueAndGrad } from "./loss.js";
import { type Asked, LossState } from "./lossState.js";
import { voided, weigh } from "./pixelWeights.js";
import { prepareTarget } from "./prepare.js";
import { overScales } from "./scales.js";
import { fromSums, gathering, readFirst, type ShardSums } from "./shards.js";
import { setWeights } from "./sum.js";
import { checkSums, type Evaluate, noSums, withoutMaps } from "./sumsOnly.js";
import { eachSample, finishTable, noClassAverage, notPixelwise, refuseOut, tableOf } from "./tables.js";
import { addTo } from "./wrapping.js";

/** How a call without parts reads its tensors, which are checked all the same. */
const NO_PARTS = { activation: "sigmoid", ignoreIndex: null, layout: "channelsFirst", spatialDims: null } as const;

/** What the groups of a call have in common. */
interface Call {
  readonly engine: Engine;
  readonly pred: ReturnType<typeof liveTensor>;
  readonly target: PreparedTarget;
  readonly extra: LiveExtra;
  /** Gradients of the extra inputs, added up over the parts. */
  readonly grads: Record<string, Float32Array>;
  readonly share?: Share;
  /** What the terms of a sum add to the value, to be added to. */
  readonly terms?: number[];
  /** Takes the losses of pixels. */
  readonly perPixel?: { sum?: Float64Array };
  /** Evaluates each group's job in the engine's place, from sums over samples. */
  readonly evaluate?: Evaluate;
  /** Takes the losses of classes. */
  readonly perClass?: { table?: Float64Array };
  /** Takes how many pixels count, by their weights. */
  readonly counted?: { pixels: number };
  /** A target that is kept may be counted already by some shares, which then do not count with the others. */
  readonly kept: boolean;
}

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

  gather(pred: TensorLike, target: Target, { first = 0 }: { readonly first?: number } = {}): ShardSums {
    const { evaluate, end } = gathering(this, readFirst(`${this.name}: gather`, first));
    this.run(pred, target, {}, false, { evaluate });
    return end();
  }

  valueAndGradFrom(
    sums: ShardSums | Uint8Array,
    pred: TensorLike,
    target: Target,
    { first = 0, out }: { readonly first?: number; readonly out?: Float32Array } = {},
  ): ValueAndGrad {
    const evaluate = fromSums(this, sums, readFirst(`${this.name}: valueAndGradFrom`, first));
    return this.run(pred, target, { out }, true, { evaluate });
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
    checkExtra(name, this.#composition.parts, extra);
    if (evaluate && fit) throw noSums(name, "it depends on the size of the tensors");
    const kept = target instanceof PreparedTarget,
      scores = liveTensor(memory, pred, `${name}: pred`),
      labels = kept ? target : new PreparedTarget(liveTensor(memory, target, `${name}: target`)),
      shape = readShape(scores, `${name}: pred`),
      sum = fit ? sumFor(fit, shape, `${name}: pred`) : this.#composition,
      groups = fit ? groupParts(sum.parts) : this.#groups(),
      terms = sum.offsets && [...sum.offsets],
      call: Call = {
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
      },
      length = count(shape),
      grad = wantGrad ? memory.pin(readOut(name, extra.out, length)) : undefined;
    let { offset: value } = sum;
    for (const [i, group] of groups.entries()) {
      const part = i > 0 && grad ? new Float32Array(length) : undefined;
      value += this.#evaluate(group, call, part ? () => part : grad);
      if (part && grad) addTo(grad(), part);
    }
    if (perClass) finishTable(name, perClass, sum);
    if (groups.length === 0) {
      const { geometry } = readInputs(engine.kernels, name, NO_PARTS, call.pred, call.target);
      if (perPixel) perPixel.sum = new Float64Array(geometry.batch * geometry.pixels);
      if (counted) counted.pixels = geometry.pixels;
      grad?.().fill(0);
    }
    return { value, grad: grad?.() as Float32Array, grads: call.grads, ...(terms && { terms }) };
  }

  /** A part that evaluates another, at several scales or for each component. */
  #wrapped(part: ReadPart, call: Call, out: (() => Float32Array) | undefined): number {
    const { engine, pred, target, extra, grads } = call,
      wrapped = {
        name: this.name,
        part,
        kernels: engine.kernels,
        pred,
        target,
        extra,
        grads: out && grads,
        evaluate: (inner: Composition, scores: TensorLike, labels: PreparedTarget, given: Extra = {}) =>
          new WeightedLoss(inner, this.#engine).run(scores, labels, given, out !== undefined, {
            counted: call.counted,
          }),
      };
    if (call.perPixel) throw notPixelwise(part.declaration);
    if (call.evaluate) throw noSums(this.name, "it evaluates another loss");
    if (call.perClass) throw noClassAverage(part);
    out?.().fill(0);
    const value = part.declaration.wraps === "scales" ? overScales(wrapped, out) : overComponents(wrapped, out);
    if (call.terms && part.term !== undefined) call.terms[part.term] += value;
    return value;
  }

  /** Parts that read pred and target alike are evaluated together, tile by tile. */
  #evaluate(group: readonly ReadPart[], call: Call, out: (() => Float32Array) | undefined): number {
    const { engine, extra, grads, share } = call,
      { kernels } = engine,
      { options, ignored, declaration } = group[0];
    if (declaration.wraps) return this.#wrapped(group[0], call, out);
    const given = readInputs(kernels, this.name, options, call.pred, call.target, {
      encoding: encodingOf(kernels, group[0]),
      ignored,
      share: call.kept ? undefined : share,
      labelsOnly: group.find(({ declaration }) => declaration.needs.labels)?.declaration.name,
    });
    for (const part of group) check(part, given);
    const { weights, inputs } = weigh(this.name, kernels, group, given, call);
    // Most calls are of one loss, whose terms are left as they are.
    const plain = group.length === 1 && group[0].weight === 1 && call.terms === undefined,
      terms: Term[] = [],
      found = group.map((part) => {
        const own: Record<string, Float32Array> = {},
          read = weights ? voided(part, inputs) : part,
          context = planContext(kernels, read, inputs, extra, own, share),
          planned =
            part.declaration.plan?.(read.options, call.evaluate ? withoutMaps(context, this.name) : context) ?? [];
        if (call.evaluate) checkSums(planned, this.name);
        if (call.perPixel && !planned.every((term) => isPixel(term) && !term.untold))
          throw notPixelwise(part.declaration);
        if (call.perClass && !planned.every(({ byClass }) => byClass)) throw noClassAverage(part);
        for (const term of planned)
          terms.push(plain ? term : { ...term, weight: part.weight * term.weight, part: part.term });
        return { own, weight: part.weight };
      });
    const { activation } = options,
      { pred, geometry, labels, soft, ignoreIndex, voids, statistics } = inputs,
      probabilities =
        activation === "none" && group.some(({ declaration }) => !declaration.raw) ? this.name : undefined;
    if (voids && terms.some(({ kind }) => kind === "field" || kind === "neighbourhood"))
      throw new SegLossError(
        "UNSUPPORTED",
        `${this.name}: sees neighbours or ranks, and leaves no void pixels of a soft target out; pass labels`,
      );
    const { terms: told, perPixel, perClass, counted } = call,
      { batch, pixels } = inputs.geometry;
    if (counted) counted.pixels += inputs.statistics.valid.reduce((sum, valid) => sum + valid, 0);
    if (perPixel) perPixel.sum ??= new Float64Array(batch * pixels);
    if (call.evaluate && given.cameSoft && ignoreIndex !== null)
      throw noSums(this.name, "ignoreIndex with a soft target means void rows");
    const job: Job = {
      pred,
      geometry,
      labels,
      soft,
      voids,
      statistics,
      tell: ({ part }, added) => {
        if (told && part !== undefined) told[part] += added;
      },
      perPixel: perPixel?.sum,
      ofClass: perClass && tableOf(perClass, group[0], inputs.geometry),
      activation,
      ignoreIndex: ignoreIndex ?? undefined,
      probabilities,
      pixelWeights: weights,
      terms,
      out,
      share,
    };
    const value = call.evaluate?.(engine, job, soft !== undefined) ?? engine.run(job);
    for (const { own, weight } of found) {
      for (const name in own) {
        grads[name] ??= new Float32Array(own[name].length);
        addTo(grads[name], own[name], weight);
      }
    }
    return value;
  }
}

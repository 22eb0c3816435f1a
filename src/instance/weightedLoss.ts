import type { Declaration } from "../catalog/declaration.js";
import type { Engine } from "../engine/engine.js";
import type { Term } from "../engine/plan.js";
import type { Share } from "../engine/share.js";
import { SegLossError } from "../errors.js";
import { labelAxes, scoreAxes } from "../tensors/axes.js";
import type { ExtraInput } from "../tensors/extras.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { count, isLabelArray, type LabelArray, readShape } from "../tensors/shape.js";
import { check, checkExtra, checkPlane, WEIGHTS } from "./checks.js";
import { overComponents } from "./components.js";
import { encodingOf, planContext, targetContext } from "./contexts.js";
import { groupParts, type ReadPart } from "./groups.js";
import {
  type Extra,
  type Inputs,
  type LiveExtra,
  mergeTarget,
  PreparedTarget,
  readInputs,
  readOut,
  type Target,
} from "./inputs.js";
import { liveExtra, liveTensor } from "./liveTensors.js";
import { type Composition, type Fit, type Loss, type Part, sumFor, type ValueAndGrad } from "./loss.js";
import { type PixelWeights, readPixelWeights, VOID, voidTarget, weighInputs } from "./pixelWeights.js";
import { overScales } from "./scales.js";
import { addTo } from "./wrapping.js";

const refusal = ({ name }: Declaration, why: string) =>
  new SegLossError("UNSUPPORTED", `${name}: pixelWeights cannot be taken: ${why}; ignoreIndex leaves pixels out`);

/** A part as it reads labels in which pixels of weight 0 are void. */
const voided = (part: ReadPart, { ignoreIndex }: Inputs): ReadPart =>
  part.declaration.encode ? part : { ...part, options: { ...part.options, ignoreIndex } };

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
  /** A target that is kept may be counted already by some shares, which then do not count with the others. */
  readonly kept: boolean;
}

/** One loss, or several whose values and gradients add up. */
export class WeightedLoss implements Loss {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly #parts: readonly Part[];
  readonly #groups: readonly (readonly ReadPart[])[];
  readonly #offset: number;
  readonly #fit?: Fit;
  readonly #engine: () => Engine;

  constructor({ name, options, parts, offset, fit }: Composition, engine: () => Engine) {
    this.name = name;
    this.options = options;
    this.#parts = parts;
    this.#groups = groupParts(parts);
    this.#offset = offset;
    this.#fit = fit;
    this.#engine = engine;
  }

  value(pred: TensorLike, target: Target, extra: Extra = {}): number {
    return this.run(pred, target, extra, false).value;
  }

  valueAndGrad(pred: TensorLike, target: Target, extra: Extra = {}): ValueAndGrad {
    return this.run(pred, target, extra, true);
  }

  prepare(given: TensorLike): PreparedTarget {
    const { kernels } = this.#engine(),
      what = `${this.name}: target`,
      target = readTensor(given, what),
      shape = readShape(target, what),
      // isView says only that it is a view; readTensor lets no others than typed arrays through.
      data = ArrayBuffer.isView(target.data) ? (target.data as unknown as LabelArray).slice() : target.data,
      prepared = new PreparedTarget({ data, shape });
    for (const part of this.#parts) {
      const { declaration, options, ignored } = part,
        { spatialDims, layout } = options;
      if (!isLabelArray(data)) {
        scoreAxes(shape, spatialDims, layout === "channelsLast", what);
        continue;
      }
      const { batch, spatial, batched } = labelAxes(shape, spatialDims, what);
      if (!declaration.prepare) continue;
      checkPlane(declaration, spatial, "target");
      const geometry = { batch, classes: 0, spatial, pixels: count(spatial), channelsLast: false, batched },
        merged = mergeTarget(prepared, ignored, what),
        arrays = () => ({ labels: (merged.tensor.data as LabelArray).slice() });
      declaration.prepare(options, targetContext(kernels, part, { geometry, arrays, prepared: merged }));
    }
    return prepared;
  }

  /** An evaluation, or one of the shares of one that splits: then the gradient is that of the share's tiles. */
  run(pred: TensorLike, target: Target, extra: Extra, wantGrad: boolean, share?: Share): ValueAndGrad {
    const { name } = this,
      engine = this.#engine(),
      { memory } = engine.kernels;
    checkExtra(name, this.#parts, extra);
    const kept = target instanceof PreparedTarget,
      call: Call = {
        engine,
        pred: liveTensor(memory, pred, `${name}: pred`),
        target: kept ? target : new PreparedTarget(liveTensor(memory, target, `${name}: target`)),
        extra: liveExtra(memory, extra, name),
        grads: {},
        share,
        kept,
      };
    const shape = readShape(call.pred, `${name}: pred`),
      fitted = this.#fit && sumFor(this.#fit, shape, `${name}: pred`),
      groups = fitted ? groupParts(fitted.parts) : this.#groups,
      length = count(shape),
      grad = wantGrad ? memory.pin(readOut(name, extra.out, length)) : undefined;
    let value = fitted?.offset ?? this.#offset;
    for (const [i, group] of groups.entries()) {
      const part = i > 0 && grad ? new Float32Array(length) : undefined;
      value += this.#evaluate(group, call, part ? () => part : grad);
      if (part && grad) addTo(grad(), part);
    }
    if (groups.length === 0) {
      readInputs(engine.kernels, name, NO_PARTS, call.pred, call.target);
      grad?.().fill(0);
    }
    return { value, grad: grad?.() as Float32Array, grads: call.grads };
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
          new WeightedLoss(inner, this.#engine).run(scores, labels, given, out !== undefined),
      };
    out?.().fill(0);
    return part.declaration.wraps === "scales" ? overScales(wrapped, out) : overComponents(wrapped, out);
  }

  /** The extra input pixelWeights, if it is there; refused where a loss takes none. */
  #weights(group: readonly ReadPart[], { geometry }: Inputs, { engine, extra }: Call): PixelWeights | undefined {
    if (extra(WEIGHTS) === undefined) return undefined;
    for (const { declaration } of group)
      if (declaration.unweighted !== undefined) throw refusal(declaration, declaration.unweighted);
    return readPixelWeights(this.name, () => extra(WEIGHTS) as ExtraInput, geometry, engine.kernels);
  }

  /** The inputs with weights; labels that a loss encodes are encoded without the pixels of weight 0. */
  #weigh(group: readonly ReadPart[], given: Inputs, { engine, pred, target }: Call, weights: PixelWeights): Inputs {
    const { kernels } = engine,
      [first] = group;
    if (!weights.zeros || !first.declaration.encode || given.soft) return weighInputs(kernels, given, weights);
    const voids = { ...first, options: { ...first.options, ignoreIndex: VOID } },
      own = readInputs(kernels, this.name, voids.options, pred, voidTarget(target, weights, first.ignored), {
        encoding: encodingOf(kernels, voids),
        ignored: [VOID],
      });
    return weighInputs(kernels, own, weights);
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
    const weights = this.#weights(group, given, call),
      inputs = weights ? this.#weigh(group, given, call, weights) : given;
    const terms: Term[] = [],
      found = group.map((part) => {
        const own: Record<string, Float32Array> = {},
          read = weights ? voided(part, inputs) : part,
          planned = part.declaration.plan?.(read.options, planContext(kernels, read, inputs, extra, own, share)) ?? [];
        for (const term of planned) terms.push({ ...term, weight: part.weight * term.weight });
        return { own, weight: part.weight };
      });
    const { activation } = options,
      { ignoreIndex, prepared, binary, cameSoft, ...tensors } = inputs,
      probabilities =
        activation === "none" && group.some(({ declaration }) => !declaration.raw) ? this.name : undefined;
    if (inputs.voids && terms.some(({ kind }) => kind === "field" || kind === "neighbourhood"))
      throw new SegLossError(
        "UNSUPPORTED",
        `${this.name}: sees neighbours or ranks, and leaves no void pixels of a soft target out; pass labels`,
      );
    const value = engine.run({
      ...tensors,
      activation,
      ignoreIndex: ignoreIndex ?? undefined,
      probabilities,
      pixelWeights: weights?.data,
      terms,
      out,
      share,
    });
    for (const { own, weight } of found) {
      for (const name in own) {
        grads[name] ??= new Float32Array(own[name].length);
        addTo(grads[name], own[name], weight);
      }
    }
    return value;
  }
}

import type { Engine } from "../engine/engine.js";
import { gathersTotals } from "../engine/gathering.js";
import type { Job } from "../engine/job.js";
import { isField, isOverlap, isPixel, type Term } from "../engine/plan.js";
import type { Share } from "../engine/share.js";
import { SegLossError } from "../errors.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import { check } from "./checks.js";
import { overComponents } from "./components.js";
import { encodingOf, planContext } from "./contexts.js";
import type { ReadPart } from "./groups.js";
import { type Extra, type LiveExtra, type PreparedTarget, readInputs } from "./inputs.js";
import type { liveTensor } from "./liveTensors.js";
import type { Composition, ValueAndGrad } from "./loss.js";
import { voided, weigh, weighVoids } from "./pixelWeights.js";
import { overScales } from "./scales.js";
import { checkSums, type Evaluate, noSums, withoutMaps } from "./sumsOnly.js";
import { noClassAverage, notPixelwise, tableOf } from "./tables.js";
import { addTo } from "./wrapping.js";

/** What the groups of a call have in common. */
export interface Call {
  /** Of the loss. */
  readonly name: string;
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
  /** Evaluates a loss that another wraps, and counts as the call does. */
  readonly inner: (
    inner: Composition,
    pred: TensorLike,
    target: PreparedTarget,
    extra: Extra,
    wantGrad: boolean,
    evaluate?: Evaluate,
  ) => ValueAndGrad;
}

/** A part that evaluates another, at several scales or for each component. */
function evaluateWrapped(part: ReadPart, call: Call, out: (() => Float32Array) | undefined): number {
  const { name, engine, pred, target, extra, grads } = call,
    wrapped = {
      name,
      part,
      kernels: engine.kernels,
      pred,
      target,
      extra,
      grads: out && grads,
      evaluate: (
        inner: Composition,
        scores: TensorLike,
        labels: PreparedTarget,
        given: Extra = {},
        wantGrad = out !== undefined,
        instead?: Evaluate,
      ) => call.inner(inner, scores, labels, given, wantGrad, instead),
    };
  if (call.perPixel) throw notPixelwise(part, false);
  if (call.evaluate) throw noSums(name, "it evaluates another loss");
  if (call.perClass) throw noClassAverage(part);
  out?.().fill(0);
  const value = part.declaration.wraps === "scales" ? overScales(wrapped, out) : overComponents(wrapped, out);
  if (call.terms && part.term !== undefined) call.terms[part.term] += value;
  return value;
}

/** Whether a term is a sum of which each pixel's part is known; or why not. */
const tellsPixels = (term: Term): boolean | string =>
  isPixel(term) ? !term.untold : isOverlap(term) ? term.sweeps === true : isField(term) && (term.pixels ?? false);

/** Parts that read pred and target alike are evaluated together, tile by tile. */
export function evaluateGroup(group: readonly ReadPart[], call: Call, out: (() => Float32Array) | undefined): number {
  const { name, engine, share } = call,
    { kernels } = engine,
    { options, ignored, declaration } = group[0];
  if (declaration.wraps) return evaluateWrapped(group[0], call, out);
  kernels.near.begin(call.kept);
  const given = readInputs(kernels, name, options, call.pred, call.target, {
    encoding: encodingOf(kernels, group[0]),
    ignored,
    share: call.kept ? undefined : share,
    labelsOnly: group.find(({ declaration }) => declaration.needs.labels)?.declaration.name,
  });
  for (const part of group) check(part, given);
  let weighed = weigh(name, kernels, group, given, call),
    planned = plan(group, call, weighed);
  const tiled = planned.terms.every(({ kind }) => kind === "pixelwise" || kind === "overlap");
  if (given.voids && !tiled) {
    const deaf = group.find(({ declaration }) => declaration.unweighted)?.declaration.name;
    if (deaf) throw new SegLossError("UNSUPPORTED", `${deaf}: leaves no void rows of a soft target out; pass labels`);
    weighed = weighVoids(name, kernels, given, weighed.weights);
    planned = plan(group, call, weighed);
  }
  const { weights, inputs } = weighed,
    { terms, grads } = planned,
    { activation } = options,
    { pred, geometry, voids, statistics, unmarked, mask } = inputs,
    { labels, soft, ignoreIndex } = (tiled && unmarked) || inputs;
  if (call.evaluate && given.cameSoft && ignoreIndex !== null)
    throw noSums(name, "ignoreIndex with a soft target means void rows");
  const { terms: told, perPixel, perClass, counted } = call;
  if (counted) counted.pixels += statistics.valid.reduce((sum, valid) => sum + valid, 0);
  if (perPixel) perPixel.sum ??= new Float64Array(geometry.batch * geometry.pixels);
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
    ofClass: perClass && tableOf(perClass, group[0], geometry),
    activation,
    ignoreIndex: ignoreIndex ?? undefined,
    probabilities: activation === "none" && group.some(({ declaration }) => !declaration.raw) ? name : undefined,
    // Squares gather with weights what their labels add up to, which would take sweeps of its own.
    pixelWeights: mask && terms.every((term) => !isOverlap(term) || term.answers === "left") ? undefined : weights,
    weightless: unmarked?.weightless,
    terms,
    out,
    share,
  };
  // Sums of classes are found with the tile's memory, before others use it.
  const needless = (term: Term) => isPixel(term) || term.totals === false || gathersTotals(job, term);
  if (call.evaluate || !terms.every(needless)) void statistics.total;
  const value = call.evaluate?.(engine, job, given.cameSoft) ?? engine.run(job);
  for (const { own, weight } of grads)
    for (const extra in own) {
      call.grads[extra] ??= new Float32Array(own[extra].length);
      addTo(call.grads[extra], own[extra], weight);
    }
  return value;
}

/** The terms of a group's parts, and where each part leaves gradients of extra inputs. */
function plan(group: readonly ReadPart[], call: Call, { weights, inputs }: ReturnType<typeof weigh>) {
  const { kernels } = call.engine,
    terms: Term[] = [],
    // Most calls are of one loss, whose terms are left as they are.
    plain = group.length === 1 && group[0].weight === 1 && call.terms === undefined,
    grads = group.map((part) => {
      const own: Record<string, Float32Array> = {},
        { weight, term, declaration } = part,
        read = weights ? voided(part, inputs) : part,
        context = planContext(kernels, read, inputs, call.extra, own, call),
        planned = declaration.plan?.(read.options, call.evaluate ? withoutMaps(context, call.name) : context) ?? [];
      if (call.evaluate) checkSums(planned, call.name);
      const classes = planned.every(({ byClass }) => byClass),
        several = group.length > 1 || (call.terms?.length ?? 0) > 1;
      for (const tells of call.perPixel ? planned.map(tellsPixels) : [])
        if (tells !== true) throw notPixelwise(part, classes && !several, tells || undefined);
      if (call.perClass && !classes) throw noClassAverage(part);
      for (const [i, each] of planned.entries()) {
        const part = term ?? i;
        if (call.terms) call.terms[part] ??= 0;
        terms.push(plain ? each : { ...each, weight: weight * each.weight, part });
      }
      return { own, weight };
    });
  return { terms, grads };
}

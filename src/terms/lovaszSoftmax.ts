import { rankClass, rankPair } from "../bindings/planes/lovaszSoftmax.js";
import { planeOf } from "../bindings/planes/planes.js";
import type { FieldContext, FieldTerm, Term } from "../engine/plan.js";
import type { TargetStatistics } from "../tensors/conventions.js";

/** Errors ranked within each class of a sample or of the batch. */
export interface LovaszSoftmax {
  readonly classWeights: readonly number[] | null;
  readonly includeBackground: boolean;
  readonly classes: "all" | "present" | "zeroAbsent";
  readonly batch: boolean;
  readonly reduction: "mean" | "sum";
}

/** One class of a pool of samples. */
interface Ranked {
  readonly pool: readonly number[];
  readonly c: number;
  /** Its foreground pixels. */
  readonly foreground: number;
  readonly weight: number;
  /** Whether its weight is averaged over. */
  readonly counts: boolean;
  /** Of its loss in the value; 0 where there is none. */
  factor: number;
}

type Counted = Pick<FieldContext, "activation" | "geometry" | "statistics" | "labels" | "ofClass">;

function rankings(
  { classWeights, includeBackground, classes: which, batch: pooled, reduction }: LovaszSoftmax,
  { geometry: { batch, classes }, statistics: { valid, total } }: Counted,
): Ranked[] {
  const samples = Array.from({ length: batch }, (_, b) => b).filter((b) => valid[b] > 0),
    pools = pooled && samples.length > 0 ? [samples] : samples.map((b) => [b]),
    all: Ranked[] = [];
  let averaged = 0;
  for (const pool of pools)
    for (let c = 0; c < classes; c++) {
      let foreground = 0;
      for (const b of pool) foreground += total[b * classes + c];
      const weight = classWeights?.[c] ?? 1,
        counts = (c > 0 || includeBackground) && (foreground > 0 || which !== "present");
      if (counts) averaged += weight;
      all.push({ pool, c, foreground, weight, counts, factor: 0 });
    }
  const divisor = reduction === "sum" ? 1 : averaged;
  for (const each of all)
    if (averaged > 0 && each.counts && (each.foreground > 0 || which === "all")) each.factor = each.weight / divisor;
  return all;
}

function ofClass(context: FieldContext, { pool, c, foreground, weight, counts, factor }: Ranked): number {
  const { gradient } = context;
  if (factor > 0) {
    const loss = rankClass(context, { pool, c, foreground, factor: context.weight * factor, gradient });
    context.ofClass?.(pool[0], c, loss);
    return factor * loss;
  }
  if (counts && weight > 0 && foreground === 0) context.ofClass?.(pool[0], c, 0);
  if (gradient) for (const b of pool) planeOf(context, b, c).fill(0);
  return 0;
}

function ofBoth(context: FieldContext, [zero, one]: readonly Ranked[]): number {
  const { gradient } = context,
    { pool, foreground, factor: weightOne } = one,
    { foreground: background, factor: weightZero } = zero;
  const both = { pool, foreground, background, weightOne, weightZero, factor: context.weight, gradient };
  return rankPair(context, both);
}

/** What is ranked by one sort: a class, or both of two that compete. */
function lists(ranking: LovaszSoftmax, context: Counted): (readonly Ranked[])[] {
  const { activation, geometry, labels } = context,
    { classes } = geometry,
    all = rankings(ranking, context),
    mirrored = !context.ofClass && activation === "softmax" && classes === 2 && labels !== undefined,
    found: (readonly Ranked[])[] = [];
  for (let at = 0; at < all.length; at += classes) {
    const own = all.slice(at, at + classes);
    if (mirrored && own.every(({ foreground, factor }) => foreground > 0 && factor > 0)) found.push(own);
    else for (const each of own) found.push([each]);
  }
  return found;
}

/** Samples of which no pixel counts have no gradient. */
function clearEmpty(context: FieldContext): number {
  const { batch, classes } = context.geometry,
    { valid } = context.statistics;
  for (let b = 0; b < batch; b++) if (valid[b] === 0) for (let c = 0; c < classes; c++) planeOf(context, b, c).fill(0);
  return 0;
}

/**
 * Ranks class by class (lovaszSoftmax), so that no more than one class's records are in the module's memory at a time;
 * both of two competing classes by one sort. Derivatives are by the logits where these are of sigmoids, or where all
 * lists are of both classes.
 */
export function lovaszSoftmaxTerm(ranking: LovaszSoftmax): FieldTerm & Pick<Term, "byClass"> {
  let known: { readonly of: TargetStatistics; readonly lists: readonly (readonly Ranked[])[] } | undefined;
  const listsOf = (context: Counted) => {
    if (known?.of !== context.statistics) known = { of: context.statistics, lists: lists(ranking, context) };
    return known.lists;
  };
  return {
    kind: "field",
    weight: 1,
    byClass: true,
    byPred: (job) => job.activation === "sigmoid" || listsOf(job).every(({ length }) => length === 2),
    evaluate(context) {
      const all = listsOf(context);
      return context.parts.sum(all.length + (context.gradient ? 1 : 0), (i) => {
        if (i === all.length) return clearEmpty(context);
        return all[i].length === 2 ? ofBoth(context, all[i]) : ofClass(context, all[i][0]);
      });
    },
  };
}

import { type Plane, rankHinges } from "../bindings/planes/lovaszHinge.js";
import type { NeighbourhoodContext } from "../engine/plan.js";
import type { LovaszSoftmax } from "./lovaszSoftmax.js";

interface LovaszHinge extends LovaszSoftmax {
  readonly average: "macro" | "micro";
}

/** Hinges of logits, ranked within each class of a sample or of the batch, or within all its classes (lovaszHinge). */
export function evaluateLovaszHinge(ranking: LovaszHinge, context: NeighbourhoodContext): number {
  const { statistics, weight: own } = context,
    { batch, classes } = context.geometry,
    samples = Array.from({ length: batch }, (_, b) => b).filter((b) => statistics.valid[b] > 0),
    pools = ranking.batch && samples.length > 0 ? [samples] : samples.map((b) => [b]),
    channels = Array.from({ length: classes }, (_, c) => c).filter((c) => c > 0 || ranking.includeBackground),
    lists = ranking.average === "micro" ? [channels] : channels.map((c) => [c]);
  const found = pools.flatMap((pool) =>
    lists.map((list) => {
      const planes: Plane[] = list.flatMap((c) => pool.map((b) => ({ b, c }))),
        foreground = planes.reduce((sum, { b, c }) => sum + statistics.total[b * classes + c], 0);
      return { planes, foreground, weight: list.length > 1 ? 1 : (ranking.classWeights?.[list[0]] ?? 1) };
    }),
  );
  const counting = found.filter(({ foreground }) => foreground > 0 || ranking.classes !== "present"),
    total = counting.reduce((sum, { weight }) => sum + weight, 0),
    divisor = ranking.reduction === "sum" ? 1 : total;
  return context.parts.sum(counting.length, (i) => {
    const { planes, foreground, weight } = counting[i],
      [{ b, c }] = planes;
    if (weight === 0) return 0;
    if (foreground === 0 && ranking.classes === "zeroAbsent") {
      context.ofClass?.(b, c, 0);
      return 0;
    }
    const factor = weight / divisor,
      loss = rankHinges(context, { planes, foreground, factor: own * factor });
    context.ofClass?.(b, c, loss);
    return factor * loss;
  });
}

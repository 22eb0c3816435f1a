import type { LossKernel } from "../bindings/kernels.js";
import type { OverlapTerm, PixelTerm, PlanContext } from "../engine/plan.js";
import type { MapContext } from "../targets/maps.js";
import { type ClassAverage, scoreClassAverage } from "./classAverage.js";
import { meanSlopes, type PixelMean, scorePixelMean } from "./pixelMean.js";

/** A pixel term with the usual values for what is not given. */
export function pixelTerm(kernel: LossKernel, reduction: "mean" | "sum", more: Partial<PixelTerm> = {}): PixelTerm {
  return {
    kind: "pixelwise",
    kernel,
    weight: 1,
    options: [],
    background: 1,
    foreground: 1,
    labelSmoothing: 0,
    normaliser: "weight",
    reduction,
    ...more,
  };
}

interface AverageOptions {
  readonly classWeights?: readonly number[] | null;
  readonly includeBackground?: boolean;
  readonly classes?: "all" | "present" | "zeroAbsent";
  readonly average?: "macro" | "micro";
  readonly batch: boolean;
  readonly reduction: "mean" | "sum";
}

/** An overlap term whose value is the class average of its kernel's score. */
export function averageTerm(
  kernel: LossKernel,
  options: readonly number[],
  o: AverageOptions,
  more: { weight?: number } & Pick<ClassAverage, "finish" | "own" | "weigh"> = {},
): OverlapTerm {
  const average: ClassAverage = {
    classWeights: o.classWeights ?? undefined,
    includeBackground: o.includeBackground ?? true,
    classes: o.classes ?? "all",
    average: o.average ?? "macro",
    batch: o.batch,
    reduction: o.reduction,
    finish: more.finish,
    own: more.own,
    weigh: more.weigh,
  };
  return {
    kind: "overlap",
    kernel,
    weight: more.weight ?? 1,
    options,
    score: (context) => scoreClassAverage(average, context),
  };
}

/** A sum over entries of a map [B, C, pixels] times a function of p and t. */
export function mapTerm(
  kernel: LossKernel,
  data: Float32Array,
  o: PixelMean,
  { geometry }: PlanContext,
  log = false,
): OverlapTerm {
  const { classes, pixels } = geometry;
  return {
    kind: "overlap",
    kernel,
    weight: 1,
    options: [],
    unitWeights: { data, planes: classes, sampleStride: classes * pixels },
    score: (context) => scorePixelMean(o, log, context),
    slopes: log ? undefined : (statistics, own) => meanSlopes(o, statistics, own),
  };
}

/** What the maps of a loss with these options are made with. */
export function mapContext(
  o: { readonly spacing: readonly number[] | null; readonly ignoreIndex: number | null },
  { geometry, samples, distanceAcross }: PlanContext,
): MapContext {
  return {
    geometry,
    samples,
    distanceAcross,
    ignoreIndex: o.ignoreIndex,
    spacing: o.spacing ?? geometry.spatial.map(() => 1),
  };
}

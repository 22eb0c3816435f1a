import type { LossKernel } from "../bindings/kernels.js";
import type { OverlapTerm, PixelTerm, PlanContext, Term } from "../engine/plan.js";
import type { ClassMap, MapContext } from "../targets/maps.js";
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
  readonly overlap?: "l1" | "product";
}

/** An overlap term whose value is the class average of its kernel's score. */
export function averageTerm(
  kernel: LossKernel,
  options: readonly number[],
  o: AverageOptions,
  more: { weight?: number; squared?: boolean } & Pick<ClassAverage, "finish" | "own" | "weigh"> = {},
): OverlapTerm & Pick<Term, "byClass"> {
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
    overlap: o.overlap,
    byClass: average.average === "macro" && !more.finish,
    score: (context) => scoreClassAverage(average, context),
    answers: more.squared ? "read" : "left",
  };
}

/** A sum over entries of a map of every class times a function of p and t. */
export function mapTerm(
  kernel: LossKernel,
  map: ClassMap,
  o: PixelMean,
  { geometry }: PlanContext,
  { log = false, sweeps = false } = {},
): OverlapTerm & Pick<Term, "byClass" | "totals"> {
  const { classes, pixels } = geometry;
  return {
    kind: "overlap",
    totals: false,
    kernel,
    weight: 1,
    options: [],
    unitWeights: {
      get data() {
        return map.data;
      },
      channelsLast: map.channelsLast,
      beside: true,
      planes: classes,
      sampleStride: classes * pixels,
    },
    score: (context) => scorePixelMean(o, log, context),
    byClass: !log,
    slopes: log ? undefined : (statistics, own) => meanSlopes(o, statistics, own),
    sweeps,
  };
}

/** What the maps of a loss with these options are made with. */
export function mapContext(
  o: { readonly spacing: readonly number[] | null; readonly ignoreIndex: number | null },
  { kernels, geometry, samples }: PlanContext,
): MapContext {
  return {
    kernels,
    geometry,
    samples,
    ignoreIndex: o.ignoreIndex,
    spacing: o.spacing ?? geometry.spatial.map(() => 1),
  };
}

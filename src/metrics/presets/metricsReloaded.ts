import { atLeast0, number } from "../../presets/declaration.js";
import type { MetricName } from "../catalog.js";
import { bothFull, metricPreset, of, perAxis, sizes } from "./declaration.js";

const pixdim = { pixdim: sizes };

const counted = <const N extends string>(
  name: N,
  metric: MetricName,
  options: Readonly<Record<string, unknown>> = {},
) => metricPreset({ name: `metricsreloaded.${name}` as const, arguments: {}, recipe: () => of(metric, options) });

/** Its distances: 0 where both masks are empty, NaN where one is. */
const distance = <const N extends string>(name: N, metric: MetricName) =>
  metricPreset({
    name: `metricsreloaded.${name}` as const,
    arguments: pixdim,
    recipe: (a, shape) => of(metric, { spacing: perAxis(a.pixdim, shape), empty: { ...bothFull, both: 0 } }),
  });

/** BinaryPairwiseMeasures under its short names. */
export const metricsReloaded = [
  counted("dsc", "dice", { emptyScore: 1 }),
  counted("iou", "iou"),
  counted("sensitivity", "sensitivity"),
  counted("ppv", "precision", { empty: { pred: 0 } }),
  counted("mcc", "matthewsCorrelation", { average: "classes" }),
  counted("cohens_kappa", "cohensKappa", { average: "classes" }),
  metricPreset({
    name: "metricsreloaded.fbeta",
    arguments: { beta: number(1) },
    recipe: (a) => of("fBeta", { beta: a.beta, emptyScore: 1 }),
  }),
  metricPreset({
    name: "metricsreloaded.vol_diff",
    arguments: {},
    recipe: () => of("volumeDifference", { relative: true, absolute: true }),
  }),
  metricPreset({
    name: "metricsreloaded.nsd",
    arguments: { nsd: atLeast0(1), ...pixdim },
    note: "nsd is the tolerance",
    recipe: (a, shape) =>
      of("normalizedSurfaceDice", { tolerance: a.nsd, spacing: perAxis(a.pixdim, shape), emptyScore: 1 }),
  }),
  metricPreset({
    name: "metricsreloaded.hd_perc",
    arguments: { hd_perc: atLeast0(95), ...pixdim },
    recipe: (a, shape) =>
      of("hausdorffDistance", {
        percentile: a.hd_perc,
        spacing: perAxis(a.pixdim, shape),
        empty: { ...bothFull, both: 0 },
      }),
  }),
  distance("hd", "hausdorffDistance"),
  distance("assd", "averageSymmetricSurfaceDistance"),
  distance("masd", "meanSurfaceDistance"),
  metricPreset({
    name: "metricsreloaded.cldsc",
    arguments: {},
    note: "NaN where no pixel of one side's centre line lies in the other mask, of either: 0 here",
    recipe: () => of("centerlineDice", { empty: { target: Number.NaN, pred: Number.NaN, both: Number.NaN } }),
  }),
] as const;

import type { MetricResult } from "segloss";
import type { Both } from "../src/files/both";
import { toLabels } from "../src/files/contents";
import type { Volume } from "../src/files/readers/volume";

/** A metric as the command line calls it. */
export type Call = (pred: object, target: object, options: object) => MetricResult;

/** Ids of a side's objects of one label; of a label map, all of them, where there is one category only. */
function idsOf(side: Volume, other: Volume, path: string): (label: number) => Int32Array {
  if (side.objects) return side.objects.of;
  const { labels = [] } = other.objects ?? {};
  if (labels.length > 1)
    throw new Error(
      `${path}: holds ids without categories, but the other side has ${labels.length} categories; ` +
        "choose one with --categories, such as --categories 1=cat",
    );
  const ids = toLabels(side.data, {}, path);
  return () => ids;
}

/** Ids of a truth's objects, whose unlabelled pixels do not count: an object found there may be right. */
function trueIds(truth: Volume, volume: Volume, path: string): (label: number) => Int32Array {
  const own = idsOf(truth, volume, path),
    { unlabelled } = truth.objects ?? {};
  return unlabelled ? (label) => own(label).map((id, i) => (unlabelled[i] === 1 ? -1 : id)) : own;
}

/**
 * A metric of objects, category by category, since an object of one is no partner for one of another. Categories that
 * occur on neither side are scored once, on a pixel of nothing.
 */
export function scoreObjects(
  metric: Call,
  { volume, truth, paths, spatial }: Both,
  labels: readonly number[],
  options: Readonly<Record<string, unknown>>,
): Record<string, number> {
  const own = idsOf(volume, truth, paths.pred),
    theirs = trueIds(truth, volume, paths.target),
    known = [...new Set([...(volume.objects?.labels ?? []), ...(truth.objects?.labels ?? [])])],
    wanted = known.filter((label) => known.length === 1 || labels.includes(label)).sort((a, b) => a - b);
  const call = (pred: Int32Array, target: Int32Array, shape: readonly number[]) =>
    metric(
      { data: pred, shape: [1, ...shape] },
      { data: target, shape: [1, ...shape] },
      { ...options, ignoreIndex: -1, spatialDims: shape.length },
    ).value;
  const nothing = new Int32Array(1);
  let empty: number | undefined;
  return Object.fromEntries(
    wanted.map((label) => {
      const [pred, target] = [own(label), theirs(label)];
      if (pred.some((id) => id < 0))
        throw new Error(
          `${paths.pred}: a prediction has a crowd (iscrowd) of category ${label}, which says no objects`,
        );
      if (pred.some((id) => id !== 0) || target.some((id) => id > 0))
        return [String(label), call(pred, target, spatial)];
      empty ??= call(
        nothing,
        nothing,
        spatial.map(() => 1),
      );
      return [String(label), empty];
    }),
  );
}

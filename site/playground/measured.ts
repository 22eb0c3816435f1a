// Metrics, and what those of surfaces look at, in a worker.
import type { SegLoss } from "segloss";
import { type ShownMetric, shownMetrics } from "./metricList.js";
import { farthest, worstLesion } from "./pairs.js";
import type { Picture } from "./picture.js";
import type { Both, MetricResult, Pair, Surfaces, Tasks } from "./protocol.js";

type Ask = Tasks["measure"]["ask"];
type Found = Pick<MetricResult, "value" | "perClass" | "labels">;
/** Metrics of one call: they share surfaces and components, but nothing interrupts them. */
const GROUP = 10;

/** The pixels of both sides that a metric of bands looks at, by its options; those of its borders otherwise. */
function bandsOf(seg: SegLoss, { metric }: ShownMetric, masks: Both, shape: number[]): Both | undefined {
  const options = metric.options as Readonly<Record<string, { readonly default: unknown } | undefined>>,
    inner = (data: Uint8Array, width: number) => new Uint8Array(seg.boundaryMask({ data, shape }, { width }).data);
  if (options.dilationRatio) {
    const diagonal = Math.hypot(shape[1], shape[2]),
      width = Math.max(1, Math.round(Number(options.dilationRatio.default) * diagonal));
    return { pred: inner(masks.pred, width), target: inner(masks.target, width) };
  }
  if (options.around && options.width) {
    if (!masks.target.includes(1)) return undefined;
    const most = Number(options.width.default),
      outside = masks.target.map((on) => 1 - on),
      near = [masks.target, outside].map((data) => seg.distanceTransform({ data, shape }).data),
      inBand = (mask: Uint8Array) => mask.map((on, i) => (on && near[0][i] <= most && near[1][i] <= most ? 1 : 0));
    return { pred: inBand(masks.pred), target: inBand(masks.target) };
  }
  return undefined;
}

function surfaces(seg: SegLoss, picture: Picture, channel: number, spacing: readonly number[]): Surfaces {
  const { height, width, classes, logits, target } = picture,
    shape = [1, height, width],
    labels = seg.argmax({ data: logits, shape: [1, classes, height, width] }).data,
    of = (data: ArrayLike<number>) => new Uint8Array(data).map((label) => (label === channel ? 1 : 0)),
    masks = { pred: of(labels), target: of(target) },
    edge = (data: Uint8Array) => new Uint8Array(seg.boundaryMask({ data, shape }).data),
    borders = { pred: edge(masks.pred), target: edge(masks.target) };
  const bands: Record<string, Both> = {},
    pairs: Record<string, Pair> = {};
  for (const shown of shownMetrics) {
    const { name, options, metric } = shown,
      both = bandsOf(seg, shown, masks, shape);
    if (both) bands[name] = both;
    if (!("percentile" in metric.options)) continue;
    const share = Number(options.percentile ?? 100) / 100,
      whole = { ...borders, height, width };
    const found =
      "connectivity" in metric.options
        ? worstLesion(seg, share, masks, whole, spacing, metric.options.connectivity.default)
        : farthest(seg, share, whole, spacing);
    if (found) pairs[name] = found.pair;
  }
  return { borders, bands, pairs };
}

export async function* measure(seg: SegLoss, ask: Ask): AsyncGenerator<Tasks["measure"]["part"] | undefined> {
  const { picture, options, spacing, channel, every } = ask,
    { logits, target, classes, height, width } = picture;
  const pred = { data: logits, shape: [1, classes, height, width] },
    truth = { data: target, shape: [1, height, width] },
    given = { ...options, ...(spacing ? { spacing } : {}) },
    asked = ({ name, metric, options: own }: ShownMetric) => ({ name: metric.name, as: name, options: own });
  const together = (group: readonly ShownMetric[]): MetricResult[] => {
    try {
      // Those that have no spacing are told of none, and what a list is told one of its metrics must know.
      const known = Object.fromEntries(
        Object.entries(given).filter(([option]) => group.some(({ metric }) => option in metric.options)),
      );
      const found: Record<string, Found> = seg.metrics.evaluate(pred, truth, group.map(asked) as never, known as never);
      return group.map(({ name }) => {
        const { value, perClass, labels } = found[name];
        return { name, value, perClass: [...perClass], labels };
      });
    } catch (error) {
      // One that refuses must not take the others with it.
      if (group.length > 1) return group.flatMap((each) => together([each]));
      return [{ name: group[0].name, value: Number.NaN, perClass: [], labels: [], error: (error as Error).message }];
    }
  };
  const ready: MetricResult[] = [];
  let since = performance.now();
  for (let first = 0; first < shownMetrics.length; first += GROUP) {
    ready.push(...together(shownMetrics.slice(first, first + GROUP)));
    // Losses that still compute go between groups, and a new stroke does not wait.
    const full = performance.now() - since > every;
    yield full ? { metrics: ready.splice(0) } : undefined;
    if (full) since = performance.now();
  }
  yield { metrics: ready, surfaces: surfaces(seg, picture, channel, spacing ?? [1, 1]) };
}

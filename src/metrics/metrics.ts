import type { Kernels } from "../bindings/kernels.js";
import { SegLossError } from "../errors.js";
import { readOptions, suggestion } from "../options/options.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { evaluateAll } from "./call.js";
import { type MetricName, type MetricOptions, type MetricResults, metricCatalog } from "./catalog.js";
import type { Metric, MetricResult } from "./declaration.js";
import { MetricState, type PlacedRequest } from "./state.js";

/** One method per metric. */
type MetricMethods = {
  readonly [N in MetricName]: (pred: TensorLike, target: TensorLike, options?: MetricOptions[N]) => MetricResults[N];
};

/** One metric of a list. */
export interface MetricRequest<N extends MetricName = MetricName> {
  readonly name: N;
  /** Its place in the results (default: its name). */
  readonly as?: string;
  /** Its own options; they go before those of the list. */
  readonly options?: MetricOptions[N];
}
/** A metric by its name alone, or with options. */
export type AnyRequest = MetricName | { [N in MetricName]: MetricRequest<N> }[MetricName];

type PlaceOf<R> = R extends string
  ? R
  : R extends { readonly as: infer A extends string }
    ? A
    : R extends { readonly name: infer N extends string }
      ? N
      : never;
type NameOf<R> = R extends MetricName ? R : R extends { readonly name: infer N extends MetricName } ? N : never;

/** What a list of metrics gives: each result at its place. */
export type Evaluation<R extends readonly AnyRequest[]> = {
  readonly [Q in R[number] as PlaceOf<Q>]: MetricResults[NameOf<Q>];
};

interface Evaluate {
  /**
   * Scores by several metrics at once, each result at its name (or at `as`): what they share is looked at once, as are
   * the counts of all classes and each class's surfaces. `options` go to all metrics that have them.
   *
   * @throws {SegLossError} `INVALID_OPTION` for unknown metrics, two at one place, or an option that none of them has;
   *   and what the metrics themselves throw
   */
  evaluate<const R extends readonly AnyRequest[]>(
    pred: TensorLike,
    target: TensorLike,
    metrics: R,
    options?: Readonly<Record<string, unknown>>,
  ): Evaluation<R>;
}

interface States {
  /**
   * An empty state of several metrics, for data sets that no one call holds: `update` adds cases, `merge` other states,
   * and `result` has the numbers of each case and of all, the same bits in whatever order and parts they came.
   * Metrics and options as for `evaluate`.
   *
   * @throws {SegLossError} `INVALID_OPTION` as `evaluate`
   */
  state(metrics: readonly AnyRequest[], options?: Readonly<Record<string, unknown>>): MetricState;
  /**
   * The state that `toBytes` wrote.
   *
   * @throws {SegLossError} `INVALID_STATE` for bytes that were cut or changed, or are none of a state
   */
  stateFrom(bytes: Uint8Array): MetricState;
}

export type Metrics = MetricMethods & Evaluate & States;

const catalog = metricCatalog as readonly unknown[] as readonly Metric[];

type Refuse = (message: string) => SegLossError;

function metricOf(name: unknown, refuse: Refuse): Metric {
  const found = catalog.find((metric) => metric.name === name);
  if (found) return found;
  const names = catalog.map((metric) => metric.name);
  throw refuse(
    `there is no metric ${JSON.stringify(name)}${typeof name === "string" ? suggestion(name, names) : ""} ` +
      `(metrics: ${names.join(", ")})`,
  );
}

/** A list's requests, each with its place and its options read. */
function readRequests(what: string, metrics: unknown, shared: unknown): PlacedRequest[] {
  const refuse: Refuse = (message) => new SegLossError("INVALID_OPTION", `${what}: ${message}`);
  if (!Array.isArray(metrics))
    throw refuse('metrics must be a list such as ["dice", { name: "hausdorffDistance", options: { percentile: 95 } }]');
  if (shared !== undefined && (shared === null || typeof shared !== "object"))
    throw refuse(`options must be an object such as { numClasses: 3 }, got ${String(shared)}`);
  const common = Object.entries(shared ?? {}),
    places = new Set<string>();
  const requests = metrics.map((given: AnyRequest) => {
    const { name, as, options, ...rest } = (
        typeof given === "object" && given ? given : { name: given }
      ) as MetricRequest,
      metric = metricOf(name, refuse),
      place = as ?? metric.name,
      unknown = Object.keys(rest);
    if (unknown.length > 0)
      throw refuse(`a metric is { name, as, options }, got ${unknown.join(", ")}; its options stand in options`);
    if (places.has(place)) throw refuse(`two metrics are called ${place}; give one of them another name by "as"`);
    places.add(place);
    const own = Object.fromEntries(common.filter(([option]) => Object.hasOwn(metric.options, option))),
      where = `${what}: ${place}`;
    return {
      place,
      request: { what: where, metric, options: readOptions(where, metric.options, { ...own, ...options }) },
    };
  });
  for (const [option] of common) {
    if (requests.some(({ request }) => Object.hasOwn(request.metric.options, option))) continue;
    const names = [...new Set(requests.flatMap(({ request }) => Object.keys(request.metric.options)))];
    throw refuse(`none of the metrics has an option ${option}${suggestion(option, names)}`);
  }
  return requests;
}

/** The metrics of an instance, whose kernels are asked for at each call. */
export function createMetrics(kernels: () => Kernels): Metrics {
  const methods = catalog.map((metric) => {
    const what = `metrics.${metric.name}`,
      method = (pred: TensorLike, target: TensorLike, options?: unknown): MetricResult => {
        const alive = kernels(),
          request = { what, metric, options: readOptions(what, metric.options, options) };
        const [result] = evaluateAll(
          alive,
          [request],
          readTensor(pred, `${what}: pred`),
          readTensor(target, `${what}: target`),
        );
        return result.result;
      };
    return [metric.name, Object.defineProperty(method, "name", { value: metric.name })];
  });
  const evaluate = (pred: TensorLike, target: TensorLike, metrics: unknown, options?: unknown) => {
    const alive = kernels(),
      what = "metrics.evaluate",
      requests = readRequests(what, metrics, options),
      results = evaluateAll(
        alive,
        requests.map(({ request }) => request),
        readTensor(pred, `${what}: pred`),
        readTensor(target, `${what}: target`),
      );
    return Object.fromEntries(requests.map(({ place }, i) => [place, results[i].result]));
  };
  const state = (metrics: unknown, options?: unknown) =>
    new MetricState(kernels, readRequests("metrics.state", metrics, options));
  const stateFrom = (bytes: unknown) =>
    MetricState.fromBytes(kernels, bytes, (metrics) => readRequests("metrics.stateFrom", metrics, undefined));
  return Object.freeze({ ...Object.fromEntries(methods), evaluate, state, stateFrom }) as Metrics;
}

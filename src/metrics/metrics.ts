import type { Kernels } from "../bindings/kernels.js";
import { catalog as losses } from "../catalog/index.js";
import { SegLossError } from "../errors.js";
import type { Reason } from "../options/names.js";
import { readOptions } from "../options/options.js";
import { smoothNames } from "../options/shared.js";
import { type OtherDoor, suggestion } from "../options/suggestion.js";
import { pixelWeights } from "../tensors/extras.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import type { NumberTensor } from "../tensors/shape.js";
import { evaluateAll } from "./call.js";
import { type MetricName, type MetricOptions, type MetricResults, metricCatalog } from "./catalog.js";
import type { Metric, MetricResult } from "./declaration.js";
import type { MetricPresetArguments, MetricPresetName } from "./presets/index.js";
import {
  checkTensors,
  isPresetName,
  isToldOf,
  type MetricPresetTensors,
  requestOf,
  translate,
} from "./presets/request.js";
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
/** Another library's metric of a list. */
export interface MetricPresetRequest<N extends MetricPresetName = MetricPresetName> {
  readonly name: N;
  /** Its place in the results (default: its name). */
  readonly as?: string;
  /** The library's arguments; what the list says of the tensors holds for it, too. */
  readonly options?: MetricPresetArguments[N];
}
/** A metric, or another library's, by its name alone or with options. */
export type AnyRequest =
  | MetricName
  | MetricPresetName
  | { [N in MetricName]: MetricRequest<N> }[MetricName]
  | { [N in MetricPresetName]: MetricPresetRequest<N> }[MetricPresetName];

/** What another library's metric gives: that of the metric that stands for it, as docs/libraries.md has it. */
export type MetricPresetResult = MetricResult & { readonly [result: string]: unknown };

type PlaceOf<R> = R extends string
  ? R
  : R extends { readonly as: infer A extends string }
    ? A
    : R extends { readonly name: infer N extends string }
      ? N
      : never;
type NameOf<R> = R extends { readonly name: infer N } ? N : R;

/** What a list of metrics gives: each result at its place. */
export type Evaluation<R extends readonly AnyRequest[]> = {
  readonly [Q in R[number] as PlaceOf<Q>]: NameOf<Q> extends MetricName ? MetricResults[NameOf<Q>] : MetricPresetResult;
};

interface Evaluate {
  /**
   * Another library's metric by its name there, such as "medpy.hd95", with that library's arguments (docs/libraries.md
   * has them all). `tensors` says what is about the tensors, not the metric. What is not reproduced, and why, the
   * error says.
   *
   * @throws {SegLossError} `UNSUPPORTED` for a metric that is not reproduced; `INVALID_OPTION` for unknown names and
   *   arguments; and what the metric itself throws
   */
  preset<N extends MetricPresetName>(
    name: N,
    pred: TensorLike,
    target: TensorLike,
    given?: MetricPresetArguments[N],
    tensors?: MetricPresetTensors,
  ): MetricPresetResult;
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

/** Losses, for those who ask for one among the metrics. */
const lossesElsewhere: OtherDoor = { known: losses, says: (name) => `the loss: seg.${name}().value(pred, target)` };
const metricSuggestion = (name: string): string => suggestion(name, catalog, { elsewhere: [lossesElsewhere] });
const why = "; metrics take no weights of pixels, ignoreIndex leaves pixels out",
  // They have an option sampleWeights.
  also = pixelWeights.also?.filter((name) => !name.startsWith("sample")),
  reasons: readonly Reason[] = [
    { ...pixelWeights, also, why },
    { name: "smooth", also: smoothNames, why: "; scores are exact, and emptyScore is that of 0 / 0" },
    { name: "reduction", also: ["average"], why: "; averaging says how value averages, perClass has each score" },
    { name: "threshold", why: "; pass labels or masks where another threshold than 0.5 is wanted" },
  ],
  strangers = { reasons };

function metricOf(name: unknown, refuse: Refuse): Metric {
  const found = catalog.find((metric) => metric.name === name);
  if (found) return found;
  const names = catalog.map((metric) => metric.name);
  if (typeof name === "function") throw refuse(`a metric is told by its name, "${name.name}", got the function`);
  throw refuse(
    `there is no metric ${JSON.stringify(name)}${typeof name === "string" ? metricSuggestion(name) : ""} ` +
      `(metrics: ${names.join(", ")})`,
  );
}

/** What the requests of a list have in common. */
interface List {
  /** What is at fault in messages. */
  readonly what: string;
  readonly refuse: Refuse;
  /** Options that go to all metrics that have them. */
  readonly shared: readonly [string, unknown][];
  /** The prediction, by whose shape another library's arguments are read; a state has none yet. */
  readonly pred?: NumberTensor;
}

/** One of a list's requests. */
function readRequest({ what, refuse, shared, pred }: List, given: AnyRequest): PlacedRequest {
  const { name, as, options, ...rest } = (typeof given === "object" && given ? given : { name: given }) as {
      readonly name: unknown;
      readonly as?: string;
      readonly options?: object;
    },
    unknown = Object.keys(rest),
    common = (has: (option: string) => boolean) => Object.fromEntries(shared.filter(([option]) => has(option)));
  if (unknown.length > 0)
    throw refuse(`a metric is { name, as, options }, got ${unknown.join(", ")}; its options stand in options`);
  if (isPresetName(name)) {
    if (!pred)
      throw refuse(
        `what ${name} is here depends on the prediction's shape, which is not known yet; name the metric itself and ` +
          "its options (docs/libraries.md)",
      );
    const translated = translate(what, name, options, Object.fromEntries(shared), pred),
      tensors = common((option) => isToldOf(option) && Object.hasOwn(translated.metric.options, option));
    return { place: as ?? name, request: requestOf(name, translated, tensors) };
  }
  const metric = metricOf(name, refuse),
    place = as ?? metric.name,
    where = `${what}: ${place}`,
    own = common((option) => Object.hasOwn(metric.options, option)),
    values = readOptions(where, metric.options, { ...own, ...options }, strangers);
  return { place, request: { what: where, metric, options: values } };
}

/** A list's requests, each with its place and its options read. */
function readRequests(what: string, metrics: unknown, shared: unknown, pred?: NumberTensor): PlacedRequest[] {
  const refuse: Refuse = (message) => new SegLossError("INVALID_OPTION", `${what}: ${message}`);
  if (!Array.isArray(metrics))
    throw refuse('metrics must be a list such as ["dice", { name: "hausdorffDistance", options: { percentile: 95 } }]');
  if (shared !== undefined && (shared === null || typeof shared !== "object"))
    throw refuse(`options must be an object such as { numClasses: 3 }, got ${String(shared)}`);
  const common = Object.entries(shared ?? {}),
    places = new Set<string>();
  const requests = metrics.map((given: AnyRequest) => {
    const read = readRequest({ what, refuse, shared: common, pred }, given);
    if (places.has(read.place))
      throw refuse(`two metrics are called ${read.place}; give one of them another name by "as"`);
    places.add(read.place);
    return read;
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
          request = { what, metric, options: readOptions(what, metric.options, options, strangers) };
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
      scores = readTensor(pred, `${what}: pred`),
      requests = readRequests(what, metrics, options, scores),
      results = evaluateAll(
        alive,
        requests.map(({ request }) => request),
        scores,
        readTensor(target, `${what}: target`),
      );
    return Object.fromEntries(requests.map(({ place }, i) => [place, results[i].result]));
  };
  const state = (metrics: unknown, options?: unknown) =>
    new MetricState(kernels, readRequests("metrics.state", metrics, options));
  const stateFrom = (bytes: unknown) =>
    MetricState.fromBytes(kernels, bytes, (metrics) => readRequests("metrics.stateFrom", metrics, undefined));
  const preset = (name: string, pred: TensorLike, target: TensorLike, given?: unknown, tensors: object = {}) => {
    const alive = kernels(),
      scores = readTensor(pred, `${name}: pred`),
      translated = translate("metrics.preset", name, given, tensors, scores);
    checkTensors(name, translated, tensors as Readonly<Record<string, unknown>>);
    const request = requestOf(name, translated, tensors as Readonly<Record<string, unknown>>);
    return evaluateAll(alive, [request], scores, readTensor(target, `${name}: target`))[0].result;
  };
  return Object.freeze({ ...Object.fromEntries(methods), evaluate, preset, state, stateFrom }) as Metrics;
}

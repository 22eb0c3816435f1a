import type { Kernels } from "../bindings/kernels.js";
import { SegLossError } from "../errors.js";
import { CaseTable } from "../exact/caseTable.js";
import { type Spread, spreadOf } from "../exact/spread.js";
import { checkNames } from "../options/names.js";
import { readOptions } from "../options/options.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { samplesOf } from "../tensors/samples.js";
import { isLabelArray, type NumberTensor } from "../tensors/shape.js";
import { evaluateAll, type Kind, poolOf, type ReadRequest } from "./call.js";

export interface PlacedRequest {
  readonly place: string;
  readonly request: ReadRequest;
}

/** One metric's scores of all cases of a state. */
export interface MetricSummary {
  /** The label of each column; none where there is one column of all. */
  readonly labels: readonly number[];
  /** Of the cases' values. */
  readonly value: Spread;
  /** Of each column's scores. */
  readonly perClass: readonly Spread[];
  /** The value of each case, in the order of the ids. */
  readonly values: Float64Array;
  /** [cases, columns]: the scores of each case. */
  readonly scores: Float64Array;
  /** The score of all cases' pixels or objects together, of metrics that have `pooled`: [columns]. */
  readonly pooled?: Float64Array;
  readonly pooledValue?: number;
  /** Of confusionMatrix. */
  readonly pooledMatrix?: Float64Array;
}

export interface StateResult {
  /** The cases, sorted. */
  readonly ids: readonly string[];
  readonly metrics: Readonly<Record<string, MetricSummary>>;
}

/** Which cases an update is of. */
export interface UpdateOptions {
  /** A name of each sample, which no other case of the data set has. */
  readonly ids: readonly string[];
  /** The size of a pixel in these samples, along each axis; of metrics that have the option. */
  readonly spacing?: readonly number[];
}

/** What of a case's row is whose. */
interface Layout {
  readonly kind: Kind;
  /** Of each metric: the labels that its result has, and how many columns. */
  readonly columns: readonly { readonly labels: readonly number[]; readonly count: number }[];
}

const what = "metrics.state";
/** JSON has neither NaN nor infinity, which emptyScore and others take. */
const write = (value: unknown) =>
  JSON.stringify(value, (_, each) => (typeof each === "number" && !Number.isFinite(each) ? `#${each}` : each));
const read = (text: string) =>
  JSON.parse(text, (_, each) =>
    typeof each === "string" && /^#(NaN|-?Infinity)$/.test(each) ? Number(each.slice(1)) : each,
  );

const tableOf = (requests: readonly PlacedRequest[]) =>
  new CaseTable(
    what,
    write(requests.map(({ place, request }) => ({ name: request.metric.name, as: place, options: request.options }))),
  );

/**
 * Scores of any number of cases. Each sample is scored by itself; sums over cases are exact, so that neither the order
 * of cases nor how they were divided among states changes a bit of the result.
 */
export class MetricState {
  readonly #kernels: () => Kernels;
  readonly #requests: readonly PlacedRequest[];
  readonly #table: CaseTable;

  constructor(kernels: () => Kernels, requests: readonly PlacedRequest[], table = tableOf(requests)) {
    this.#kernels = kernels;
    this.#requests = requests;
    this.#table = table;
  }

  static fromBytes(
    kernels: () => Kernels,
    bytes: unknown,
    requestsOf: (metrics: unknown) => readonly PlacedRequest[],
  ): MetricState {
    const table = CaseTable.fromBytes("metrics.stateFrom", bytes);
    if (!table.about.startsWith("["))
      throw new SegLossError("INVALID_STATE", `metrics.stateFrom: the bytes are of a loss's state, not of metrics`);
    return new MetricState(kernels, requestsOf(read(table.about)), table);
  }

  /** How many cases it holds. */
  get size(): number {
    return this.#table.size;
  }

  /**
   * Scores samples and adds them; where it throws, none of them is added.
   *
   * @param pred,target as for the metrics; labels need `numClasses` or `labels`, so that all cases have the same
   *   columns
   * @throws {SegLossError} what the metrics throw; `INVALID_STATE` for a case that is counted already, or of other
   *   classes
   */
  update(pred: TensorLike, target: TensorLike, options: UpdateOptions): void {
    checkNames(what, options, ["ids", "spacing"]);
    const { ids, spacing } = options,
      kernels = this.#kernels(),
      names = this.#table.readIds(ids),
      requests = this.#sized(spacing),
      [preds, targets] = [readTensor(pred, `${what}: pred`), readTensor(target, `${what}: target`)];
    for (const request of requests) refuseOccurring(request, preds);
    let layout = "";
    const cases = samplesOf(what, preds, targets, names.length).map((sample, n) => {
      const found = evaluateAll(kernels, requests, sample.pred, sample.target),
        pools = found.map(({ pool }) => pool()),
        columns = found.map(({ result }) => ({ labels: result.labels, count: result.perClass.length })),
        own = JSON.stringify({ kind: found[0]?.kind, columns } satisfies Partial<Layout>);
      if (found[0] && found[0].batch !== 1)
        throw new SegLossError("SHAPE_MISMATCH", `${what}: ids has 1 name, but pred has ${found[0].batch} samples`);
      if (layout !== "" && own !== layout) throw new SegLossError("INVALID_STATE", `${what}: samples of other classes`);
      layout = own;
      return {
        id: names[n],
        row: Float64Array.from(found.flatMap(({ result: { value, perClass } }) => [value, ...perClass])),
        sums: pools.map((pool) => Float64Array.from(pool ? [pool.unknown ? 1 : 0, ...pool.sums] : [])),
      };
    });
    this.#table.add(cases, layout);
  }

  /** The requests with the spacing of some samples. */
  #sized(spacing: readonly number[] | undefined): readonly ReadRequest[] {
    const requests = this.#requests.map(({ request }) => request);
    if (spacing === undefined) return requests;
    if (!requests.some(({ metric }) => "spacing" in metric.options))
      throw new SegLossError("INVALID_OPTION", `${what}: none of the metrics has an option spacing`);
    return requests.map((request) => {
      const { options, metric } = request,
        { spacing: option } = metric.options;
      return option
        ? { ...request, options: { ...options, ...readOptions(what, { spacing: option }, { spacing }) } }
        : request;
    });
  }

  /**
   * Adds the cases of another state of the same metrics and options, or of its bytes.
   *
   * @throws {SegLossError} `INVALID_STATE` for other options or classes, a case that both have, and what are no bytes
   *   of a state; then nothing is added
   */
  merge(other: MetricState | Uint8Array): this {
    this.#table.merge(other instanceof MetricState ? other.#table : CaseTable.fromBytes(`${what}: merge`, other));
    return this;
  }

  /** All of it, to be kept or sent; the same bytes for the same cases, whatever their order. */
  toBytes(): Uint8Array {
    return this.#table.toBytes();
  }

  /** The scores of each case and of all together. */
  result(): StateResult {
    const table = this.#table,
      layout: Layout | undefined = table.size > 0 ? JSON.parse(table.layout) : undefined,
      { sums } = table;
    let from = 0;
    const metrics = this.#requests.map(({ place, request }, n) => {
      const { labels, count } = layout?.columns[n] ?? { labels: [], count: 0 },
        values = table.columns(from, layout ? 1 : 0),
        scores = table.columns(from + 1, count),
        perClass = Array.from({ length: count }, (_, c) => spreadOf(scores.filter((_, at) => at % count === c)));
      from += 1 + count;
      const summary = { labels, value: spreadOf(values), perClass, values, scores };
      return [place, { ...summary, ...(layout ? this.#pooled(request, layout.kind, sums[n]) : {}) }] as const;
    });
    return { ids: table.ids, metrics: Object.fromEntries(metrics) };
  }

  #pooled(request: ReadRequest, kind: Kind, [unknown, ...sums]: Float64Array): Readonly<Record<string, unknown>> {
    const results = poolOf(this.#kernels(), request, kind);
    if (!results) return {};
    const found = results(Float64Array.from(sums));
    return unknown > 0 ? { ...found, pooledValue: Number.NaN } : found;
  }
}

/** Where the labels that occur would be the classes, each case would have its own. */
function refuseOccurring({ what: place, options }: ReadRequest, { data }: NumberTensor): void {
  if (!isLabelArray(data) || options.numClasses || options.labels || options.instances === "labels") return;
  throw new SegLossError(
    "INVALID_OPTION",
    `${place}: labels need the option numClasses or labels here, so that all cases have the same classes`,
  );
}

import type { Engine } from "../engine/engine.js";
import type { SampleSums } from "../engine/gathering.js";
import type { Job } from "../engine/job.js";
import { SegLossError } from "../errors.js";
import { CaseTable } from "../exact/caseTable.js";
import { type Spread, spreadOf } from "../exact/spread.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { samplesOf } from "../tensors/samples.js";
import { readShape } from "../tensors/shape.js";
import { checkKept, type Evaluate } from "./sumsOnly.js";

/** A loss of all cases of a state. */
export interface LossStateResult {
  /** The cases, sorted. */
  readonly ids: readonly string[];
  /** Of the cases' values. */
  readonly value: Spread;
  /** The loss of each case by itself, in the order of the ids. */
  readonly values: Float64Array;
  /**
   * The loss of all cases' pixels together, as if they were one sample; of losses that are functions of sums over
   * pixels (those that `gather` takes).
   */
  readonly pooled?: number;
}

/** What a state asks of its loss. */
export interface Asked {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Of sums, whose weights may be set meanwhile. */
  readonly optionsNow: () => Readonly<Record<string, unknown>>;
  readonly batchOf: (shape: readonly number[]) => number;
  readonly value: (pred: TensorLike, target: TensorLike) => number;
  /** Evaluates with something in the engine's place. */
  readonly instead: (pred: TensorLike, target: TensorLike, evaluate: Evaluate) => number;
}

const aboutOf = (loss: string, options: object) => JSON.stringify({ loss, options });

interface Layout {
  readonly classes: number;
  readonly axes: number;
  readonly soft: boolean;
  readonly channelsLast: boolean;
  /** How many overlap terms each group of terms has; nothing where the loss is no function of sums. */
  readonly groups?: readonly number[];
}

/** The lists of a case's sums: each overlap term's, the pixel terms', and the target's. */
function listsOf({ overlaps, tiles, statistics }: SampleSums, terms: number): Float64Array[] {
  const totals = new Float64Array(terms);
  for (let at = 0; at < tiles.length; at++) totals[at % terms] += tiles[at];
  return [...overlaps, totals, statistics.valid, statistics.total, statistics.squared];
}

function sumsOf(lists: Float64Array[], groups: readonly number[]): SampleSums[] {
  const left = [...lists];
  return groups.map((count) => {
    const overlaps = left.splice(0, count),
      [tiles, valid, total, squared] = left.splice(0, 4);
    return { overlaps, tiles, statistics: { valid, total, squared } };
  });
}

/**
 * A loss over any number of cases, as of a validation set. Each sample's value is its own; sums over cases are exact,
 * so that neither the order of cases nor how they were divided among states changes a bit of the result.
 */
export class LossState {
  readonly #loss: Asked;
  readonly #table: CaseTable;

  constructor(loss: Asked) {
    this.#loss = loss;
    this.#table = new CaseTable(`${loss.name}: state`, aboutOf(loss.name, loss.options));
  }

  static fromBytes(loss: Asked, bytes: Uint8Array): LossState {
    const state = new LossState(loss);
    state.#table.merge(CaseTable.fromBytes(`${loss.name}: stateFrom`, bytes));
    return state;
  }

  /** How many cases it holds. */
  get size(): number {
    return this.#table.size;
  }

  /**
   * Evaluates samples and adds them; where it throws, none of them is added.
   *
   * @throws {SegLossError} what `value` throws; `INVALID_STATE` for a case that is counted already, or of other classes
   */
  update(pred: TensorLike, target: TensorLike, cases: { readonly ids: readonly string[] }): void {
    const { name, optionsNow, batchOf } = this.#loss,
      what = `${name}: state`;
    checkKept(what, cases, ["ids"]);
    const names = this.#table.readIds(cases.ids),
      [preds, targets] = [readTensor(pred, `${what}: pred`), readTensor(target, `${what}: target`)];
    if (aboutOf(name, optionsNow()) !== this.#table.about)
      throw new SegLossError("INVALID_STATE", `${what}: the loss's weights were set anew; begin another state`);
    const samples = names.length === 1 ? batchOf(readShape(preds, `${what}: pred`)) : names.length;
    if (samples !== names.length)
      throw new SegLossError("SHAPE_MISMATCH", `${what}: ids has 1 name, but pred has ${samples} samples`);
    let layout = "";
    const found = samplesOf(what, preds, targets, names.length).map((sample, n) => {
      const value = this.#loss.value(sample.pred as TensorLike, sample.target as TensorLike),
        { sums, own } = this.#sums(sample.pred as TensorLike, sample.target as TensorLike);
      layout = JSON.stringify(own);
      return { id: names[n], row: Float64Array.of(value), sums };
    });
    this.#table.add(found, layout);
  }

  /** A case's sums, where the loss is a function of such. */
  #sums(pred: TensorLike, target: TensorLike): { readonly sums: Float64Array[]; readonly own: Layout } {
    const sums: Float64Array[] = [],
      groups: number[] = [];
    let size: Omit<Layout, "groups"> | undefined;
    const note = (engine: Engine, job: Job, soft: boolean) => {
      const { classes, spatial, channelsLast } = job.geometry;
      size = { classes, axes: spatial.length, soft, channelsLast };
      const found = engine.gather(job);
      groups.push(found.overlaps.length);
      sums.push(...listsOf(found, job.terms.length - found.overlaps.length));
      return 0;
    };
    try {
      this.#loss.instead(pred, target, note);
    } catch (error) {
      if (!(error instanceof SegLossError && error.code === "UNSUPPORTED")) throw error;
      const { length } = readShape(pred as never, `${this.#loss.name}: pred`);
      return { sums: [], own: { classes: 0, axes: length - 2, soft: false, channelsLast: false } };
    }
    return { sums, own: { ...(size as Omit<Layout, "groups">), groups } };
  }

  /**
   * Adds the cases of another state of the same loss and options, or of its bytes.
   *
   * @throws {SegLossError} `INVALID_STATE` for other options or classes, a case that both have, and what are no bytes
   *   of a state; then nothing is added
   */
  merge(other: LossState | Uint8Array): this {
    const { name } = this.#loss;
    this.#table.merge(other instanceof LossState ? other.#table : CaseTable.fromBytes(`${name}: state: merge`, other));
    return this;
  }

  /** All of it, to be kept or sent; the same bytes for the same cases, whatever their order. */
  toBytes(): Uint8Array {
    return this.#table.toBytes();
  }

  result(): LossStateResult {
    const table = this.#table,
      values = table.columns(0, table.size > 0 ? 1 : 0),
      layout: Layout | undefined = table.size > 0 ? JSON.parse(table.layout) : undefined,
      found = { ids: table.ids, value: spreadOf(values), values };
    return layout?.groups ? { ...found, pooled: this.#pooled(layout, sumsOf(table.sums, layout.groups)) } : found;
  }

  /** The sums evaluated in place of those of a single pixel, which has the same plan. */
  #pooled({ classes, axes, soft, channelsLast }: Layout, groups: readonly SampleSums[]): number {
    const ones = new Array<number>(axes).fill(1),
      shape = channelsLast ? [1, ...ones, classes] : [1, classes, ...ones],
      target = soft
        ? { data: Float32Array.from({ length: classes }, (_, c) => (c === 0 ? 1 : 0)), shape }
        : { data: new Uint8Array(1), shape: [1, ...ones] };
    let group = 0;
    return this.#loss.instead({ data: new Float32Array(classes), shape }, target, (engine, job) =>
      engine.runFrom(job, groups[group++], 0),
    );
  }
}

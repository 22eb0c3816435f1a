import type { ShareMessage } from "../engine/share.js";
import { boardLength } from "../engine/tiles.js";
import { SegLossError } from "../errors.js";
import { checkExtraObject } from "../instance/checks.js";
import { groupParts, splits } from "../instance/groups.js";
import { type Extra, meetClasses, readOut, type TargetReading } from "../instance/inputs.js";
import { isTensorLike } from "../instance/liveTensors.js";
import { type Composition, type Reweighted, type Sum, sumFor, type ValueAndGrad } from "../instance/loss.js";
import { setWeights } from "../instance/sum.js";
import { refuseOut } from "../instance/tables.js";
import { brief } from "../options/names.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { type Geometry, type Layout, type NumberTensor, readGeometry, readShape } from "../tensors/shape.js";
import type { LossCall, LossMessage, TensorMessage } from "./messages.js";
import { isShared, Packing } from "./packing.js";
import type { Scratch } from "./scratch.js";
import type { Member, Team } from "./team.js";

/** How a call of a pool is to be made, besides a loss's extra inputs. */
export interface CallOptions {
  /** Gives the call up: its promise is rejected with the signal's reason at once. */
  readonly signal?: AbortSignal;
  /**
   * True moves the inputs' buffers to the worker instead of copying them: they are empty here afterwards. Shared memory
   * is read in place anyway.
   */
  readonly transfer?: boolean;
}

/** Checks how a call is to be made; gives whether it moves its buffers. */
export function checkCall(what: string, { signal, transfer = false }: CallOptions): boolean {
  const refuse = (message: string) => new SegLossError("INVALID_OPTION", `${what}: ${message}`);
  if (typeof transfer !== "boolean") throw refuse(`transfer must be true or false, got ${brief(transfer)}`);
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function")
    throw refuse(`signal must be an AbortSignal, such as AbortSignal.timeout(1000), got ${brief(signal)}`);
  return transfer;
}

/** A target that a pool's workers keep, with what they compute from it. */
export class PoolTarget {
  constructor(
    /** Its number among the pool's targets. */
    readonly id: number,
    readonly tensor: TensorMessage,
    readonly forget: () => void,
    /** How those read it that prepared it. */
    readonly readings: readonly TargetReading[],
    /** How many classes the predictions have that it was evaluated with. */
    readonly classes: number[] = [],
  ) {}

  /** Lets the workers forget it. */
  dispose(): void {
    this.forget();
  }
}

/** What the losses of a pool share. */
export interface PoolContext {
  readonly team: Team;
  readonly scratch: Scratch | undefined;
  /** Predictions of so many numbers are split between workers. */
  readonly splitAbove: number;
  keep(tensor: TensorLike, what: string, readings: readonly TargetReading[]): PoolTarget;
}

/** Extra inputs of a loss by name, `out`, and how the call is made. */
export interface PoolExtra extends CallOptions, Extra {}

/** A loss whose calls are evaluated by workers. */
export interface AsyncLoss {
  /** Its name in the catalog, or the preset's. */
  readonly name: string;
  /** Every option, defaults filled in, null where it is off; JSON-serialisable. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The value alone; the arguments are those of a loss of `load()`. */
  value(pred: TensorLike, target: TensorLike | PoolTarget, extra?: PoolExtra): Promise<number>;
  /** The value and its gradient with respect to pred, in pred's shape and layout; rejects with a SegLossError. */
  valueAndGrad(pred: TensorLike, target: TensorLike | PoolTarget, extra?: PoolExtra): Promise<ValueAndGrad>;
  /** As `perPixel` of a loss of `load()`. */
  perPixel(pred: TensorLike, target: TensorLike | PoolTarget, extra?: PoolExtra): Promise<Float32Array>;
  /** As `perClass` of a loss of `load()`. */
  perClass(pred: TensorLike, target: TensorLike | PoolTarget, extra?: PoolExtra): Promise<Float64Array>;
  /** As `perSample` of a loss of `load()`. */
  perSample(pred: TensorLike, target: TensorLike | PoolTarget, extra?: PoolExtra): Promise<Float64Array>;
  /** A target that the workers keep: what depends on it alone is computed once by each. */
  prepare(target: TensorLike): Promise<PoolTarget>;
}

/** How many numbers extra inputs hold; what is no tensor is refused by the loss. */
const lengths = (inputs: Extra) => (name: string) => {
  const given = inputs[name as keyof Extra];
  return ArrayBuffer.isView(given) ? given.length : given?.data?.length;
};

export class PoolLoss implements AsyncLoss, Reweighted {
  readonly name: string;
  readonly #composition: Composition;
  readonly #layout: Layout;
  readonly #spatialDims: number | null;

  constructor(
    composition: Composition,
    readonly context: () => PoolContext,
  ) {
    this.name = composition.name;
    this.#composition = composition;
    this.#layout = composition.fit?.layout ?? composition.parts[0]?.options.layout ?? "channelsFirst";
    this.#spatialDims = composition.fit?.spatialDims ?? composition.parts[0]?.options.spatialDims ?? null;
  }

  get options(): Readonly<Record<string, unknown>> {
    return this.#composition.options;
  }

  setWeights(weights: readonly number[]): void {
    setWeights(this.#composition, weights);
  }

  #message({ parts, offset, offsets }: Sum): LossMessage {
    return {
      name: this.name,
      offset,
      offsets,
      parts: parts.map(({ weight, declaration, options, ignored, hard, term }) => ({
        weight,
        term,
        name: declaration.name,
        options,
        ignored,
        hard,
      })),
    };
  }

  async value(pred: TensorLike, target: TensorLike | PoolTarget, extra: PoolExtra = {}): Promise<number> {
    return ((await this.#run(pred, target, extra, "value")) as ValueAndGrad).value;
  }

  async valueAndGrad(pred: TensorLike, target: TensorLike | PoolTarget, extra: PoolExtra = {}): Promise<ValueAndGrad> {
    return (await this.#run(pred, target, extra, "valueAndGrad")) as ValueAndGrad;
  }

  async perPixel(pred: TensorLike, target: TensorLike | PoolTarget, extra: PoolExtra = {}): Promise<Float32Array> {
    return (await this.#run(pred, target, extra, "perPixel")) as Float32Array;
  }

  async perClass(pred: TensorLike, target: TensorLike | PoolTarget, extra: PoolExtra = {}): Promise<Float64Array> {
    return (await this.#run(pred, target, extra, "perClass")) as Float64Array;
  }

  async perSample(pred: TensorLike, target: TensorLike | PoolTarget, extra: PoolExtra = {}): Promise<Float64Array> {
    return (await this.#run(pred, target, extra, "perSample")) as Float64Array;
  }

  async prepare(target: TensorLike): Promise<PoolTarget> {
    return this.context().keep(target, `${this.name}: target`, this.#composition.parts);
  }

  async #run(
    pred: TensorLike,
    target: TensorLike | PoolTarget,
    given: PoolExtra,
    ask: LossCall["ask"],
  ): Promise<ValueAndGrad | Float32Array | Float64Array> {
    const { team, scratch, splitAbove } = this.context();
    checkExtraObject(this.name, given);
    const gradient = ask === "valueAndGrad",
      single = !gradient && ask !== "value";
    if (single) refuseOut(this.name, ask, given);
    const { out, signal, transfer = false, ...inputs } = given,
      tensor = readTensor(pred, `${this.name}: pred`),
      length = tensor.data?.length ?? 0,
      { fit } = this.#composition,
      what = `${this.name}: pred`,
      sum = fit ? sumFor(fit, readShape(tensor, what), what, inputs) : this.#composition,
      // Of other types the worker says what came.
      large = !single && team.size > 1 && length >= splitAbove && tensor.data instanceof Float32Array,
      board = large && scratch ? this.#board(tensor, sum, inputs) : undefined;
    if (gradient && out !== undefined && length > 0) readOut(this.name, out, length);
    const packing = new Packing(board && scratch, checkCall(this.name, { signal, transfer })),
      extra = this.#extra(inputs, packing),
      sent = target instanceof PoolTarget ? target : packing.tensor(target, `${this.name}: target`);
    const message = {
      kind: "loss",
      loss: this.#message(sum),
      ask,
      pred: packing.tensor(tensor, `${this.name}: pred`),
      extra,
    } as const;
    if (gradient && out && isShared(out)) extra.out = out;
    else if (gradient && packing.scratch) extra.out = packing.borrow(Float32Array, length);
    const result = (await team.run({
      sharing: board && {
        losses: sum.parts.length,
        board: (workers) => packing.borrow(Float64Array, board(workers)),
      },
      signal,
      task: (worker: Member, share: ShareMessage | undefined) => ({
        task: { ...message, target: sent instanceof PoolTarget ? targetFor(worker, sent) : sent, share },
        transfer: packing.moved,
      }),
    })) as ValueAndGrad;
    if (target instanceof PoolTarget) meetClasses(target.classes, this.#geometry(tensor).classes);
    if (single) packing.release();
    return single ? result : this.#received(result, gradient, out, packing);
  }

  /** Numbers of the board of a call that may be shared out, by how many workers it has. */
  #board(pred: NumberTensor, { parts }: Sum, inputs: Extra): ((workers: number) => number) | undefined {
    const geometry = this.#geometry(pred),
      planes = splits(groupParts(parts), geometry, lengths(inputs));
    return planes === false ? undefined : (workers) => boardLength(geometry, parts.length, workers, planes);
  }

  #geometry(pred: NumberTensor): Geometry {
    const what = `${this.name}: pred`;
    return readGeometry(readShape(pred, what), this.#layout, what, this.#spatialDims);
  }

  #extra(inputs: Extra, packing: Packing): Record<string, TensorMessage | Float32Array> {
    const extra: Record<string, TensorMessage | Float32Array> = {};
    for (const [name, input] of Object.entries(inputs)) {
      if (input instanceof Float32Array) extra[name] = packing.array(input) as Float32Array;
      else if (isTensorLike(input)) extra[name] = packing.tensor(input, `${this.name}: ${name}`);
      else if (input !== undefined) extra[name] = input as unknown as TensorMessage; // refused by the loss
    }
    return extra;
  }

  /**
   * The result with its gradient where the caller wants it. Memory is not used again after a call that failed, as its
   * workers may still write there.
   */
  #received(result: ValueAndGrad, gradient: boolean, out: Float32Array | undefined, packing: Packing): ValueAndGrad {
    if (!gradient) {
      packing.release();
      return result;
    }
    const grad = out ?? (isShared(result.grad) ? new Float32Array(result.grad.length) : result.grad);
    if (grad !== result.grad && !isShared(grad)) grad.set(result.grad);
    packing.release();
    return { ...result, grad };
  }
}

/** A kept target for a worker, with its tensor where it does not know it yet. */
function targetFor(worker: Member, { id, tensor }: PoolTarget) {
  if (worker.kept.has(id)) return { kept: id };
  worker.kept.add(id);
  return { kept: id, tensor };
}

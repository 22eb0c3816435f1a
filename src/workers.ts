import type { WasmSource } from "./bindings/load.js";
import { SegLossError } from "./errors.js";
import type { Target } from "./instance/inputs.js";
import type { SegLoss } from "./instance/instance.js";
import type { Composition } from "./instance/loss.js";
import type { LossMethods } from "./instance/losses.js";
import { Losses } from "./instance/losses.js";
import { readPrepared } from "./instance/prepare.js";
import { metricCatalog } from "./metrics/catalog.js";
import type { Metrics } from "./metrics/metrics.js";
import { checkNames } from "./options/names.js";
import { cores } from "./pool/host.js";
import { type AsyncLoss, type CallOptions, checkCall, type PoolContext, PoolLoss, PoolTarget } from "./pool/loss.js";
import { into, Packing } from "./pool/packing.js";
import { canShare, Scratch } from "./pool/scratch.js";
import { Team } from "./pool/team.js";
import type { TensorLike } from "./tensors/foreignTensors.js";
import type { ClassWeightsOptions } from "./utilities/classWeights.js";

export { SegLossError, type SegLossErrorCode } from "./errors.js";
export type { AsyncLoss, CallOptions, PoolExtra, PoolTarget } from "./pool/loss.js";

export interface PoolOptions {
  /** Default: the host's cores, 8 at most. */
  readonly workers?: number;
  /** Where the kernels come from. Default: the module that the package carries. */
  readonly wasm?: WasmSource;
  /** The worker's file. Default: worker.js beside this one. */
  readonly worker?: URL | string;
  /**
   * Predictions of so many numbers or more are split between the workers, where memory can be shared (in browsers: on
   * pages that are cross-origin isolated). Default: 1,048,576; smaller calls gain little or nothing.
   */
  readonly splitAbove?: number;
}

const utilities = [
  "softmax",
  "argmax",
  "distanceTransform",
  "signedDistanceTransform",
  "boundaryMask",
  "regionWiseMap",
  "boundaryAwareEncode",
  "boundaryAwareDecode",
  "connectedComponents",
  "skeletonize",
  "bettiNumbers",
  "classWeights",
] as const satisfies readonly (keyof SegLoss)[];
type UtilityName = (typeof utilities)[number];

/** Targets that a pool prepared in place of those that an instance did. */
type Kept<A> = { readonly [I in keyof A]: [Target, A[I]] extends [A[I], Target] ? TensorLike | PoolTarget : A[I] };

/** The same, but a promise, and with options of the call. */
type Async<F> = F extends (...args: infer A) => infer R
  ? (...args: [...Kept<A>, call?: CallOptions]) => Promise<R>
  : never;

/** Of each method; made of the type's keys, so that the methods keep their words. */
type AsyncMethods<T> = { readonly [N in keyof T]: Async<T[N]> };

/** What many calls tell of themselves. */
export interface MapOptions {
  /** Ends it: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Calls under way at a time. Default: two for each worker. */
  readonly concurrency?: number;
  /** Told after each item how many are done. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number; readonly index: number }) => void;
}

class WorkerPool extends Losses<AsyncLoss> {
  #context: PoolContext | undefined;
  #targets = 0;
  /** Scores of predictions: `await metrics.dice(pred, target, options)` and so on. */
  readonly metrics = Object.freeze(
    Object.fromEntries(
      [...metricCatalog.map(({ name }) => [name, 3] as const), ["evaluate", 4] as const, ["preset", 5] as const].map(
        ([name, count]) => [name, (...args: unknown[]) => this.#call(["metrics", name], args, count)],
      ),
    ),
    // Made of a list: that each name has its own metric's arguments, no type says.
  ) as unknown as AsyncMethods<Omit<Metrics, "state" | "stateFrom">>;

  constructor(team: Team, splitAbove: number) {
    super();
    this.#context = {
      team,
      splitAbove,
      scratch: canShare() ? new Scratch() : undefined,
      keep: (...given) => this.#keep(team, ...given),
    };
    for (const name of utilities)
      Object.defineProperty(this, name, { value: (...args: unknown[]) => this.#call([name], args, 2) });
  }

  readonly #alive = (): PoolContext => {
    if (!this.#context) throw disposed();
    return this.#context;
  };

  protected override check(): void {
    this.#alive();
  }

  protected override evaluator(composition: Composition): AsyncLoss {
    return new PoolLoss(composition, this.#alive);
  }

  #keep(team: Team, tensor: TensorLike, what: string, readings: PoolTarget["readings"]): PoolTarget {
    const id = ++this.#targets,
      packing = new Packing(canShare() ? new Scratch() : undefined, false, true);
    return new PoolTarget(id, packing.tensor(tensor, what), () => team.forget(id), readings);
  }

  /** A method of an instance in a worker; `count` arguments of its own, then options of the call. */
  async #call(path: readonly string[], asked: readonly unknown[], count: number): Promise<unknown> {
    const given = path[0] === "classWeights" ? unkept(asked) : asked,
      { team } = this.#alive(),
      { signal, transfer = false } = (given[count] ?? {}) as CallOptions,
      packing = new Packing(undefined, checkCall(path.join("."), { signal, transfer })),
      first = path[1] === "preset" ? 1 : 0,
      args = given
        .slice(0, count)
        .map((arg, i) =>
          packing.argument(arg, `${path.join(".")}: ${path.length === 1 ? "input" : i === first ? "pred" : "target"}`),
        ),
      out = (given[1] as { out?: Float32Array } | undefined)?.out;
    const result = await team.run({
      signal,
      task: () => ({ task: { kind: "method", path, args }, transfer: packing.moved }),
    });
    return out === undefined || path.length > 1
      ? result
      : { ...(result as object), data: into(out, (result as { data: Float32Array }).data, path[0]) };
  }

  /**
   * Calls `work` for every item, some at a time, and tells after each how many are done. The results stand in the
   * items' order; the first failure ends it.
   */
  async map<T, R>(
    items: readonly T[],
    work: (item: T, index: number, signal: AbortSignal | undefined) => Promise<R>,
    { signal, onProgress, concurrency = 2 * this.#alive().team.size }: MapOptions = {},
  ): Promise<R[]> {
    const results: R[] = new Array(items.length);
    let next = 0,
      done = 0,
      failed = false;
    const lane = async () => {
      while (next < items.length && !failed) {
        signal?.throwIfAborted();
        const index = next++;
        try {
          results[index] = await work(items[index], index, signal);
        } catch (error) {
          failed = true;
          throw error;
        }
        onProgress?.({ done: ++done, total: items.length, index });
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, items.length)) }, lane));
    return results;
  }

  /** How many workers it has. */
  get size(): number {
    return this.#alive().team.size;
  }

  /** Ends the workers; calls under way and later ones fail with DISPOSED. */
  dispose(): void {
    this.#context?.team.end(disposed());
    this.#context = undefined;
  }
}

/** Arguments of classWeights with the tensor of a target that the pool keeps, and what it knows. */
function unkept([target, options, call]: readonly unknown[]): readonly unknown[] {
  if (!(target instanceof PoolTarget)) return [target, options, call];
  const prepared = readPrepared(target, options as ClassWeightsOptions | undefined);
  return [target.tensor, prepared, { ...(call as CallOptions), transfer: false }];
}

const disposed = () => new SegLossError("DISPOSED", "segloss: this pool was disposed of; createPool() gives a new one");

/** Losses, metrics and utilities as those of an instance, but evaluated by workers: every call returns a promise. */
export type Pool = WorkerPool & LossMethods<AsyncLoss> & AsyncMethods<Pick<SegLoss, UtilityName>>;

function checkCount(name: string, given: unknown, least: number): void {
  if (given === undefined || (typeof given === "number" && Number.isInteger(given) && given >= least)) return;
  throw new SegLossError(
    "INVALID_OPTION",
    `createPool: ${name} must be a whole number of at least ${least}, got ${String(given)}`,
  );
}

/**
 * Starts workers that evaluate losses off this thread, several calls at a time, and a large one together. The bits are
 * those of one thread.
 */
export async function createPool(options: PoolOptions = {}): Promise<Pool> {
  checkNames(
    "createPool",
    options,
    ["workers", "splitAbove", "wasm", "worker"],
    [{ name: "threads", also: ["size", "concurrency", "numWorkers", "poolSize"], why: "; did you mean workers?" }],
  );
  const { workers = Math.max(1, Math.min(8, cores())), splitAbove = 1_048_576, wasm, worker } = options;
  checkCount("workers", options.workers, 1);
  checkCount("splitAbove", options.splitAbove, 0);
  const team = new Team(workers, worker, {
    type: "load",
    wasm: typeof Response === "function" && wasm instanceof Response ? await wasm.arrayBuffer() : (wasm as URL),
  });
  await team.start();
  // The constructor defines the methods by their names, where no type sees them.
  return new WorkerPool(team, splitAbove) as unknown as Pool;
}

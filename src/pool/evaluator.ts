import type { Kernels } from "../bindings/kernels.js";
import { Engine } from "../engine/engine.js";
import { Share } from "../engine/share.js";
import { SegLossError } from "../errors.js";
import { PreparedTarget } from "../instance/inputs.js";
import { createLibrary } from "../instance/instance.js";
import type { Part } from "../instance/loss.js";
import { WeightedLoss } from "../instance/weightedLoss.js";
import { declared, innermost } from "../instance/wrapping.js";
import type { FromWorker, LossCall, LossMessage, MethodCall, ToWorker } from "./messages.js";

type Send = (message: FromWorker, transfer: Transferable[]) => void;

/** The buffers of a result's arrays that can be moved. */
function buffersOf(result: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(result))
    return result.buffer instanceof ArrayBuffer && result.byteLength === result.buffer.byteLength
      ? [result.buffer]
      : [];
  return result !== null && typeof result === "object" ? Object.values(result).flatMap(buffersOf) : [];
}

/** A worker's side of the pool: evaluates one call after the other. */
export class Evaluator {
  readonly #library;
  readonly #engine: Engine;
  readonly #targets = new Map<number, PreparedTarget>();

  constructor(
    kernels: Kernels,
    readonly send: Send,
  ) {
    this.#library = createLibrary(kernels);
    this.#engine = new Engine(kernels);
  }

  /** Answers a message. */
  async receive(message: ToWorker): Promise<void> {
    if (message.type === "forget") this.#targets.delete(message.kept);
    if (message.type !== "call") return;
    const { id, task } = message;
    try {
      const result = task.kind === "method" ? this.#method(task) : await this.#evaluate(task);
      this.send({ type: "done", id, result }, [...new Set(buffersOf(result))]);
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #fail(id: number, error: unknown): void {
    const { code, message } = error as Partial<SegLossError>;
    this.send(
      { type: "failed", id, code: error instanceof SegLossError ? code : undefined, message: message ?? String(error) },
      [],
    );
  }

  #method({ path, args }: MethodCall): unknown {
    const [name, inner] = path,
      owner = inner ? this.#library.metrics : this.#library;
    return Reflect.get(owner, inner ?? name).apply(owner, args);
  }

  #loss({ name, offset, offsets, parts: sent }: LossMessage): WeightedLoss {
    const parts = sent.map(({ name: loss, options, ...part }) => ({
      ...part,
      declaration: declared(loss),
      options: options as Part["options"],
    }));
    return new WeightedLoss({ name, options: {}, parts, offset, offsets }, () => this.#engine);
  }

  #target(target: LossCall["target"]): PreparedTarget | Exclude<LossCall["target"], { kept: number }> {
    if (target === null || typeof target !== "object" || !("kept" in target)) return target;
    if (target.tensor) this.#targets.set(target.kept, new PreparedTarget(target.tensor));
    return this.#targets.get(target.kept) as PreparedTarget;
  }

  async #evaluate({ loss, ask, pred, target, extra, share }: LossCall): Promise<unknown> {
    for (const { name, options } of loss.parts)
      await innermost(declared(name), options as Part["options"]).asset?.(extra);
    const own = this.#loss(loss),
      known = this.#target(target);
    if (ask !== "value" && ask !== "valueAndGrad") return own[ask](pred, known, extra);
    return own.run(pred, known, extra, ask === "valueAndGrad", { share: share && new Share(share) });
  }
}

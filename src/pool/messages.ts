import type { WasmSource } from "../bindings/load.js";
import type { ShareMessage } from "../engine/share.js";
import type { SegLossErrorCode } from "../errors.js";
import type { ValueAndGrad } from "../instance/loss.js";
import type { NumberTensor } from "../tensors/shape.js";

// What a pool and its workers say to each other. A worker has one call at a time.

/** A loss by the names of its parts. */
export interface LossMessage {
  readonly name: string;
  readonly parts: readonly {
    readonly weight: number;
    readonly name: string;
    readonly options: unknown;
    readonly ignored: readonly number[];
    readonly hard?: string;
    readonly term?: number;
  }[];
  readonly offset: number;
  readonly offsets?: readonly number[];
}

/** A tensor as a worker reads it. */
export type TensorMessage = NumberTensor;

/** A target that workers keep under a number, with its tensor for a worker that does not know it yet. */
interface KeptTarget {
  readonly kept: number;
  readonly tensor?: TensorMessage;
}

/** Methods of a loss that give a number of each pixel, class or sample: one worker answers them. */
type TableName = "perPixel" | "perClass" | "perSample";

export interface LossCall {
  readonly kind: "loss";
  readonly loss: LossMessage;
  readonly ask: "value" | "valueAndGrad" | TableName;
  readonly pred: TensorMessage;
  readonly target: TensorMessage | KeptTarget;
  readonly extra: Readonly<Record<string, TensorMessage | Float32Array>>;
  readonly share?: ShareMessage;
}

/** A method of an instance, such as softmax or metrics.dice. */
export interface MethodCall {
  readonly kind: "method";
  readonly path: readonly string[];
  readonly args: readonly unknown[];
}

export type Task = LossCall | MethodCall;

export type ToWorker =
  | { readonly type: "load"; readonly wasm?: Exclude<WasmSource, Response> }
  | { readonly type: "call"; readonly id: number; readonly task: Task }
  | { readonly type: "forget"; readonly kept: number };

export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "done"; readonly id: number; readonly result: ValueAndGrad | unknown }
  | { readonly type: "failed"; readonly id?: number; readonly code?: SegLossErrorCode; readonly message: string };

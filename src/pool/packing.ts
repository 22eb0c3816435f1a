import { SegLossError } from "../errors.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import type { TensorMessage } from "./messages.js";
import type { Scratch } from "./scratch.js";

type Numbers = Float32Array | Uint8Array;
type Maker<A> = {
  new (buffer: SharedArrayBuffer, from: number, length: number): A;
  readonly BYTES_PER_ELEMENT: number;
};

/**
 * Brings one call's arrays into a form that workers take. What is shared stays where it is, the rest is copied or
 * moved.
 */
export class Packing {
  /** Buffers that go with the message. */
  readonly moved: ArrayBuffer[] = [];
  readonly #borrowed: SharedArrayBuffer[] = [];

  /**
   * `scratch`: copies go to shared memory, so that several workers read them. `move`: whole buffers go over to the
   * worker. `keep`: what is shared is copied, too, as it is read after the call.
   */
  constructor(
    readonly scratch: Scratch | undefined,
    readonly move: boolean,
    readonly keep = false,
  ) {}

  /** A caller's tensor; `what` it is for messages. */
  tensor(given: TensorLike, what: string): TensorMessage {
    const { data, shape, came } = readTensor(given, what);
    return {
      // A view of numbers is a typed array; isView says only that it is a view.
      data: ArrayBuffer.isView(data) ? this.array(data as unknown as Numbers) : data,
      shape: shape && Array.from(shape),
      came,
    };
  }

  array(data: Numbers): Numbers {
    if (isShared(data) && !this.keep) return data;
    // Also one that was moved away before.
    if (data.length === 0) return new (data.constructor as Float32ArrayConstructor)(0);
    if (this.scratch) {
      const copy = this.borrow(data.constructor as Maker<Numbers>, data.length);
      copy.set(data);
      return copy;
    }
    const own = this.move && data.byteLength === data.buffer.byteLength ? data : data.slice();
    if (!this.moved.includes(own.buffer as ArrayBuffer)) this.moved.push(own.buffer as ArrayBuffer);
    return own;
  }

  /** An array in shared memory until the call ends. */
  borrow<A>(make: Maker<A>, length: number): A {
    const buffer = (this.scratch as Scratch).take(length * make.BYTES_PER_ELEMENT);
    this.#borrowed.push(buffer);
    return new make(buffer, 0, length);
  }

  /** An argument of a method: a tensor, or options, whose `out` stays here. */
  argument(given: unknown, what: string): unknown {
    if (given === null || typeof given !== "object" || Array.isArray(given)) return given;
    if ("data" in given) return this.tensor(given as TensorLike, what);
    const { out: _, ...options } = given as { out?: unknown };
    return options;
  }

  /** Ends the call. */
  release(): void {
    for (const buffer of this.#borrowed.splice(0)) this.scratch?.give(buffer);
  }
}

export const isShared = (data: ArrayBufferView): boolean =>
  typeof SharedArrayBuffer === "function" && data.buffer instanceof SharedArrayBuffer;

/** Writes a result into the caller's array, if there is one. */
export function into<A extends Float32Array>(out: A | undefined, result: A, what: string): A {
  if (out === undefined) return result;
  if (out.constructor !== result.constructor || out.length !== result.length) {
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what}: out must be a ${result.constructor.name} of ${result.length} numbers, got ` +
        `${out.constructor?.name} of ${out.length}`,
    );
  }
  if (out !== result) out.set(result);
  return out;
}

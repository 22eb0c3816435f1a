import type { TensorLike } from "../../dist/index.js";
import { product, Random } from "./random";

/** What a binary16 pattern stands for, by its definition. */
export function float16(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1,
    exponent = (pattern >> 10) & 31,
    fraction = pattern & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** As ONNX Runtime's: everything is a getter, and `data` throws where the numbers are elsewhere. */
class OrtTensor {
  readonly #data: unknown;
  constructor(
    readonly type: string,
    data: unknown,
    readonly dims: readonly number[],
    readonly location = "cpu",
  ) {
    this.#data = data;
  }
  get data() {
    if (!this.location.startsWith("cpu"))
      throw new Error("The data is not on CPU. Use `getData()` to download GPU data to CPU");
    return this.#data;
  }
}
export const ort = (type: string, data: unknown, dims: readonly number[], location?: string) =>
  new OrtTensor(type, data, dims, location) as unknown as TensorLike;

/** As Transformers.js': a proxy that indexes by numbers, around another tensor; its strides are a method. */
class TransformersTensor {
  constructor(readonly ort_tensor: OrtTensor) {
    // biome-ignore lint/correctness/noConstructorReturn: as it is there
    return new Proxy(this, {
      get: (tensor, key) => (Number.isInteger(Number(String(key))) ? undefined : tensor[key as "data"]),
    });
  }
  get dims() {
    return this.ort_tensor.dims;
  }
  get type() {
    return this.ort_tensor.type;
  }
  get location() {
    return this.ort_tensor.location;
  }
  get data() {
    return this.ort_tensor.data;
  }
  stride() {
    return this.dims.map((_, axis) => product(this.dims.slice(axis + 1)));
  }
}
export const transformers = (type: string, data: unknown, dims: readonly number[], location?: string) =>
  new TransformersTensor(new OrtTensor(type, data, dims, location)) as unknown as TensorLike;

/** A stand-in where the runtime has no Float16Array. */
class Numbers16 extends Array<number> {
  get [Symbol.toStringTag]() {
    return "Float16Array";
  }
}
export const Float16 = ((globalThis as Record<string, unknown>).Float16Array ?? Numbers16) as {
  from(numbers: ArrayLike<number>): ArrayLike<number>;
};

const random = new Random(91);

/** Predictions, labels and soft targets that float16 holds exactly. */
export const shape = [2, 3, 4, 5],
  labelShape = [2, 4, 5],
  patterns = Uint16Array.from(
    { length: product(shape) },
    () => (random.below(2) << 15) | ((13 + random.below(5)) << 10) | random.below(1024),
  ),
  softPatterns = Uint16Array.from({ length: product(shape) }, () => random.below(0x3c01)),
  pred = { data: Float32Array.from(patterns, float16), shape },
  soft = { data: Float32Array.from(softPatterns, float16), shape },
  labels = { data: Uint8Array.from({ length: product(labelShape) }, () => random.below(3)), shape: labelShape };

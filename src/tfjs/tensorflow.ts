// What is used of TensorFlow.js, in place of its own types: the package type-checks without it, and any of its builds
// fits.

export interface TfTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  dataSync(): unknown;
  data(): Promise<unknown>;
  dispose(): void;
}

/** The namespace `tf`, of `@tensorflow/tfjs` or `@tensorflow/tfjs-core`; T is its tensor, S its scalar. */
export interface TensorFlow<T extends TfTensor, S extends TfTensor> {
  scalar(value: number): S;
  tensor(values: Float32Array, shape: number[]): T;
  clone(x: T): T;
  add(a: T, b: T): T;
  mul(a: T, b: T): T;
  sum(x: T): T;
  tidy(work: () => T): T;
  customGrad(f: () => { value: T; gradFunc: (dy: T) => T }): (x: T) => T;
  variableGrads(f: () => S): { value: S; grads: Record<string, T> };
}

/** Tells a tensor of TensorFlow.js from plain data. */
export const isTensor = (x: unknown): x is TfTensor => typeof (x as TfTensor | null)?.dataSync === "function";

type Each<R> = (label: number, index: number, array: LabelData) => R;

/**
 * Labels as they come back: a typed array of whole numbers. Which one depends on the labels, so that its methods are
 * written down once: those of a union of arrays cannot be called.
 */
export interface LabelData extends ArrayBufferView, Iterable<number> {
  readonly BYTES_PER_ELEMENT: number;
  readonly length: number;
  [index: number]: number;
  at(index: number): number | undefined;
  entries(): IterableIterator<[number, number]>;
  every(test: Each<unknown>): boolean;
  fill(label: number, start?: number, end?: number): this;
  filter(test: Each<unknown>): LabelData;
  find(test: Each<boolean>): number | undefined;
  findIndex(test: Each<boolean>): number;
  forEach(call: Each<void>): void;
  includes(label: number, from?: number): boolean;
  indexOf(label: number, from?: number): number;
  join(separator?: string): string;
  keys(): IterableIterator<number>;
  lastIndexOf(label: number, from?: number): number;
  map(make: Each<number>): LabelData;
  reduce(add: (sum: number, label: number, index: number, array: LabelData) => number): number;
  reduce<T>(add: (sum: T, label: number, index: number, array: LabelData) => T, initial: T): T;
  reduceRight<T>(add: (sum: T, label: number, index: number, array: LabelData) => T, initial: T): T;
  reverse(): this;
  set(labels: ArrayLike<number>, offset?: number): void;
  slice(start?: number, end?: number): LabelData;
  some(test: Each<unknown>): boolean;
  sort(compare?: (a: number, b: number) => number): this;
  subarray(start?: number, end?: number): LabelData;
  values(): IterableIterator<number>;
}

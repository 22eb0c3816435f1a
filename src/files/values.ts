import { eachRun } from "../tensors/runs.js";
import type { Numbers, Volume } from "./readers/volume.js";

export { eachRun };

/** What the numbers of a side are like, of one file or of a folder. */
export interface Values {
  /** How often each label occurs; nothing where some number is not whole. */
  readonly counts?: ReadonlyMap<number, number>;
  readonly least: number;
  readonly most: number;
  /** The first number that is not whole, and where. */
  readonly broken?: { readonly value: number; readonly index: number };
}

/** A number that went through a scale comes back as 0.99997: so near it is meant as whole. */
const tolerance = 1e-3;

const isFloat = (data: Numbers): data is Float32Array | Float64Array =>
  data instanceof Float32Array || data instanceof Float64Array;

const known = new WeakMap<Numbers, Values>();

/** One pass over the numbers, once for each array. */
export function valuesOf(data: Numbers): Values {
  const before = known.get(data);
  if (before) return before;
  const values = isFloat(data) ? floatValues(data) : wholeValues(data);
  known.set(data, values);
  return values;
}

function wholeValues(data: Numbers): Values {
  const counts = new Map<number, number>();
  eachRun(data, data, (label, _, from, to) => counts.set(label, (counts.get(label) ?? 0) + to - from));
  return rangeOf(counts);
}

function rangeOf(counts: ReadonlyMap<number, number>): Values {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const label of counts.keys()) {
    if (label < least) least = label;
    if (label > most) most = label;
  }
  return { counts, least, most };
}

function floatValues(data: Float32Array | Float64Array): Values {
  const index = data.findIndex((v: number) => !(Math.abs(v - Math.round(v)) <= tolerance));
  if (index < 0) return wholeValues(data.map(Math.round) as Float64Array);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of data) {
    if (v < least) least = v;
    if (v > most) most = v;
  }
  return { least, most, broken: { value: data[index], index } };
}

/** What several files hold together. */
export function together(one: Values | undefined, other: Values): Values {
  if (!one) return other;
  const [least, most] = [Math.min(one.least, other.least), Math.max(one.most, other.most)],
    broken = one.broken ?? other.broken;
  if (!one.counts || !other.counts) return { least, most, broken };
  const counts = new Map(one.counts);
  for (const [label, count] of other.counts) counts.set(label, (counts.get(label) ?? 0) + count);
  return { counts, least, most };
}

/** Numbers that are 0 and 1 only, as those of a mask for each channel. */
export function isZeroOne({ data }: Volume): boolean {
  const { counts, least, most } = valuesOf(data);
  return counts !== undefined && least >= 0 && most <= 1;
}

export const isFloating = ({ data }: Pick<Volume, "data">): boolean => isFloat(data);

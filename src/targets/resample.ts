import type { LabelArray } from "../tensors/shape.js";

/** What a target holds: planes of pixels, each of several numbers. */
interface Planes {
  /** How many grids there are one after the other: samples, times channels where they come first. */
  readonly planes: number;
  /** Numbers of a pixel that stand side by side. */
  readonly each: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Where each of m pixels along an axis of n takes its number from: the pixel that holds its middle. */
const sources = (n: number, m: number) =>
  Int32Array.from({ length: m }, (_, i) => Math.floor(((2 * i + 1) * n) / (2 * m)));

/** Nearest neighbours, as "nearest-exact" of torch. */
export function resample<A extends LabelArray | Float32Array>(data: A, { planes, each, from, to }: Planes): A {
  const axes = from.map((n, axis) => sources(n, to[axis])),
    pixels = from.reduce((a, b) => a * b, 1),
    // Offsets of one plane's pixels, axis by axis.
    offsets = axes.reduce(
      (before, axis, a) => before.flatMap((offset) => Array.from(axis, (i) => offset * from[a] + i)),
      [0],
    ),
    Numbers = data.constructor as new (length: number) => A,
    made = new Numbers(planes * offsets.length * each);
  for (let p = 0, at = 0; p < planes; p++)
    for (const offset of offsets) for (let c = 0; c < each; c++) made[at++] = data[(p * pixels + offset) * each + c];
  return made;
}

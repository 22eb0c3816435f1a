import type { Kernels } from "../kernels.js";
import { wholeLines } from "../tile.js";

/** Pixels of a volume along its axes, and the distances between them. */
type Grid = Readonly<Record<"depth" | "height" | "width" | "dz" | "dy" | "dx", number>>;

/** A line stands upright: the first axis is the height, as counting along it is the fastest. */
function grid(spatial: readonly number[], spacing: readonly number[]): Grid {
  const volume = (numbers: readonly number[]) =>
    numbers.length === 1 ? [1, numbers[0], 1] : [...Array<number>(3 - numbers.length).fill(1), ...numbers];
  const [depth, height, width] = volume(spatial),
    [dz, dy, dx] = volume(spacing);
  return { depth, height, width, dz, dy, dx };
}

/** Leaves a mask's bytes at an address. */
export type LoadMask = (at: number) => void;

/** A mask that the caller holds, which may lie in the module's memory. */
export function copied(kernels: Kernels, mask: Uint8Array): LoadMask {
  const source = kernels.memory.pin(mask);
  return (at) => kernels.memory.u8.set(source(), at);
}

/**
 * Calls `work` with the mask's bytes in the module's memory, whether a zero (1) and anything else (2) is among them,
 * and room for volumes.
 */
function withMask(
  kernels: Kernels,
  load: LoadMask,
  { depth, height, width }: Grid,
  volumes: number,
  work: (at: number, kinds: number, volume: number, bytes: number) => void,
): void {
  const { memory } = kernels,
    pixels = depth * height * width,
    what = "a distance transform";
  memory.with([pixels + 16], what, (at) => {
    load(at);
    const kinds = kernels.exports.maskKinds(at, pixels),
      bytes = wholeLines(kinds === 3 ? kernels.exports.distanceBytes(depth, height, width) : 4 * pixels + 16);
    memory.with([volumes * bytes], what, (volume) => work(at, kinds, volume, bytes));
  });
}

/**
 * Squared distances (with `root`: distances) of the pixels whose mask is not 0 to the nearest whose mask is 0: 0 at the
 * latter, Infinity where there is none.
 */
export function maskDistance(
  kernels: Kernels,
  mask: Uint8Array,
  spatial: readonly number[],
  spacing: readonly number[],
  out: Float32Array,
  root: boolean,
): void {
  const axes = grid(spatial, spacing),
    result = kernels.memory.pin(out);
  withMask(kernels, copied(kernels, mask), axes, 1, (at, kinds, volume) => {
    if (kinds !== 3) {
      result().fill(kinds === 2 ? Number.POSITIVE_INFINITY : 0);
      return;
    }
    kernels.calls.squaredDistance({ mask: at, volume, ...axes, root, steps: false, marks: 0 });
    result().set(kernels.memory.f32.subarray(volume >>> 2, (volume >>> 2) + mask.length));
  });
}

/** The same, whose mask `load` leaves, and which `read` finds at an address. */
export function distanceInside(
  kernels: Kernels,
  spatial: readonly number[],
  spacing: readonly number[],
  load: LoadMask,
  read: (volume: number) => void,
): void {
  const axes = grid(spatial, spacing),
    { memory } = kernels;
  withMask(kernels, load, axes, 1, (at, kinds, volume) => {
    const first = volume >>> 2;
    if (kinds === 3) kernels.calls.squaredDistance({ mask: at, volume, ...axes, root: false, steps: false, marks: 0 });
    else memory.f32.fill(kinds === 2 ? Infinity : 0, first, first + axes.depth * axes.height * axes.width);
    read(volume);
  });
}

/** What becomes of distances across the boundary of a mask. */
export interface DistanceFormula {
  /**
   * To `map`, of the squared distances inside and outside, each 0 on the other side: float32, or int32 if they are
   * `whole` (assembly/math/distanceMaps.ts).
   */
  readonly across: (
    kernels: Kernels,
    inside: number,
    outside: number,
    map: number,
    whole: boolean,
    count: number,
  ) => void;
  /** Everywhere, if the mask has no pixel. */
  readonly empty: number;
  /** Everywhere, if it has all. */
  readonly full: number;
}

/**
 * Outside, the distance to the object; inside, minus (the distance to the outside less `insideOffset`); 0 where an
 * object is absent or fills the sample.
 */
export const signedDistance = (insideOffset: number): DistanceFormula => ({
  across: ({ exports }, inside, outside, map, whole, count) =>
    exports.signedDistances(inside, outside, map, whole, insideOffset, count),
  empty: 0,
  full: 0,
});

/**
 * Inside minus the distance to the outside over its largest, outside 1; 1 for an absent class, -1 for one that fills
 * the sample.
 */
export const rectified: DistanceFormula = {
  across: ({ exports }, inside, outside, map, whole, count) =>
    exports.rectifiedDistances(inside, outside, map, whole, count),
  empty: 1,
  full: -1,
};

/** Distances to the power of alpha; with alpha 0 all 1. */
export const distancePower = (alpha: number): DistanceFormula => ({
  across: ({ exports, memory: { f32 } }, inside, outside, map, whole, count) => {
    exports.distances(inside, outside, map, whole, alpha === 1, count);
    if (alpha !== 1 && alpha !== 2) for (let i = map >>> 2, end = i + count; i < end; i++) f32[i] **= alpha / 2;
  },
  empty: 0 ** alpha,
  full: 0 ** alpha,
});

/** Where a map is wanted, with 12 bytes to spare, if it matters; and what finds it there, or where it is. */
export interface MapTaker {
  readonly at?: number;
  readonly read?: (map: number) => void;
}

/**
 * A map of distances to a mask's other side, for `taker`, and then, if it is asked for, the map of the mask's
 * complement: `load` leaves the mask at an address.
 */
export function distanceMap(
  kernels: Kernels,
  spatial: readonly number[],
  spacing: readonly number[],
  formula: DistanceFormula,
  load: LoadMask,
  taker: MapTaker,
  other?: MapTaker,
): void {
  const axes = grid(spatial, spacing),
    pixels = axes.depth * axes.height * axes.width,
    { exports, memory, calls } = kernels;
  const steps = axes.dy === 1,
    own = other !== undefined && (taker.at === undefined || other.at === undefined);
  withMask(kernels, load, axes, own ? 3 : 2, (at, kinds, inside, bytes) => {
    const outside = inside + bytes,
      spare = own ? outside + bytes : inside,
      map = taker.at ?? spare,
      second = other?.at ?? spare,
      fill = (volume: number, value: number, from = 0, to = pixels) =>
        memory.f32.fill(value, (volume >>> 2) + from, (volume >>> 2) + to);
    if (kinds !== 3) {
      fill(map, kinds === 2 ? formula.full : formula.empty);
      taker.read?.(map);
      if (other) fill(second, kinds === 2 ? formula.empty : formula.full);
    } else {
      const squares = (volume: number) =>
        calls.squaredDistance({ mask: at, volume, ...axes, root: false, steps, marks: 0 });
      squares(inside);
      exports.invertMask(at, pixels);
      const whole = squares(outside);
      for (const volume of [inside, outside]) fill(volume, 0, pixels, pixels + 3); // what whole vectors read
      formula.across(kernels, inside, outside, map, whole, pixels);
      taker.read?.(map);
      if (other) formula.across(kernels, outside, inside, second, whole, pixels);
    }
    other?.read?.(second);
  });
}

/** Squared distances of the pixels whose `marks` are not 0 to the nearest whose `mask` is not 0, in their order. */
export function distancesTo(
  kernels: Kernels,
  mask: LoadMask,
  spatial: readonly number[],
  spacing: readonly number[],
  marks: LoadMask,
): Float32Array {
  const axes = grid(spatial, spacing),
    pixels = axes.depth * axes.height * axes.width,
    { memory } = kernels;
  let found = new Float32Array(0);
  memory.with([pixels + 16], "marks of pixels", (marked) => {
    marks(marked);
    withMask(kernels, mask, axes, 1, (at, kinds, volume) => {
      const first = volume >>> 2;
      if (kinds === 3) {
        kernels.exports.invertMask(at, pixels);
        kernels.calls.squaredDistance({ mask: at, volume, ...axes, root: false, steps: false, marks: marked });
      } else memory.f32.fill(kinds === 1 ? Number.POSITIVE_INFINITY : 0, first, first + pixels);
      found = memory.f32.slice(first, first + kernels.exports.gather(volume, marked, pixels));
    });
  });
  return found;
}

/** Squared distances of the pixels whose mask is not 0 to the nearest whose mask is 0. */
export type SquaredDistance = (
  mask: Uint8Array,
  spatial: readonly number[],
  spacing: readonly number[],
  out: Float32Array,
) => void;

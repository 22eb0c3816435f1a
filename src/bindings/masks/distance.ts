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

/**
 * Calls `work` with the mask's bytes in the module's memory, whether a zero (1) and anything else (2) is among them,
 * and room for volumes.
 */
function withMask(
  kernels: Kernels,
  mask: Uint8Array,
  { depth, height, width }: Grid,
  volumes: number,
  work: (at: number, kinds: number, volume: number, bytes: number) => void,
): void {
  const { memory } = kernels,
    source = memory.pin(mask),
    what = "a distance transform";
  memory.with([mask.length + 8], what, (at) => {
    memory.u8.set(source(), at);
    const kinds = kernels.exports.maskKinds(at, mask.length),
      bytes = kinds === 3 ? wholeLines(kernels.exports.distanceBytes(depth, height, width)) : 0;
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
  withMask(kernels, mask, axes, 1, (at, kinds, volume) => {
    if (kinds !== 3) {
      result().fill(kinds === 2 ? Number.POSITIVE_INFINITY : 0);
      return;
    }
    kernels.calls.squaredDistance({ mask: at, volume, ...axes, root });
    result().set(kernels.memory.f32.subarray(volume >>> 2, (volume >>> 2) + mask.length));
  });
}

/**
 * Squared distances of all pixels to the nearest on the mask's other side; false, and zeros, where there is no other
 * side.
 */
export function distanceAcross(
  kernels: Kernels,
  mask: Uint8Array,
  spatial: readonly number[],
  spacing: readonly number[],
  out: Float32Array,
): boolean {
  const axes = grid(spatial, spacing),
    result = kernels.memory.pin(out);
  let across = false;
  withMask(kernels, mask, axes, 2, (at, kinds, volume, bytes) => {
    across = kinds === 3;
    if (!across) {
      result().fill(0);
      return;
    }
    kernels.calls.squaredDistance({ mask: at, volume, ...axes, root: false });
    kernels.exports.invertMask(at, mask.length);
    kernels.calls.squaredDistance({ mask: at, volume: volume + bytes, ...axes, root: false });
    kernels.exports.addDistances(volume, volume + bytes, mask.length);
    result().set(kernels.memory.f32.subarray(volume >>> 2, (volume >>> 2) + mask.length));
  });
  return across;
}

/** Squared distances of the pixels whose `marks` are not 0 to the nearest whose `mask` is not 0, in their order. */
export function distancesTo(
  kernels: Kernels,
  mask: Uint8Array,
  spatial: readonly number[],
  spacing: readonly number[],
  marks: Uint8Array,
): Float32Array {
  const axes = grid(spatial, spacing),
    { memory } = kernels;
  let found = new Float32Array(0);
  withMask(kernels, mask, axes, 1, (at, kinds, volume) => {
    if (kinds !== 3) {
      found = new Float32Array(marks.reduce((sum, mark) => sum + (mark ? 1 : 0), 0)).fill(
        kinds === 1 ? Number.POSITIVE_INFINITY : 0,
      );
      return;
    }
    kernels.exports.invertMask(at, mask.length);
    kernels.calls.squaredDistance({ mask: at, volume, ...axes, root: false });
    memory.u8.set(marks, at);
    const count = kernels.exports.gather(volume, at, mask.length);
    found = memory.f32.slice(volume >>> 2, (volume >>> 2) + count);
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

/** The same of all pixels to the mask's other side; false, and zeros, where there is none. */
export type DistanceAcross = (
  mask: Uint8Array,
  spatial: readonly number[],
  spacing: readonly number[],
  out: Float32Array,
) => boolean;

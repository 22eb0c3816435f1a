import { dilate, erode, grid, largestAt, leastAt } from "../math/extremes";

/**
 * The soft skeleton of a plane x: x_0 = x, x_{k+1} its erosion, d_k = max(0, x_k - dilated x_{k+1}), S_0 = d_0 and
 * S_k = S_{k-1} + max(0, d_k (1 - S_{k-1})). Shit, Paetzold, Sekuboyina, Ezhov, Unger, Zhylka, Pluim, Bauer, Menze,
 * "clDice - a Novel Topology-Preserving Loss Function for Tubular Structure Segmentation", 2021, algorithm 1, as its
 * public code has it. `levels` holds x_0 and takes x_1 to x_{K+1}, `ridges` d_0 to d_K, planes `pitch` bytes apart;
 * the same float32 numbers are compared everywhere, so that d_k is exactly 0 where it should be.
 */
export function softSkeleton(
  levels: usize,
  ridges: usize,
  pitch: usize,
  iterations: i32,
  skeleton: usize,
  spare: usize,
): void {
  const bytes = grid.pixels() << 2,
    zero = f32x4.splat(0),
    one = f32x4.splat(1);
  memory.fill(skeleton, 0, bytes);
  for (let k = 0, x = levels, ridge = ridges; k <= iterations; k++, x += pitch, ridge += pitch) {
    erode(x, x + pitch);
    dilate(x + pitch, ridge, spare);
    for (let i: usize = 0; i < bytes; i += 16) {
      const d = f32x4.max(f32x4.sub(v128.load(x + i), v128.load(ridge + i)), zero),
        s = v128.load(skeleton + i);
      v128.store(ridge + i, d);
      v128.store(skeleton + i, f32x4.add(s, f32x4.max(f32x4.mul(d, f32x4.sub(one, s)), zero)));
    }
  }
}

/** Sums of a plane: of s (1 - t), s, r (1 - p) and r, s and r the skeletons of p and t. */
@unmanaged
class SkeletonSums {
  beyond: f64;
  skeleton: f64;
  missed: f64;
  target: f64;
}

/**
 * Adds `weight` times a plane's sums, with `weights` of its pixels; 1 - p is made of the error p - t, without
 * cancellation.
 */
export function addSkeletonSums(
  sums: usize,
  weight: f64,
  skeleton: usize,
  target: usize,
  error: usize,
  targetSkeleton: usize,
  weights: usize,
): void {
  const to = changetype<SkeletonSums>(sums);
  let beyond: f64 = 0,
    all: f64 = 0,
    missed: f64 = 0,
    own: f64 = 0;
  for (let i: usize = 0, end = grid.pixels() << 2; i < end; i += 4) {
    const m = <f64>load<f32>(weights + i),
      s = m * <f64>load<f32>(skeleton + i),
      r = m * <f64>load<f32>(targetSkeleton + i),
      rest = 1 - <f64>load<f32>(target + i);
    beyond += s * rest;
    all += s;
    missed += r * (rest - <f64>load<f32>(error + i));
    own += r;
  }
  to.beyond += weight * beyond;
  to.skeleton += weight * all;
  to.missed += weight * missed;
  to.target += weight * own;
}

/**
 * dL/dp of a plane, to `slopes`: `byTarget` t + `bySkeleton` is the derivative by s, which goes back through the
 * erosions to the pixels that were the extremes, and `direct` r that by p itself, both times the pixels' `weights`.
 * `ridges` takes the derivatives by d_k; `near` and `far` are planes of float64 and `before` takes K + 1 numbers.
 */
export function softSkeletonSlopes(
  levels: usize,
  ridges: usize,
  pitch: usize,
  iterations: i32,
  target: usize,
  targetSkeleton: usize,
  weights: usize,
  byTarget: f64,
  bySkeleton: f64,
  direct: f64,
  near: usize,
  far: usize,
  before: usize,
  slopes: usize,
): void {
  const bytes = grid.pixels() << 2;
  for (let i: usize = 0; i < bytes; i += 4)
    throughSum(
      ridges + i,
      pitch,
      iterations,
      before,
      <f64>load<f32>(weights + i) * (byTarget * <f64>load<f32>(target + i) + bySkeleton),
    );
  memory.fill(far, 0, bytes << 1);
  let x = levels + <usize>iterations * pitch,
    ridge = ridges + <usize>iterations * pitch,
    here = near, // the derivative by x_k
    beyond = far; // and that by x_{k+1}
  for (let k = iterations; k >= 0; k--, x -= pitch, ridge -= pitch) {
    memory.fill(here, 0, bytes << 1);
    throughLevel(x, x + pitch, ridge, here, beyond);
    const swapped = here;
    here = beyond;
    beyond = swapped;
  }
  for (let i: usize = 0; i < bytes; i += 4) {
    const m = <f64>load<f32>(weights + i),
      slope = load<f64>(beyond + (i << 1)) + direct * m * <f64>load<f32>(targetSkeleton + i);
    store<f32>(slopes + i, m == 0 ? 0 : <f32>slope);
  }
}

/** From the derivative by a pixel's S_K to those by its d_k, in their place. */
function throughSum(ridge: usize, pitch: usize, iterations: i32, before: usize, slope: f64): void {
  let s: f64 = 0;
  for (let k = 0, at = ridge; k <= iterations; k++, at += pitch) {
    store<f64>(before + ((<usize>k) << 3), s);
    s += Math.max(0, <f64>load<f32>(at) * (1 - s));
  }
  for (let k = iterations, at = ridge + <usize>iterations * pitch; k >= 0; k--, at -= pitch) {
    const d = <f64>load<f32>(at),
      rest = 1 - load<f64>(before + ((<usize>k) << 3)),
      acts = d * rest > 0;
    store<f32>(at, acts ? <f32>(slope * rest) : 0);
    if (acts) slope *= 1 - d;
  }
}

/** From the derivatives by d_k and x_{k+1} to that by x_k; where d_k = 0 its derivative is 0. */
function throughLevel(x: usize, eroded: usize, ridge: usize, here: usize, beyond: usize): void {
  let i: usize = 0;
  for (let z = 0; z < grid.depth; z++) {
    for (let y = 0; y < grid.height; y++) {
      for (let w = 0; w < grid.width; w++, i++) {
        const slope = <f64>load<f32>(ridge + (i << 2));
        if (slope == 0) continue;
        store<f64>(here + (i << 3), slope);
        const at = beyond + (largestAt(eroded, z, y, w) << 3);
        store<f64>(at, load<f64>(at) - slope);
      }
    }
  }
  i = 0;
  for (let z = 0; z < grid.depth; z++) {
    for (let y = 0; y < grid.height; y++) {
      for (let w = 0; w < grid.width; w++, i++) {
        const slope = load<f64>(beyond + (i << 3));
        if (slope == 0) continue;
        const at = here + (leastAt(x, z, y, w) << 3);
        store<f64>(at, load<f64>(at) + slope);
      }
    }
  }
}

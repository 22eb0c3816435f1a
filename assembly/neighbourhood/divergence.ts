import { lanes } from "../math/lanes";
import { needs, Said, say } from "../protocol";

/**
 * Planes of some rows of an image: distributions, their logarithms (assembly/neighbourhood/distributions.ts), and
 * labels, negative where a pixel does not count.
 */
@unmanaged
class Rows {
  prob: usize;
  log: usize;
  labels: usize;
  pitch: usize;
  entries: i32;
  width: i32;
  /**
   * The least number that divergences are compared with, and the error of a divergence v: base + entropy H + linear v +
   * root sqrt(v).
   */
  least: f32;
  base: f32;
  entropy: f32;
  linear: f32;
  root: f32;
}

const rows = changetype<Rows>(memory.data(offsetof<Rows>(), 16));

export function setRows(prob: usize, log: usize, labels: usize, pitch: usize, entries: i32, width: i32): void {
  say(Said.Rows, prob);
  rows.prob = prob;
  rows.log = log;
  rows.labels = labels;
  rows.pitch = pitch;
  rows.entries = entries;
  rows.width = width;
}

export function setDivergenceError(least: f32, base: f32, entropy: f32, linear: f32, root: f32): void {
  say(Said.DivergenceError, 0);
  rows.least = least;
  rows.base = base;
  rows.entropy = entropy;
  rows.linear = linear;
  rows.root = root;
}

/**
 * KL(P_i || P_right) + KL(P_i || P_below) of `count` rows in float32, where both pixels count and, for the last row,
 * with `below` 0, without the latter. What cannot exceed `least` even by its error becomes 0, and what might is above
 * 0. Returns 1 if one is NaN.
 */
export function divergences(count: i32, below: i32, out: usize): i32 {
  needs(Said.Rows);
  needs(Said.DivergenceError);
  const width = (<usize>rows.width) << 2,
    zero = f32x4.splat(0),
    steps = i32x4(0, 1, 2, 3);
  let undefined_ = zero;
  for (let y = 0; y < count; y++) {
    const start = <usize>y * width,
      down = y + 1 < count || below ? width : 0;
    for (let x: usize = 0; x < width; x += 16) {
      const at = start + x,
        column = i32x4.add(steps, i32x4.splat(<i32>(x >> 2)));
      const valid = v128.and(
          i32x4.ge_s(v128.load(rows.labels + at), zero),
          i32x4.lt_s(column, i32x4.splat(rows.width)),
        ),
        rightValid = v128.and(
          i32x4.ge_s(v128.load(rows.labels + at + 4), zero),
          i32x4.lt_s(column, i32x4.splat(rows.width - 1)),
        );
      let right = zero,
        lower = zero,
        entropy = zero;
      for (
        let d = 0, prob = rows.prob + at, log = rows.log + at;
        d < rows.entries;
        d++, prob += rows.pitch, log += rows.pitch
      ) {
        const p = v128.load(prob),
          own = v128.load(log);
        right = f32x4.add(right, f32x4.mul(p, f32x4.sub(own, v128.load(log + 4))));
        lower = f32x4.add(lower, f32x4.mul(p, f32x4.sub(own, v128.load(log + down))));
        entropy = f32x4.sub(entropy, f32x4.mul(p, own));
      }
      lower = v128.and(lower, i32x4.ge_s(v128.load(rows.labels + at + down), zero));
      const v = v128.and(f32x4.add(v128.and(right, rightValid), lower), valid);
      const size = f32x4.abs(v),
        error = f32x4.add(
          f32x4.add(f32x4.splat(rows.base), f32x4.mul(f32x4.splat(rows.entropy), entropy)),
          f32x4.add(f32x4.mul(f32x4.splat(rows.linear), size), f32x4.mul(f32x4.splat(rows.root), f32x4.sqrt(size))),
        );
      undefined_ = v128.or(undefined_, f32x4.ne(v, v));
      const certain = v128.or(f32x4.le(f32x4.add(v, error), f32x4.splat(rows.least)), v128.not(valid));
      v128.store(out + at, v128.andnot(f32x4.pmax(v, f32x4.splat(f32.MIN_NORMAL_VALUE)), certain));
    }
  }
  return i32(v128.any_true(undefined_));
}

/** The last of `count` rows becomes the first. */
export function keepRow(count: i32): void {
  needs(Said.Rows);
  const bytes = (<usize>rows.width) << 2,
    last = <usize>(count - 1) * bytes;
  for (let d = 0, plane: usize = 0; d < rows.entries; d++, plane += rows.pitch) {
    memory.copy(rows.prob + plane, rows.prob + plane + last, bytes);
    memory.copy(rows.log + plane, rows.log + plane + last, bytes);
  }
  memory.copy(rows.labels, rows.labels + last, bytes);
}

/**
 * How many of the numbers are above a limit, among every `stride`-th four; numbers have zeros behind them up to a
 * multiple of four.
 */
export function countAbove(numbers: usize, count: i32, limit: f32, stride: i32): i32 {
  const bound = f32x4.splat(limit),
    step = (<usize>stride) << 4;
  let found = i32x4.splat(0);
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += step)
    found = i32x4.sub(found, f32x4.gt(v128.load(numbers + i), bound));
  return lanes.total(found);
}

/**
 * Appends to `out` where numbers [from, count) above `low` and up to `high` stand, until `room` is full; returns how
 * many.
 */
export function listBetween(numbers: usize, from: i32, count: i32, low: f32, high: f32, out: usize, room: i32): i32 {
  let found = 0;
  for (let i = from; i < count && found < room; i++) {
    const x = load<f32>(numbers + ((<usize>i) << 2));
    if (!(x > low && x <= high)) continue;
    store<i32>(out + ((<usize>found) << 2), i);
    found++;
  }
  return found;
}

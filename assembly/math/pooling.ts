import { Axis, axis, CELL } from "./axis";
import { lanes } from "./lanes";

/**
 * Planes of a target t and of probabilities pooled into cells (t, q) of float64 with q = p + offset: each axis in cells
 * of `stride` pixels, the first of which begins `padding` pixels before the image. Pixels after the last cell count in
 * none. With `one` 1 a probability p > 1/2 stands as -(1 - p), so that what it lacks of 1 is not rounded away; with 0
 * all are as they are. The target is int32 labels, of which `label` has t = 1; where that is negative, t in float32.
 */

@final
class decoded {
  /** t of four pixels. */
  @inline static t(loaded: v128, label: i32): v128 {
    return label < 0 ? loaded : v128.and(lanes.one(), i32x4.eq(loaded, i32x4.splat(label)));
  }
  /** p, by the sign bit: -0 is 1. */
  @inline static p(s: f32, one: f64): f64 {
    return reinterpret<i32>(s) < 0 ? <f64>s + one : <f64>s;
  }
}

/** How lines of pixels become one, two rows of float32. */
@unmanaged
abstract class Reduction {
  /** The first row with four more pixels in it; the second has their t. */
  abstract merge(row: v128, s: v128, t: v128, one: v128): v128;
  abstract target(row: v128, t: v128): v128;
}

/**
 * The first row adds up errors p - t, as float32 keeps them however confident the network is. What lies beyond the
 * image counts as zeros.
 */
@final
@unmanaged
class Mean extends Reduction {
  @inline merge(row: v128, s: v128, t: v128, one: v128): v128 {
    return f32x4.add(row, f32x4.sub(s, f32x4.sub(t, v128.and(i32x4.shr_s(s, 31), one))));
  }
  @inline target(row: v128, t: v128): v128 {
    return f32x4.add(row, t);
  }
  /** (t, q) of the bytes [from, to), whose pixels' offsets count where there are pixels. */
  @inline cell(row: usize, targets: usize, from: usize, to: usize, share: f64, offsets: f64): v128 {
    let e = f64x2.splat(0),
      t = e;
    for (; from + 4 < to; from += 8) {
      e = f64x2.add(e, f64x2.promote_low_f32x4(v128.load64_zero(row + from)));
      t = f64x2.add(t, f64x2.promote_low_f32x4(v128.load64_zero(targets + from)));
    }
    if (from < to) {
      e = f64x2.add(e, f64x2.promote_low_f32x4(v128.load32_zero(row + from)));
      t = f64x2.add(t, f64x2.promote_low_f32x4(v128.load32_zero(targets + from)));
    }
    const sums = f64x2.add(v128.shuffle<f64>(t, e, 0, 2), v128.shuffle<f64>(t, e, 1, 3)),
      q = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    return f64x2.mul(f64x2.splat(share), f64x2.replace_lane(sums, 1, q + offsets));
  }
}

/** The rows have the largest t, and the largest p as it stands. */
@final
@unmanaged
class Largest extends Reduction {
  @inline merge(row: v128, s: v128, t: v128, one: v128): v128 {
    const signed = i32x4.ne(one, i32x4.splat(0)),
      likely = v128.and(i32x4.shr_s(s, 31), signed),
      differ = v128.xor(likely, v128.and(i32x4.shr_s(row, 31), signed)),
      larger = v128.andnot(v128.bitselect(likely, f32x4.gt(s, row), differ), f32x4.ne(row, row)); // NaN stays
    return v128.bitselect(s, row, v128.or(larger, f32x4.ne(s, s)));
  }
  @inline target(row: v128, t: v128): v128 {
    return f32x4.max(row, t);
  }
  @inline cell(row: usize, targets: usize, from: usize, to: usize, one: f64, offset: f64): v128 {
    let p: f64 = -Infinity,
      t: f32 = -Infinity;
    for (; from < to; from += 4) {
      p = max(p, decoded.p(load<f32>(row + from), one));
      t = max(t, load<f32>(targets + from));
    }
    return f64x2.replace_lane(f64x2.splat(<f64>t), 1, p + offset);
  }
}

/**
 * Takes a line of pixels into the two rows, which begin with a number where it is the first. Reads nothing beyond the
 * line's end, which may be that of memory.
 */
function takeLine<R extends Reduction>(
  coded: usize,
  target: usize,
  label: i32,
  one: f32,
  row: usize,
  second: usize,
  bytes: usize,
  first: bool,
  start: f32,
): void {
  const reduction = changetype<R>(0),
    lack = f32x4.splat(one),
    begin = f32x4.splat(start);
  let i: usize = 0;
  for (const whole = bytes & ~15; i < whole; i += 16) {
    const s = v128.load(coded + i),
      t = decoded.t(v128.load(target + i), label);
    v128.store(row + i, reduction.merge(first ? begin : v128.load(row + i), s, t, lack));
    v128.store(second + i, reduction.target(first ? begin : v128.load(second + i), t));
  }
  for (; i < bytes; i += 4) {
    const s = v128.load32_zero(coded + i),
      t = decoded.t(v128.load32_zero(target + i), label);
    v128.store32_lane(row + i, reduction.merge(first ? begin : v128.load32_zero(row + i), s, t, lack), 0);
    v128.store32_lane(second + i, reduction.target(first ? begin : v128.load32_zero(second + i), t), 0);
  }
}

/** Lines that float32 adds up before float64 takes them. */
const LINES = 16;

/** The means, or the largest t and the largest q, of cells. `rows` takes two rows of float32. */
export function pool(
  axes: usize,
  coded: usize,
  one: f64,
  target: usize,
  label: i32,
  offset: f64,
  largest: bool,
  rows: usize,
  cells: usize,
): void {
  const mean = changetype<Mean>(0),
    most = changetype<Largest>(0),
    z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2),
    bytes = (<usize>x.pixels) << 2,
    second = rows + bytes,
    share = axis.share(axes),
    // As they are, probabilities may be a little below 0.
    start: f32 = largest && one == 0 ? -Infinity : 0;
  for (let i = 0; i < z.cells; i++) {
    for (let j = 0; j < y.cells; j++, cells += <usize>x.cells * CELL) {
      const top = y.from(j),
        high = y.to(j) - top,
        lines = (z.to(i) - z.from(i)) * high;
      for (let first = 0; first < lines; first += LINES) {
        const end = min(lines, first + LINES);
        for (let n = first; n < end; n++) {
          const at = <usize>((z.from(i) + n / high) * y.pixels + top + (n % high)) * bytes;
          if (largest)
            takeLine<Largest>(coded + at, target + at, label, <f32>one, rows, second, bytes, n == first, start);
          else takeLine<Mean>(coded + at, target + at, label, <f32>one, rows, second, bytes, n == first, start);
        }
        for (let k = 0, at = cells; k < x.cells; k++, at += CELL) {
          const from = (<usize>x.from(k)) << 2,
            to = (<usize>x.to(k)) << 2,
            pixels = (end - first) * <i32>((to - from) >> 2);
          let cell = largest
            ? most.cell(rows, second, from, to, one, offset)
            : mean.cell(rows, second, from, to, share, offset * <f64>pixels);
          if (first > 0) cell = largest ? f64x2.max(v128.load(at), cell) : f64x2.add(v128.load(at), cell);
          v128.store(at, cell);
        }
      }
    }
  }
}

/** The first pixel that has the largest q of each cell. */
export function firstLargest(axes: usize, coded: usize, one: f64, offset: f64, cells: usize, places: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2);
  for (let i = 0; i < z.cells; i++) {
    for (let j = 0; j < y.cells; j++) {
      for (let k = 0; k < x.cells; k++, cells += CELL, places += 4) {
        const largest = load<f64>(cells, 8);
        let place = -1;
        for (let a = z.from(i), zEnd = z.to(i); a < zEnd && place < 0; a++) {
          for (let b = y.from(j), yEnd = y.to(j); b < yEnd && place < 0; b++) {
            const row = (a * y.pixels + b) * x.pixels;
            for (let pixel = row + x.from(k), end = row + x.to(k); pixel < end && place < 0; pixel++) {
              const at = (<usize>pixel) << 2;
              if (decoded.p(load<f32>(coded + at), one) + offset == largest) place = pixel;
            }
          }
        }
        store<i32>(places, max(place, 0)); // -1: q is NaN, and so are all slopes
      }
    }
  }
}

/** Subtracts the planes' means from their cells. */
export function centreCells(cells: usize, count: i32): void {
  const end = cells + <usize>count * CELL;
  let sum = f64x2.splat(0);
  for (let at = cells; at < end; at += CELL) sum = f64x2.add(sum, v128.load(at));
  const mean = f64x2.div(sum, f64x2.splat(<f64>count));
  for (let at = cells; at < end; at += CELL) v128.store(at, f64x2.sub(v128.load(at), mean));
}

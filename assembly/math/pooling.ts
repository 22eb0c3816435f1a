import { Axis, axis, CELL } from "./axis";

/**
 * Planes of float32, a target t and a probability, pooled into cells (t, q) of float64 with q = p + offset: each axis
 * in cells of `stride` pixels, the first of which begins `padding` pixels before the image. Pixels after the last cell
 * count in none. A probability p > 1/2 may stand as -(1 - p): then `one` is 1, and p is made in float64, so that what
 * it lacks of 1 is not rounded away.
 */
@final
class span {
  @inline static from(a: Axis, cell: i32): i32 {
    return max(0, cell * a.stride - a.padding);
  }
  @inline static to(a: Axis, cell: i32): i32 {
    return min(a.pixels, (cell + 1) * a.stride - a.padding);
  }
  @inline static share(axes: usize): f64 {
    return 1 / (<f64>axis.of(axes, 0).stride * <f64>axis.of(axes, 1).stride * <f64>axis.of(axes, 2).stride);
  }
}

/** What a cell is of its pixels: how two numbers, or two pairs, become one, and what that begins with. */
@unmanaged
abstract class Reduction {
  abstract start(): f64;
  abstract numbers(a: f64, b: f64): f64;
  abstract pairs(a: v128, b: v128): v128;
  /** Factors of the result and of the offset, where so many pixels of the image are in the cell. */
  abstract share(axes: usize): f64;
  abstract offsets(share: f64, pixels: i32): f64;
}

@final
@unmanaged
class Mean extends Reduction {
  @inline start(): f64 {
    return 0;
  }
  @inline numbers(a: f64, b: f64): f64 {
    return a + b;
  }
  @inline pairs(a: v128, b: v128): v128 {
    return f64x2.add(a, b);
  }
  @inline share(axes: usize): f64 {
    return span.share(axes);
  }
  @inline offsets(share: f64, pixels: i32): f64 {
    return share * <f64>pixels;
  }
}

@final
@unmanaged
class Largest extends Reduction {
  @inline start(): f64 {
    return -Infinity;
  }
  @inline numbers(a: f64, b: f64): f64 {
    return max(a, b);
  }
  @inline pairs(a: v128, b: v128): v128 {
    return f64x2.max(a, b);
  }
  @inline share(axes: usize): f64 {
    return 1;
  }
  @inline offsets(share: f64, pixels: i32): f64 {
    return 1;
  }
}

/** p, by the sign bit: -0 is 1. */
function probability(s: f32, one: f64): f64 {
  return reinterpret<i32>(s) < 0 ? <f64>s + one : <f64>s;
}

/** Takes a row of pixels into two rows of float64, those of t and of p. */
function takeRow<R extends Reduction>(t: usize, coded: usize, one: f64, ofT: usize, ofP: usize, count: i32): void {
  const reduction = changetype<R>(0),
    lack = f64x2.splat(one);
  for (const end = t + ((<usize>count) << 2); t < end; t += 8, coded += 8, ofT += 16, ofP += 16) {
    const own = f64x2.promote_low_f32x4(v128.load64_zero(t)),
      s = f64x2.promote_low_f32x4(v128.load64_zero(coded)),
      p = f64x2.add(s, v128.and(i64x2.shr_s(s, 63), lack));
    v128.store(ofT, reduction.pairs(v128.load(ofT), own));
    v128.store(ofP, reduction.pairs(v128.load(ofP), p));
  }
}

/** One number of neighbours in a row of float64. */
function takeCell<R extends Reduction>(row: usize, from: i32, to: i32): f64 {
  const reduction = changetype<R>(0);
  let all = reduction.start();
  for (let at = row + ((<usize>from) << 3), end = row + ((<usize>to) << 3); at < end; at += 8)
    all = reduction.numbers(all, load<f64>(at));
  return all;
}

function pool<R extends Reduction>(
  axes: usize,
  t: usize,
  coded: usize,
  one: f64,
  offset: f64,
  rows: usize,
  cells: usize,
): void {
  const reduction = changetype<R>(0),
    z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2),
    width = x.pixels,
    ofP = rows + ((<usize>width + 2) << 3),
    share = reduction.share(axes);
  for (let i = 0; i < z.cells; i++) {
    for (let j = 0; j < y.cells; j++) {
      for (let at = rows, end = ofP + ((<usize>width + 2) << 3); at < end; at += 8) store<f64>(at, reduction.start());
      let lines = 0;
      for (let k = span.from(z, i), zEnd = span.to(z, i); k < zEnd; k++) {
        for (let l = span.from(y, j), yEnd = span.to(y, j); l < yEnd; l++, lines++) {
          const at = (<usize>((k * y.pixels + l) * width)) << 2;
          takeRow<R>(t + at, coded + at, one, rows, ofP, width);
        }
      }
      for (let k = 0; k < x.cells; k++, cells += CELL) {
        const from = span.from(x, k),
          to = span.to(x, k);
        store<f64>(cells, share * takeCell<R>(rows, from, to));
        store<f64>(
          cells,
          share * takeCell<R>(ofP, from, to) + offset * reduction.offsets(share, lines * (to - from)),
          8,
        );
      }
    }
  }
}

/**
 * Means over the cells; what lies beyond the image counts as zeros. `rows` takes two rows of float64 and 32 bytes more.
 */
export function averagePool(
  axes: usize,
  t: usize,
  coded: usize,
  one: f64,
  offset: f64,
  rows: usize,
  cells: usize,
): void {
  pool<Mean>(axes, t, coded, one, offset, rows, cells);
}

/** The largest t and the largest q of each cell. */
export function maxPool(axes: usize, t: usize, coded: usize, one: f64, offset: f64, rows: usize, cells: usize): void {
  pool<Largest>(axes, t, coded, one, offset, rows, cells);
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
        for (let a = span.from(z, i), zEnd = span.to(z, i); a < zEnd && place < 0; a++) {
          for (let b = span.from(y, j), yEnd = span.to(y, j); b < yEnd && place < 0; b++) {
            const row = (a * y.pixels + b) * x.pixels;
            for (let pixel = row + span.from(x, k), end = row + span.to(x, k); pixel < end && place < 0; pixel++) {
              const at = (<usize>pixel) << 2;
              if (probability(load<f32>(coded + at), one) + offset == largest) place = pixel;
            }
          }
        }
        store<i32>(places, max(place, 0)); // -1: q is NaN, and so are all slopes
      }
    }
  }
}

/** Cells of one pixel. */
export function copyCells(count: i32, t: usize, coded: usize, one: f64, offset: f64, cells: usize): void {
  for (const end = t + ((<usize>count) << 2); t < end; t += 4, coded += 4, cells += CELL) {
    store<f64>(cells, <f64>load<f32>(t));
    store<f64>(cells, probability(load<f32>(coded), one) + offset, 8);
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

/** dL/dp of a plane's pixels from the slopes of the cells' means: vectors whose two halves add up. */
export function averageSlopes(axes: usize, slopes: usize, plane: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2),
    share = span.share(axes),
    bytes = (<usize>x.pixels) << 2;
  memory.fill(plane, 0, <usize>(z.pixels * y.pixels) * bytes);
  for (let i = 0; i < z.cells; i++) {
    for (let j = 0; j < y.cells; j++) {
      const first = plane + <usize>(span.from(z, i) * y.pixels + span.from(y, j)) * bytes;
      for (let k = 0; k < x.cells; k++, slopes += CELL) {
        const slope = <f32>(share * (load<f64>(slopes) + load<f64>(slopes, 8)));
        for (
          let at = first + ((<usize>span.from(x, k)) << 2), end = first + ((<usize>span.to(x, k)) << 2);
          at < end;
          at += 4
        )
          store<f32>(at, slope);
      }
      for (let k = span.from(z, i), zEnd = span.to(z, i); k < zEnd; k++) {
        for (let l = span.from(y, j), yEnd = span.to(y, j); l < yEnd; l++) {
          const row = plane + <usize>(k * y.pixels + l) * bytes;
          if (row != first) memory.copy(row, first, bytes);
        }
      }
    }
  }
}

/** The same where a cell's number is that of one pixel. */
export function maxSlopes(axes: usize, slopes: usize, places: usize, plane: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2);
  memory.fill(plane, 0, (<usize>(z.pixels * y.pixels * x.pixels)) << 2);
  for (let cell = 0, count = z.cells * y.cells * x.cells; cell < count; cell++, slopes += CELL) {
    const pixel = load<i32>(places + ((<usize>cell) << 2));
    store<f32>(plane + ((<usize>pixel) << 2), <f32>(load<f64>(slopes) + load<f64>(slopes, 8)));
  }
}

/** The same where cells are pixels. */
export function copySlopes(count: i32, slopes: usize, plane: usize): void {
  for (const end = plane + ((<usize>count) << 2); plane < end; plane += 4, slopes += CELL)
    store<f32>(plane, <f32>(load<f64>(slopes) + load<f64>(slopes, 8)));
}

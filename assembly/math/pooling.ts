import { Axis, axis } from "./axis";

/**
 * Planes of float32, a target t and an error e = p - t, pooled into cells (t, q) of float64 with q = p + epsilon: each axis in cells of
 * `stride` pixels, the first of which begins `padding` pixels before the image. q comes from t + e in float64, so that where p is next to 1
 * what it lacks is not rounded away. Pixels after the last cell count in none.
 */
const CELL: usize = 16;

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

/** Adds a row of float32 to a row of float64, four at a time. */
function addRow(row: usize, sums: usize, count: i32): void {
  for (const end = row + ((<usize>count) << 2); row < end; row += 16, sums += 32) {
    const v = v128.load(row);
    v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v)));
    v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0))), 16);
  }
}

/** The sum of neighbours in a row of float64. */
function addUp(sums: usize, from: i32, to: i32): f64 {
  let sum: f64 = 0;
  for (let at = sums + ((<usize>from) << 3), end = sums + ((<usize>to) << 3); at < end; at += 8) sum += load<f64>(at);
  return sum;
}

/** Means over the cells; the padding counts as zeros. `rows` takes two rows of float64 and 64 bytes more. */
export function averagePool(axes: usize, t: usize, error: usize, epsilon: f64, rows: usize, cells: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2),
    share = span.share(axes);
  const width = x.pixels,
    bytes = (<usize>width + 4) << 3,
    errors = rows + bytes;
  for (let i = 0; i < z.cells; i++) {
    for (let j = 0; j < y.cells; j++) {
      memory.fill(rows, 0, 2 * bytes);
      let lines = 0;
      for (let k = span.from(z, i), zEnd = span.to(z, i); k < zEnd; k++) {
        for (let l = span.from(y, j), yEnd = span.to(y, j); l < yEnd; l++, lines++) {
          const at = (<usize>((k * y.pixels + l) * width)) << 2;
          addRow(t + at, rows, width);
          addRow(error + at, errors, width);
        }
      }
      for (let k = 0; k < x.cells; k++, cells += CELL) {
        const from = span.from(x, k),
          to = span.to(x, k),
          sum = addUp(rows, from, to);
        store<f64>(cells, share * sum);
        store<f64>(cells, share * (sum + addUp(errors, from, to) + epsilon * <f64>(lines * (to - from))), 8);
      }
    }
  }
}

/** The largest t and the largest q of each cell, and in `places` the first pixel that has the latter. */
export function maxPool(axes: usize, t: usize, error: usize, epsilon: f64, places: usize, cells: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2);
  for (let i = 0; i < z.cells; i++) {
    for (let j = 0; j < y.cells; j++) {
      for (let k = 0; k < x.cells; k++, cells += CELL, places += 4) {
        let most: f64 = -1,
          largest: f64 = -Infinity,
          place = 0;
        for (let a = span.from(z, i), zEnd = span.to(z, i); a < zEnd; a++) {
          for (let b = span.from(y, j), yEnd = span.to(y, j); b < yEnd; b++) {
            const row = (a * y.pixels + b) * x.pixels;
            for (let pixel = row + span.from(x, k), end = row + span.to(x, k); pixel < end; pixel++) {
              const own = <f64>load<f32>(t + ((<usize>pixel) << 2)),
                p = own + <f64>load<f32>(error + ((<usize>pixel) << 2));
              if (own > most) most = own;
              if (p > largest || isNaN(p)) {
                largest = p;
                place = pixel;
              }
            }
          }
        }
        store<f64>(cells, most);
        store<f64>(cells, largest + epsilon, 8);
        store<i32>(places, place);
      }
    }
  }
}

/** Subtracts the fields' means from their cells. */
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
        for (let at = first + ((<usize>span.from(x, k)) << 2), end = first + ((<usize>span.to(x, k)) << 2); at < end; at += 4) store<f32>(at, slope);
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

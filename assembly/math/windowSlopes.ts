import { Axis, axis, CELL } from "./axis";

/**
 * The way back from windows to cells: a matrix of D rows gives each window's slopes from its q and y, and a cell takes
 * the slopes of all windows that hold it, each at its place. As in windows.ts, what a cell takes from the cell a
 * displacement away depends on its band alone: (2R - 1)^d coefficients a cell instead of R^2d.
 */

/** Adds a coefficient to the box of bands that a place of the windows runs through. */
function boxAdd(axes: usize, place: i32, bands: usize, step: usize, coefficient: v128): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2);
  const ax = place % x.radius,
    ay = (place / x.radius) % y.radius,
    az = place / (x.radius * y.radius);
  for (let i = az, zEnd = az + z.bands - z.radius; i <= zEnd; i++) {
    for (let j = ay, yEnd = ay + y.bands - y.radius; j <= yEnd; j++) {
      let at = bands + <usize>((i * y.bands + j) * x.bands + ax) * step;
      for (const end = at + <usize>(x.bands - x.radius) * step; at <= end; at += step)
        v128.store(at, f64x2.add(v128.load(at), coefficient));
    }
  }
}

/** What the means, subtracted from every window, add to the cells: their slopes to begin with. */
function meanSlopes(axes: usize, matrix: usize, means: usize, bands: usize, slopes: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2),
    places = z.radius * y.radius * x.radius;
  memory.fill(bands, 0, <usize>(z.bands * y.bands * x.bands) * CELL);
  for (let a = 0, row = matrix; a < places; a++, row += (<usize>places) << 4) {
    let sum = f64x2.splat(0);
    for (let b: usize = 0; b < <usize>places; b++) {
      const coefficient = v128.load64_lane(row + (b << 3), v128.load64_zero(row + ((<usize>places + b) << 3)), 1);
      sum = f64x2.sub(sum, f64x2.mul(coefficient, v128.load(means + b * CELL)));
    }
    boxAdd(axes, a, bands, CELL, sum);
  }
  for (let i = 0, at = slopes; i < z.cells; i++) {
    for (let j = 0; j < y.cells; j++) {
      const table = bands + <usize>((z.band(i) * y.bands + y.band(j)) * x.bands) * CELL;
      for (let k = 0; k < x.cells; k++, at += CELL) v128.store(at, v128.load(table + <usize>x.band(k) * CELL));
    }
  }
}

/** The coefficients of displacements (dz, dy): for each band those of every dx. */
function rowCoefficients(axes: usize, matrix: usize, dz: i32, dy: i32, bands: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2);
  const places = z.radius * y.radius * x.radius,
    step = <usize>(2 * x.radius - 1) * CELL;
  memory.fill(bands, 0, <usize>(z.bands * y.bands * x.bands) * step);
  for (let a = 0; a < places; a++) {
    const ax = a % x.radius,
      by = ((a / x.radius) % y.radius) + dy,
      bz = a / (x.radius * y.radius) + dz;
    if (by < 0 || by >= y.radius || bz < 0 || bz >= z.radius) continue;
    const row = matrix + ((<usize>(a * places)) << 4);
    for (let bx = 0; bx < x.radius; bx++) {
      const b = <usize>((bz * y.radius + by) * x.radius + bx),
        coefficient = v128.load64_lane(row + (b << 3), v128.load64_zero(row + ((<usize>places + b) << 3)), 1);
      boxAdd(axes, a, bands + <usize>(bx - ax + x.radius - 1) * CELL, step, coefficient);
    }
  }
}

/** One cell's slope from its partners in a row, as far as there are such. */
function addCell(x: Axis, i: i32, partner: usize, coefficients: usize, slopes: usize): void {
  const reach = x.radius - 1,
    at = slopes + <usize>i * CELL;
  let sum = v128.load(at);
  for (let dx = max(-reach, -i), to = min(reach, x.cells - 1 - i); dx <= to; dx++) {
    sum = f64x2.add(
      sum,
      f64x2.mul(v128.load(coefficients + <usize>(dx + reach) * CELL), v128.load(partner + <usize>(i + dx) * CELL)),
    );
  }
  v128.store(at, sum);
}

/** The slopes of a row's cells from the partners in another. */
function addRow(x: Axis, partner: usize, coefficients: usize, slopes: usize): void {
  const inner = x.radius - 1,
    outer = inner + x.shared(),
    step = <usize>(2 * x.radius - 1) * CELL,
    own = coefficients + <usize>inner * step;
  let i = 0;
  for (; i < inner; i++) addCell(x, i, partner, coefficients + <usize>i * step, slopes);
  for (; i + 4 <= outer; i += 4) {
    const at = slopes + <usize>i * CELL;
    let a = v128.load(at),
      b = v128.load(at, CELL),
      c = v128.load(at, 2 * CELL),
      d = v128.load(at, 3 * CELL);
    let from = partner + <usize>(i - inner) * CELL;
    for (let k = own, end = own + step; k < end; k += CELL, from += CELL) {
      const coefficient = v128.load(k);
      a = f64x2.add(a, f64x2.mul(coefficient, v128.load(from)));
      b = f64x2.add(b, f64x2.mul(coefficient, v128.load(from, CELL)));
      c = f64x2.add(c, f64x2.mul(coefficient, v128.load(from, 2 * CELL)));
      d = f64x2.add(d, f64x2.mul(coefficient, v128.load(from, 3 * CELL)));
    }
    v128.store(at, a);
    v128.store(at, b, CELL);
    v128.store(at, c, 2 * CELL);
    v128.store(at, d, 3 * CELL);
  }
  for (; i < x.cells; i++) addCell(x, i, partner, coefficients + <usize>x.band(i) * step, slopes);
}

/**
 * Slopes of the cells, the sum of a vector's two halves: matrix times (q, y), less the means, of each window, added up
 * over the windows. The matrix has D rows of 2D numbers, those for q first. `bands` takes 16 bytes for each dx and
 * band.
 */
export function windowSlopes(
  axes: usize,
  cells: usize,
  bands: usize,
  means: usize,
  matrix: usize,
  slopes: usize,
): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2);
  const pitch = <usize>x.cells * CELL,
    table = <usize>(x.bands * (2 * x.radius - 1)) * CELL;
  meanSlopes(axes, matrix, means, bands, slopes);
  for (let dz = 1 - z.radius; dz < z.radius; dz++) {
    for (let dy = 1 - y.radius; dy < y.radius; dy++) {
      rowCoefficients(axes, matrix, dz, dy, bands);
      const step = <isize>(dz * y.cells + dy) * <isize>pitch;
      for (let i = max(0, -dz), zEnd = min(z.cells, z.cells - dz); i < zEnd; i++) {
        for (let j = max(0, -dy), yEnd = min(y.cells, y.cells - dy); j < yEnd; j++) {
          const at = <usize>(i * y.cells + j) * pitch;
          addRow(x, cells + at + step, bands + <usize>(z.band(i) * y.bands + y.band(j)) * table, slopes + at);
        }
      }
    }
  }
}

import { Axis, axis, CELL } from "./axis";

/**
 * Means and covariances over all windows of two images of cells, and the way back. A cell is one vector (y, q). An
 * element of the covariance is a sum of products of cells that lie the same displacement apart, over a box of cells:
 * the image but for the borders that the two places in the window cannot reach. So the products of a displacement are
 * added up once, band by band (axis.ts), and each pair of places takes the bands of its box: (2R - 1)^d / 2 cells'
 * products instead of R^2d, and no window is ever written out.
 */

/** Bytes of a displacement's sums in one band. */
const SUMS: usize = 32;

/** Adds (y y', q q') and (y q', q y') of the cells [from, to) of a row and of their partners to two vectors. */
function addProducts(row: usize, partner: usize, from: i32, to: i32, sums: usize): void {
  let alike = v128.load(sums),
    crossed = v128.load(sums, 16),
    alike2 = f64x2.splat(0),
    crossed2 = f64x2.splat(0);
  let at = <usize>from * CELL;
  const end = <usize>to * CELL;
  for (; at + CELL < end; at += 2 * CELL) {
    const u = v128.load(row + at),
      v = v128.load(partner + at),
      u2 = v128.load(row + at, CELL),
      v2 = v128.load(partner + at, CELL);
    alike = f64x2.add(alike, f64x2.mul(u, v));
    crossed = f64x2.add(crossed, f64x2.mul(u, v128.shuffle<f64>(v, v, 1, 0)));
    alike2 = f64x2.add(alike2, f64x2.mul(u2, v2));
    crossed2 = f64x2.add(crossed2, f64x2.mul(u2, v128.shuffle<f64>(v2, v2, 1, 0)));
  }
  if (at < end) {
    const u = v128.load(row + at),
      v = v128.load(partner + at);
    alike2 = f64x2.add(alike2, f64x2.mul(u, v));
    crossed2 = f64x2.add(crossed2, f64x2.mul(u, v128.shuffle<f64>(v, v, 1, 0)));
  }
  v128.store(sums, f64x2.add(alike, alike2));
  v128.store(sums, f64x2.add(crossed, crossed2), 16);
}

/** The products of a row's cells and of their partners dx further on, each in its band. */
function addRow(x: Axis, row: usize, partner: usize, dx: i32, sums: usize): void {
  const from = max(0, -dx),
    to = min(x.cells, x.cells - dx),
    inner = x.radius - 1,
    outer = inner + x.shared();
  partner += <isize>dx * <isize>CELL;
  for (let i = from, end = min(inner, to); i < end; i++) addProducts(row, partner, i, i + 1, sums + <usize>i * SUMS);
  addProducts(row, partner, max(from, inner), min(to, outer), sums + <usize>inner * SUMS);
  for (let i = max(from, outer); i < to; i++) addProducts(row, partner, i, i + 1, sums + <usize>x.band(i) * SUMS);
}

/** The sum of one vector a band over the box of bands that a place of the windows runs through. */
function boxSum(axes: usize, place: i32, bands: usize, step: usize): v128 {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2);
  const ax = place % x.radius,
    ay = (place / x.radius) % y.radius,
    az = place / (x.radius * y.radius);
  let sum = f64x2.splat(0);
  for (let i = az, zEnd = az + z.bands - z.radius; i <= zEnd; i++) {
    for (let j = ay, yEnd = ay + y.bands - y.radius; j <= yEnd; j++) {
      let at = bands + <usize>((i * y.bands + j) * x.bands + ax) * step;
      for (const end = at + <usize>(x.bands - x.radius) * step; at <= end; at += step)
        sum = f64x2.add(sum, v128.load(at));
    }
  }
  return sum;
}

/** Adds the cells [from, to) of a row to a vector. */
function addCells(row: usize, from: i32, to: i32, sums: usize): void {
  let a = v128.load(sums),
    b = f64x2.splat(0),
    at = row + <usize>from * CELL;
  const end = row + <usize>to * CELL;
  for (; at + CELL < end; at += 2 * CELL) {
    a = f64x2.add(a, v128.load(at));
    b = f64x2.add(b, v128.load(at, CELL));
  }
  if (at < end) a = f64x2.add(a, v128.load(at));
  v128.store(sums, f64x2.add(a, b));
}

/** The mean of (y, q) at each place of the windows. */
function windowMeans(axes: usize, cells: usize, bands: usize, means: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2);
  memory.fill(bands, 0, <usize>(z.bands * y.bands * x.bands) * CELL);
  for (let i = 0, row = cells; i < z.cells; i++) {
    for (let j = 0; j < y.cells; j++, row += <usize>x.cells * CELL) {
      const sums = bands + <usize>((z.band(i) * y.bands + y.band(j)) * x.bands) * CELL;
      for (let k = 0, end = 0; k < x.cells; k = end) {
        end = k == x.radius - 1 ? k + x.shared() : k + 1;
        addCells(row, k, end, sums + <usize>x.band(k) * CELL);
      }
    }
  }
  const share = f64x2.splat(1 / (<f64>z.windows() * <f64>y.windows() * <f64>x.windows()));
  for (let a = 0, places = z.radius * y.radius * x.radius; a < places; a++)
    v128.store(means + <usize>a * CELL, f64x2.mul(share, boxSum(axes, a, bands, CELL)));
}

/** The products at a displacement of rows (dz, dy): for every dx a table of bands. */
function rowProducts(axes: usize, cells: usize, dz: i32, dy: i32, bands: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2);
  const table = <usize>(z.bands * y.bands * x.bands) * SUMS,
    pitch = <usize>x.cells * CELL,
    reach = x.radius - 1,
    step = <isize>(dz * y.cells + dy) * <isize>pitch;
  memory.fill(bands, 0, <usize>(2 * reach + 1) * table);
  for (let i = 0; i < z.cells - dz; i++) {
    for (let j = max(0, -dy), end = min(y.cells, y.cells - dy); j < end; j++) {
      const row = cells + <usize>(i * y.cells + j) * pitch,
        sums = bands + <usize>((z.band(i) * y.bands + y.band(j)) * x.bands) * SUMS;
      for (let dx = dz == 0 && dy == 0 ? 0 : -reach; dx <= reach; dx++)
        addRow(x, row, row + step, dx, sums + <usize>(dx + reach) * table);
    }
  }
}

/** Writes the covariances of places a and b (both ways) to the lower triangle: the places of q come first. */
function putCovariance(axes: usize, a: i32, b: i32, sums: usize, means: usize, covariance: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2),
    places = z.radius * y.radius * x.radius;
  const count = f64x2.splat(<f64>z.windows() * <f64>y.windows() * <f64>x.windows());
  const u = v128.load(means + <usize>a * CELL),
    v = v128.load(means + <usize>b * CELL),
    alike = f64x2.sub(boxSum(axes, a, sums, SUMS), f64x2.mul(count, f64x2.mul(u, v))),
    crossed = f64x2.sub(
      boxSum(axes, a, sums + 16, SUMS),
      f64x2.mul(count, f64x2.mul(u, v128.shuffle<f64>(v, v, 1, 0))),
    );
  const pitch = (<usize>places) << 4,
    q = covariance + <usize>b * pitch,
    yOfB = q + <usize>places * pitch,
    yOfA = covariance + <usize>(places + a) * pitch;
  store<f64>(q + ((<usize>a) << 3), f64x2.extract_lane(alike, 1));
  store<f64>(yOfB + ((<usize>(places + a)) << 3), f64x2.extract_lane(alike, 0));
  store<f64>(yOfB + ((<usize>a) << 3), f64x2.extract_lane(crossed, 1));
  store<f64>(yOfA + ((<usize>b) << 3), f64x2.extract_lane(crossed, 0));
}

/**
 * The means (a vector a place) and covariances, not divided by the number of windows, of q and y at all places of the
 * windows: the lower triangle of 2D rows, those of q first. They should be about 0 on average, so that little
 * cancels. `bands` takes 32 bytes for each dx and band.
 */
export function windowMoments(axes: usize, cells: usize, bands: usize, means: usize, covariance: usize): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2);
  const table = <usize>(z.bands * y.bands * x.bands) * SUMS,
    places = z.radius * y.radius * x.radius;
  windowMeans(axes, cells, bands, means);
  for (let dz = 0; dz < z.radius; dz++) {
    for (let dy = dz == 0 ? 0 : 1 - y.radius; dy < y.radius; dy++) {
      rowProducts(axes, cells, dz, dy, bands);
      for (let a = 0; a < places; a++) {
        const ax = a % x.radius,
          by = ((a / x.radius) % y.radius) + dy,
          bz = a / (x.radius * y.radius) + dz;
        if (by < 0 || by >= y.radius || bz >= z.radius) continue;
        for (let bx = dz == 0 && dy == 0 ? ax : 0; bx < x.radius; bx++)
          putCovariance(
            axes,
            a,
            (bz * y.radius + by) * x.radius + bx,
            bands + <usize>(bx - ax + x.radius - 1) * table,
            means,
            covariance,
          );
      }
    }
  }
}

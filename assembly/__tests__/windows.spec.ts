/// <reference types="@as-pect/assembly/types/as-pect" />

import { windowSlopes } from "../math/windowSlopes";
import { windowMoments } from "../math/windows";
import { random, seed } from "./random";

seed(3);

function randoms(length: i32): StaticArray<f64> {
  const data = new StaticArray<f64>(length);
  for (let i = 0; i < length; i++) data[i] = random() - 0.4;
  return data;
}

/** Three axes of cells that are pixels, as the binding writes them. */
function axesOf(cells: StaticArray<i32>, radii: StaticArray<i32>): StaticArray<i32> {
  const axes = new StaticArray<i32>(18);
  for (let i = 0; i < 3; i++) {
    axes[6 * i] = cells[i];
    axes[6 * i + 1] = 1;
    axes[6 * i + 3] = cells[i];
    axes[6 * i + 4] = radii[i];
    axes[6 * i + 5] = min(cells[i], 2 * radii[i] - 1);
  }
  return axes;
}

/** Cell of place a in window l. */
function cellOf(axes: StaticArray<i32>, a: i32, l: i32): i32 {
  const height = axes[9],
    width = axes[15],
    ry = axes[10],
    rx = axes[16],
    ny = height - ry + 1,
    nx = width - rx + 1;
  const z = a / (ry * rx) + l / (ny * nx),
    y = ((a / rx) % ry) + ((l / nx) % ny),
    x = (a % rx) + (l % nx);
  return (z * height + y) * width + x;
}

/** Every window written out: rows of q, then of y, less their means. */
function columns(axes: StaticArray<i32>, field: StaticArray<f64>, places: i32, windows: i32): StaticArray<f64> {
  const rows = new StaticArray<f64>(2 * places * windows);
  for (let i = 0; i < 2 * places; i++) {
    let mean: f64 = 0;
    for (let l = 0; l < windows; l++) {
      rows[i * windows + l] = field[2 * cellOf(axes, i % places, l) + (i < places ? 1 : 0)];
      mean += rows[i * windows + l] / <f64>windows;
    }
    for (let l = 0; l < windows; l++) rows[i * windows + l] -= mean;
  }
  return rows;
}

/** The largest error of the covariances, and of the slopes that a random matrix gives. */
function worst(depth: i32, height: i32, width: i32, rz: i32, ry: i32, rx: i32): f64 {
  const axes = axesOf(StaticArray.fromArray<i32>([depth, height, width]), StaticArray.fromArray<i32>([rz, ry, rx])),
    places = rz * ry * rx,
    windows = (depth - rz + 1) * (height - ry + 1) * (width - rx + 1),
    both = 2 * places,
    cells = depth * height * width;
  const field = randoms(2 * cells),
    bands = new StaticArray<f64>(4 * (2 * rx - 1) * axes[5] * axes[11] * axes[17]),
    means = new StaticArray<f64>(2 * places),
    covariance = new StaticArray<f64>(both * both);
  windowMoments(
    changetype<usize>(axes),
    changetype<usize>(field),
    changetype<usize>(bands),
    changetype<usize>(means),
    changetype<usize>(covariance),
  );
  const rows = columns(axes, field, places, windows);
  let error: f64 = 0;
  for (let i = 0; i < both; i++) {
    for (let j = 0; j <= i; j++) {
      let sum: f64 = 0;
      for (let l = 0; l < windows; l++) sum += rows[i * windows + l] * rows[j * windows + l];
      error = Math.max(error, Math.abs(sum - covariance[i * both + j]));
    }
  }
  const matrix = randoms(places * both),
    slopes = new StaticArray<f64>(2 * cells),
    expected = new StaticArray<f64>(cells);
  windowSlopes(
    changetype<usize>(axes),
    changetype<usize>(field),
    changetype<usize>(bands),
    changetype<usize>(means),
    changetype<usize>(matrix),
    changetype<usize>(slopes),
  );
  for (let a = 0; a < places; a++) {
    for (let l = 0; l < windows; l++) {
      for (let i = 0; i < both; i++) expected[cellOf(axes, a, l)] += matrix[a * both + i] * rows[i * windows + l];
    }
  }
  for (let i = 0; i < cells; i++) error = Math.max(error, Math.abs(expected[i] - slopes[2 * i] - slopes[2 * i + 1]));
  return error;
}

describe("windows", () => {
  test("along a line, of any width and on any number of cells", () => {
    for (let r = 1; r <= 6; r++)
      for (let n = r; n < 3 * r + 6; n++) expect(worst(1, 1, n, 1, 1, r)).toBeLessThan(1e-12);
  });

  test("in the plane, from as many cells as they are wide to many more", () => {
    for (let r = 1; r <= 4; r++) {
      for (let h = r; h < 2 * r + 3; h++)
        for (let w = r; w < 2 * r + 6; w += 2) expect(worst(1, h, w, 1, r, r)).toBeLessThan(1e-12);
    }
  });

  test("in a volume", () => {
    expect(worst(2, 3, 4, 2, 2, 2)).toBeLessThan(1e-12);
    expect(worst(5, 4, 6, 3, 3, 3)).toBeLessThan(1e-12);
    expect(worst(7, 3, 9, 3, 3, 3)).toBeLessThan(1e-12);
    expect(worst(4, 5, 3, 1, 1, 1)).toBeLessThan(1e-12);
  });
});

import { product } from "../support/random";

/** What the reference below takes besides the planes of one sample and class. */
export interface WindowOptions {
  readonly radius: number;
  readonly pool: "average" | "max" | "none";
  readonly poolSize: number;
  readonly regularization: number;
}

/** Every index of a box, in row-major order. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap((at) => Array.from({ length: n }, (_, i) => [...at, i])),
    [[]],
  );
}

const flat = (at: readonly number[], shape: readonly number[]) => at.reduce((sum, i, axis) => sum * shape[axis] + i, 0);

/** The pixels of each cell. */
function cellsOf(spatial: readonly number[], size: number): { shape: number[]; pixels: number[][] } {
  const half = size === 1 ? 0 : Math.floor(size / 2),
    shape = spatial.map((n) => Math.floor((n + 2 * half - size) / size) + 1);
  const pixels = indices(shape).map((cell) =>
    indices(cell.map(() => size))
      .map((offset) => offset.map((o, axis) => cell[axis] * size - half + o))
      .filter((at) => at.every((i, axis) => i >= 0 && i < spatial[axis]))
      .map((at) => flat(at, spatial)),
  );
  return { shape, pixels };
}

type Matrix = Float64Array[];
const matrix = (rows: number, columns: number): Matrix => Array.from({ length: rows }, () => new Float64Array(columns));
const transpose = (a: Matrix): Matrix =>
  Array.from({ length: a[0].length }, (_, j) => Float64Array.from(a, (row) => row[j]));

function multiply(a: Matrix, b: Matrix): Matrix {
  const c = matrix(a.length, b[0].length);
  for (const [i, row] of a.entries())
    for (const [k, x] of row.entries()) for (let j = 0; j < b[k].length; j++) c[i][j] += x * b[k][j];
  return c;
}

/** A^-1 B and det A by elimination with pivots. */
function solve(a: Matrix, b: Matrix): { solution: Matrix; logDeterminant: number } {
  const n = a.length,
    left = a.map((row) => row.slice()),
    solution = b.map((row) => row.slice());
  let logDeterminant = 0;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k; i < n; i++) if (Math.abs(left[i][k]) > Math.abs(left[best][k])) best = i;
    [left[k], left[best], solution[k], solution[best]] = [left[best], left[k], solution[best], solution[k]];
    logDeterminant += Math.log(Math.abs(left[k][k]));
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = left[i][k] / left[k][k];
      for (let j = k; j < n; j++) left[i][j] -= factor * left[k][j];
      for (let j = 0; j < solution[i].length; j++) solution[i][j] -= factor * solution[k][j];
    }
  }
  return { solution: solution.map((row, i) => row.map((x) => x / left[i][i])), logDeterminant };
}

const withDiagonal = (a: Matrix, x: number) => a.map((row, i) => row.map((value, j) => (i === j ? value + x : value)));

/**
 * The mutual information loss of one class and dr/dp, step by step as the paper has it, all windows written out, in
 * float64. Zhao, Wang, Yang, Cai, "Region Mutual Information Loss for Semantic Segmentation", 2019.
 */
export function windowInformation(
  t: ArrayLike<number>,
  p: ArrayLike<number>,
  spatial: readonly number[],
  options: WindowOptions,
) {
  const { radius, pool, poolSize, regularization } = options,
    size = pool === "none" ? 1 : poolSize,
    { shape, pixels } = cellsOf(spatial, size);
  const grad = new Float64Array(product(spatial));
  if (shape.some((n) => n < radius)) return { value: 0, grad };
  const reduce = (data: ArrayLike<number>, offset: number) =>
    pixels.map((each) => {
      const values = each.map((i) => data[i] + offset);
      return pool === "max" ? Math.max(...values) : values.reduce((a, b) => a + b, 0) / size ** spatial.length;
    });
  const firsts =
    pool === "max" ? pixels.map((each) => each.reduce((best, i) => (p[i] > p[best] ? i : best), each[0])) : [];
  const places = indices(shape.map(() => radius)),
    starts = indices(shape.map((n) => n - radius + 1)),
    cell = (place: number[], start: number[]) =>
      flat(
        place.map((o, axis) => o + start[axis]),
        shape,
      );
  const columns = (field: number[]): Matrix =>
    places.map((place) => {
      const row = Float64Array.from(starts, (start) => field[cell(place, start)]),
        mean = row.reduce((a, b) => a + b, 0) / row.length;
      return row.map((x) => x - mean);
    });
  const y = columns(reduce(t, 0)),
    q = columns(reduce(p, 1e-6)),
    qy = multiply(q, transpose(y));
  const { solution: sqy } = solve(withDiagonal(multiply(q, transpose(q)), regularization), qy),
    h = transpose(sqy),
    hqy = multiply(h, qy);
  const a = withDiagonal(
    multiply(y, transpose(y)).map((row, i) => row.map((x, j) => x - hqy[i][j])),
    regularization,
  );
  const hq = multiply(h, q),
    residual = y.map((row, i) => row.map((x, l) => x - hq[i][l])),
    { solution, logDeterminant } = solve(a, residual),
    byQ = multiply(transpose(h), solution);
  for (const [d, place] of places.entries()) {
    const mean = byQ[d].reduce((s, x) => s + x, 0) / starts.length;
    for (const [l, start] of starts.entries()) {
      const slope = -(byQ[d][l] - mean) / places.length,
        at = cell(place, start);
      if (pool === "max") grad[firsts[at]] += slope;
      else for (const i of pixels[at]) grad[i] += slope / size ** spatial.length;
    }
  }
  return { value: logDeterminant / (2 * places.length), grad };
}

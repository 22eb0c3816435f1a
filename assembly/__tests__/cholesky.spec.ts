/// <reference types="@as-pect/assembly/types/as-pect" />
import { addScaled, factorCholesky, invertLower } from "../math/cholesky";
import { random, seed } from "./random";

seed(7);

/** X X^T + least I for random X with so many columns; garbage above the diagonal, which nobody may read. */
function gram(n: i32, columns: i32, least: f64): StaticArray<f64> {
  const x = new StaticArray<f64>(n * columns),
    a = new StaticArray<f64>(n * n);
  for (let i = 0; i < x.length; i++) x[i] = random() - 0.5;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum: f64 = i == j ? least : 0;
      for (let k = 0; k < columns; k++) sum += x[i * columns + k] * x[j * columns + k];
      a[i * n + j] = j > i ? NaN : sum;
    }
  }
  return a;
}

function factored(a: StaticArray<f64>, n: i32, least: f64): StaticArray<f64> {
  const l = a.slice<StaticArray<f64>>();
  factorCholesky(changetype<usize>(l), n, least);
  return l;
}

/** The largest error of L L^T against A, over sqrt(a_ii a_jj). */
function productError(a: StaticArray<f64>, l: StaticArray<f64>, n: i32): f64 {
  let worst: f64 = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum: f64 = 0;
      for (let k = 0; k <= j; k++) sum += l[i * n + k] * l[j * n + k];
      const error = Math.abs(sum - a[i * n + j]) / Math.sqrt(a[i * n + i] * a[j * n + j]);
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

describe("factorCholesky", () => {
  test("gives L with L L^T = A, of any size", () => {
    for (let n = 1; n <= 40; n++) {
      const a = gram(n, n + 3, 1e-3);
      expect(productError(a, factored(a, n, 1e-3), n)).toBeLessThan(2e-15);
    }
  });

  test("is exact on a matrix of whole numbers", () => {
    const a = StaticArray.fromArray<f64>([4, 0, 0, 2, 10, 0, -6, 3, 35]),
      l = factored(a, 3, 1e-9);
    const expected = StaticArray.fromArray<f64>([2, 0, 0, 1, 3, 0, -3, 2, 0]);
    for (let i = 0; i < 8; i++) expect(l[i]).toBe(expected[i]);
    expect(Math.abs(l[8] - Math.sqrt(22))).toBeLessThan(1e-15);
  });

  test("does as well where only `least` keeps A from being singular", () => {
    for (let n = 2; n <= 30; n++) {
      const a = gram(n, 1 + n / 3, 1e-9);
      expect(productError(a, factored(a, n, 1e-9), n)).toBeLessThan(2e-15);
    }
  });

  test("has no pivot below `least`, also where rounding makes A indefinite", () => {
    for (let least = 1e-20; least < 1; least *= 1e8) {
      for (let n = 2; n <= 20; n++) {
        const l = factored(gram(n, 1, 0), n, least);
        for (let i = 0; i < n; i++) {
          expect(l[i * n + i]).toBeGreaterThanOrEqual(Math.sqrt(least));
          for (let j = 0; j <= i; j++) expect(Number.isFinite(l[i * n + j])).toBe(true);
        }
      }
    }
    const l = factored(StaticArray.fromArray<f64>([1, 0, 2, 1]), 2, 0.25); // eigenvalues 3 and -1
    expect(l[3]).toBe(0.5);
  });

  test("NaN stays NaN", () => {
    const a = gram(5, 6, 1);
    a[2 * 5 + 1] = NaN;
    expect(Number.isNaN(factored(a, 5, 1)[4 * 5 + 4])).toBe(true);
  });
});

describe("invertLower", () => {
  test("gives L^-1, with zeros above the diagonal", () => {
    for (let n = 1; n <= 33; n++) {
      const l = factored(gram(n, n + 5, 0.1), n, 0.1),
        inverse = new StaticArray<f64>(n * n);
      inverse.fill(NaN);
      invertLower(changetype<usize>(l), n, changetype<usize>(inverse));
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          if (j > i) expect(inverse[i * n + j]).toBe(0);
          let sum: f64 = 0;
          for (let k = j; k <= i; k++) sum += l[i * n + k] * inverse[k * n + j];
          expect(Math.abs(sum - (i == j ? 1 : 0))).toBeLessThan(1e-13);
        }
      }
    }
  });
});

describe("addScaled", () => {
  test("adds what it is told to, and nothing beyond", () => {
    for (let count = 0; count < 9; count++) {
      const x = new StaticArray<f64>(10),
        y = new StaticArray<f64>(10);
      for (let i = 0; i < 10; i++) {
        x[i] = <f64>i + 1;
        y[i] = 100 * <f64>i;
      }
      addScaled(changetype<usize>(y), 3, changetype<usize>(x), count);
      for (let i = 0; i < 10; i++) expect(y[i]).toBe(100 * <f64>i + (i < count ? 3 * (<f64>i + 1) : 0));
    }
  });
});

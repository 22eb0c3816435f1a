/// <reference types="@as-pect/assembly/types/as-pect" />
import { centreCells, firstLargest, pool } from "../math/pooling";
import { averageSlopes, maxSlopes } from "../math/poolingSlopes";

/** One axis as the binding writes it. */
function put(axes: StaticArray<i32>, i: i32, pixels: i32, stride: i32): void {
  const padding = stride > 1 ? stride / 2 : 0;
  axes[6 * i] = pixels;
  axes[6 * i + 1] = stride;
  axes[6 * i + 2] = padding;
  axes[6 * i + 3] = (pixels + 2 * padding - stride) / stride + 1;
}

function axesOf(depth: i32, height: i32, width: i32, sz: i32, sy: i32, sx: i32): StaticArray<i32> {
  const axes = new StaticArray<i32>(18);
  put(axes, 0, depth, sz);
  put(axes, 1, height, sy);
  put(axes, 2, width, sx);
  return axes;
}

/** Room for whole vectors beyond the end. */
function plane(pixels: i32): StaticArray<f32> {
  return new StaticArray<f32>(pixels + 8);
}

const cellsOf = (axes: StaticArray<i32>): i32 => axes[3] * axes[9] * axes[15];

const probability = (s: f32): f64 => <f64>s + (s < 0 ? 1 : 0);

describe("pooling", () => {
  test("means of padded cells, remainders left out", () => {
    // 7 pixels in cells of 4 from -2 on: [0, 1], [2, 3, 4, 5], and 6 in none.
    const axes = axesOf(1, 1, 7, 1, 1, 4),
      t = plane(7),
      p = plane(7),
      rows = new StaticArray<f64>(40),
      cells = new StaticArray<f64>(4);
    for (let i = 0; i < 7; i++) {
      t[i] = 1;
      p[i] = <f32>i / 16;
    }
    expect(cellsOf(axes)).toBe(2);
    pool(
      changetype<usize>(axes),
      changetype<usize>(p),
      1,
      changetype<usize>(t),
      -1,
      0.5,
      false,
      changetype<usize>(rows),
      changetype<usize>(cells),
    );
    expect(cells[0]).toBe(0.5);
    expect(cells[1]).toBe(1 / 64.0 + 0.25); // the offset counts where there are pixels
    expect(cells[2]).toBe(1);
    expect(cells[3]).toBe(14 / 64.0 + 0.5);
    const slopes = StaticArray.fromArray<f64>([4, 8, 1, 1]),
      out = plane(7);
    out.fill(9);
    averageSlopes(
      changetype<usize>(axes),
      changetype<usize>(slopes),
      changetype<usize>(rows),
      changetype<usize>(out),
      false,
    );
    for (let i = 0; i < 7; i++) expect(out[i]).toBe(i < 2 ? 3 : i < 6 ? 0.5 : 0);
    // Times p (1 - p), however p stands there.
    out.fill(0.25);
    out[1] = -0.25;
    averageSlopes(
      changetype<usize>(axes),
      changetype<usize>(slopes),
      changetype<usize>(rows),
      changetype<usize>(out),
      true,
    );
    for (let i = 0; i < 7; i++) expect(out[i]).toBe(i < 2 ? 0.5625 : i < 6 ? 0.09375 : 0);
  });

  test("the same of labels, in cells of more lines than float32 adds up", () => {
    const axes = axesOf(3, 45, 22, 2, 30, 5),
      pixels = 3 * 45 * 22,
      labels = new StaticArray<i32>(pixels),
      t = plane(pixels),
      p = plane(pixels),
      rows = new StaticArray<f64>(40),
      count = cellsOf(axes);
    for (let i = 0; i < pixels; i++) {
      labels[i] = (i % 7) - 1;
      t[i] = labels[i] == 3 ? 1 : 0;
      const share = <f32>(i % 32) / 64;
      p[i] = i % 3 == 0 ? -share : share; // below 0: p - 1
    }
    const own = new StaticArray<f64>(2 * count),
      cells = new StaticArray<f64>(2 * count);
    pool(
      changetype<usize>(axes),
      changetype<usize>(p),
      1,
      changetype<usize>(labels),
      3,
      0.25,
      false,
      changetype<usize>(rows),
      changetype<usize>(own),
    );
    pool(
      changetype<usize>(axes),
      changetype<usize>(p),
      1,
      changetype<usize>(t),
      -1,
      0.25,
      false,
      changetype<usize>(rows),
      changetype<usize>(cells),
    );
    for (let i = 0; i < 2 * count; i++) expect(own[i]).toBe(cells[i]);
    let n = 0;
    for (let i = 0; i < axes[3]; i++) {
      for (let j = 0; j < axes[9]; j++) {
        for (let k = 0; k < axes[15]; k++, n++) {
          let sumT: f64 = 0,
            sumQ: f64 = 0;
          for (let z = max(0, 2 * i - 1); z < min(3, 2 * i + 1); z++) {
            for (let y = max(0, 30 * j - 15); y < min(45, 30 * j + 15); y++) {
              for (let x = max(0, 5 * k - 2); x < min(22, 5 * k + 3); x++) {
                const at = (z * 45 + y) * 22 + x;
                sumT += <f64>t[at];
                sumQ += <f64>p[at] + (reinterpret<i32>(p[at]) < 0 ? 1.25 : 0.25);
              }
            }
          }
          expect(Math.abs(cells[2 * n] - sumT / 300)).toBeLessThan(1e-15);
          expect(Math.abs(cells[2 * n + 1] - sumQ / 300)).toBeLessThan(1e-15);
        }
      }
    }
    expect(n).toBe(count);
  });

  test("cells of one pixel, whose slopes are the pixel's", () => {
    const axes = axesOf(1, 1, 3, 1, 1, 1),
      labels = StaticArray.fromArray<i32>([2, -1, 0]),
      p = StaticArray.fromArray<f32>([0.25, -0.125, 0.5]),
      rows = new StaticArray<f64>(8),
      cells = new StaticArray<f64>(6),
      at = changetype<usize>(axes),
      plane = changetype<usize>(p);
    pool(at, plane, 1, changetype<usize>(labels), 2, 0.5, true, changetype<usize>(rows), changetype<usize>(cells));
    const expected = StaticArray.fromArray<f64>([1, 0.75, 0, 1.375, 0, 1]);
    for (let i = 0; i < 6; i++) expect(cells[i]).toBe(expected[i]);
    const slopes = StaticArray.fromArray<f64>([1, 1, 2, 0, 4, 4]);
    averageSlopes(at, changetype<usize>(slopes), changetype<usize>(rows), plane, true);
    expect(p[0]).toBe(0.375);
    expect(p[1]).toBe(0.21875);
    expect(p[2]).toBe(2);
    averageSlopes(at, changetype<usize>(slopes), changetype<usize>(rows), plane, false);
    for (let i = 0; i < 3; i++) expect(p[i]).toBe(<f32>(slopes[2 * i] + slopes[2 * i + 1]));
  });

  test("a probability next to 1 keeps what it lacks", () => {
    const axes = axesOf(1, 1, 1, 1, 1, 1),
      t = plane(1),
      p = plane(1),
      rows = new StaticArray<f64>(8),
      cells = new StaticArray<f64>(2);
    p[0] = -1e-12;
    for (let one = 0; one < 2; one++) {
      pool(
        changetype<usize>(axes),
        changetype<usize>(p),
        <f64>one,
        changetype<usize>(t),
        -1,
        0,
        true,
        changetype<usize>(rows),
        changetype<usize>(cells),
      );
      expect(cells[1]).toBe(<f64>one - <f64>(<f32>1e-12));
    }
  });

  test("the largest of each cell and the first pixel that has it, in a volume", () => {
    const axes = axesOf(2, 4, 6, 2, 2, 3), // cells from -1 on
      t = plane(48),
      p = plane(48),
      count = cellsOf(axes);
    const rows = new StaticArray<f64>(40),
      cells = new StaticArray<f64>(2 * count),
      places = new StaticArray<i32>(count);
    for (let i = 0; i < 48; i++) {
      t[i] = i % 5 == 0 ? 1 : 0;
      p[i] = <f32>(((i * 7) % 8) - 4) / 8; // below 0: p - 1
    }
    const at = changetype<usize>(axes);
    pool(
      at,
      changetype<usize>(p),
      1,
      changetype<usize>(t),
      -1,
      0.25,
      true,
      changetype<usize>(rows),
      changetype<usize>(cells),
    );
    firstLargest(at, changetype<usize>(p), 1, 0.25, changetype<usize>(cells), changetype<usize>(places));
    let n = 0;
    for (let i = 0; i < axes[3]; i++) {
      for (let j = 0; j < axes[9]; j++) {
        for (let k = 0; k < axes[15]; k++, n++) {
          let most: f32 = 0,
            place = -1;
          for (let z = max(0, 2 * i - 1); z < min(2, 2 * i + 1); z++) {
            for (let y = max(0, 2 * j - 1); y < min(4, 2 * j + 1); y++) {
              for (let x = max(0, 3 * k - 1); x < min(6, 3 * k + 2); x++) {
                const pixel = (z * 4 + y) * 6 + x;
                most = max(most, t[pixel]);
                if (place < 0 || probability(p[pixel]) > probability(p[place])) place = pixel;
              }
            }
          }
          expect(cells[2 * n]).toBe(most);
          expect(cells[2 * n + 1]).toBe(probability(p[place]) + 0.25);
          expect(places[n]).toBe(place);
        }
      }
    }
    const slopes = new StaticArray<f64>(2 * count),
      out = plane(48);
    for (let i = 0; i < count; i++) slopes[2 * i] = i + 1;
    maxSlopes(at, changetype<usize>(slopes), changetype<usize>(places), changetype<usize>(out), false);
    let sum: f32 = 0;
    for (let i = 0; i < 48; i++) sum += out[i];
    expect(sum).toBe(<f32>(count * (count + 1)) / 2);
    for (let i = 0; i < count; i++) {
      expect(out[places[i]]).toBe(<f32>(i + 1));
      slopes[2 * i] = i + 1;
    }
    out.fill(-0.5);
    maxSlopes(at, changetype<usize>(slopes), changetype<usize>(places), changetype<usize>(out), true);
    for (let i = 0; i < count; i++) expect(out[places[i]]).toBe(<f32>(i + 1) / 4);
  });

  test("NaN is the largest", () => {
    const axes = axesOf(1, 1, 6, 1, 1, 3),
      t = plane(6),
      p = plane(6),
      rows = new StaticArray<f64>(40),
      cells = new StaticArray<f64>(2 * cellsOf(axes));
    p[2] = NaN;
    pool(
      changetype<usize>(axes),
      changetype<usize>(p),
      1,
      changetype<usize>(t),
      -1,
      0,
      true,
      changetype<usize>(rows),
      changetype<usize>(cells),
    );
    expect(Number.isNaN(cells[1])).toBe(false);
    expect(Number.isNaN(cells[3])).toBe(true);
  });

  test("fields less their means", () => {
    const cells = StaticArray.fromArray<f64>([1, 2, 3, 6, 5, 1]);
    centreCells(changetype<usize>(cells), 3);
    const expected = StaticArray.fromArray<f64>([-2, -1, 0, 3, 2, -2]);
    for (let i = 0; i < 6; i++) expect(cells[i]).toBe(expected[i]);
  });
});

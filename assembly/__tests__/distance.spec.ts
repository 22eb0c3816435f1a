/// <reference types="@as-pect/assembly/types/as-pect" />
import { squaredDistance } from "../math/distance";

let state: u32 = 1;

/** Uniform in [0, 1); the same numbers on every machine (mulberry32). */
function random(): f64 {
  state += 0x6d2b79f5;
  let t = (state ^ (state >>> 15)) * (state | 1);
  t ^= t + (t ^ (t >>> 7)) * (t | 61);
  return <f64>(t ^ (t >>> 14)) / 4294967296.0;
}

/** A volume of infinities with zeros at random places. */
function volume(length: i32, sources: f64): StaticArray<f32> {
  const data = new StaticArray<f32>(length);
  for (let i = 0; i < length; i++) data[i] = random() < sources ? 0 : Infinity;
  return data;
}

function transform(given: StaticArray<f32>, depth: i32, height: i32, width: i32, dz: f64, dy: f64, dx: f64): StaticArray<f32> {
  const data = given.slice<StaticArray<f32>>(),
    scratch = new StaticArray<f64>(3 * (max(depth, max(height, width)) + 2));
  squaredDistance(changetype<usize>(data), changetype<usize>(scratch), depth, height, width, dz, dy, dx);
  return data;
}

/** The squared distance of pixel i to the nearest zero by looking at all of them. */
function nearest(given: StaticArray<f32>, i: i32, height: i32, width: i32, dz: f64, dy: f64, dx: f64): f64 {
  const plane = height * width;
  let least: f64 = Infinity;
  for (let j = 0; j < given.length; j++) {
    if (given[j] != 0) continue;
    const z = <f64>(i / plane - j / plane) * dz,
      y = <f64>((i % plane) / width - (j % plane) / width) * dy,
      x = <f64>((i % width) - (j % width)) * dx;
    least = Math.min(least, x * x + y * y + z * z);
  }
  return least;
}

/** The largest relative error over a volume; infinities must stand where they belong. */
function worst(depth: i32, height: i32, width: i32, sources: f64, dz: f64, dy: f64, dx: f64): f64 {
  const given = volume(depth * height * width, sources),
    data = transform(given, depth, height, width, dz, dy, dx);
  let error: f64 = 0;
  for (let i = 0; i < data.length; i++) {
    const exact = nearest(given, i, height, width, dz, dy, dx);
    if (<f64>data[i] == exact) continue;
    const relative = Math.abs(<f64>data[i] - exact) / exact;
    if (!(relative <= error)) error = relative;
  }
  return error;
}

describe("squaredDistance", () => {
  test("is exact with unit spacing in one, two and three dimensions", () => {
    for (let repeat = 0; repeat < 40; repeat++) {
      const sources = Math.pow(10, -2.5 * random());
      expect(worst(1, 1, 1 + <i32>(60 * random()), sources, 1, 1, 1)).toBe(0);
      expect(worst(1, 1 + <i32>(12 * random()), 1 + <i32>(12 * random()), sources, 1, 1, 1)).toBe(0);
      expect(worst(1 + <i32>(6 * random()), 1 + <i32>(6 * random()), 1 + <i32>(6 * random()), sources, 1, 1, 1)).toBe(0);
    }
  });

  test("is right to float32 with any spacing", () => {
    for (let repeat = 0; repeat < 40; repeat++) {
      const sources = Math.pow(10, -2.5 * random()),
        dz = Math.exp(4 * random() - 2),
        dy = Math.exp(4 * random() - 2),
        dx = Math.exp(4 * random() - 2);
      expect(worst(1, 1, 1 + <i32>(60 * random()), sources, dz, dy, dx)).toBeLessThan(2e-7);
      expect(worst(1, 1 + <i32>(12 * random()), 1 + <i32>(12 * random()), sources, dz, dy, dx)).toBeLessThan(2e-7);
      expect(worst(1 + <i32>(6 * random()), 1 + <i32>(6 * random()), 1 + <i32>(6 * random()), sources, dz, dy, dx)).toBeLessThan(3e-7);
    }
  });

  test("every axis and every shape of one pixel across", () => {
    for (let axis = 0; axis < 3; axis++) {
      const given = volume(9, 0);
      given[2] = 0;
      const data = transform(
        given,
        axis == 0 ? 9 : 1,
        axis == 1 ? 9 : 1,
        axis == 2 ? 9 : 1,
        axis == 0 ? 2.0 : 7.0,
        axis == 1 ? 2.0 : 7.0,
        axis == 2 ? 2.0 : 7.0,
      );
      for (let i = 0; i < 9; i++) expect(data[i]).toBe(4 * <f32>(i - 2) * <f32>(i - 2));
    }
  });

  test("nothing but sources, and none at all", () => {
    const all = transform(volume(30, 1), 2, 3, 5, 1, 1, 1),
      none = transform(volume(30, 0), 2, 3, 5, 1, 1, 1);
    for (let i = 0; i < 30; i++) {
      expect(all[i]).toBe(0);
      expect(none[i]).toBe(Infinity);
    }
  });

  test("is exact in float32 across 2,896 pixels", () => {
    const given = volume(2 * 2896, 0),
      last = 2 * 2896 - 1;
    given[0] = 0;
    const data = transform(given, 1, 2, 2896, 1, 1, 1);
    expect(data[2895]).toBe(<f32>(2895 * 2895));
    expect(data[last]).toBe(<f32>(2895 * 2895 + 1));
  });

  test("functions of more than zeros and infinities", () => {
    // The transform of [5, 0.5, 3, inf] is the least of f(j) + (i - j)^2.
    const data = StaticArray.fromArray<f32>([5, 0.5, 3, Infinity]),
      out = transform(data, 1, 1, 4, 1, 1, 1);
    expect(out[0]).toBe(1.5);
    expect(out[1]).toBe(0.5);
    expect(out[2]).toBe(1.5);
    expect(out[3]).toBe(4);
  });
});

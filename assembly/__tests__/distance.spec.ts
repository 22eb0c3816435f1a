/// <reference types="@as-pect/assembly/types/as-pect" />
import { distanceBytes, maskKinds, squaredDistance } from "../math/distance";
import { random, seed } from "./random";

seed(1);

/** A mask of ones with zeros at random places, at least one of them. */
function mask(length: i32, zeros: f64): StaticArray<u8> {
  const data = new StaticArray<u8>(length);
  for (let i = 0; i < length; i++) data[i] = random() < zeros ? 0 : <u8>(1 + 254 * random());
  data[<i32>(length * random())] = 0;
  return data;
}

function transform(
  given: StaticArray<u8>,
  depth: i32,
  height: i32,
  width: i32,
  dz: f64,
  dy: f64,
  dx: f64,
  root: bool = false,
): StaticArray<f32> {
  const data = new StaticArray<u8>(given.length + 8),
    room = new StaticArray<u8>(<i32>distanceBytes(depth, height, width)),
    volume = changetype<usize>(room);
  for (let i = 0; i < given.length; i++) data[i] = given[i];
  squaredDistance(changetype<usize>(data), volume, depth, height, width, dz, dy, dx, root, false, 0);
  const result = new StaticArray<f32>(given.length);
  memory.copy(changetype<usize>(result), volume, (<usize>given.length) << 2);
  return result;
}

/** The squared distance of pixel i to the nearest zero by looking at all of them. */
function nearest(given: StaticArray<u8>, i: i32, height: i32, width: i32, dz: f64, dy: f64, dx: f64): f64 {
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

/** The largest relative error over a volume. */
function worst(depth: i32, height: i32, width: i32, zeros: f64, dz: f64, dy: f64, dx: f64): f64 {
  const given = mask(depth * height * width, zeros),
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

const size = (longest: f64): i32 => 1 + <i32>(longest * random());

describe("squaredDistance", () => {
  test("is exact with unit spacing in one, two and three dimensions", () => {
    for (let repeat = 0; repeat < 25; repeat++) {
      const zeros = Math.pow(10, -3 * random());
      expect(worst(1, size(300), 1, zeros, 1, 1, 1)).toBe(0);
      expect(worst(1, size(3), size(300), zeros, 1, 1, 1)).toBe(0);
      expect(worst(1, size(40), size(40), zeros, 1, 1, 1)).toBe(0);
      expect(worst(size(12), size(9), size(9), zeros, 1, 1, 1)).toBe(0);
      expect(worst(size(150), size(3), size(5), zeros, 1, 1, 1)).toBe(0);
    }
  });

  test("mostly zeros: a transform ends next to what is not", () => {
    for (let repeat = 0; repeat < 20; repeat++) {
      expect(worst(1, size(40), size(40), 1 - 0.1 * random(), 1, 1, 1)).toBe(0);
      expect(worst(size(9), size(9), size(9), 1 - 0.1 * random(), 1, 2, 3)).toBeLessThan(2e-7);
    }
  });

  test("is right to float32 with any spacing", () => {
    for (let repeat = 0; repeat < 25; repeat++) {
      const zeros = Math.pow(10, -3 * random()),
        dz = Math.exp(4 * random() - 2),
        dy = Math.exp(4 * random() - 2),
        dx = Math.exp(4 * random() - 2);
      expect(worst(1, size(300), 1, zeros, dz, dy, dx)).toBeLessThan(1e-7);
      expect(worst(1, size(40), size(40), zeros, dz, dy, dx)).toBeLessThan(2e-7);
      expect(worst(size(12), size(9), size(9), zeros, dz, dy, dx)).toBeLessThan(3e-7);
      expect(worst(size(9), size(9), size(9), zeros, dz, dz, dz)).toBeLessThan(1e-7);
      expect(worst(1, size(30), size(30), zeros, dz, 1e-6, 1e6)).toBeLessThan(2e-7);
    }
  });

  test("every axis and every shape of one pixel across", () => {
    for (let axis = 0; axis < 3; axis++) {
      const given = new StaticArray<u8>(9);
      for (let i = 0; i < 9; i++) given[i] = i == 2 ? 0 : 1;
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

  test("roots", () => {
    const given = mask(20 * 30, 0.02),
      squares = transform(given, 1, 20, 30, 1, 1, 1),
      data = transform(given, 1, 20, 30, 1, 1, 1, true);
    for (let i = 0; i < 600; i++) expect(data[i]).toBe(Mathf.sqrt(squares[i]));
  });

  test("is exact in float32 across 2,896 pixels, and right beyond what int32 holds", () => {
    const given = new StaticArray<u8>(2 * 2896),
      last = 2 * 2896 - 1;
    for (let i = 1; i <= last; i++) given[i] = 1;
    const data = transform(given, 1, 2, 2896, 1, 1, 1);
    expect(data[2895]).toBe(<f32>(2895 * 2895));
    expect(data[last]).toBe(<f32>(2895 * 2895 + 1));
    const long = new StaticArray<u8>(100000);
    for (let i = 1; i < 100000; i++) long[i] = 1;
    expect(transform(long, 1, 100000, 1, 1, 1, 1)[99999]).toBe(<f32>(99999.0 * 99999.0));
    expect(transform(long, 1, 1, 100000, 1, 1, 1)[99999]).toBe(<f32>(99999.0 * 99999.0));
    expect(transform(long, 1, 2, 50000, 1, 1, 1)[99999]).toBe(<f32>(49999.0 * 49999.0 + 1));
  });
});

describe("maskKinds", () => {
  test("tells zeros, others, and both", () => {
    for (let length = 1; length < 40; length++) {
      const data = new StaticArray<u8>(length);
      expect(maskKinds(changetype<usize>(data), length)).toBe(1);
      for (let i = 0; i < length; i++) data[i] = 128;
      expect(maskKinds(changetype<usize>(data), length)).toBe(2);
      for (let i = 0; i < length && length > 1; i++) {
        data[i] = 0;
        expect(maskKinds(changetype<usize>(data), length)).toBe(3);
        data[i] = 128;
      }
    }
  });
});

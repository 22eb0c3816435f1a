/// <reference types="@as-pect/assembly/types/as-pect" />
import { boundaryMask } from "../math/boundary";
import { random, seed } from "./random";

seed(1);

/** The kernel's answer; what lies behind it stays as it was. */
function boundary(
  mask: StaticArray<u8>,
  axes: i32,
  depth: i32,
  height: i32,
  width: i32,
  face: boolean,
  steps: i32,
  border: boolean,
): StaticArray<u8> {
  const size = mask.length,
    given = new StaticArray<u8>(size + 32),
    out = new StaticArray<u8>(size + 64),
    buffer = new StaticArray<u8>(width + 1024);
  for (let i = 0; i < size + 32; i++) given[i] = i < size ? mask[i] : 77;
  for (let i = 0; i < buffer.length; i++) buffer[i] = <u8>(255 * random());
  for (let i = 0; i < out.length; i++) out[i] = 99;
  boundaryMask(
    changetype<usize>(given),
    changetype<usize>(out),
    changetype<usize>(buffer),
    axes,
    depth,
    height,
    width,
    face,
    steps,
    border,
  );
  for (let i = size + 32; i < out.length; i++) if (out[i] != 99) throw new Error("wrote beyond its end");
  return out;
}

/** One pixel by looking at all others. */
function reaches(
  mask: StaticArray<u8>,
  i: i32,
  axes: i32,
  depth: i32,
  height: i32,
  width: i32,
  face: boolean,
  steps: i32,
  border: boolean,
): boolean {
  const plane = height * width,
    z = i / plane,
    y = (i % plane) / width,
    x = i % width;
  if (border) {
    if (x < steps || width - 1 - x < steps) return true;
    if (axes > 1 && (y < steps || height - 1 - y < steps)) return true;
    if (axes > 2 && (z < steps || depth - 1 - z < steps)) return true;
  }
  for (let j = 0; j < mask.length; j++) {
    if (mask[j]) continue;
    const dz = abs(j / plane - z),
      dy = abs((j % plane) / width - y),
      dx = abs((j % width) - x);
    if ((face ? dx + dy + dz : max(dx, max(dy, dz))) <= steps) return true;
  }
  return false;
}

/** Pixels that differ from the definition. */
function wrong(
  axes: i32,
  depth: i32,
  height: i32,
  width: i32,
  outside: f64,
  face: boolean,
  steps: i32,
  border: boolean,
): i32 {
  const mask = new StaticArray<u8>(depth * height * width);
  for (let i = 0; i < mask.length; i++) mask[i] = random() < outside ? 0 : <u8>(1 + 254 * random());
  const out = boundary(mask, axes, depth, height, width, face, steps, border);
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    const expected: u8 = mask[i] && reaches(mask, i, axes, depth, height, width, face, steps, border) ? 1 : 0;
    if (out[i] != expected) count++;
  }
  return count;
}

function upTo(n: i32): i32 {
  return 1 + <i32>(<f64>n * random());
}

describe("boundaryMask", () => {
  test("is what the definition says, in one, two and three dimensions", () => {
    for (let repeat = 0; repeat < 300; repeat++) {
      const outside = Math.pow(10, -2.5 * random()),
        face = random() < 0.5,
        border = random() < 0.5,
        steps = upTo(random() < 0.5 ? 3 : 12);
      expect(wrong(1, 1, 1, upTo(70), outside, face, steps, border)).toBe(0);
      expect(wrong(2, 1, upTo(14), upTo(40), outside, face, steps, border)).toBe(0);
      expect(wrong(3, upTo(6), upTo(7), upTo(20), outside, face, steps, border)).toBe(0);
    }
  });

  test("does not care where rows end", () => {
    for (let width = 1; width < 70; width++) {
      expect(wrong(2, 1, 5, width, 0.05, true, 2, true)).toBe(0);
      expect(wrong(2, 1, 5, width, 0.05, false, 2, false)).toBe(0);
    }
  });

  test("counts further than a byte", () => {
    const face: boolean[] = [true, false],
      steps: i32[] = [126, 127, 128, 253, 254, 255, 256, 300, 510, 600];
    for (let f = 0; f < 2; f++) {
      for (let s = 0; s < steps.length; s++) {
        for (let border = 0; border < 2; border++) {
          expect(wrong(1, 1, 1, 1300, 0.001, face[f], steps[s], border == 1)).toBe(0);
          expect(wrong(2, 1, 1300, 2, 0.001, face[f], steps[s], border == 1)).toBe(0);
        }
      }
    }
  });

  test("an axis of one pixel has two borders, an axis that is not there has none", () => {
    const mask = StaticArray.fromArray<u8>([1, 1, 1, 1, 1]);
    for (let face = 0; face < 2; face++) {
      const line = boundary(mask, 1, 1, 1, 5, face == 1, 1, true),
        image = boundary(mask, 2, 1, 1, 5, face == 1, 1, true),
        open = boundary(mask, 3, 1, 1, 5, face == 1, 1, false);
      for (let i = 0; i < 5; i++) {
        expect(line[i]).toBe(i == 0 || i == 4 ? 1 : 0);
        expect(image[i]).toBe(1);
        expect(open[i]).toBe(0);
      }
    }
  });
});

/// <reference types="@as-pect/assembly/types/as-pect" />
import { boxBytes, boxSums } from "../math/box";

/** A number for each pixel that no symmetry leaves alone, a quarter of them 0. */
function sample(i: i32): f32 {
  return (i * 5 + i / 3) % 4 === 0 ? 0 : <f32>(0.5 + 0.5 * Math.sin(<f64>(i * i + 3 * i + 1)));
}

/**
 * The largest difference between boxSums, along the axis of `count` pixels `stride` apart, and its definition, per
 * pixel of a box; infinity where a box of zeros is not 0, or where more than 12 bytes behind the plane are written.
 */
function boxError(slabs: i32, count: i32, stride: i32, r: i32): f64 {
  const pixels = slabs * count * stride,
    bytes = (<usize>pixels) << 2,
    from = heap.alloc(bytes + 16),
    to = heap.alloc(bytes + 16),
    lineBytes = <usize>boxBytes(count, stride, r),
    line = heap.alloc(lineBytes + 16);
  for (let i = 0; i < pixels; i++) store<f32>(from + ((<usize>i) << 2), sample(i));
  memory.fill(line, 0xff, lineBytes + 16);
  store<i32>(to + bytes + 12, 12345);
  boxSums(from, to, line, pixels, count, stride, r, 0.25);
  let worst: f64 = load<i32>(to + bytes + 12) === 12345 && load<i32>(line + lineBytes) === -1 ? 0 : Infinity;
  for (let i = 0; i < pixels; i++) {
    const at = (i / stride) % count;
    let sum: f64 = 0;
    for (let d = -r; d <= r; d++) if (at + d >= 0 && at + d < count) sum += <f64>sample(i + d * stride);
    const found = <f64>load<f32>(to + ((<usize>i) << 2));
    if (sum == 0 && found != 0) worst = Infinity;
    worst = Math.max(worst, Math.abs(found - 0.25 * sum) / (2 * r + 1));
  }
  heap.free(from);
  heap.free(to);
  heap.free(line);
  return worst;
}

describe("sums of boxes", () => {
  test("are those of their definition at any side, whatever the stride and however short the axis", () => {
    for (let r = 0; r <= 40; r++) {
      expect(boxError(3, 57, 1, r)).toBeLessThan(2e-8, `57 in a row, ${2 * r + 1} a side`);
      expect(boxError(2, 19, 5, r)).toBeLessThan(2e-8, `19, 5 apart, ${2 * r + 1} a side`);
      const reach = min(r, 3); // as far as the axis
      expect(boxError(4, 3, 7, reach)).toBeLessThan(2e-8, `3, 7 apart, ${2 * reach + 1} a side`);
      expect(boxError(5, 3, 1, reach)).toBeLessThan(2e-8, `3 in a row, ${2 * reach + 1} a side`);
    }
  });

  test("say how much memory wide ones need, also where it is more than there is", () => {
    expect(boxBytes(1000, 1000000, 50)).toBe(4.4e9 + 16);
  });
});

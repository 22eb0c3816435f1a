/// <reference types="@as-pect/assembly/types/as-pect" />
import { ballMean, setBall } from "../math/ball";
import { crossMean, padded, setPadded } from "../math/padded";

/** A number for each pixel that no symmetry leaves alone. */
function sample(i: i32): f64 {
  return Math.sin(<f64>(i * i + 3 * i + 1));
}

/** One number of a volume of float32; 0 beyond the border. */
function at(volume: usize, depth: i32, height: i32, width: i32, z: i32, y: i32, x: i32): f64 {
  if (z < 0 || y < 0 || x < 0 || z >= depth || y >= height || x >= width) return 0;
  return <f64>load<f32>(volume + ((<usize>((z * height + y) * width + x)) << 2));
}

/** The largest difference between ballMean and its definition. */
function ballError(depth: i32, height: i32, width: i32, axes: i32, radius: f64): f64 {
  const count = depth * height * width,
    from = heap.alloc((<usize>count) << 2),
    out = heap.alloc(((<usize>count) << 3) + 16),
    sums = heap.alloc(setBall(depth, height, width, axes, radius));
  for (let i = 0; i < count; i++) store<f32>(from + ((<usize>i) << 2), <f32>sample(i));
  ballMean(from, out, sums);
  const reach = <i32>radius,
    reachY = axes > 1 ? reach : 0,
    reachZ = axes > 2 ? reach : 0;
  let worst: f64 = 0;
  for (let i = 0; i < count; i++) {
    let sum: f64 = 0,
      size: f64 = 0;
    for (let dz = -reachZ; dz <= reachZ; dz++) {
      for (let dy = -reachY; dy <= reachY; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          if (Math.sqrt(<f64>(dz * dz + dy * dy + dx * dx)) > radius) continue;
          size += 1;
          sum += at(
            from,
            depth,
            height,
            width,
            i / (height * width) + dz,
            ((i / width) % height) + dy,
            (i % width) + dx,
          );
        }
      }
    }
    worst = Math.max(worst, Math.abs(sum / size - load<f64>(out + ((<usize>i) << 3))));
  }
  heap.free(from);
  heap.free(out);
  heap.free(sums);
  return worst;
}

/** The largest difference between crossMean and its definition; infinity where it writes into the padding. */
function crossError(depth: i32, height: i32, width: i32, axes: i32): f64 {
  const count = depth * height * width,
    bytes = setPadded(depth, height, width, axes),
    from = heap.alloc(bytes + 16),
    out = heap.alloc(bytes + 16),
    plain = heap.alloc((<usize>count) << 2);
  memory.fill(from, 0, bytes + 16);
  memory.fill(out, 0, bytes + 16);
  for (let i = 0; i < count; i++) {
    const place = padded.at(i / (height * width), (i / width) % height) + ((<usize>(i % width)) << 3);
    store<f32>(plain + ((<usize>i) << 2), <f32>sample(i));
    store<f64>(from + place, <f64>(<f32>sample(i)));
  }
  crossMean(from, out);
  let worst: f64 = 0,
    all: f64 = 0,
    inside: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) all += Math.abs(load<f64>(out + i));
  for (let i = 0; i < count; i++) {
    const z = i / (height * width),
      y = (i / width) % height,
      x = i % width;
    let sum =
      at(plain, depth, height, width, z, y, x) +
      at(plain, depth, height, width, z, y, x - 1) +
      at(plain, depth, height, width, z, y, x + 1);
    if (axes > 1) sum += at(plain, depth, height, width, z, y - 1, x) + at(plain, depth, height, width, z, y + 1, x);
    if (axes > 2) sum += at(plain, depth, height, width, z - 1, y, x) + at(plain, depth, height, width, z + 1, y, x);
    const found = load<f64>(out + padded.at(z, y) + ((<usize>x) << 3));
    inside += Math.abs(found);
    worst = Math.max(worst, Math.abs(sum / <f64>(2 * axes + 1) - found));
  }
  heap.free(from);
  heap.free(out);
  heap.free(plain);
  return Math.abs(all - inside) > 1e-12 ? Infinity : worst;
}

describe("ballMean", () => {
  test("is the mean over a ball, 0 beyond the border", () => {
    for (let width = 1; width < 8; width++) expect(ballError(1, 1, width, 1, 2)).toBeLessThan(1e-14);
    expect(ballError(1, 6, 7, 2, 1)).toBeLessThan(1e-14);
    expect(ballError(1, 5, 9, 2, Math.SQRT2)).toBeLessThan(1e-14);
    expect(ballError(1, 5, 9, 2, Math.sqrt(3))).toBeLessThan(1e-14);
    expect(ballError(1, 9, 8, 2, 4.5)).toBeLessThan(1e-14);
    expect(ballError(4, 5, 3, 3, 2)).toBeLessThan(1e-14);
    expect(ballError(3, 3, 3, 3, 7)).toBeLessThan(1e-14);
  });
  test("keeps to the real axes", () => {
    expect(ballError(1, 1, 7, 2, 2)).toBeLessThan(1e-14);
    expect(ballError(1, 4, 1, 3, 2)).toBeLessThan(1e-14);
  });
});

describe("crossMean", () => {
  test("is the mean of a pixel and its face neighbours, and leaves the padding alone", () => {
    for (let width = 1; width < 8; width++) {
      expect(crossError(1, 1, width, 1)).toBeLessThan(1e-15);
      expect(crossError(1, 3, width, 2)).toBeLessThan(1e-15);
      expect(crossError(2, 3, width, 3)).toBeLessThan(1e-15);
    }
  });
});

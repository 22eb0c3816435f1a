import { expect, test } from "vitest";
import type { MetricResult } from "../dist/index.js";
import { seg } from "./support/library";
import { required, run, takes } from "./support/metrics";
import { Random } from "./support/random";

const shape = [24, 7, 9];

/** Single voxels, no two of which share a face: each is a surface of its own. */
function voxels(seed: number): number[][] {
  const random = new Random(seed);
  const found: number[][] = [];
  while (found.length < 20) {
    const place = shape.map((n) => random.below(n));
    if (found.every((other) => other.reduce((sum, n, k) => sum + Math.abs(n - place[k]), 0) > 1)) found.push(place);
  }
  return found;
}

const maskOf = (places: number[][]) => {
  const mask = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (const [z, y, x] of places) mask[(z * shape[1] + y) * shape[2] + x] = 1;
  return { data: mask, shape: [1, ...shape] };
};

// Few of a deep volume's pixels are on a surface, so that distances along its depth are looked for at these alone.
test.each([[[1, 1, 1]], [[2, 2, 2]], [[2.5, 0.8, 0.7]], [[0.3, 1, 2]]])(
  "distances between surfaces of a deep volume, spacing %o",
  (spacing) => {
    for (const seed of [1, 2, 3]) {
      const [p, t] = [voxels(seed), voxels(10 + seed)],
        nearest = (from: number[][], to: number[][]) =>
          from.map((a) => Math.min(...to.map((b) => Math.hypot(...a.map((n, k) => (n - b[k]) * spacing[k]))))),
        all = [...nearest(p, t), ...nearest(t, p)],
        score = (name: "hausdorffDistance" | "averageSymmetricSurfaceDistance") =>
          run(name, maskOf(p), maskOf(t), { spacing }).perClass[0];
      expect(score("hausdorffDistance")).toBeCloseTo(Math.max(...all), 5);
      expect(score("averageSymmetricSurfaceDistance")).toBeCloseTo(all.reduce((sum, d) => sum + d, 0) / all.length, 5);
    }
  },
);

/** Disks: surfaces whose distances are not whole numbers, many enough that the order of a sum shows in its bits. */
const disks = (seed: number) => {
  const random = new Random(seed),
    places = Array.from({ length: 9 }, () => [random.below(64), random.below(64), 3 + random.below(9)]);
  return {
    data: Uint8Array.from({ length: 64 * 64 }, (_, i) =>
      places.some(([x, y, r]) => Math.hypot((i % 64) - x, Math.floor(i / 64) - y) < r) ? 1 : 0,
    ),
    shape: [1, 64, 64],
  };
};

test("the bits of a metric do not depend on which others are asked for beside it, or on their order", () => {
  const [pred, target] = [disks(41), disks(42)],
    asked = [
      { name: "hausdorffDistance", as: "hd95", options: { percentile: 95 } },
      ...takes([64, 64]).map((name) => ({ name, as: name, options: required[name] ?? {} })),
    ],
    found = (requests: typeof asked) =>
      seg.metrics.evaluate(pred, target, requests as never) as unknown as Record<string, MetricResult>;
  const [together, backwards] = [found(asked), found(asked.toReversed())];
  for (const request of asked) {
    const alone = found([request])[request.as];
    expect(together[request.as], request.as).toEqual(alone);
    expect(backwards[request.as], request.as).toEqual(alone);
  }
});

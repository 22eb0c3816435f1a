import { describe, expect, test } from "vitest";
import { seg } from "./support/library";
import { run } from "./support/metrics";
import { Random } from "./support/random";

const [height, width] = [90, 100],
  pixels = height * width,
  shape = [1, height, width];

/** Ids whose pixels are few and far apart, some of them side by side, and of one a thin line across the image. */
function scattered(seed: number): { pred: Uint16Array; target: Uint16Array } {
  const random = new Random(seed),
    target = new Uint16Array(pixels);
  for (let n = 0; n < 60; n++) {
    const at = random.below(pixels - width - 2),
      id = 1 + (n % 5);
    for (const step of [0, 1, width, width + 2]) target[at + step] = id;
  }
  for (let n = 0; n < 140; n++) target[(10 + Math.floor(n / 2)) * width + 10 + Math.ceil(n / 2)] = 5;
  return { target, pred: target.map((_, i) => (random.next() < 0.002 ? 3 : target[Math.max(0, i - 1 - width)])) };
}

describe("ids of few pixels far apart have the scores that their masks have by themselves", () => {
  const { pred, target } = scattered(7),
    options = [
      ["hausdorffDistance", { distance: "chessboard", percentile: 90 }],
      ["hausdorffDistance", { distance: "taxicab", percentile: 90 }],
      ["averageSymmetricSurfaceDistance", { distance: "taxicab" }],
      ["averageSymmetricSurfaceDistance", {}],
      ["boundaryIou", { width: 1 }],
      ["trimapIou", { width: 2 }],
      ["panopticQuality", {}],
      ["panopticQuality", { connectivity: "face" }],
      ["averagePrecision", { connectivity: "edge" }],
      ["lesionWiseDice", { dilation: 2 }],
      ["lesionWiseDice", { connectivity: "face", minVolume: 1 }],
      ["lesionWiseSurfaceDice", { tolerance: 1, connectivity: "edge" }],
      ["lesionWiseHausdorffDistance", { missingDistance: 100, spacing: [1.5, 0.7], dilation: 1 }],
    ] as const;
  test.each(options)("%s %o", (name, given) => {
    const found = run(name, { data: pred, shape }, { data: target, shape }, given);
    expect([...found.labels]).toEqual([1, 2, 3, 4, 5]);
    for (const [c, id] of found.labels.entries()) {
      const scores = { data: Float32Array.from(pred, (label) => (label === id ? 1 : 0)), shape: [1, 1, height, width] },
        mask = { data: Uint8Array.from(target, (label) => (label === id ? 1 : 0)), shape };
      const alone = run(name, scores, mask, { ...given, activation: "none" });
      expect(alone.perClass[0]).not.toBeNaN();
      expect(found.perClass[c]).toBe(alone.perClass[0]);
    }
  });
});

test.each([1, 1.5, 3])("the band around all labels holds what lies within %d of another label", (reach) => {
  const { pred, target } = scattered(8),
    ignored = target.map((label) => (label === 4 ? 255 : label)),
    found = seg.metrics.trimapIou(
      { data: pred, shape },
      { data: ignored, shape },
      { around: "labels", width: reach, ignoreIndex: 255 },
    );
  const isNear = (i: number) => {
    const [y, x] = [Math.floor(i / width), i % width];
    for (let v = Math.max(0, y - 3); v <= Math.min(height - 1, y + 3); v++)
      for (let u = Math.max(0, x - 3); u <= Math.min(width - 1, x + 3); u++)
        if (ignored[v * width + u] !== ignored[i] && (v - y) ** 2 + (u - x) ** 2 <= reach * reach) return true;
    return false;
  };
  for (const [c, id] of found.labels.entries()) {
    let [both, either] = [0, 0];
    for (let i = 0; i < pixels; i++) {
      if (ignored[i] === 255 || !isNear(i)) continue;
      const [p, t] = [pred[i] === id, ignored[i] === id];
      both += Number(p && t);
      either += Number(p || t);
    }
    expect(found.perClass[c]).toBe(either > 0 ? both / either : Number.NaN);
  }
});

test("labels of any type have the same scores, where bytes hold their numbers and where they do not", () => {
  const random = new Random(9),
    labels = Int32Array.from({ length: 4096 }, (_, i) => (i < 256 ? i : random.below(256))),
    other = labels.map((label, i) => (i % 3 === 0 ? labels[(i + 1) % 4096] : label)),
    square = [1, 64, 64];
  type View = typeof Uint8Array | typeof Int32Array | typeof Uint32Array;
  const score = (View: View, by: number) => {
    const moved = (map: Int32Array) => ({ data: new View(map.map((label) => label + by)), shape: square });
    return run("iou", moved(other), moved(labels));
  };
  const wanted = Array.from({ length: 256 }, (_, label) => {
    const count = (inside: (i: number) => boolean) => labels.reduce((sum, _, i) => sum + Number(inside(i)), 0);
    return (
      count((i) => labels[i] === label && other[i] === label) / count((i) => labels[i] === label || other[i] === label)
    );
  });
  // Without a label 0 there is a column more: that of what was 0.
  expect([...score(Uint8Array, 0).perClass]).toEqual(wanted.slice(1));
  expect([...score(Int32Array, 0).perClass]).toEqual(wanted.slice(1));
  expect([...score(Uint32Array, 4e9).perClass]).toEqual(wanted);
});

import { describe, expect, test } from "vitest";
import { errorOf, seg } from "./support/library";
import { Random } from "./support/random";

// Two samples of three classes. Sample 0: class 1 half right, class 2 nowhere; sample 1: class 1 missed, class 2 found.
const pred = { data: Uint8Array.of(0, 0, 1, 1, 0, 0, 2, 2), shape: [2, 1, 4] },
  target = { data: Uint8Array.of(0, 0, 0, 1, 1, 0, 2, 2), shape: [2, 1, 4] },
  classes = { numClasses: 3, includeBackground: false },
  { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
type DiceOptions = NonNullable<Parameters<typeof seg.metrics.dice>[2]>;
const dice = (options: DiceOptions) => seg.metrics.dice(pred, target, { ...classes, ...options });
// [2/3, NaN; 0, 1]

describe("averaging", () => {
  test.each([
    ["entries", {}, (2 / 3 + 0 + 1) / 3],
    ["classesFirst", {}, (2 / 3 + 1 / 2) / 2],
    ["samplesFirst", {}, (1 / 3 + 1) / 2],
    // Class 1: 2 of 2 + 2; class 2: all.
    ["pooled", {}, (1 / 2 + 1) / 2],
    ["weighted", {}, (2 * (1 / 2) + 2 * 1) / 4],
    ["micro", {}, 6 / 8],
    ["microBySample", {}, (2 / 3 + 4 / 5) / 2],
    ["entries", { sampleWeights: [3, 1] }, (3 * (2 / 3) + 0 + 1) / 5],
    ["classesFirst", { sampleWeights: [3, 1] }, (3 * (2 / 3) + 1 / 2) / 4],
    ["samplesFirst", { sampleWeights: [3, 1] }, (2 / 4 + 1) / 2],
    ["microBySample", { sampleWeights: [0, 1] }, 4 / 5],
  ] as const)("%s %o", (averaging, more, wanted) => {
    const found = dice({ averaging, ...more });
    expect(found.value).toBeCloseTo(wanted, 14);
    expect(found.perClass).toEqual(dice({}).perClass);
  });

  test("a sample without weight does not count, even where its score is infinite", () => {
    const distances = { ...classes, sampleWeights: [1, 0] };
    expect(seg.metrics.hausdorffDistance(pred, target, classes).value).toBe(infinity);
    expect(seg.metrics.hausdorffDistance(pred, target, distances).value).toBe(1);
  });

  test.each([
    [() => dice({ sampleWeights: [1] }), /sampleWeights must hold 2 numbers, one per sample, not all 0, got \[1\]/],
    [() => dice({ sampleWeights: [0, 0] }), /not all 0/],
    [() => dice({ averaging: "pooled", sampleWeights: [1, 2] }), /sums the samples' counts/],
    [
      () => seg.metrics.accuracy(pred, target, { ...classes, averaging: "classesFirst" }),
      /value is a number of all classes at once.*average "classes"/,
    ],
    [() => dice({ averaging: "macro" as never }), /option averaging must be "entries", /],
  ])("refuses %#", (work, message) => {
    const error = errorOf(work);
    expect([error.code, error.message]).toEqual(["INVALID_OPTION", expect.stringMatching(message)]);
  });

  test("what counts no pixels has no pooled averages", () => {
    for (const averaging of ["pooled", "weighted", "micro", "microBySample"] as const) {
      const error = errorOf(() => seg.metrics.hausdorffDistance(pred, target, { ...classes, averaging }));
      expect([error.code, error.message]).toEqual(["UNSUPPORTED", expect.stringMatching(/which hausdorffDistance/)]);
    }
  });
});

describe("empty cases", () => {
  const invented = { data: Uint8Array.of(0, 2, 1, 1), shape: [1, 1, 4] },
    truth = { data: Uint8Array.of(0, 0, 1, 1), shape: [1, 1, 4] };

  test("each of the three cases by name, of distances and of ratios", () => {
    const all = { numClasses: 4, includeBackground: false, empty: { target: 7, both: 9 } };
    expect([...seg.metrics.dice(invented, truth, all).perClass]).toEqual([1, 7, 9]);
    expect([...seg.metrics.dice(invented, truth, all).pooled]).toEqual([1, 7, 9]);
    const lost = { ...classes, empty: { pred: "diagonal" as const }, spacing: [2, 3] };
    expect([...seg.metrics.hausdorffDistance(pred, target, lost).perClass]).toEqual([3, nan, Math.hypot(2, 12), 0]);
    const away = { ...classes, empty: { pred: nan } };
    expect([...seg.metrics.hausdorffDistance(pred, target, away).perClass]).toEqual([1, nan, nan, 0]);
  });

  test("an empty object changes nothing, and emptyScore stands beside the other cases", () => {
    expect(dice({ empty: {} })).toEqual(dice({}));
    const both = dice({ emptyScore: 0.5, empty: { pred: 0.25 } });
    expect([...both.perClass]).toEqual([2 / 3, 0.5, 0.25, 1]);
  });

  test.each([
    [() => dice({ emptyScore: 1, empty: { both: 0 } }), /emptyScore 1 and empty\.both 0 both say/],
    [() => dice({ empty: { truth: 1 } as never }), /option empty must be an object with some of target, pred, both/],
    [() => dice({ empty: { both: "infinite" } as never }), /NaN, Infinity or "diagonal"/],
    [
      () => seg.metrics.cohensKappa(pred, target, { ...classes, empty: { both: 1 } }),
      /number of all classes at once.*use average "classes"/,
    ],
    [
      () => seg.metrics.brierScore({ data: new Float32Array(8), shape: [1, 2, 4] }, truth, { empty: {} } as never),
      /unknown option "empty"/,
    ],
  ])("refuses %#", (work, message) => {
    const error = errorOf(work);
    expect([error.code, error.message]).toEqual(["INVALID_OPTION", expect.stringMatching(message)]);
  });
});

test("counts of entries stand beside every mean", () => {
  expect(dice({}).counts).toEqual({ defined: 3, undefined: 1, infinite: 0, missed: 1 });
  expect(dice({ ignoreIndex: 2 }).counts).toEqual({ defined: 2, undefined: 0, infinite: 0, missed: 1 });
  const far = seg.metrics.hausdorffDistance(pred, target, classes);
  expect(far.counts).toEqual({ defined: 3, undefined: 1, infinite: 1, missed: 1 });
  const scores = { data: Float32Array.of(2, 1, 0, 3, 1, 2, 0, 1), shape: [1, 2, 1, 4] },
    labels = { data: Uint8Array.of(0, 1, 1, 0), shape: [1, 1, 4] };
  expect(seg.metrics.expectedCalibrationError(scores, labels).counts).toEqual({
    defined: 2,
    undefined: 0,
    infinite: 0,
  });
});

describe("distances in steps", () => {
  const far = {
    chessboard: (offset: readonly number[]) => Math.max(...offset.map(Math.abs)),
    taxicab: (offset: readonly number[]) => offset.reduce((sum, n) => sum + Math.abs(n), 0),
  };
  /** Places of mask pixels with a face neighbour outside. */
  function borderOf(mask: Uint8Array, spatial: readonly number[]): number[][] {
    const strides = spatial.map((_, axis) => spatial.slice(axis + 1).reduce((product, n) => product * n, 1)),
      placeOf = (i: number) => spatial.map((n, axis) => Math.floor(i / strides[axis]) % n);
    return [...mask.keys()]
      .filter((i) => mask[i])
      .filter((i) =>
        placeOf(i).some((place, axis) =>
          [-1, 1].some((step) => {
            const next = place + step;
            return next < 0 || next >= spatial[axis] || !mask[i + step * strides[axis]];
          }),
        ),
      )
      .map(placeOf);
  }

  test.each([
    ["chessboard", [9, 10]],
    ["taxicab", [9, 10]],
    ["chessboard", [5, 6, 7]],
    ["taxicab", [5, 6, 7]],
  ] as const)("%s in %o is that of all pairs", (distance, spatial) => {
    const random = new Random(spatial.length),
      pixels = spatial.reduce<number>((product, n) => product * n, 1),
      [p, t] = [0.12, 0.2].map((share) => Uint8Array.from({ length: pixels }, () => Number(random.next() < share))),
      [a, b] = [borderOf(p, spatial), borderOf(t, spatial)],
      nearest = (from: number[][], to: number[][]) =>
        from.map((x) => Math.min(...to.map((y) => far[distance](x.map((n, axis) => n - y[axis]))))),
      [there, back] = [nearest(a, b), nearest(b, a)],
      mean = (list: readonly number[]) => list.reduce((sum, n) => sum + n, 0) / list.length;
    const tensor = (data: Uint8Array) => ({ data, shape: [1, ...spatial] }),
      call = [tensor(p), tensor(t), { labels: [1], distance }] as const,
      { metrics } = seg;
    expect(metrics.hausdorffDistance(...call).value).toBe(Math.max(...there, ...back));
    expect(metrics.meanSurfaceDistance(...call).value).toBeCloseTo((mean(there) + mean(back)) / 2, 12);
    expect(metrics.averageSymmetricSurfaceDistance(...call).value).toBeCloseTo(mean([...there, ...back]), 12);
    const near = metrics.normalizedSurfaceDice(call[0], call[1], { ...call[2], tolerance: 1 });
    expect(near.value).toBeCloseTo(mean([...there, ...back].map((d) => Number(d <= 1))), 12);
  });

  test("steps have no size", () => {
    const error = errorOf(() =>
      seg.metrics.hausdorffDistance(pred, target, { ...classes, distance: "taxicab", spacing: [1, 2] }),
    );
    expect([error.code, error.message]).toEqual(["INVALID_OPTION", expect.stringMatching(/leave spacing out/)]);
  });
});

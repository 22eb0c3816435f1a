import { describe, expect, test } from "vitest";
import type { MetricName } from "../dist/index.js";
import { sum } from "./reference/brute";
import { byId, type Connectivity, inside, lesionScores, matchAll, type Pixels, parts } from "./reference/objects";
import { errorOf, seg } from "./support/library";
import { product, Random } from "./support/random";
import { valueError } from "./support/vectors";

type Numbers = Record<string, Float64Array | number>;
interface Tensor {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}
const score = (name: MetricName, pred: Tensor, target: Tensor, options: object = {}) =>
  seg.metrics[name](pred as never, target as never, options as never);
/** Results by name, all as lists. */
const all = (name: MetricName, pred: Tensor, target: Tensor, options: object = {}) =>
  Object.fromEntries(
    Object.entries(score(name, pred, target, options) as unknown as Numbers).map(([key, found]) => [
      key,
      typeof found === "number" ? [found] : Array.from(found),
    ]),
  );
const near = (actual: Record<string, number[]>, wanted: Record<string, number>) => {
  for (const [name, value] of Object.entries(wanted))
    expect(valueError(actual[name][0], value), `${name}: ${actual[name][0]}, expected ${value}`).toBeLessThan(1e-6);
};
const whole = (data: Tensor["data"], spatial: readonly number[]) => ({ data, shape: [1, ...spatial] });
const image = (...rows: string[]) =>
  whole(
    Uint8Array.from(rows.join(""), (pixel) => (pixel === "." ? 0 : Number(pixel))),
    [rows.length, rows[0].length],
  );

const objects = ["panopticQuality", "instanceF1", "averagePrecision"] as const,
  lesions = ["lesionWiseDice", "lesionWiseSurfaceDice", "lesionWiseHausdorffDistance"] as const,
  both = [...objects, ...lesions] as const;
const required = (name: MetricName) => (name === "lesionWiseSurfaceDice" ? { tolerance: 1 } : {});
const foreground = { numClasses: 2, includeBackground: false };

/** What the three scores of objects are by the matching that trying all of them finds. */
function defined(
  preds: readonly Pixels[],
  targets: readonly Pixels[],
  threshold: number,
  thresholds: readonly number[],
) {
  const { tp, fp, fn, iouSum } = matchAll(preds, targets, threshold),
    weight = tp + fp / 2 + fn / 2;
  const each = thresholds.map((t) => {
    const found = matchAll(preds, targets, t);
    return found.tp / (found.tp + found.fp + found.fn);
  });
  return {
    counts: { tp, fp, fn, iouSum },
    panopticQuality: {
      value: iouSum / weight,
      pooledValue: iouSum / weight,
      segmentationQuality: iouSum / tp,
      recognitionQuality: tp / weight,
    },
    instanceF1: { value: tp / weight, precision: tp / (tp + fp), recall: tp / (tp + fn) },
    averagePrecision: { value: sum(each) / each.length, pooledValue: sum(each) / each.length },
  };
}

function areDefined(
  pred: Tensor,
  target: Tensor,
  sets: readonly (readonly Pixels[])[],
  threshold: number,
  options: object,
) {
  const thresholds = [0.05, threshold, 0.6],
    wanted = defined(sets[0], sets[1], threshold, thresholds);
  for (const name of ["panopticQuality", "instanceF1"] as const)
    near(all(name, pred, target, { ...options, iouThreshold: threshold }), { ...wanted[name], ...wanted.counts });
  near(all("averagePrecision", pred, target, { ...options, iouThresholds: thresholds }), wanted.averagePrecision);
}

/** Labels in boxes, the later over the earlier: many of them meet. */
function boxes(random: Random, spatial: readonly number[], count: number, size: number): Int32Array {
  const out = new Int32Array(product(spatial));
  for (let id = 1; id <= count; id++) {
    const low = spatial.map((n) => random.below(n)),
      high = low.map((x) => x + 1 + random.below(size));
    for (let i = 0; i < out.length; i++) {
      let [rest, within] = [i, true];
      for (let axis = spatial.length - 1; axis >= 0; axis--) {
        const x = rest % spatial[axis];
        within &&= x >= low[axis] && x < high[axis];
        rest = (rest - x) / spatial[axis];
      }
      if (within) out[i] = id;
    }
  }
  return out;
}
const thresholds = [0, 0.1, 0.2, 0.3, 0.45, 0.5, 0.7];

describe("objects are matched as the best of all one-to-one sets", () => {
  test.each([[[9, 11]], [[4, 5, 6]]])("%j: ids that meet each other", (spatial) => {
    for (let seed = 0; seed < 25; seed++) {
      const random = new Random(seed),
        [p, t] = [boxes(random, spatial, 7, 6), boxes(random, spatial, 6, 6)];
      for (const threshold of thresholds)
        areDefined(whole(p, spatial), whole(t, spatial), [byId(p), byId(t)], threshold, { instances: "labels" });
    }
  });

  test.each([
    [[12, 13], "face"],
    [[12, 13], "edge"],
    [[12, 13], "full"],
    [[5, 6, 5], "face"],
    [[5, 6, 5], "edge"],
    [[5, 6, 5], "full"],
  ] as [number[], Connectivity][])("%j: components that touch by %s", (spatial, connectivity) => {
    for (let seed = 0; seed < 8; seed++) {
      const random = new Random(50 + seed),
        mask = () => boxes(random, spatial, 7, 4).map((id) => (id > 0 && random.next() < 0.85 ? 1 : 0)),
        [p, t] = [mask(), mask()],
        sets = [p, t].map((side) => parts(inside(side), spatial, connectivity));
      if (Math.max(...sets.map(({ length }) => length)) > 9) continue;
      for (const threshold of [0, 0.2, 0.5])
        areDefined(whole(p, spatial), whole(t, spatial), sets, threshold, { ...foreground, connectivity });
    }
  });

  test("of equal sums the one with more pairs", () => {
    // One pair of IoU 1/2, or two of 1/4 each.
    const pred = image("111.22"),
      target = image("11221."),
      found = all("panopticQuality", pred, target, { instances: "labels", iouThreshold: 0 });
    expect(found).toMatchObject({ tp: [2], fp: [0], fn: [0], iouSum: [0.5], value: [0.25] });
  });

  test("hundreds in one chain, where each choice changes the next", () => {
    for (const seed of [1, 2, 3]) {
      const random = new Random(seed),
        pieces = () => {
          const out = new Int32Array(4000);
          for (let i = 0, id = 1; i < out.length; id++) {
            const end = Math.min(out.length, i + 3 + random.below(9));
            out.fill(id, i, end);
            i = end;
          }
          return out;
        };
      const [p, t] = [pieces(), pieces()],
        length = (ids: Int32Array) => ids.reduce((sizes, id) => sizes.set(id, (sizes.get(id) ?? 0) + 1), new Map());
      const [ps, ts] = [length(p), length(t)],
        pairs: { p: number; t: number; n: number }[] = [];
      for (let i = 0; i < p.length; i++) {
        const last = pairs.at(-1);
        if (last?.p === p[i] && last.t === t[i]) last.n++;
        else pairs.push({ p: p[i], t: t[i], n: 1 });
      }
      // Pairs stand in a row: the best so far by whether the last pair's prediction (1) and target (2) are taken.
      let best = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const [k, { p: a, t: b, n }] of pairs.entries()) {
        const kept = (pairs[k - 1]?.p === a ? 1 : 0) + (pairs[k - 1]?.t === b ? 2 : 0),
          next = [0, 1, 2, 3].map((state) => Math.max(...best.filter((_, before) => (before & kept) === state)));
        best = next;
        best[3] = Math.max(best[3], best[0] + n / (ps.get(a) + ts.get(b) - n));
      }
      expect(pairs.length).toBeGreaterThan(800);
      const found = all("panopticQuality", whole(p, [1, 4000]), whole(t, [1, 4000]), {
        instances: "labels",
        iouThreshold: 0,
      });
      expect(valueError(found.iouSum[0], Math.max(...best))).toBeLessThan(1e-12);
    }
  });
});

describe("ids", () => {
  const spatial = [20, 24],
    random = new Random(5),
    [p, t] = [boxes(random, spatial, 30, 7), boxes(random, spatial, 28, 7)];

  test.each(objects)("%s: other names of the same objects change nothing", (name) => {
    for (const more of [{}, name === "averagePrecision" ? { iouThresholds: [0.1] } : { iouThreshold: 0.1 }]) {
      const ids = { instances: "labels", ...more },
        wanted = score(name, whole(p, spatial), whole(t, spatial), ids);
      expect(wanted.labels).toEqual([]);
      expect(wanted.perClass).toHaveLength(1);
      for (const seed of [1, 2]) {
        const names = new Random(seed).order(40).map((n) => 3648962 - 1777 * n),
          others = new Random(9 + seed).order(40).map((n) => 1 + 50021 * n),
          rename = (side: Int32Array, by: readonly number[]) => Uint32Array.from(side, (id) => (id > 0 ? by[id] : 0));
        const [q, u] = [rename(p, names), rename(t, others)];
        expect(score(name, whole(q, spatial), whole(u, spatial), ids)).toEqual(wanted);
      }
    }
  });

  test("an id is one object, whether connected or not; a component is not", () => {
    const [pred, target] = [image("55..55"), image("55..55")];
    expect(all("instanceF1", pred, target, { instances: "labels" }).tp).toEqual([1]);
    expect(all("instanceF1", pred, target).tp).toEqual([2]);
  });

  test("each sample by itself, pooled from the sums", () => {
    const shape = [2, ...spatial],
      pair = [Int32Array.from([...p, ...t]), Int32Array.from([...t, ...t])] as const,
      two = all("panopticQuality", { data: pair[0], shape }, { data: pair[1], shape }, { instances: "labels" }),
      one = all("panopticQuality", whole(p, spatial), whole(t, spatial), { instances: "labels" });
    expect(two.perClass).toEqual([one.perClass[0], 1]);
    const [tp, fp, fn, iouSum] = [two.tp, two.fp, two.fn, two.iouSum].map(sum);
    expect(two.pooled).toEqual([iouSum / (tp + (fp + fn) / 2)]);
    expect(two.value[0]).toBeCloseTo((one.perClass[0] + 1) / 2, 12);
  });
});

const cases = [
  { spatial: [11, 12], options: {} },
  { spatial: [11, 12], options: { dilation: 1, spacing: [0.5, 2], connectivity: "face", percentile: 95 } },
  { spatial: [11, 12], options: { dilation: 2, minVolume: 3, missingDistance: 40 } },
  { spatial: [5, 6, 7], options: { minVolume: 4, spacing: [2, 1, 0.75], missingDistance: 374, percentile: 90 } },
  { spatial: [5, 6, 7], options: { dilation: 1, connectivity: "edge", missingDistance: 0 } },
  { spatial: [5, 6, 7], options: { dilation: 2, connectivity: "face", minVolume: 1.5, spacing: [0.5, 1, 1] } },
] as { spatial: number[]; options: { connectivity?: Connectivity } & Record<string, number> }[];
const own = (name: MetricName, options: Record<string, unknown>) => {
  const { percentile, missingDistance, ...rest } = options;
  if (name === "lesionWiseSurfaceDice") return { ...rest, tolerance: 1 };
  return name === "lesionWiseDice" ? rest : { ...options };
};

describe("lesions", () => {
  test.each(cases)("$spatial, $options: are their definition", ({ spatial, options }) => {
    let [hits, misses] = [0, 0];
    for (let seed = 0; seed < 6; seed++) {
      const random = new Random(80 + seed),
        mask = () => boxes(random, spatial, 4, 3).map((id) => (id > 0 && random.next() < 0.9 ? 1 : 0)),
        [p, t] = [mask(), mask()],
        { tp, fp, fn, ...wanted } = lesionScores(inside(p), inside(t), spatial, { ...options, tolerance: 1 });
      hits += tp;
      misses += fp + fn;
      for (const name of lesions)
        near(all(name, whole(p, spatial), whole(t, spatial), { ...foreground, ...own(name, options) }), {
          value: wanted[name],
          tp,
          fp,
          fn,
        });
    }
    expect(Math.min(hits, misses)).toBeGreaterThan(0);
  });

  test("long and thin ones, looked at pixel by pixel", () => {
    const spatial = [72, 74],
      at = (y: number, x: number) => y * 74 + x;
    const [p, t] = [new Uint8Array(72 * 74), new Uint8Array(72 * 74)];
    for (let k = 0; k < 70; k++) {
      t[at(k, k)] = 1;
      if (k !== 30) p[at(k, k < 50 ? k : k - 1)] = 1; // two parts that meet one lesion
    }
    p[at(2, 70)] = 1;
    t[at(70, 2)] = 1;
    const options = { spacing: [1.5, 0.5], percentile: 80, missingDistance: 9, tolerance: 1 },
      wanted = lesionScores(inside(p), inside(t), spatial, options),
      given = { ...foreground, spacing: options.spacing };
    expect([wanted.tp, wanted.fp, wanted.fn]).toEqual([1, 1, 1]);
    for (const [name, more] of [
      ["lesionWiseSurfaceDice", { tolerance: 1 }],
      ["lesionWiseHausdorffDistance", { percentile: 80, missingDistance: 9 }],
    ] as const)
      near(all(name, whole(p, spatial), whole(t, spatial), { ...given, ...more }), { value: wanted[name] });
  });

  test("parts of the target nearer than twice the steps are one lesion, and the prediction's are not", () => {
    const pred = image("11..11...", "........."),
      target = image("11..11..1", ".........");
    const run = (dilation: number) => all("lesionWiseDice", pred, target, { dilation });
    expect(run(0)).toMatchObject({ value: [2 / 3], tp: [2], fp: [0], fn: [1] });
    expect(run(1)).toMatchObject({ value: [8 / 9], tp: [1], fp: [0], fn: [0] });
    // So many steps that all is in reach; time does not grow with them.
    expect(run(1e9)).toMatchObject({ value: [8 / 9], tp: [1], fp: [0], fn: [0] });
  });

  test("one too small to count is not missed, and what meets it is not wrong; a volume is a volume in any unit", () => {
    const pred = image("1...11"),
      target = image("1...11");
    for (const [minVolume, spacing, tp] of [
      [0.9, [1, 1], 2],
      [1, [1, 1], 1],
      [0.03, [0.1, 0.3], 1],
      [0.06, [0.1, 0.3], 0],
      [2, [1, 1], 0],
    ] as const) {
      const found = all("lesionWiseDice", pred, target, { minVolume, spacing });
      expect(found).toMatchObject({ value: [tp > 0 ? 1 : Number.NaN], tp: [tp], fp: [0], fn: [0] });
    }
  });
});

describe("ignored pixels", () => {
  test("can part an object, and hold one that is then gone", () => {
    const pred = image("11111", ".....", "11..1"),
      target = image("11911", ".....", "..999"),
      given = { ignoreIndex: 9, numClasses: 2, includeBackground: false };
    expect(all("instanceF1", pred, target, given)).toMatchObject({ tp: [2], fp: [1], fn: [0] });
    expect(all("lesionWiseDice", pred, target, given)).toMatchObject({ value: [2 / 3], tp: [2], fp: [1], fn: [0] });
    const ids = { instances: "labels", ignoreIndex: 9 };
    expect(all("instanceF1", image("11122", "99.33"), image("11922", "99944"), ids)).toMatchObject({
      tp: [3],
      fp: [0],
      fn: [0],
    });
    // An id of the prediction that is called like what is ignored is an object.
    expect(all("instanceF1", image("99.33"), image("11933"), ids)).toMatchObject({ tp: [2], fp: [0], fn: [0] });
  });

  test.each(both)("%s: a class that is ignored has no score", (name) => {
    const target = image("112", "..2"),
      { perClass, value } = score(name, image("112", "..2"), target, {
        numClasses: 3,
        ignoreIndex: 2,
        includeBackground: false,
        ...required(name),
      });
    expect([value, ...perClass]).toEqual(
      name === "lesionWiseHausdorffDistance" ? [0, 0, Number.NaN] : [1, 1, Number.NaN],
    );
  });
});

describe("nothing", () => {
  const [some, none] = [image("11..", "...."), image("....", "....")];

  test.each(both)("%s: on one side the worst, on both emptyScore", (name) => {
    const distance = name === "lesionWiseHausdorffDistance",
      run = (p: Tensor, t: Tensor, more: object = {}) =>
        score(name, p, t, { numClasses: 1, ...required(name), ...more });
    for (const [p, t] of [
      [some, none],
      [none, some],
    ]) {
      expect(run(p, t, { emptyScore: 1 }).value).toBe(distance ? Number.POSITIVE_INFINITY : 0);
      if (distance) expect(run(p, t, { missingDistance: 7 }).value).toBe(7);
    }
    expect(run(none, none).value).toBeNaN();
    expect(run(none, none, { emptyScore: 0.25 }).value).toBe(0.25);
    expect(run(some, some).value).toBe(distance ? 0 : 1);
  });

  test("what a share is of", () => {
    const ids = { instances: "labels" };
    expect(all("panopticQuality", none, none, { ...ids, emptyScore: 1 })).toMatchObject({
      value: [1],
      pooled: [1],
      segmentationQuality: [Number.NaN],
      recognitionQuality: [Number.NaN],
      tp: [0],
    });
    expect(all("panopticQuality", some, none, ids)).toMatchObject({
      segmentationQuality: [Number.NaN],
      recognitionQuality: [0],
    });
    expect(all("instanceF1", some, none, ids)).toMatchObject({ precision: [0], recall: [Number.NaN] });
    expect(all("averagePrecision", none, none, ids).perThreshold).toEqual(Array(10).fill(Number.NaN));
  });

  test.each(both)("%s: a prediction that is NaN", (name) => {
    const data = new Float32Array(2 * 2 * 6).fill(1);
    data[13] = Number.NaN;
    const target = { data: new Uint8Array(12), shape: [2, 2, 3] },
      found = score(name, { data, shape: [2, 2, 2, 3] }, target, required(name));
    expect(found.value).toBeNaN();
    expect(Array.from(found.perClass).map(Number.isNaN)).toEqual([false, true, true, true]);
    if ("pooled" in found) expect(Array.from(found.pooled as Float64Array)).toEqual([Number.NaN, Number.NaN]);
  });
});

test("several at once are what each is by itself", () => {
  const spatial = [14, 15],
    random = new Random(31),
    [p, t] = [boxes(random, spatial, 9, 5), boxes(random, spatial, 9, 5)],
    requests = [
      ...both.map((name) => ({ name, options: required(name) })),
      { name: "lesionWiseDice", as: "grown", options: { dilation: 1 } },
      { name: "panopticQuality", as: "ids", options: { instances: "labels" } },
      { name: "instanceF1", as: "faces", options: { connectivity: "face" } },
      { name: "dice", as: "dice", options: {} },
    ] as const,
    found = seg.metrics.evaluate(whole(p, spatial) as never, whole(t, spatial) as never, requests as never) as object;
  for (const request of requests) {
    const place = "as" in request ? request.as : request.name;
    expect(found).toHaveProperty(place, score(request.name, whole(p, spatial), whole(t, spatial), request.options));
  }
});

describe("wrong calls", () => {
  const ids = image("12", "34"),
    scores = { data: new Float32Array(8).fill(0.5), shape: [1, 2, 2, 2] },
    line = { data: new Uint8Array(4), shape: [1, 4] };

  test.each(both)("%s: lines", (name) => {
    const error = errorOf(() => score(name, line, line, { spatialDims: 1, ...required(name) }));
    expect([error.code, error.message]).toEqual([
      "UNSUPPORTED",
      `metrics.${name}: takes images and volumes, got one spatial axis`,
    ]);
  });

  test.each(objects)("%s: ids", (name) => {
    const run = (p: Tensor, t: Tensor, options: object = {}) =>
      errorOf(() => score(name, p, t, { instances: "labels", ...options }));
    for (const [p, t] of [
      [scores, image("10", "01")],
      [scores, scores],
    ])
      expect(run(p, t)).toMatchObject({ code: "UNSUPPORTED", message: expect.stringMatching(/needs ids in integer/) });
    for (const [option, value] of [
      ["numClasses", 5],
      ["labels", [1]],
      ["includeBackground", false],
      ["connectivity", "face"],
    ] as const)
      expect(run(ids, ids, { [option]: value })).toMatchObject({
        code: "INVALID_OPTION",
        message: expect.stringMatching(`${option} needs instances "components", got "labels"`),
      });
    expect(score(name, ids, ids, { instances: "labels" }).value).toBe(1);
  });

  test.each([
    ["panopticQuality", { iouThreshold: 1 }, /iouThreshold must be a number in \[0, 1\)/],
    ["panopticQuality", { iouThreshold: -0.1 }, /iouThreshold/],
    ["panopticQuality", { instances: "ids" }, /instances must be "components", "labels", got "ids"/],
    ["panopticQuality", { iouThresholds: [0.5] }, /unknown option "iouThresholds"; did you mean iouThreshold/],
    ["panopticQuality", { spacing: [1, 1] }, /unknown option "spacing"/],
    ["instanceF1", { connectivity: 8 }, /connectivity must be "face", "edge", "full", got 8/],
    ["averagePrecision", { iouThresholds: [] }, /iouThresholds must be a list of numbers of at least 0 and below 1/],
    ["averagePrecision", { iouThresholds: [0.5, 1] }, /iouThresholds/],
    ["averagePrecision", { iouThresholds: 0.5 }, /iouThresholds must be a list/],
    ["averagePrecision", { iouThreshold: 0.5 }, /unknown option "iouThreshold"/],
    ["lesionWiseDice", { dilation: 0.5 }, /dilation must be a whole number of at least 0, got 0\.5/],
    ["lesionWiseDice", { dilation: -1 }, /dilation/],
    ["lesionWiseDice", { minVolume: -1 }, /minVolume must be a number of at least 0/],
    ["lesionWiseDice", { spacing: [1] }, /spacing must hold 2 numbers/],
    ["lesionWiseDice", { instances: "labels" }, /unknown option "instances"/],
    ["lesionWiseSurfaceDice", { tolerance: null }, /tolerance must be given/],
    ["lesionWiseSurfaceDice", { tolerance: -1 }, /tolerance/],
    ["lesionWiseSurfaceDice", { tolerance: [1, 2] }, /tolerance must hold 4 numbers/],
    [
      "lesionWiseHausdorffDistance",
      { missingDistance: -1 },
      /missingDistance must be a number or Infinity of at least 0/,
    ],
    ["lesionWiseHausdorffDistance", { missingDistance: Number.NaN }, /missingDistance/],
    ["lesionWiseHausdorffDistance", { percentile: 101 }, /percentile/],
  ] as const)("%s %j", (name, options, message) => {
    const error = errorOf(() => score(name, ids, ids, { ...required(name), ...options }));
    expect(error.message).toMatch(message);
    expect(error.code).toBe("INVALID_OPTION");
  });

  test("a distance of misses may be said to be infinite", () => {
    const missing = { missingDistance: Number.POSITIVE_INFINITY, numClasses: 1 };
    expect(score("lesionWiseHausdorffDistance", image("1."), image(".."), missing).value).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

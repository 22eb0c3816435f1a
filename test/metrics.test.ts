import { describe, expect, test } from "vitest";
import { load, type Metric, type MetricName, type MetricResult, metricCatalog, SegLossError } from "../dist/index.js";
import { lengthOf, place, steps, sum } from "./reference/brute";
import { quantile, surfaces } from "./reference/surfaces";
import { errorOf, seg } from "./support/library";
import { blobs, product, Random, toChannelsLast } from "./support/random";
import { valueError } from "./support/vectors";

const metrics = metricCatalog as unknown as readonly Metric[];
const names = metrics.map(({ name }) => name) as MetricName[];
/** One spatial axis has to be said. */
const axes = (pred: { data?: unknown; shape?: readonly number[] } | undefined) =>
  pred?.shape?.length === (pred?.data instanceof Float32Array ? 3 : 2) ? { spatialDims: 1 } : {};
/** What has no value without it. */
const required: Partial<Record<MetricName, object>> = {
  normalizedSurfaceDice: { tolerance: 1.5 },
  lesionWiseSurfaceDice: { tolerance: 1.5 },
};
/** Metrics of images and volumes. */
const lesions = ["lesionWiseDice", "lesionWiseSurfaceDice", "lesionWiseHausdorffDistance"] as const,
  ofObjects = ["panopticQuality", "instanceF1", "averagePrecision", ...lesions] as const,
  notOfLines: readonly MetricName[] = ["boundaryF", "trimapIou", "centerlineDice", "bettiError", ...ofObjects];
const takes = (spatial: readonly number[]) => names.filter((name) => spatial.length > 1 || !notOfLines.includes(name));
/** Their definitions are tested in topology.test.ts and objects.test.ts, and by the vectors. */
const elsewhere = ["centerlineDice", "bettiError", ...ofObjects] as const;
/** Whose value is of the whole matrix, which a sigmoid has none of. */
const averaged: readonly MetricName[] = ["accuracy", "balancedAccuracy", "matthewsCorrelation", "cohensKappa"];
const score = (name: MetricName, pred: object, target: object, options: object = {}, library = seg): MetricResult =>
  library.metrics[name](
    pred as never,
    target as never,
    typeof options === "object" ? { ...axes(pred), ...required[name], ...options } : options,
  );
const run = score;
/** What does not depend on whether there is a matrix of classes, which a sigmoid has none of. */
const classwise = (name: MetricName, result: MetricResult) => {
  const { perClass, labels } = result;
  return averaged.includes(name) || name === "confusionMatrix" ? { perClass, labels } : result;
};
const list = (result: MetricResult) => Array.from(result.perClass);

interface Pair {
  /** Masks of one class, and which pixels count. */
  readonly p: readonly number[];
  readonly t: readonly number[];
  readonly m: readonly number[];
  readonly spatial: readonly number[];
}

/** Pearson's correlation of the two masks, which is Matthews' coefficient. */
function correlation(p: readonly number[], t: readonly number[], m: readonly number[]): number {
  const pick = (mask: readonly number[]) => mask.filter((_, i) => m[i]),
    centred = (mask: readonly number[]) => mask.map((v) => v - sum(mask) / mask.length),
    [a, b] = [centred(pick(p)), centred(pick(t))],
    times = (x: readonly number[], y: readonly number[]) => sum(x.map((v, i) => v * y[i])),
    [aa, bb] = [times(a, a), times(b, b)];
  return aa * bb < 1e-12 ? Number.NaN : times(a, b) / Math.sqrt(aa * bb);
}

/** Cohen's kappa from shares: the observed agreement beyond that by chance. */
function agreement(tp: number, fp: number, fn: number, tn: number): number {
  const all = tp + fp + fn + tn,
    observed = (tp + tn) / all,
    chance = ((tp + fp) * (tp + fn) + (tn + fp) * (tn + fn)) / all ** 2;
  return chance === 1 ? Number.NaN : (observed - chance) / (1 - chance);
}

/** Every metric from its definition, pixel by pixel in float64. */
function define(
  { p, t, m, spatial }: Pair,
  options: { percentile?: number; spacing?: readonly number[]; width?: number; dilationRatio?: number; beta?: number },
) {
  const count = (pick: (p: number, t: number) => boolean) => p.filter((_, i) => m[i] && pick(p[i], t[i])).length,
    spacing = options.spacing ?? spatial.map(() => 1);
  const both = count((a, b) => a + b === 2),
    either = count((a, b) => a + b > 0),
    truth = count((_, b) => b === 1),
    [nP, nT] = [sum(p), sum(t)];
  const distance = (measure: (from: readonly number[], back: readonly number[]) => number) => {
    if (nP === 0 || nT === 0) return nP + nT === 0 ? Number.NaN : Number.POSITIVE_INFINITY;
    const [from, back] = surfaces(p, t, spatial, spacing);
    return measure(from, back);
  };
  const width =
    options.width ?? Math.max(1, Math.floor((options.dilationRatio ?? 0.02) * Math.hypot(...spatial) + 0.5));
  const band = (mask: readonly number[]) =>
    mask.map((inside, i) => {
      const border = place(i, spatial).some((x, axis) => x < width || x >= spatial[axis] - width);
      return inside && (border || mask.some((other, j) => !other && Math.max(...steps(i, j, spatial)) <= width))
        ? 1
        : 0;
    });
  const [bandP, bandT] = [band(p), band(t)],
    [fp, fn, tn] = [nP - both, nT - both, count((a, b) => a + b === 0)],
    mean = (values: readonly number[]) => sum(values) / values.length,
    near = (most: number) => (values: readonly number[]) => values.filter((d) => d <= most).length,
    square = (options.beta ?? 1) ** 2;
  const boundaryShares = () => {
    if (nP === 0 || nT === 0) return nP + nT === 0 ? Number.NaN : 0;
    const reach = Math.ceil(0.008 * Math.hypot(...spatial)),
      [from, back] = surfaces(
        p,
        t,
        spatial,
        spatial.map(() => 1),
      ),
      [own, other] = [near(reach)(from) / from.length, near(reach)(back) / back.length];
    return own + other > 0 ? (2 * own * other) / (own + other) : 0;
  };
  const trimap = t.map((inside, i) => {
    const reach = options.width ?? 5;
    return t.some(
      (other, j) =>
        other !== inside &&
        lengthOf(
          steps(i, j, spatial),
          spatial.map(() => 1),
        ) <= reach,
    );
  });
  return {
    precision: both / nP,
    fBeta: ((1 + square) * both) / ((1 + square) * both + square * fn + fp),
    negativePredictiveValue: tn / (tn + fn),
    falsePositiveRate: fp / (fp + tn),
    accuracy: (both + tn) / sum(m),
    balancedAccuracy: (both / nT + tn / (tn + fp)) / 2,
    matthewsCorrelation: correlation(p, t, m),
    cohensKappa: agreement(both, fp, fn, tn),
    confusionMatrix: both / nT,
    meanSurfaceDistance: distance((from, back) => (mean(from) + mean(back)) / 2),
    normalizedSurfaceDice:
      nP > 0 && nT > 0
        ? distance((from, back) => near(1.5)([...from, ...back]) / (from.length + back.length))
        : nP + nT > 0
          ? 0
          : Number.NaN,
    boundaryF: boundaryShares(),
    trimapIou: p.filter((v, i) => v && t[i] && trimap[i]).length / p.filter((v, i) => (v || t[i]) && trimap[i]).length,
    volumeDifference: (nP - nT) * product(spacing),
    volumeSimilarity: 1 - Math.abs(nP - nT) / (nP + nT),
    dice: (2 * both) / (nP + nT),
    iou: both / either,
    sensitivity: both / truth,
    specificity: count((a, b) => a + b === 0) / count((_, b) => b === 0),
    hausdorffDistance: distance((from, back) =>
      Math.max(quantile(from, options.percentile ?? 100), quantile(back, options.percentile ?? 100)),
    ),
    averageSymmetricSurfaceDistance: distance((from, back) => (sum(from) + sum(back)) / (from.length + back.length)),
    boundaryIou: bandP.filter((v, i) => v && bandT[i]).length / bandP.filter((v, i) => v || bandT[i]).length,
  } satisfies Record<Exclude<MetricName, (typeof elsewhere)[number]>, number>;
}

/** Some labels moved, so that a prediction is nearly right. */
function disturbed(random: Random, labels: Uint8Array, classes: number): Uint8Array {
  return labels.map((label, i) =>
    random.next() < 0.1 ? random.below(classes) : labels[Math.max(0, i - 1)] === label ? label : labels[i - 1],
  );
}

const cases = [
  { spatial: [31], classes: 2, more: { percentile: 90 } },
  { spatial: [11, 14], classes: 3, more: {} },
  { spatial: [11, 14], classes: 3, more: { spacing: [0.5, 2.25], percentile: 95, width: 2 } },
  { spatial: [12, 9], classes: 2, more: { percentile: 50, dilationRatio: 0.2 }, ignore: true },
  { spatial: [5, 6, 8], classes: 3, more: { spacing: [3, 1, 1.5], width: 1 } },
  { spatial: [6, 1, 9], classes: 2, more: { percentile: 0 }, ignore: true },
];

/** Only the options that a metric takes. */
const own = (name: MetricName, options: Record<string, unknown>) => {
  const declared = metrics.find((metric) => metric.name === name)?.options ?? {};
  return Object.fromEntries(Object.entries(options).filter(([option]) => Object.hasOwn(declared, option)));
};

describe.each(cases)("$spatial, $classes classes, $more", ({ spatial, classes, more, ignore }) => {
  const pixels = product(spatial),
    random = new Random(51),
    target = blobs(random, 2, classes, spatial),
    pred = disturbed(random, target, classes),
    shape = [2, ...spatial];
  target.subarray(pixels).forEach((label, i) => {
    if (label === classes - 1) target[pixels + i] = 0; // the second sample lacks a class
  });
  if (ignore) for (let i = 0; i < target.length; i++) if (random.next() < 0.15) target[i] = 255;
  const options: Record<string, unknown> = { ...more, numClasses: classes, ...(ignore ? { ignoreIndex: 255 } : {}) };
  const expected = (name: Exclude<MetricName, (typeof elsewhere)[number]>) =>
    Array.from({ length: 2 * classes }, (_, k) => {
      const from = Math.floor(k / classes) * pixels,
        m = Array.from(target.subarray(from, from + pixels), (v) => (v === 255 ? 0 : 1));
      const mask = (labels: Uint8Array) => m.map((counts, i) => (counts && labels[from + i] === k % classes ? 1 : 0));
      return define({ p: mask(pred), t: mask(target), m, spatial }, more)[name];
    });

  const defined = takes(spatial).filter((name) => !elsewhere.includes(name as "bettiError")) as Exclude<
    MetricName,
    (typeof elsewhere)[number]
  >[];
  test.each(defined)("%s is its definition", (name) => {
    const { value, perClass } = run(name, { data: pred, shape }, { data: target, shape }, own(name, options)),
      wanted = expected(name),
      defined = wanted.filter((v) => !Number.isNaN(v));
    expect(perClass).toBeInstanceOf(Float64Array);
    expect(perClass).toHaveLength(wanted.length);
    for (const [i, e] of wanted.entries())
      expect(valueError(perClass[i], e), `${perClass[i]}, expected ${e}`).toBeLessThanOrEqual(1e-6);
    if (!averaged.includes(name)) expect(valueError(value, sum(defined) / defined.length)).toBeLessThanOrEqual(1e-6);
  });

  const scores = Float32Array.from({ length: 2 * classes * pixels }, (_, k) => {
    const b = Math.floor(k / (classes * pixels)),
      c = Math.floor(k / pixels) % classes;
    return pred[b * pixels + (k % pixels)] === c ? 2 : -1 - (c % 2);
  });

  test.each(takes(spatial))("%s: scores, layouts, soft targets and other types of labels come to the same", (name) => {
    const run = (...args: Parameters<typeof score>) => classwise(name, score(...args));
    const wanted = run(name, { data: pred, shape }, { data: target, shape }, own(name, options)),
      first = { data: scores, shape: [2, classes, ...spatial] },
      { numClasses: _, ...others } = own(name, options);
    for (const activation of ["softmax", "sigmoid"])
      expect(run(name, first, { data: target, shape }, { ...others, activation })).toEqual(wanted);
    const probabilities = { ...first, data: scores.map((z) => (z + 2) / 4) };
    expect(run(name, probabilities, { data: target, shape }, { ...others, activation: "none" })).toEqual(wanted);
    for (const activation of ["softmax", "sigmoid"])
      expect(
        run(name, toChannelsLast(first), { data: target, shape }, { ...others, activation, layout: "channelsLast" }),
      ).toEqual(wanted);
    for (const Type of [Int8Array, Int16Array, Uint16Array, Int32Array, Uint32Array]) {
      // 255 does not fit int8: void becomes the label below the first.
      const convert = (data: Uint8Array) =>
        new Type(Array.from(data, (v) => (Type === Int8Array && v === 255 ? -1 : v)));
      const ignoreIndex = ignore && Type === Int8Array ? { ignoreIndex: -1 } : {};
      expect(
        run(
          name,
          { data: convert(pred), shape },
          { data: convert(target), shape },
          { ...own(name, options), ...ignoreIndex },
        ),
      ).toEqual(wanted);
    }
    if (ignore) return;
    const soft = {
      data: scores.map((_, k) =>
        target[Math.floor(k / (classes * pixels)) * pixels + (k % pixels)] === Math.floor(k / pixels) % classes
          ? 0.7
          : 0.5,
      ),
      shape: first.shape,
    };
    expect(run(name, first, soft, { ...others, activation: "sigmoid" })).toEqual(wanted);
    const competing = { ...soft, data: soft.data.map((t) => (t === 0.5 ? 0.3 / (classes - 1) : t)) };
    expect(run(name, { data: pred, shape }, competing, own(name, options))).toEqual(wanted);
    expect(
      run(name, { data: pred, shape }, toChannelsLast(competing), { ...own(name, options), layout: "channelsLast" }),
    ).toEqual(wanted);
    const multiple = { ...own(name, options), activation: "sigmoid" };
    expect(run(name, { data: pred, shape }, soft, multiple)).toEqual(wanted);
    expect(run(name, { data: pred, shape }, toChannelsLast(soft), { ...multiple, layout: "channelsLast" })).toEqual(
      wanted,
    );
  });

  test.each(takes(spatial))(
    "%s: without the background, samples and classes in another order, the image mirrored",
    (name) => {
      const all = own(name, options),
        wanted = list(run(name, { data: pred, shape }, { data: target, shape }, all)),
        call = (p: Uint8Array, t: Uint8Array, given: object = all) =>
          list(run(name, { data: p, shape }, { data: t, shape }, given));
      const same = (actual: readonly number[], values: readonly number[]) => {
        expect(actual.length).toBe(values.length);
        for (const [i, e] of values.entries()) expect(valueError(actual[i], e)).toBeLessThanOrEqual(1e-7);
      };
      same(
        call(pred, target, { ...all, includeBackground: false }),
        wanted.filter((_, i) => i % classes > 0),
      );
      const swap = (data: Uint8Array) => Uint8Array.from([...data.subarray(pixels), ...data.subarray(0, pixels)]);
      same(call(swap(pred), swap(target)), [...wanted.slice(classes), ...wanted.slice(0, classes)]);
      const turn = (data: Uint8Array) => data.map((v) => (v < classes ? (v + 1) % classes : v));
      same(
        call(turn(pred), turn(target)),
        wanted.map((_, i) => wanted[i - (i % classes) + (((i % classes) + classes - 1) % classes)]),
      );
      const mirror = (data: Uint8Array) =>
        Uint8Array.from([...data.subarray(0, pixels).reverse(), ...data.subarray(pixels).reverse()]);
      // Thinning takes one side before the other.
      if (name !== "centerlineDice") same(call(mirror(pred.slice()), mirror(target.slice())), wanted);
    },
  );

  test("symmetry, and Dice from IoU", () => {
    if (ignore) return;
    const call = (name: MetricName, p: Uint8Array, t: Uint8Array) =>
      list(run(name, { data: p, shape }, { data: t, shape }, own(name, options)));
    const directed: readonly string[] = [
      ...["sensitivity", "specificity", "precision", "negativePredictiveValue", "falsePositiveRate"],
      ...["balancedAccuracy", "confusionMatrix", "trimapIou", "volumeDifference", ...lesions],
    ];
    for (const name of takes(spatial).filter((each) => !directed.includes(each)))
      for (const [i, e] of call(name, target, pred).entries())
        expect(valueError(call(name, pred, target)[i], e), name).toBeLessThanOrEqual(1e-12);
    for (const [i, j] of call("iou", pred, target).entries())
      expect(valueError(call("dice", pred, target)[i], (2 * j) / (1 + j))).toBeLessThanOrEqual(1e-12);
  });
});

describe("ignored pixels", () => {
  const shape = [1, 8, 9],
    random = new Random(52),
    target = blobs(random, 1, 2, [8, 9]).map((v, i) => (i % 5 === 0 ? 255 : v)),
    scores = random.normals(2 * 72);
  const changed = (by: number) => scores.map((z, i) => ((i % 72) % 5 === 0 ? by : z));

  test.each(names)("%s does not see what is predicted there", (name) => {
    for (const activation of ["softmax", "sigmoid"]) {
      const score = (data: Float32Array) =>
        run(name, { data, shape: [1, 2, 8, 9] }, { data: target, shape }, { ignoreIndex: 255, activation });
      const wanted = score(scores);
      for (const by of [9, -9, Number.NaN, Number.POSITIVE_INFINITY]) expect(score(changed(by))).toEqual(wanted);
    }
    const labels = (by: number) =>
        Uint8Array.from({ length: 72 }, (_, i) => (i % 5 === 0 ? by : scores[i] > 0 ? 1 : 0)),
      score = (by: number) =>
        run(name, { data: labels(by), shape }, { data: target, shape }, { ignoreIndex: 255, numClasses: 2 });
    for (const by of [1, 255, 99]) expect(score(by)).toEqual(score(0));
  });

  test("a predicted void is no class; a class may be what is ignored", () => {
    const t = { data: Uint8Array.of(0, 0, 1, 1, 1), shape: [1, 5] },
      p = { data: Uint8Array.of(0, 255, 1, 255, 1), shape: [1, 5] };
    expect(list(run("dice", p, t, { numClasses: 2, ignoreIndex: 255 }))).toEqual([2 / 3, 4 / 5]);
    const q = { data: Uint8Array.of(1, 0, 0, 1, 1), shape: [1, 5] };
    for (const ignoreIndex of [0, [0], [0, 255]]) {
      expect(list(run("sensitivity", q, t, { numClasses: 2, ignoreIndex }))).toEqual([Number.NaN, 2 / 3]);
      const { value, perClass } = run("dice", q, t, { numClasses: 2, ignoreIndex });
      expect([value, ...perClass]).toEqual([4 / 5, Number.NaN, 4 / 5]);
    }
  });
});

describe("what is empty, full or tiny", () => {
  const shape = [1, 4, 6],
    make = (inside: (i: number) => boolean) => ({
      data: Uint8Array.from({ length: 24 }, (_, i) => (inside(i) ? 1 : 0)),
      shape,
    });
  const none = make(() => false),
    all = make(() => true),
    some = make((i) => i % 6 < 2),
    one = make((i) => i === 7),
    other = make((i) => i === 22);
  const score = (name: MetricName, p: object, t: object, options: object = {}) =>
    run(name, p, t, { numClasses: 1, ...options }).value;
  const overlaps = ["dice", "iou", "sensitivity", "boundaryIou"] as const,
    distances = ["hausdorffDistance", "averageSymmetricSurfaceDistance"] as const;

  test("nothing on both sides is undefined, unless a score is given for it", () => {
    for (const name of overlaps) {
      expect(score(name, none, none)).toBeNaN();
      expect(score(name, none, none, { emptyScore: 1 })).toBe(1);
      expect(score(name, none, none, { emptyScore: Number.NaN })).toBeNaN();
    }
    for (const name of distances) expect(score(name, none, none)).toBeNaN();
    expect(score("specificity", none, none)).toBe(1);
    expect(score("specificity", none, all)).toBeNaN();
    expect(score("specificity", all, all, { emptyScore: 0.5 })).toBe(0.5);
  });

  test("nothing on one side is the worst", () => {
    for (const [p, t] of [
      [none, some],
      [some, none],
    ]) {
      for (const name of distances) expect(score(name, p, t)).toBe(Number.POSITIVE_INFINITY);
      for (const name of ["dice", "iou", "boundaryIou"] as const) expect(score(name, p, t, { emptyScore: 1 })).toBe(0);
    }
    expect(score("sensitivity", none, some)).toBe(0);
    expect(score("sensitivity", some, none)).toBeNaN();
  });

  test("a perfect prediction, even one that fills the image", () => {
    for (const mask of [some, all, one]) {
      for (const name of overlaps) expect(score(name, mask, mask)).toBe(1);
      for (const name of distances) expect(score(name, mask, mask, { spacing: [0.3, 7] })).toBe(0);
    }
  });

  test("two pixels are as far apart as they are", () => {
    for (const name of distances) {
      expect(score(name, one, other)).toBeCloseTo(Math.hypot(2, 3), 6);
      expect(score(name, one, other, { spacing: [10, 0.5] })).toBeCloseTo(Math.hypot(20, 1.5), 5);
    }
    expect(score("dice", one, other)).toBe(0);
  });

  test("undefined scores are left out of the mean, infinite ones are not", () => {
    const labels = { data: Uint8Array.of(0, 0, 1, 1), shape: [1, 4] },
      pred = { data: Uint8Array.of(0, 0, 1, 0), shape: [1, 4] };
    const { value, perClass } = run("dice", pred, labels, { numClasses: 4 });
    expect(Array.from(perClass)).toEqual([0.8, 2 / 3, Number.NaN, Number.NaN]);
    expect(value).toBeCloseTo((0.8 + 2 / 3) / 2, 12);
    const distance = run("hausdorffDistance", { data: Uint8Array.of(0, 0, 1, 2), shape: [1, 4] }, labels, {
      numClasses: 4,
    });
    expect(Array.from(distance.perClass)).toEqual([0, 1, Number.POSITIVE_INFINITY, Number.NaN]);
    expect(distance.value).toBe(Number.POSITIVE_INFINITY);
  });

  test("no pixel counts, no sample, no pixel", () => {
    const voided = { data: new Uint8Array(24).fill(9), shape };
    const differences: readonly string[] = ["volumeDifference", "bettiError"];
    for (const name of names) {
      const result = run(name, some, voided, { numClasses: 2, ignoreIndex: 9 });
      if (differences.includes(name)) {
        expect([...result.perClass, result.value]).toEqual([0, 0, 0]);
        continue;
      }
      expect([...result.perClass, result.value]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
      for (const empty of [
        [0, 4, 6],
        [2, 0, 6],
      ]) {
        const nothing = { data: new Uint8Array(0), shape: empty };
        expect(run(name, nothing, nothing, { numClasses: 2 }).perClass).toHaveLength(2 * empty[0]);
        expect(run(name, nothing, nothing, { numClasses: 2 }).value).toBeNaN();
      }
    }
  });
});

test("scores that are NaN make no prediction: the sample's scores and the mean are NaN", () => {
  const target = { data: Uint8Array.of(0, 1, 1, 0, 1, 1), shape: [2, 3] },
    data = Float32Array.of(1, 0, 0, 0, 1, 1, 1, 0, Number.NaN, 0, 1, 0);
  for (const name of takes([3])) {
    const softmax = run(name, { data, shape: [2, 2, 3] }, target),
      sigmoid = run(name, { data, shape: [2, 2, 3] }, target, { activation: "sigmoid" });
    expect([softmax.value, sigmoid.value]).toEqual([Number.NaN, Number.NaN]);
    expect(list(softmax).map(Number.isNaN)).toEqual([false, false, true, true]);
    expect(list(sigmoid).map(Number.isNaN)).toEqual([false, false, true, false]);
  }
});

test("more classes than a byte holds", () => {
  for (const classes of [253, 254, 255, 256, 300]) {
    const random = new Random(classes),
      shape = [1, 20, 16],
      target = Uint16Array.from({ length: 320 }, () => random.below(classes)),
      pred = target.map((v) => (random.next() < 0.3 ? random.below(classes) : v));
    target[7] = 999;
    for (const name of names) {
      const wanted = Array.from({ length: classes }, (_, c) => {
        const mask = (labels: Uint16Array) => ({
          data: Uint8Array.from(labels, (v, i) => (target[i] === 999 ? 9 : v === c ? 1 : 0)),
          shape,
        });
        return run(name, mask(pred), mask(target), { numClasses: 1, ignoreIndex: 9 }).perClass[0];
      });
      const labels = run(
        name,
        { data: pred, shape },
        { data: target, shape },
        { numClasses: classes, ignoreIndex: 999 },
      );
      expect(list(labels)).toEqual(wanted);
    }
  }
});

describe("labels are names", () => {
  const ids = [0, 2035, 14175, 65535, 3648962],
    shape = [2, 8, 10],
    random = new Random(57),
    target = blobs(random, 2, 5, [8, 10]),
    pred = disturbed(random, target, 5),
    name = (labels: Uint8Array) => ({ data: Int32Array.from(labels, (label) => ids[label]), shape });
  const columns = ({ perClass }: MetricResult, all: number, those: readonly number[]) =>
    [0, 1].flatMap((b) => those.map((c) => perClass[b * all + c]));

  test.each(names)("%s: the labels that occur are the classes, however high they are", (metric) => {
    const wanted = run(metric, { data: pred, shape }, { data: target, shape }, { numClasses: 5 });
    expect(wanted.labels).toEqual([0, 1, 2, 3, 4]);
    const call = (options: object) => run(metric, name(pred), name(target), options);
    expect(call({}).labels).toEqual(ids.slice(1));
    expect(list(call({}))).toEqual(columns(wanted, 5, [1, 2, 3, 4]));
    expect(classwise(metric, call({ includeBackground: true }))).toEqual({ ...classwise(metric, wanted), labels: ids });
    const some = call({ labels: [65535, 7, 2035] });
    expect(some.labels).toEqual([65535, 7, 2035]);
    expect(columns(some, 3, [0, 2])).toEqual(columns(wanted, 5, [3, 1]));
    // What nobody has is rightly found nowhere.
    const ofAbsent: readonly string[] = [
      ...["specificity", "negativePredictiveValue", "falsePositiveRate", "accuracy"],
      ...["volumeDifference", "bettiError"],
    ];
    if (!ofAbsent.includes(metric)) expect(columns(some, 3, [1])).toEqual([Number.NaN, Number.NaN]);
  });

  test("what is ignored is no class, on either side; a list of labels", () => {
    const voided = { data: name(target).data.map((label, i) => (i % 7 === 0 ? -3 : i % 7 === 1 ? 255 : label)), shape },
      one = { data: voided.data.map((label) => (label === -3 ? 255 : label)), shape };
    for (const metric of names) {
      const wanted = run(metric, name(pred), one, { ignoreIndex: 255 });
      expect(wanted.labels).toEqual(ids.slice(1));
      expect(run(metric, name(pred), voided, { ignoreIndex: [255, -3] })).toEqual(wanted);
      expect(run(metric, name(pred), one, { ignoreIndex: 255, includeBackground: true }).labels).toEqual(ids);
    }
    const { labels, perClass } = run("dice", name(pred), name(target), { labels: [2035, 14175], ignoreIndex: 14175 });
    expect(labels).toEqual([2035, 14175]);
    expect(list({ perClass } as MetricResult).map(Number.isNaN)).toEqual([false, true, false, true]);
  });

  test("scores have the classes of their channels, of which labels picks some", () => {
    const scores = { data: random.normals(2 * 3 * 80), shape: [2, 3, 8, 10] },
      truth = { data: target.map((label) => Math.min(label, 2)), shape };
    for (const activation of ["softmax", "sigmoid"]) {
      const all = run("iou", scores, truth, { activation }),
        some = run("iou", scores, truth, { activation, labels: [2, 1] });
      expect([all.labels, some.labels]).toEqual([
        [0, 1, 2],
        [2, 1],
      ]);
      expect(list(some)).toEqual(columns(all, 3, [2, 1]));
    }
  });

  test("nothing but background has no class", () => {
    const nothing = { data: new Uint8Array(80), shape: [1, 8, 10] };
    for (const metric of names) {
      const { value, perClass, labels } = run(metric, nothing, nothing);
      expect([averaged.includes(metric) ? Number.NaN : value, perClass.length, labels]).toEqual([Number.NaN, 0, []]);
    }
  });

  test.each([
    { spatial: [90, 80], spacing: [0.7, 2] },
    { spatial: [18, 25, 24], spacing: [3, 1, 0.5] },
  ])("$spatial: pixels few and far apart score as their masks do", ({ spatial, spacing }) => {
    const pixels = product(spatial),
      truth = blobs(random, 1, 3, spatial),
      scattered = (labels: Uint8Array) => labels.map((label) => (random.next() < 0.02 ? 3 + random.below(20) : label)),
      [p, t] = [scattered(truth), scattered(truth)];
    const whole = (data: Uint8Array) => ({ data, shape: [1, ...spatial] });
    for (const metric of ["hausdorffDistance", "averageSymmetricSurfaceDistance", "boundaryIou"] as const) {
      const more = own(metric, { spacing, percentile: 93, width: 2 }),
        { labels, perClass } = run(metric, whole(p), whole(t), more);
      expect(labels.length).toBeGreaterThan(15);
      for (const [c, label] of labels.entries()) {
        const scores = { data: Float32Array.from(p, (v) => (v === label ? 1 : -1)), shape: [1, 1, ...spatial] },
          mask = whole(t.map((v) => (v === label ? 1 : 0))),
          wanted = run(metric, scores, mask, { ...more, activation: "sigmoid" }).value;
        expect(valueError(perClass[c], wanted), `${metric} of ${label} in ${pixels}`).toBeLessThanOrEqual(1e-6);
      }
    }
  });
});

describe("the module's memory", () => {
  const shape = [1, 300, 400],
    target = blobs(new Random(53), 1, 3, [300, 400]),
    pred = disturbed(new Random(54), target, 3);

  test.each(names)("%s reads tensors that live there", async (name) => {
    const library = await load(),
      scores = library.tensor([1, 3, 300, 400]),
      labels = library.tensor(shape, "uint8"),
      int = library.tensor(shape, "int32");
    for (let c = 0; c < 3; c++)
      for (let i = 0; i < pred.length; i++) scores.data[c * pred.length + i] = pred[i] === c ? 1 : -1;
    labels.data.set(target);
    int.data.set(pred);
    const wanted = run(name, { data: pred, shape }, { data: target, shape }, { numClasses: 3 });
    for (const activation of ["softmax", "sigmoid"])
      expect(classwise(name, run(name, scores, labels, { activation }, library))).toEqual(classwise(name, wanted));
    expect(run(name, int, labels, { numClasses: 3 }, library)).toEqual(wanted);
    const bytes = scores.data.buffer.byteLength;
    for (let n = 0; n < 20; n++) {
      run(name, scores, labels, { activation: n % 2 ? "softmax" : "sigmoid" }, library);
      errorOf(() => run(name, int, scores, {}, library));
    }
    expect(scores.data.buffer.byteLength).toBe(bytes);
    library.dispose();
    expect(
      errorOf(() => run(name, { data: pred, shape }, { data: target, shape }, { numClasses: 3 }, library)).code,
    ).toBe("DISPOSED");
  });
});

describe("wrong calls", () => {
  const target = { data: Uint8Array.of(0, 1, 1, 2), shape: [1, 4] },
    scores = { data: new Float32Array(12), shape: [1, 3, 4] },
    numClasses = 3;
  const wrong: [string, object | undefined, object | undefined, object | undefined, string, RegExp][] = [
    ["no pred", undefined, target, {}, "SHAPE_MISMATCH", /pred must be \{ data, shape \}/],
    ["no target", scores, undefined, {}, "SHAPE_MISMATCH", /target must be \{ data, shape \}/],
    [
      "another size",
      scores,
      { data: new Uint8Array(5), shape: [1, 5] },
      {},
      "SHAPE_MISMATCH",
      /target holds labels and must have shape \[1, 4\]/,
    ],
    [
      "another size of labels",
      target,
      { data: new Uint8Array(5), shape: [1, 5] },
      { numClasses },
      "SHAPE_MISMATCH",
      /must have shape \[1, 4\]/,
    ],
    [
      "a shape of pred that is not its own",
      { ...scores, shape: [1, 3, 5] },
      target,
      {},
      "SHAPE_MISMATCH",
      /pred has shape \[1, 3, 5\]/,
    ],
    [
      "float labels",
      { data: new Float32Array(4), shape: [4] },
      target,
      { spatialDims: 1 },
      "SHAPE_MISMATCH",
      /pred \(scores\) must be \[B, C, W\]/,
    ],
    [
      "scores in an array",
      { ...scores, data: Array(12).fill(0) },
      target,
      {},
      "SHAPE_MISMATCH",
      /Float32Array or labels .* got Array/,
    ],
    [
      "float target labels",
      scores,
      { ...target, data: Float32Array.from(target.data) },
      {},
      "SHAPE_MISMATCH",
      /integer typed array/,
    ],
    ["a target in an array", scores, { ...target, data: [0, 1, 1, 2] }, {}, "INVALID_TARGET", /got Array/],
    ["labels without numClasses, a soft target", target, scores, {}, "INVALID_OPTION", /numClasses must be given/],
    ["labels twice", target, target, { labels: [1, 1] }, "INVALID_OPTION", /labels must be a list of .* got \[1,1\]/],
    [
      "a part of a label",
      target,
      target,
      { labels: [0.5] },
      "INVALID_OPTION",
      /labels must be a list of whole numbers/,
    ],
    [
      "labels that are no classes",
      scores,
      target,
      { labels: [1, 3] },
      "INVALID_OPTION",
      /labels has 3, expected 0 to 2/,
    ],
    [
      "the background with and without",
      target,
      target,
      { labels: [0, 1], includeBackground: false },
      "INVALID_OPTION",
      /labels has 0, which includeBackground: false leaves out/,
    ],
    ["one axis unsaid", target, target, { spatialDims: null }, "SHAPE_MISMATCH", /spatialDims: 1/],
    [
      "void of a multi-hot target",
      scores,
      scores,
      { activation: "sigmoid", ignoreIndex: 255 },
      "UNSUPPORTED",
      /ignoreIndex needs labels/,
    ],
    [
      "another numClasses",
      scores,
      target,
      { numClasses: 4 },
      "INVALID_OPTION",
      /numClasses is 4, but pred has 3 channels/,
    ],
    [
      "a label too high",
      scores,
      { ...target, data: Uint8Array.of(0, 1, 3, 2) },
      {},
      "INVALID_TARGET",
      /target has label 3 at index 2, expected 0 to 2/,
    ],
    [
      "a predicted label too high",
      { ...target, data: Uint8Array.of(0, 1, 1, 7) },
      target,
      { numClasses },
      "INVALID_TARGET",
      /pred has label 7 at index 3/,
    ],
    [
      "a negative one",
      { ...target, data: Int16Array.of(0, -1, 1, 2) },
      target,
      { numClasses },
      "INVALID_TARGET",
      /pred has label -1 at index 1/,
    ],
    [
      "one beside void",
      { ...target, data: Uint8Array.of(9, 1, 7, 2) },
      { ...target, data: Uint8Array.of(9, 1, 1, 2) },
      { numClasses, ignoreIndex: 9 },
      "INVALID_TARGET",
      /pred has label 7 at index 2/,
    ],
    [
      "a soft target that is NaN",
      scores,
      { ...scores, data: new Float32Array(12).fill(Number.NaN) },
      {},
      "INVALID_TARGET",
      /soft target has NaN at index 0/,
    ],
    [
      "softmax of one channel",
      { data: new Float32Array(4), shape: [1, 1, 4] },
      target,
      {},
      "UNSUPPORTED",
      /softmax over one channel/,
    ],
    [
      "one class without background",
      { data: new Float32Array(4), shape: [1, 1, 4] },
      { ...target, data: new Uint8Array(4) },
      { activation: "sigmoid", includeBackground: false },
      "UNSUPPORTED",
      /includeBackground/,
    ],
    [
      "an unknown option",
      scores,
      target,
      { ignoreindex: 2 },
      "INVALID_OPTION",
      /unknown option "ignoreindex"; did you mean ignoreIndex/,
    ],
    ["an activation", scores, target, { activation: "relu" }, "INVALID_OPTION", /activation/],
    ["options that are none", scores, target, 7 as never, "INVALID_OPTION", /options must be an object/],
  ];
  test.each(wrong)("%s", (_, pred, truth, options, code, message) => {
    for (const name of names) {
      const error = errorOf(() => run(name, pred as object, truth as object, options));
      expect(error).toBeInstanceOf(SegLossError);
      expect(error.message).toMatch(message);
      expect(error.message).toMatch(new RegExp(`^metrics\\.${name}: `));
      expect(error.code).toBe(code);
    }
    expect(run("dice", target, target, { numClasses }).value).toBe(1);
  });

  test.each([
    ["hausdorffDistance", { percentile: 101 }, /percentile must be a number in \[0, 100\]/],
    ["hausdorffDistance", { spacing: [1, 1] }, /spacing must hold 1 numbers/],
    ["averageSymmetricSurfaceDistance", { spacing: [-1] }, /spacing/],
    ["averageSymmetricSurfaceDistance", { percentile: 95 }, /unknown option "percentile"/],
    ["boundaryIou", { width: 0 }, /width/],
    ["boundaryIou", { dilationRatio: -0.1 }, /dilationRatio/],
    ["dice", { spacing: [1] }, /unknown option "spacing"/],
    ["iou", { emptyScore: "NaN" }, /emptyScore must be a number or NaN/],
  ] as const)("%s %j", (name, options, message) => {
    const error = errorOf(() => run(name, scores, target, options));
    expect([error.code, message.test(error.message)]).toEqual(["INVALID_OPTION", true]);
  });
});

test("the catalog says what each metric is", () => {
  for (const { name, title, formula, best, options } of metrics) {
    expect(typeof seg.metrics[name as MetricName]).toBe("function");
    expect(title.length * formula.length).toBeGreaterThan(0);
    expect(["highest", "lowest"]).toContain(best);
    for (const option of ["activation", "ignoreIndex", "includeBackground", "layout", "numClasses"])
      expect(options).toHaveProperty(option);
    for (const { meaning } of Object.values(options)) expect(meaning.length).toBeGreaterThan(5);
  }
  expect(Object.keys(seg.metrics)).toEqual([...names, "evaluate"]);
});

describe("what a metric cannot read", () => {
  const target = { data: Uint8Array.of(0, 1, 1, 255), shape: [1, 2, 2] },
    numbers = (...data: number[]) => ({ data: Float32Array.from(data), shape: [1, 2, 2, 2] });

  test("numbers that can be no probability, but for those of pixels that do not count", () => {
    const pred = numbers(1, 0, 0.4, 7, 0, 1, 0.6, 7);
    expect(seg.metrics.dice(pred, target, { activation: "none", ignoreIndex: 255 }).value).toBe(1);
    pred.data[5] = 1.01;
    expect(() => seg.metrics.dice(pred, target, { activation: "none", ignoreIndex: 255 })).toThrow(
      expect.objectContaining({ code: "INVALID_PREDICTION", message: expect.stringMatching(/1\.0\d+ at index 5/) }),
    );
  });

  test("soft rows of competing classes that do not sum to 1", () => {
    const pred = numbers(1, 0, 0, 0, 0, 1, 1, 1),
      soft = numbers(1, 0, 0.5, 0, 0, 1, 0.6, 1);
    expect(() => seg.metrics.dice(pred, soft)).toThrow(
      expect.objectContaining({ code: "INVALID_TARGET", message: expect.stringContaining("sums to 1.1") }),
    );
    expect(seg.metrics.dice(pred, soft, { activation: "sigmoid" }).value).toBe(1);
  });
});

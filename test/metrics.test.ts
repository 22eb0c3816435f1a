import { describe, expect, test } from "vitest";
import { load, type MetricName, type MetricResult } from "../dist/index.js";
import { errorOf, seg } from "./support/library";
import { averaged, classwise, disturbed, list, metrics, names, own, run, takes } from "./support/metrics";
import { blobs, product, Random } from "./support/random";
import { valueError } from "./support/vectors";

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
    // A sample for each class.
    const masks = (labels: Uint16Array) => ({
      data: Uint8Array.from({ length: 320 * classes }, (_, k) =>
        target[k % 320] === 999 ? 9 : labels[k % 320] === Math.floor(k / 320) ? 1 : 0,
      ),
      shape: [classes, 20, 16],
    });
    const [predMasks, targetMasks] = [masks(pred), masks(target)];
    for (const name of names) {
      const wanted = list(run(name, predMasks, targetMasks, { numClasses: 1, ignoreIndex: 9 }));
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
    const several = [
      "hausdorffDistance",
      "averageSymmetricSurfaceDistance",
      "boundaryIou",
      "trimapIou",
      "centerlineDice",
      "bettiError",
    ] as const;
    for (const metric of several) {
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
  const spatial = [150, 203], // some tiles
    shape = [1, ...spatial],
    target = blobs(new Random(53), 1, 3, spatial),
    pred = disturbed(new Random(54), target, 3);

  test.each(names)("%s reads tensors that live there", async (name) => {
    const library = await load(),
      scores = library.tensor([1, 3, ...spatial]),
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

test("the catalog says what each metric is", () => {
  for (const { name, title, formula, best, options } of metrics) {
    expect(typeof seg.metrics[name as MetricName]).toBe("function");
    expect(title.length * formula.length).toBeGreaterThan(0);
    expect(["highest", "lowest"]).toContain(best);
    for (const option of ["activation", "ignoreIndex", "includeBackground", "layout", "numClasses"])
      expect(options).toHaveProperty(option);
    for (const { meaning } of Object.values(options)) expect(meaning.length).toBeGreaterThan(5);
  }
  expect(Object.keys(seg.metrics)).toEqual([
    ...metrics.map(({ name }) => name),
    ...["evaluate", "preset", "state", "stateFrom"],
  ]);
});

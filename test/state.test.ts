import { describe, expect, test } from "vitest";
import { type AnyRequest, type MetricName, type MetricState, metricCatalog } from "../dist/index.js";
import { errorOf, seg } from "./support/library";
import { disturbed } from "./support/metrics";
import { blobs, Random } from "./support/random";

const CASES = 12;
const classes = 3,
  spatial = [9, 11],
  pixels = 99;
const random = new Random(71),
  truth = Array.from({ length: CASES }, (_, n) =>
    n === 4 ? new Uint8Array(pixels) : blobs(random, 1, classes, spatial),
  ),
  found = truth.map((labels) => disturbed(random, labels, classes)),
  logits = found.map((labels) => {
    const scores = random.normals(classes * pixels);
    for (let i = 0; i < pixels; i++) scores[labels[i] * pixels + i] += 1.5;
    return scores;
  });
const names = metricCatalog.map(({ name }) => name),
  required: Partial<Record<MetricName, object>> = {
    normalizedSurfaceDice: { tolerance: 1 },
    lesionWiseSurfaceDice: { tolerance: 1 },
  };
const requestsOf = (list: readonly MetricName[]): AnyRequest[] =>
  list.map((name) => ({ name, options: required[name] }) as AnyRequest);
/** Ids whose order is not that of the cases. */
const ids = Array.from({ length: CASES }, (_, n) => `case ${(7 * n) % CASES} é`);

interface Once {
  readonly perClass: Float64Array;
  readonly labels: readonly number[];
  readonly pooled?: Float64Array;
  readonly pooledValue: number;
  readonly pooledMatrix?: Float64Array;
}

interface Setting {
  readonly metrics: readonly AnyRequest[];
  readonly options: Record<string, unknown>;
  readonly pred: (n: number) => { data: Float32Array | Uint8Array; tail: number[] };
}
const ofScores = (n: number) => ({ data: logits[n], tail: [classes, ...spatial] });
const ofLabels = (n: number) => ({ data: found[n], tail: spatial });
const all = requestsOf(names),
  ofMasks = requestsOf(metricCatalog.filter((metric) => !("scoresOnly" in metric)).map(({ name }) => name)),
  matrixOnly: readonly MetricName[] = ["expectedCalibrationError", "brierScore", "panopticQuality"];
const settings: Record<string, Setting> = {
  scores: { metrics: all, options: {}, pred: ofScores },
  "scores, some pixels void": { metrics: all, options: { ignoreIndex: 2 }, pred: ofScores },
  "scores of a sigmoid": {
    metrics: all.map((request) => ({ ...(request as object) }) as AnyRequest),
    options: { activation: "sigmoid", includeBackground: false },
    pred: ofScores,
  },
  labels: { metrics: ofMasks, options: { numClasses: 3, emptyScore: 1 }, pred: ofLabels },
  "labels by name": { metrics: ofMasks, options: { labels: [1, 2] }, pred: ofLabels },
  ids: {
    metrics: [
      { name: "panopticQuality", options: { instances: "labels" } },
      { name: "averagePrecision", options: { instances: "labels", iouThresholds: [0.3, 0.5] } },
    ],
    options: {},
    pred: ofLabels,
  },
  "the likeliest class": {
    metrics: matrixOnly.map(
      (name) =>
        ({ name, options: name === "expectedCalibrationError" ? { confidence: "topLabel" } : {} }) as AnyRequest,
    ),
    options: {},
    pred: ofScores,
  },
};

function batchOf({ pred }: Setting, cases: readonly number[]) {
  const preds = cases.map(pred),
    join = (arrays: readonly (Float32Array | Uint8Array)[]) => {
      const out = new (arrays[0].constructor as Float32ArrayConstructor)(arrays.length * arrays[0].length);
      for (const [n, array] of arrays.entries()) out.set(array, n * array.length);
      return out;
    };
  return [
    { data: join(preds.map(({ data }) => data)), shape: [cases.length, ...preds[0].tail] },
    { data: join(cases.map((n) => truth[n])) as unknown as Uint8Array, shape: [cases.length, ...spatial] },
  ] as const;
}
const fresh = ({ metrics, options }: Setting) => seg.metrics.state(metrics, options);
function update(state: MetricState, setting: Setting, cases: readonly number[]): MetricState {
  const [pred, target] = batchOf(setting, cases);
  state.update(pred, target, { ids: cases.map((n) => ids[n]) });
  return state;
}
const everyCase = Array.from({ length: CASES }, (_, n) => n);

describe.each(Object.keys(settings))("a state of %s", (name) => {
  const setting = settings[name],
    whole = update(fresh(setting), setting, everyCase),
    bytes = whole.toBytes(),
    result = whole.result();

  test("has the scores of one call with all cases", () => {
    const [pred, target] = batchOf(setting, everyCase),
      once = seg.metrics.evaluate(pred, target, setting.metrics, setting.options) as unknown as Record<string, Once>,
      order = everyCase.toSorted((a, b) => (ids[a] < ids[b] ? -1 : 1));
    expect(result.ids).toEqual(order.map((n) => ids[n]));
    for (const [place, summary] of Object.entries(result.metrics)) {
      const { perClass, labels, pooled, pooledValue, pooledMatrix } = once[place],
        columns = perClass.length / CASES;
      expect(summary.labels).toEqual(labels);
      expect(summary.scores).toEqual(
        Float64Array.from(order.flatMap((n) => [...perClass.subarray(n * columns, (n + 1) * columns)])),
      );
      expect(summary.pooledMatrix).toEqual(pooledMatrix);
      expect(pooled === undefined, place).toBe(summary.pooled === undefined);
      if (!pooled) continue;
      const near = (a: number, b: number) =>
        expect(Math.abs(a - b) <= 1e-12 * Math.abs(b) || Object.is(a, b)).toBe(true);
      for (const [c, score] of pooled.entries()) near((summary.pooled as Float64Array)[c], score);
      near(summary.pooledValue as number, pooledValue);
    }
  });

  test("is the same after any batches, in any order", () => {
    const own = new Random(72);
    for (let round = 0; round < 6; round++) {
      const order = own.order(CASES),
        state = fresh(setting);
      for (let at = 0; at < CASES; ) {
        const size = 1 + own.below(4);
        update(state, setting, order.slice(at, at + size));
        at += size;
      }
      expect(state.toBytes()).toEqual(bytes);
    }
  });

  test("is the same after any of thousands of merges", () => {
    const own = new Random(73),
      single = everyCase.map((n) => update(fresh(setting), setting, [n]).toBytes());
    // Where there are few metrics, a merge takes little time.
    for (let round = 0; round < (setting.metrics.length < 4 ? 1000 : 40); round++) {
      const open = single.map((part) => seg.metrics.stateFrom(part));
      if (own.below(3) === 0) open.push(fresh(setting));
      while (open.length > 1) {
        const [taken] = open.splice(own.below(open.length), 1),
          into = own.below(open.length);
        open[into].merge(own.below(2) ? taken : taken.toBytes());
      }
      expect(Buffer.compare(open[0].toBytes(), bytes)).toBe(0);
    }
    expect(seg.metrics.stateFrom(bytes).result()).toEqual(result);
  });
});

describe("a state of metrics", () => {
  const setting = settings.scores;
  const code = (work: () => unknown, expected: string, message: RegExp) => {
    const error = errorOf(work);
    expect(error.message).toMatch(message);
    expect(error.code).toBe(expected);
  };

  test("says that a pooled value is unknown where a score is NaN", () => {
    const state = update(fresh(setting), setting, [0, 1]),
      data = logits[2].slice().fill(Number.NaN, 0, 3);
    state.update({ data, shape: [1, classes, ...spatial] }, { data: truth[2], shape: [1, ...spatial] }, { ids: ["x"] });
    const { dice, brierScore, accuracy, hausdorffDistance } = state.result().metrics;
    for (const { pooledValue } of [dice, brierScore, accuracy]) expect(pooledValue).toBeNaN();
    expect(hausdorffDistance.value.defined).toBeLessThan(3);
  });

  test("takes a spacing of each update", () => {
    const state = seg.metrics.state(["hausdorffDistance", "dice"]),
      [pred, target] = batchOf(setting, [0]);
    state.update(pred, target, { ids: ["a"] });
    state.update(pred, target, { ids: ["b"], spacing: [2, 2] });
    const { values } = state.result().metrics.hausdorffDistance;
    expect(values[1]).toBeCloseTo(2 * values[0], 5);
    code(() => state.update(pred, target, { ids: ["c"], spacing: [2, -1] }), "INVALID_OPTION", /spacing/);
    const dice = seg.metrics.state(["dice"]);
    code(() => dice.update(pred, target, { ids: ["c"], spacing: [2, 2] }), "INVALID_OPTION", /none of the metrics/);
  });

  test("is empty at first, and merges so", () => {
    const { ids: none, metrics } = fresh(setting).result();
    expect(none).toEqual([]);
    expect([metrics.dice.value.defined, metrics.dice.value.mean]).toEqual([0, Number.NaN]);
    const state = update(fresh(setting), setting, [1]),
      bytes = state.toBytes();
    expect(state.merge(fresh(setting)).toBytes()).toEqual(bytes);
    expect(fresh(setting).merge(state).toBytes()).toEqual(bytes);
    expect(state.size).toBe(1);
  });

  test("counts no case twice, and is left as it was", () => {
    const state = update(fresh(setting), setting, [0, 1]),
      bytes = state.toBytes();
    code(() => update(state, setting, [2, 1]), "INVALID_STATE", /case "case 7 é" is counted already/);
    code(() => state.merge(state), "INVALID_STATE", /is counted already/);
    code(() => state.merge(update(fresh(setting), setting, [3, 0])), "INVALID_STATE", /case "case 0 é"/);
    const [pred, target] = batchOf(setting, [4, 5]);
    code(() => state.update(pred, target, { ids: ["x", "x"] }), "INVALID_STATE", /case "x" stands twice in ids/);
    expect(state.toBytes()).toEqual(bytes);
  });

  test("refuses what does not belong to it", () => {
    const state = update(fresh(setting), setting, [0]),
      [pred, target] = batchOf(setting, [1, 2]);
    code(() => state.merge(seg.metrics.state(["dice"])), "INVALID_STATE", /other options/);
    code(() => state.merge(seg.metrics.state(setting.metrics, { ignoreIndex: 1 })), "INVALID_STATE", /other options/);
    for (const wrong of [["a"], ["a", "b", "c"]])
      code(() => state.update(pred, target, { ids: wrong }), "SHAPE_MISMATCH", /ids has/);
    code(
      () => state.update(pred, target, { ids: ["a", "b"], ignoreIndex: 1 } as never),
      "INVALID_OPTION",
      /unknown option "ignoreIndex" \(options: ids, spacing\)/,
    );
    for (const wrong of [undefined, [], ["a", ""], [1, 2], "ab"])
      code(
        () => state.update(pred, target, { ids: wrong as string[] }),
        "INVALID_OPTION",
        /ids must be a list of texts/,
      );
    code(
      () =>
        state.update(
          { data: new Float32Array(4), shape: [1, 1, 2, 2] },
          { data: new Uint8Array(4), shape: [1, 2, 2] },
          { ids: ["a"] },
        ),
      "UNSUPPORTED",
      /softmax over one channel/,
    );
    const two = { data: new Float32Array(8), shape: [1, 2, 2, 2] },
      small = { data: new Uint8Array(4), shape: [1, 2, 2] };
    code(() => state.update(two, small, { ids: ["a"] }), "INVALID_STATE", /same classes/);
    code(
      () => seg.metrics.state(["dice"]).update(small, small, { ids: ["a"] }),
      "INVALID_OPTION",
      /labels need the option numClasses or labels/,
    );
    code(
      () => seg.metrics.state(["dise" as "dice"]),
      "INVALID_OPTION",
      /metrics\.state: there is no metric "dise"; did/,
    );
  });

  const good = update(fresh(setting), setting, [0, 3]).toBytes();
  test.each<[string, unknown, RegExp]>([
    ["text", "abc", /expected bytes that toBytes\(\) made \(Uint8Array\), got String/],
    ["a buffer", good.buffer, /got ArrayBuffer/],
    ["nothing", undefined, /got undefined/],
    ["no bytes", new Uint8Array(0), /got 0 bytes that are none/],
    ["foreign bytes", new TextEncoder().encode("PK\u0003\u0004 and some more of it"), /are none of toBytes/],
    ["cut bytes", good.subarray(0, good.length - 1), /check sum is wrong/],
    ["bytes with one changed", good.map((byte, i) => (i === 99 ? byte ^ 1 : byte)), /check sum is wrong/],
    ["another format", good.map((byte, i) => (i === 4 ? 9 : byte)), /is of format 9/],
  ])("is not made of %s", (_, given, message) => {
    code(() => seg.metrics.stateFrom(given as Uint8Array), "INVALID_STATE", message);
    code(() => fresh(setting).merge(given as Uint8Array), "INVALID_STATE", message);
  });
});

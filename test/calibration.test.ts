import { describe, expect, test } from "vitest";
import { type MetricName, metricCatalog } from "../dist/index.js";
import { brier, type CalibrationCase, calibrationErrors, likelihood } from "./reference/calibration";
import { create, errorOf, seg } from "./support/library";
import { product, Random, toChannelsLast } from "./support/random";
import { readVectors, valueError } from "./support/vectors";

const binned = ["expectedCalibrationError", "averageCalibrationError", "maximumCalibrationError"] as const,
  names = [...binned, "brierScore", "negativeLogLikelihood"] as const;
type Name = (typeof names)[number];
type Result = Readonly<Record<string, unknown>> & { value: number; perClass: Float64Array };
const score = (name: Name, pred: object, target: object, options: object = {}) =>
  seg.metrics[name](pred as never, target as never, options as never) as unknown as Result;

function expectNumbers(result: Result, expected: Readonly<Record<string, unknown>>, what = "") {
  for (const [name, wanted] of Object.entries(expected)) {
    const flat = (x: unknown) => (typeof x === "number" ? [x] : Array.from(x as number[])),
      [got, right] = [flat(result[name]), flat(wanted)];
    expect(got.length, `${what} ${name}`).toBe(right.length);
    for (const [i, e] of right.entries())
      if (Math.abs(got[i] - e) > 1e-14 || Number.isNaN(got[i]) !== Number.isNaN(e))
        expect(valueError(got[i], e), `${what} ${name} ${i}: ${got[i]} for ${e}`).toBeLessThanOrEqual(1e-9);
  }
}

test("the metrics of scores only are these", () => {
  expect(metricCatalog.filter((metric) => "scoresOnly" in metric && metric.scoresOnly).map(({ name }) => name)).toEqual(
    names,
  );
});

describe.each(names)("%s", (name) => {
  test.each(readVectors(`metric-${name}`))("$name, to 1e-9", ({ inputs: { pred, target }, options, expected, value }) =>
    expectNumbers(score(name, pred, target, options), { ...expected, value }),
  );
});

interface Draw {
  readonly pred: { data: Float32Array; shape: number[] };
  readonly target: { data: Uint8Array | Float32Array; shape: number[] };
  readonly options: Record<string, unknown>;
  readonly reference: CalibrationCase;
}

const pick = <T>(random: Random, of: readonly T[]): T => of[random.below(of.length)];

/** Rows that sum to 1, some of them certain. */
function rows(random: Random, batch: number, classes: number, pixels: number, isFree: boolean): Float32Array {
  const data = new Float32Array(batch * classes * pixels);
  for (let n = 0; n < batch * pixels; n++) {
    const sure = random.next() < 0.3 ? random.below(classes) : -1,
      row = Array.from({ length: classes }, (_, c) => (sure < 0 ? random.next() : Number(c === sure))),
      sum = isFree ? 1 : row.reduce((a, b) => a + b, 0);
    for (const [c, v] of row.entries()) data[(Math.floor(n / pixels) * classes + c) * pixels + (n % pixels)] = v / sum;
  }
  return data;
}

/** Any call: axes, activations, targets, pixels and classes that do not count, columns. */
function draw(seed: number): Draw {
  const random = new Random(seed),
    spatial = pick(random, [[7], [4, 5], [2, 3, 4]]),
    pixels = product(spatial),
    batch = 1 + random.below(2),
    activation = pick(random, ["softmax", "sigmoid", "none"] as const),
    classes = activation === "softmax" ? 2 + random.below(4) : 1 + random.below(4),
    binary = activation === "sigmoid" || classes === 1,
    isSoft = random.next() < 0.3,
    first = classes === 1 ? 1 : 0,
    ignored = isSoft ? [] : pick(random, [[], [255], [255, first], [first]]);
  const scale = pick(random, [0.5, 3, 20]),
    scores =
      activation === "none"
        ? rows(random, batch, classes, pixels, binary)
        : random.normals(batch * classes * pixels, scale),
    labels = Uint8Array.from({ length: batch * pixels }, () =>
      ignored.includes(255) && random.next() < 0.2 ? 255 : random.below(Math.max(2, classes)),
    ),
    soft = rows(random, batch, classes, pixels, binary),
    includeBackground = classes === 1 || random.next() < 0.7;
  const truth = isSoft
    ? soft
    : Float32Array.from(soft, (_, k) => {
        const [b, c, i] = [Math.floor(k / classes / pixels), Math.floor(k / pixels) % classes, k % pixels];
        return labels[b * pixels + i] === c + first ? 1 : 0;
      });
  const all = Array.from({ length: classes }, (_, c) => c).filter((c) => includeBackground || c > 0);
  const layout = pick(random, ["channelsFirst", "channelsLast"]),
    shape = [batch, classes, ...spatial],
    arrange = (data: Float32Array) => (layout === "channelsLast" ? toChannelsLast({ data, shape }) : { data, shape });
  return {
    pred: arrange(scores) as Draw["pred"],
    target: (isSoft ? arrange(soft) : { data: labels, shape: [batch, ...spatial] }) as Draw["target"],
    options: {
      ...{ activation, layout, spatialDims: spatial.length },
      ...(includeBackground ? {} : { includeBackground }),
      ...(ignored.length > 0 ? { ignoreIndex: ignored.length === 1 ? ignored[0] : ignored } : {}),
    },
    reference: {
      ...{ batch, classes, pixels, scores, truth, activation },
      counted: Array.from(labels, (label) => isSoft || !ignored.includes(label)),
      columns: all,
    },
  };
}

/** A column whose class is ignored is NaN in everything, and counts no pixel. */
function blank(result: Record<string, unknown>, columns: number, isIgnored: (column: number) => boolean) {
  const perClass = result.perClass as number[],
    each = (list: readonly number[], width: number, by: number) =>
      list.map((v, i) => (isIgnored(Math.floor(i / width) % columns) ? by : v));
  const mean = (list: readonly number[]) => {
    const defined = list.filter((v) => !Number.isNaN(v));
    return defined.reduce((a, b) => a + b, 0) / defined.length;
  };
  const found: Record<string, unknown> = { ...result, perClass: each(perClass, 1, Number.NaN) };
  if ("pooled" in result) {
    found.pooled = each(result.pooled as number[], 1, Number.NaN);
    found.pooledValue = mean(found.pooled as number[]);
    const width = (result.binCount as number[]).length / perClass.length;
    found.binCount = each(result.binCount as number[], width, 0);
    for (const name of ["binConfidence", "binAccuracy"])
      found[name] = each(result[name] as number[], width, Number.NaN);
  }
  return { found, mean: mean(found.perClass as number[]) };
}

test("3000 calls of all kinds, beside the definitions", () => {
  for (let seed = 0; seed < 3000; seed++) {
    const { pred, target, options, reference } = draw(seed),
      random = new Random(seed + 1e6),
      bins = pick(random, [1, 2, 7, 15]),
      closed = pick(random, ["left", "right"] as const),
      multiclass = random.next() < 0.5,
      competing = options.activation !== "sigmoid" || reference.classes === 1,
      confidence = competing && random.next() < 0.5 ? "topLabel" : "perClass",
      first = reference.classes === 1 ? 1 : 0,
      ignored = [options.ignoreIndex ?? []].flat(),
      isIgnored = (column: number) => ignored.includes(reference.columns[column] + first),
      table = { bins, closed, confidence };
    const found = seg.metrics.evaluate(
      pred,
      target,
      [
        ...binned.map((name) => ({ name, options: table })),
        { name: "brierScore", options: { multiclass } },
        "negativeLogLikelihood",
      ] as never,
      options,
    ) as unknown as Record<Name, Result>;
    for (const [kind, wanted] of calibrationErrors(reference, bins, closed, confidence).entries()) {
      if (confidence === "topLabel") expectNumbers(found[binned[kind]], wanted, `${seed}`);
      else {
        const { found: right, mean } = blank(wanted, reference.columns.length, isIgnored);
        expectNumbers(found[binned[kind]], { ...right, value: mean }, `${seed}`);
      }
    }
    const { found: right, mean } = blank(brier(reference, multiclass), reference.columns.length, isIgnored);
    expectNumbers(found.brierScore, multiclass ? right : { ...right, value: mean }, `${seed} brier`);
    const { found: loss } = blank(likelihood(reference), reference.columns.length, isIgnored);
    expectNumbers(found.negativeLogLikelihood, loss, `${seed} likelihood`);
  }
});

describe("properties", () => {
  const shape = [2, 3, 6, 7],
    random = new Random(7),
    pred = { data: random.normals(product(shape), 2), shape },
    target = { data: Uint8Array.from({ length: 84 }, () => random.below(3)), shape: [2, 6, 7] };

  test("with one bin all three are the gap between the means", () => {
    const [expected, average, maximum] = binned.map((name) => score(name, pred, target, { bins: 1 }));
    expect(average.perClass).toEqual(expected.perClass);
    expect(maximum.perClass).toEqual(expected.perClass);
    const [confidence, accuracy] = [expected.binConfidence, expected.binAccuracy] as Float64Array[];
    for (const [i, e] of expected.perClass.entries()) expect(e).toBeCloseTo(Math.abs(confidence[i] - accuracy[i]), 14);
  });

  test("the expected error is no more than the largest, nor the average", () => {
    const [expected, average, maximum] = binned.map((name) => score(name, pred, target).perClass);
    for (const [i, most] of maximum.entries()) {
      expect(expected[i]).toBeLessThanOrEqual(most);
      expect(average[i]).toBeLessThanOrEqual(most);
    }
  });

  test("frequencies that are the probabilities, and certainty that is right, are calibrated", () => {
    const p = { data: new Float32Array(16).fill(0.25), shape: [1, 1, 4, 4] },
      t = { data: Uint8Array.from({ length: 16 }, (_, i) => (i % 4 === 0 ? 1 : 0)), shape: [1, 4, 4] };
    for (const name of binned) expect(score(name, p, t, { activation: "none" }).value).toBe(0);
    const sure = { data: Float32Array.from(t.data), shape: [1, 1, 4, 4] };
    for (const name of names) expect(score(name, sure, t, { activation: "none" }).value).toBe(0);
    expect(score("brierScore", p, t, { activation: "none" }).value).toBe(0.25 * 0.75);
  });

  test("edges belong to the bin that closed says, with slack for what was rounded", () => {
    const p = { data: Float32Array.of(0, 0.25, 0.2500005, 0.2499995, 0.5, 1), shape: [1, 1, 1, 6] },
      t = { data: Uint8Array.of(0, 0, 0, 1, 1, 1), shape: [1, 1, 6] };
    const count = (closed: string) =>
      Array.from(score(binned[0], p, t, { activation: "none", bins: 4, closed }).binCount as Float64Array);
    expect(count("right")).toEqual([4, 1, 0, 1]);
    expect(count("left")).toEqual([1, 3, 1, 1]);
  });

  test("the likelihood of a sample is its cross entropy", () => {
    for (let seed = 0; seed < 200; seed++) {
      const { pred, target, options, reference } = draw(seed),
        { includeBackground: _, ...common } = options,
        { perSample } = score("negativeLogLikelihood", pred, target, options) as unknown as { perSample: Float64Array };
      for (const [b, loss] of perSample.entries()) {
        const sample = ({ data, shape }: Draw["pred"] | Draw["target"]) => ({
          data: data.slice((b * data.length) / reference.batch, ((b + 1) * data.length) / reference.batch),
          shape: [1, ...shape.slice(1)],
        });
        const wanted = create("crossEntropy", common).value(sample(pred) as never, sample(target) as never);
        // A mean over no pixel is 0 for a loss and undefined for a metric.
        if (!Number.isNaN(loss)) expect(valueError(wanted, loss), `${seed}`).toBeLessThanOrEqual(1e-5);
        else expect(wanted).toBe(0);
      }
    }
  });

  test("certain predictions keep their digits", () => {
    const t = { data: Uint8Array.of(0), shape: [1, 1, 1] },
      [softmax, sigmoid] = [
        score("negativeLogLikelihood", { data: Float32Array.of(40, 0), shape: [1, 2, 1, 1] }, t),
        score("negativeLogLikelihood", { data: Float32Array.of(-40), shape: [1, 1, 1, 1] }, t, {
          activation: "sigmoid",
        }),
      ];
    for (const { value } of [softmax, sigmoid]) expect(valueError(value, Math.exp(-40))).toBeLessThanOrEqual(1e-12);
  });

  test("pixels that do not count change nothing", () => {
    const voided = { ...target, data: target.data.map((v, i) => (i % 5 === 0 ? 255 : v)) };
    for (const activation of ["softmax", "sigmoid"])
      for (const name of names) {
        const of = (by: number) =>
          score(
            name,
            { shape, data: pred.data.map((z, k) => ((Math.floor(k / 126) * 42 + (k % 42)) % 5 === 0 ? by : z)) },
            voided,
            { ignoreIndex: 255, activation },
          );
        for (const by of [9, -9, Number.NaN, Infinity]) expect(of(by)).toEqual(of(0));
      }
  });

  test("pooled are the numbers of one sample with all pixels", () => {
    const tall = (of: { data: Float32Array | Uint8Array; shape: number[] }) =>
      toRows(of.data, of.shape.length === 4 ? 3 : 1);
    function toRows(data: Float32Array | Uint8Array, classes: number) {
      const all = data.slice();
      for (let b = 0; b < 2; b++)
        for (let c = 0; c < classes; c++)
          for (let i = 0; i < 42; i++) all[c * 84 + b * 42 + i] = data[(b * classes + c) * 42 + i];
      return { data: all, shape: classes === 3 ? [1, 3, 12, 7] : [1, 12, 7] };
    }
    for (const confidence of ["perClass", "topLabel"])
      for (const name of binned) {
        const { pooled, pooledValue } = score(name, pred, target, { confidence }),
          { perClass, value } = score(name, tall(pred), tall(target), { confidence });
        expectNumbers({ value, perClass }, { perClass: pooled, value: pooledValue });
      }
  });

  test("one by one they are what they are together; labels pick columns", () => {
    const together = seg.metrics.evaluate(pred, target, names) as unknown as Record<Name, Result>;
    for (const name of names) {
      const alone = score(name, pred, target);
      expect(together[name]).toEqual(alone);
      const some = score(name, pred, target, { labels: [2, 0] });
      expect(some.labels).toEqual([2, 0]);
      expect(Array.from(some.perClass)).toEqual([2, 0, 5, 3].map((at) => alone.perClass[at]));
    }
    expect(score(binned[0], pred, target, { confidence: "topLabel" }).labels).toEqual([]);
  });

  test("a score that makes no probability leaves its sample, or its class, without a score", () => {
    const one = { shape: [2, 2, 1, 3], data: Float32Array.of(1, 0, 0, 0, 1, 1, 1, 0, Number.NaN, 0, 1, 0) },
      truth = { data: Uint8Array.of(0, 1, 1, 0, 1, 1), shape: [2, 1, 3] };
    for (const name of names) {
      const softmax = score(name, one, truth),
        sigmoid = score(name, one, truth, { activation: "sigmoid" });
      for (const { value, pooledValue } of [softmax, sigmoid]) {
        expect(value).toBeNaN();
        expect(pooledValue ?? Number.NaN).toBeNaN();
      }
      expect(Array.from(softmax.perClass, Number.isNaN)).toEqual([false, false, true, true]);
      expect(Array.from(sigmoid.perClass, Number.isNaN)).toEqual([false, false, true, false]);
    }
    const infinite = { ...one, data: one.data.map((z) => (Number.isNaN(z) ? Infinity : z)) };
    for (const name of names) expect(score(name, infinite, truth).value).toBeNaN();
    // What cannot be, and is not: no loss. What cannot be, and is: an infinite one.
    const never = (label: number) =>
      score(
        "negativeLogLikelihood",
        { data: Float32Array.of(0, -Infinity), shape: [1, 2, 1, 1] },
        { data: Uint8Array.of(label), shape: [1, 1, 1] },
      ).value;
    expect([never(0), never(1)]).toEqual([0, Infinity]);
  });

  test("no pixel counts, no sample, no pixel", () => {
    for (const name of names) {
      const none = score(name, pred, { ...target, data: new Uint8Array(84).fill(9) }, { ignoreIndex: 9 });
      expect([none.value, ...none.perClass].every(Number.isNaN)).toBe(true);
      for (const [batch, height] of [
        [0, 6],
        [2, 0],
      ])
        expect(
          score(
            name,
            { data: new Float32Array(0), shape: [batch, 3, height, 7] },
            { data: new Uint8Array(0), shape: [batch, height, 7] },
          ).value,
        ).toBeNaN();
    }
  });
});

describe("wrong calls", () => {
  const scores = { data: new Float32Array(12), shape: [1, 3, 2, 2] },
    single = { data: new Float32Array(4), shape: [1, 1, 2, 2] },
    target = { data: Uint8Array.of(0, 1, 1, 2), shape: [1, 2, 2] };
  test.each(names)("%s refuses labels, and bytes that look like scores", (name) => {
    for (const pred of [target, { data: new Uint8Array(12), shape: [1, 3, 2, 2] }]) {
      const { code, message } = errorOf(() => score(name, pred, target, { numClasses: 3 }));
      expect([code, message]).toEqual([
        "UNSUPPORTED",
        expect.stringMatching(
          /^metrics\.\w+: looks at probabilities, which labels \(Uint8Array\) .* pass the scores .* Float32Array/,
        ),
      ]);
    }
    expect(
      errorOf(() => seg.metrics.evaluate(target, target, ["dice", name] as MetricName[], { numClasses: 3 })).message,
    ).toContain(`metrics.evaluate: ${name}: looks at probabilities`);
  });

  test.each([
    ["a high label", { ...target, data: Uint8Array.of(0, 1, 3, 2) }, {}, "INVALID_TARGET", /label 3 at index 2/],
    ["softmax of one channel", target, {}, "UNSUPPORTED", /softmax over one channel/, single],
    [
      "no probability",
      target,
      { activation: "none" },
      "INVALID_PREDICTION",
      /is it logits/,
      { ...scores, data: scores.data.map(() => 2) },
    ],
    ["a soft row", { ...scores, data: scores.data.map(() => 0.5) }, {}, "INVALID_TARGET", /sums to 1.5/],
    [
      "another size",
      { data: new Uint8Array(5), shape: [1, 1, 5] },
      {},
      "SHAPE_MISMATCH",
      /must have shape \[1, 2, 2\]/,
    ],
    ["another numClasses", target, { numClasses: 4 }, "INVALID_OPTION", /numClasses is 4/],
    ["an emptyScore", target, { emptyScore: 1 }, "INVALID_OPTION", /unknown option "emptyScore"/],
    ["labels that are no classes", target, { labels: [3] }, "INVALID_OPTION", /labels has 3/],
    [
      "one class without background",
      { ...target, data: new Uint8Array(4) },
      { activation: "sigmoid", includeBackground: false },
      "UNSUPPORTED",
      /includeBackground/,
      single,
    ],
  ] as const)("%s", (_, truth, options, code, message, pred: object = scores) => {
    for (const name of names) {
      const error = errorOf(() => score(name, pred, truth, options));
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
      expect(error.message).toMatch(new RegExp(`^metrics\\.${name}: `));
    }
  });

  test.each([
    [{ bins: 0 }, "INVALID_OPTION", /bins/],
    [{ bins: 2.5 }, "INVALID_OPTION", /bins/],
    [{ bins: 1e9 }, "INVALID_OPTION", /bins .* 10000/],
    [{ bins: "10" }, "INVALID_OPTION", /bins/],
    [{ closed: "both" }, "INVALID_OPTION", /closed/],
    [{ confidence: "top" }, "INVALID_OPTION", /confidence/],
    [{ multiclass: true }, "INVALID_OPTION", /unknown option "multiclass"/],
    [{ norm: "l1" }, "INVALID_OPTION", /unknown option "norm"/],
    [
      { confidence: "topLabel", activation: "sigmoid" },
      "UNSUPPORTED",
      /"topLabel" needs classes that compete.*"perClass"/,
    ],
    [{ confidence: "topLabel", labels: [1] }, "UNSUPPORTED", /"topLabel" is of all classes.*leave out labels/],
  ] as const)("%j", (options, code, message) => {
    for (const name of binned) {
      const error = errorOf(() => score(name, scores, target, options));
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    }
  });

  test("options of the others", () => {
    for (const name of ["brierScore", "negativeLogLikelihood"] as const)
      expect(errorOf(() => score(name, scores, target, { bins: 10 })).message).toMatch(/unknown option "bins"/);
    expect(errorOf(() => score("brierScore", scores, target, { multiclass: 1 })).message).toMatch(/multiclass/);
  });
});

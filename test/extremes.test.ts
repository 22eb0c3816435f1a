import { describe, expect, test } from "vitest";
import type { Declaration } from "../dist/index.js";
import { create, losses, seg } from "./support/library";

// The largest logits of float32, whose differences it cannot hold: a loss may be infinite then, but never NaN.
const big = 3e38,
  rows = [
    [big, -big, 0, 1, -big, big, 1, 0],
    [big, big, 0, 1, -big, -big, 1, 0],
    [-big, -big, 0, 1, -big, -big, 1, 0],
  ];

/** The activations that a loss takes with two channels. */
const activations = ({ categorical, activation }: Declaration["needs"]) =>
  activation ? [activation] : categorical ? ["softmax"] : ["softmax", "sigmoid"];

describe.each(losses)("$name", ({ name, needs }) => {
  test.each(activations(needs))("logits of any finite size, %s", (activation) => {
    for (const data of rows)
      for (const labels of [
        [0, 1, 0, 1],
        [1, 0, 1, 0],
      ]) {
        const pred = { data: Float32Array.from(data), shape: [1, 2, 2, 2] },
          { value, grad } = create(name, { activation }).valueAndGrad(pred, {
            data: Uint8Array.from(labels),
            shape: [1, 2, 2],
          });
        expect(value).not.toBeNaN();
        expect(grad.every(Number.isFinite), `${data}: ${grad}`).toBe(true);
      }
  });
});

// 0 times a loss of any size is 0, also where float32 has no number for it.
describe.each(["crossEntropy", "focal", "poly", "exponentialLogarithmic", "ohem", "topK"] as const)(
  "%s: what weighs nothing",
  (name) => {
    const pixelPart = name === "exponentialLogarithmic" ? { diceWeight: 0 } : {},
      loss = (options: object) => create(name, { spatialDims: 1, reduction: "sum", ...pixelPart, ...options } as never);
    // The right class is last of 2, 3, and 6.
    const rows = [0, 1, 4].map((more) => [-big, ...new Array(more).fill(0), big]);

    test.each(rows)("a class of weight 0", (...data) => {
      const classes = data.length,
        pred = { data: Float32Array.from(data), shape: [1, classes, 1] },
        { value, grad } = loss({ classWeights: data.map((_, c) => Math.min(c, 1)) }).valueAndGrad(pred, {
          data: Uint8Array.of(0),
          shape: [1, 1],
        });
      expect(value).toBe(0);
      expect(Array.from(grad, Math.abs)).toEqual(data.map(() => 0));
    });

    test.skipIf(name === "ohem").each(rows)("a class of which the target has nothing", (...data) => {
      const shape = [1, data.length, 1],
        target = Float32Array.from(data, (_, c) => (c > 0 ? 1 / (data.length - 1) : 0)),
        { value } = loss({}).valueAndGrad({ data: Float32Array.from(data), shape }, { data: target, shape });
      expect(value).not.toBeNaN();
      if (data.length === 2) expect(value).toBeLessThan(1e-6);
    });

    test("an infinite logit shows", () => {
      const pred = { data: Float32Array.of(-Infinity, 0), shape: [1, 2, 1] };
      expect(loss({}).value(pred, { data: Uint8Array.of(0), shape: [1, 1] })).toBe(Infinity);
    });
  },
);

describe.each(losses.filter(({ options }) => "classWeights" in options))("$name", ({ name, needs }) => {
  test.each(activations(needs))("classes of weight 0 and logits of any finite size, %s", (activation) => {
    for (const data of rows) {
      const { value, grad } = create(name, { activation, classWeights: [0, 1] } as never).valueAndGrad(
        { data: Float32Array.from(data), shape: [1, 2, 2, 2] },
        { data: Uint8Array.of(0, 1, 0, 1), shape: [1, 2, 2] },
      );
      expect(value).not.toBeNaN();
      expect(grad.every(Number.isFinite), `${data}: ${grad}`).toBe(true);
    }
  });
});

// Pixels of which the wrong class is far ahead: their odds are beyond what cross entropy takes a product of.
describe.each([
  { activation: "softmax", classes: 2 },
  { activation: "softmax", classes: 3 },
  { activation: "sigmoid", classes: 1 },
] as const)("cross entropy of hopeless pixels, $activation, $classes", ({ activation, classes }) => {
  const pixels = 80,
    shape = [1, classes, 8, 10],
    labels = Uint8Array.from({ length: pixels }, (_, i) => i % Math.max(classes, 2)),
    data = Float32Array.from({ length: classes * pixels }, (_, i) => {
      const right = labels[i % pixels] === Math.floor(i / pixels) + (classes === 1 ? 1 : 0);
      return (i % 7) * (right ? -4 : 4) + (i % 3);
    }),
    pred = { data, shape },
    target = { data: labels, shape: [1, 8, 10] };

  /** -log p of a pixel's label, in float64. */
  const exact = (i: number): number => {
    const z = classes === 1 ? [0, data[i]] : Array.from({ length: classes }, (_, c) => data[c * pixels + i]),
      own = z[labels[i]];
    return Math.log1p(z.reduce((sum, each, c) => sum + (c === labels[i] ? 0 : Math.exp(each - own)), 0));
  };

  test("the value is the mean of -log p", () => {
    const mean = labels.reduce((sum, _, i) => sum + exact(i), 0) / pixels;
    expect(Math.abs(create("crossEntropy", { activation }).value(pred, target) / mean - 1)).toBeLessThan(1e-6);
  });

  test("gradients stand once beside those of other losses", () => {
    const terms = ["dice", "crossEntropy"].map((name) => ({ weight: 1, loss: create(name, { activation }) })),
      [dice, entropy] = terms.map(({ loss }) => loss.valueAndGrad(pred, target).grad),
      { grad } = seg.weightedSum(terms).valueAndGrad(pred, target);
    for (const [i, g] of grad.entries()) expect(Math.abs(g - dice[i] - entropy[i])).toBeLessThan(1e-8);
  });
});

// Products of four pixels' odds are each below 2^60, but those of all sixteen that share a logarithm are not: either
// half of 64 pixels, or both, may be far off, and void pixels with NaN among them add nothing.
describe.each([
  { activation: "softmax", classes: 2 },
  { activation: "softmax", classes: 3 },
  { activation: "sigmoid", classes: 1 },
] as const)(
  "cross entropy where products of odds go beyond float32, $activation, $classes",
  ({ activation, classes }) => {
    test.each([
      [10, 5],
      [5, 10],
      [10, 10],
      [10, -9],
    ])("wrong by %d and %d", (first, second) => {
      const pixels = 200,
        gap = (i: number) => (i & 32 ? second : first),
        isVoid = (i: number) => i === 0 || i === pixels - 1 || (i >= 16 && i < 20),
        wrong = (i: number, c: number) => i % 2 !== (classes === 1 ? 1 : c),
        labels = Uint8Array.from({ length: pixels }, (_, i) => (isVoid(i) ? 255 : i % 2)),
        data = Float32Array.from({ length: classes * pixels }, (_, at) => {
          const [c, i] = [Math.floor(at / pixels), at % pixels];
          if (isVoid(i)) return Number.NaN;
          return classes === 1 ? (wrong(i, c) ? gap(i) : -gap(i)) : c === 2 ? -30 : wrong(i, c) ? gap(i) : 0;
        });
      const right = labels.reduce((sum, _, i) => sum + (isVoid(i) ? 0 : Math.log1p(Math.exp(gap(i)))), 0),
        loss = create("crossEntropy", { activation, ignoreIndex: 255, reduction: "sum", spatialDims: 1 }),
        inputs = [
          { data, shape: [1, classes, pixels] },
          { data: labels, shape: [1, pixels] },
        ] as const;
      expect(Math.abs(loss.value(...inputs) / right - 1)).toBeLessThan(1e-6);
      expect(Math.abs(loss.valueAndGrad(...inputs).value / right - 1)).toBeLessThan(1e-6);
    });
  },
);

test("a box wider than any image, whose means are next to nothing", () => {
  const data = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)),
    pred = { data, shape: [1, 3, 4, 5] },
    target = { data: Uint8Array.from({ length: 20 }, (_, i) => i % 3), shape: [1, 4, 5] },
    wide = create("nacl", { kernelSize: 2 ** 31 + 1, alpha: 1 }).value(pred, target),
    distance = data.reduce((sum, z) => sum + Math.abs(z), 0) / data.length;
  expect(wide - create("crossEntropy").value(pred, target)).toBeCloseTo(distance, 6);
});

// Of the sums under the root of the Matthews correlation one is 0, and smoothDenominator alone keeps the root from it.
describe("matthewsCorrelation without smoothed counts", () => {
  const options = { smooth: 0, smoothNumerator: 1, smoothDenominator: 0.3 };

  test.each([0, 1])("one answer in all the target, %s, as floats and as labels", (answer) => {
    const loss = create("matthewsCorrelation", { ...options, activation: "sigmoid" }),
      pred = { data: Float32Array.of(-1, 2), shape: [1, 1, 1, 2] },
      floats = { data: new Float32Array(2).fill(answer), shape: [1, 1, 1, 2] },
      labels = { data: new Uint8Array(2).fill(answer), shape: [1, 1, 2] };
    expect(Array.from(loss.valueAndGrad(pred, floats).grad)).toEqual([0, 0]);
    expect(loss.valueAndGrad(pred, floats)).toEqual(loss.valueAndGrad(pred, labels));
  });

  test("nothing predicted: the gradient is the slope of the value", () => {
    const loss = create("matthewsCorrelation", { ...options, activation: "none" }),
      target = { data: Uint8Array.of(0, 1), shape: [1, 1, 2] },
      at = (...data: number[]) => loss.valueAndGrad({ data: Float32Array.from(data), shape: [1, 1, 1, 2] }, target),
      { value, grad } = at(0, 0);
    expect(grad[0] / ((at(2 ** -12, 0).value - value) * 2 ** 12)).toBeCloseTo(1, 2);
    expect(grad[1] / ((at(0, 2 ** -12).value - value) * 2 ** 12)).toBeCloseTo(1, 2);
  });
});

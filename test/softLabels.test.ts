import { describe, expect, test } from "vitest";
import { create } from "./support/library";
import { makeCase, oneHot, Random, settings } from "./support/random";

const losses = [
  ...["dice", "logCoshDice", "iou", "tversky", "focalTversky"],
  ...["combo", "exponentialLogarithmic", "unifiedFocal"],
] as const;
/** Losses that the overlap alone makes; of the others the pixel part is least elsewhere. */
const ratios = ["dice", "logCoshDice", "iou", "tversky", "focalTversky"] as const;
const bits = ({ value, grad }: { value: number; grad: Float32Array }) => [value, [...new Uint32Array(grad.buffer)]];

describe.each(losses)("%s", (name) => {
  test.each(["softmax", "sigmoid"] as const)(
    "a hard target has the same bits with either overlap, %s",
    (activation) => {
      const { pred, target } = makeCase(settings[0], 31),
        [batch, classes] = pred.shape,
        pixels = target.data.length / batch,
        hot = { data: oneHot(target.data, classes, pixels), shape: pred.shape };
      const [l1, product, labels] = [
        create(name, { activation }).valueAndGrad(pred, hot),
        create(name, { activation, overlap: "product" }).valueAndGrad(pred, hot),
        create(name, { activation, overlap: "l1" }).valueAndGrad(pred, target),
      ];
      expect(bits(l1)).toEqual(bits(product));
      expect(l1.value).toBeCloseTo(labels.value, 6);
    },
  );
});

describe.each(ratios)("%s is least where p = t", (name) => {
  const random = new Random(32),
    shape = [2, 1, 5, 7],
    data = Float32Array.from({ length: 70 }, () => random.next()),
    target = { data, shape };
  test("and 0 there, without smoothing", () => {
    expect(create(name, { activation: "none", smooth: 0 }).value(target, target)).toBe(0);
    expect(create(name, { activation: "none", smooth: 0, overlap: "product" }).value(target, target)).toBeGreaterThan(
      0.01,
    );
  });
  test("whatever else is predicted", () => {
    const loss = create(name, { activation: "none", smooth: 0 });
    for (let i = 0; i < 20; i++) {
      const other = data.map((t) => Math.min(1, Math.max(0, t + 0.1 * (random.next() - 0.5))));
      expect(loss.value({ data: other, shape }, target)).toBeGreaterThan(0);
    }
  });
});

test("the derivative at p = t is half of both sides", () => {
  const at = { data: Float32Array.of(0.25), shape: [1, 1, 1, 1] },
    slope = (p: number) =>
      create("tversky", { activation: "none", smooth: 0, alpha: 0.2, beta: 0.6 }).valueAndGrad(
        { data: Float32Array.of(p), shape: [1, 1, 1, 1] },
        at,
      ).grad[0];
  const [below, here, above] = [slope(0.25 - 2 ** -24), slope(0.25), slope(0.25 + 2 ** -24)];
  expect(below).toBeCloseTo(-0.6 / 0.25, 4);
  expect(above).toBeCloseTo(0.2 / 0.25, 4);
  expect(here).toBeCloseTo((below + above) / 2, 4);
});

describe.each([1, 2, 3, 4, 5, 21])(
  "cross entropy of %d classes is that of labels, weighted by the target",
  (classes) => {
    const pixels = 1037,
      activation = classes === 1 ? "sigmoid" : "softmax",
      shape = [1, classes, pixels],
      spatial = { spatialDims: 1, reduction: "sum" } as const;
    test.each([
      [1, false],
      [12, false],
      [40, true],
    ])("logits of %d, weights %j", (scale, weighted) => {
      const random = new Random(33 + classes),
        data = random.normals(classes * pixels, scale),
        // Often nearly hard, where digits would be lost.
        parts = Float64Array.from({ length: classes * pixels }, () => random.next() ** 12),
        target = new Float32Array(classes * pixels),
        weights = Float32Array.from({ length: pixels }, () => (weighted ? Math.max(0, 2 * random.next() - 0.2) : 1)),
        classWeights = weighted && classes > 1 ? Array.from({ length: classes }, () => 0.5 + random.next()) : undefined;
      for (let i = 0; i < pixels; i++) {
        let sum = classes === 1 ? 1 : 0;
        if (classes > 1) for (let c = 0; c < classes; c++) sum += parts[c * pixels + i];
        for (let c = 0; c < classes; c++) target[c * pixels + i] = parts[c * pixels + i] / sum;
      }
      const loss = create("crossEntropy", { ...spatial, activation, classWeights }),
        pred = { data, shape },
        found = loss.valueAndGrad(
          pred,
          { data: target, shape },
          { pixelWeights: { data: weights, shape: [1, pixels] } },
        );
      let value = 0;
      const grad = new Float64Array(data.length),
        size = new Float64Array(data.length);
      for (let c = 0; c < Math.max(classes, 2); c++) {
        const of = (i: number) => (classes > 1 ? target[c * pixels + i] : c === 1 ? target[i] : 1 - target[i]),
          part = loss.valueAndGrad(
            pred,
            { data: new Uint8Array(pixels).fill(c), shape: [1, pixels] },
            { pixelWeights: { data: weights.map((w, i) => w * of(i)), shape: [1, pixels] } },
          );
        value += part.value;
        part.grad.forEach((g, i) => {
          grad[i] += g;
          size[i] += Math.abs(g);
        });
      }
      expect(Math.abs(found.value - value)).toBeLessThanOrEqual(1e-6 * value);
      for (let i = 0; i < grad.length; i++)
        expect(Math.abs(found.grad[i] - grad[i]), `gradient ${i}`).toBeLessThanOrEqual(1e-5 * size[i] + 1e-29);
    });
  },
);

test("a logit of Infinity that the target does not ask for costs as much as float32 holds, and has a gradient", () => {
  const of = (logits: number[], target: number[]) => {
    const shape = [1, logits.length, 1];
    return create("crossEntropy", { spatialDims: 1 }).valueAndGrad(
      { data: Float32Array.from(logits), shape },
      { data: Float32Array.from(target), shape },
    );
  };
  const three = of([Number.POSITIVE_INFINITY, 0, 1], [0.9, 0, 0.1]);
  expect(three.value).toBeGreaterThan(1e37);
  expect([...three.grad].every(Number.isFinite)).toBe(true);
  const pair = of([5, Number.NEGATIVE_INFINITY], [1, 0]);
  expect(pair.value).toBeLessThan(1e-37);
  expect([...pair.grad].every((g) => Math.abs(g) < 1e-37)).toBe(true);
});

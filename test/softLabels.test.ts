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

import { describe, expect, test } from "vitest";
import { type WindowOptions, windowInformation } from "./reference/regionMutualInformation";
import { create, errorOf, expectSame, seg } from "./support/library";
import { axesOf, type Case, IGNORED, oneHot, product, Random } from "./support/random";

const name = "regionMutualInformation";
const logistic = (z: number) => 1 / (1 + Math.exp(-z));

/** Sigmoid channels and masks in coarse blocks; logits lean towards the mask. */
function makeChannels(spatial: readonly number[], seed: number, lean: number, channels = 2): Case {
  const random = new Random(seed),
    pixels = product(spatial),
    width = spatial[spatial.length - 1];
  const blocks = Array.from({ length: pixels }, () => (random.next() < 0.4 ? 1 : 0)),
    block = (i: number) => blocks[Math.floor(Math.floor(i / width) / 3) * width + Math.floor((i % width) / 3)];
  const t = Float32Array.from({ length: channels * pixels }, (_, i) => (i < pixels ? block(i) : random.next())),
    data = random.normals(t.length, 1.2).map((z, i) => z + lean * (t[i] - 0.5));
  const shape = [1, channels, ...spatial];
  return { pred: { data, shape }, target: { data: t, shape }, options: {} };
}

/** Value and gradient by the logits of the reference, all channels added up. */
function reference({ pred, target }: Case, options: WindowOptions) {
  const [, channels, ...spatial] = pred.shape,
    pixels = product(spatial),
    p = Float64Array.from(pred.data, logistic),
    grad = new Float64Array(p.length);
  let value = 0;
  for (let c = 0; c < channels; c++) {
    const from = c * pixels,
      plane = (data: ArrayLike<number>) => Array.from({ length: pixels }, (_, i) => data[from + i]);
    const one = windowInformation(plane(target.data), plane(p), spatial, options);
    value += one.value;
    for (const [i, g] of one.grad.entries()) grad[from + i] = g * p[from + i] * (1 - p[from + i]);
  }
  return { value, grad };
}

const usual = { radius: 3, pool: "average", poolSize: 4, regularization: 5e-4 } as const;
const cases: readonly (Partial<WindowOptions> & { readonly spatial: readonly number[] })[] = [
  { spatial: [40] },
  { spatial: [77], radius: 10, poolSize: 3 },
  { spatial: [31], radius: 10, pool: "none" },
  { spatial: [23, 29] },
  { spatial: [22, 31], poolSize: 3 },
  { spatial: [15, 18], pool: "max", poolSize: 2 },
  { spatial: [21, 20], pool: "max", poolSize: 5, radius: 2 },
  { spatial: [14, 13], pool: "none", radius: 5 },
  { spatial: [3, 17], pool: "none" }, // one window high: no cell is in the same place for two of them
  { spatial: [4, 5], pool: "none" }, // fewer cells than bands
  { spatial: [5, 6], pool: "none", radius: 1 },
  { spatial: [12, 14], pool: "none", radius: 10 },
  { spatial: [13, 10, 15] },
  { spatial: [6, 7, 8], poolSize: 2, radius: 2, pool: "max" },
  { spatial: [5, 6, 7], pool: "none" },
  { spatial: [6, 5, 9], pool: "none", radius: 5, regularization: 1e-2 },
];

describe("is what the paper computes with all windows written out", () => {
  for (const lean of [2, 14]) {
    test.each(cases)(`%j, leaning ${lean}`, ({ spatial, ...more }) => {
      const options = { ...usual, ...more },
        inputs = makeChannels(spatial, product(spatial), lean);
      const actual = create(name, { ...axesOf(spatial), ...options, crossEntropyWeight: 0 }).valueAndGrad(
        inputs.pred,
        inputs.target,
      );
      expectSame(actual, reference(inputs, options), { value: 2e-6, grad: 2e-6 });
      expect(actual.grad.some((g) => g !== 0)).toBe(true);
    });
  }
});

test("max pooling gives the slope to the first of equals, and only to it", () => {
  const inputs = makeChannels([12, 12], 5, 2, 1),
    pred = { ...inputs.pred, data: inputs.pred.data.map((z) => Math.round(z)) },
    options = { ...usual, pool: "max", poolSize: 3, radius: 2 } as const;
  expectSame(
    create(name, { ...options, crossEntropyWeight: 0 }).valueAndGrad(pred, inputs.target),
    reference({ ...inputs, pred }, options),
  );
});

test("pixels after the last cell get no slope from it", () => {
  // Cells of 4 that begin 2 before the image: 6 + 1 pixels.
  const inputs = makeChannels([31], 6, 2, 1),
    { grad } = create(name, { spatialDims: 1, crossEntropyWeight: 0 }).valueAndGrad(inputs.pred, inputs.target);
  expect(grad[29]).not.toBe(0);
  expect(grad[30]).toBe(0);
});

test.each([[[7, 90]], [[1, 1]], [[2]], [[5, 40, 40]]])(
  "is the cross entropy alone where %j is smaller than a window",
  (spatial) => {
    const inputs = makeChannels(spatial, 7, 2),
      { pred, target } = inputs,
      share = 0.5 / (product(spatial) + 1);
    const { value, grad } = create("crossEntropy", {
      activation: "sigmoid",
      reduction: "sum",
      ...axesOf(spatial),
    }).valueAndGrad(pred, target);
    expectSame(create(name, axesOf(spatial)).valueAndGrad(pred, target), {
      value: share * value,
      grad: grad.map((g) => share * g),
    });
    expect(create(name, { crossEntropyWeight: 0, ...axesOf(spatial) }).value(pred, target)).toBe(0);
  },
);

test("its parts add up, weighted by class and averaged over the samples that count", () => {
  const spatial = [9, 10],
    pixels = 90,
    random = new Random(8),
    labels = Uint8Array.from({ length: 3 * pixels }, (_, i) =>
      i >= pixels && i < 2 * pixels ? IGNORED : random.below(3),
    );
  const pred = { data: random.normals(9 * pixels), shape: [3, 3, ...spatial] },
    target = { data: labels, shape: [3, ...spatial] },
    classWeights = [0.5, 2, 0];
  const more = { pool: "none", ignoreIndex: IGNORED, includeBackground: false } as const,
    { value, grad } = create(name, { ...more, classWeights, crossEntropyWeight: 0.3 }).valueAndGrad(pred, target);
  const t = oneHot(labels, 3, pixels);
  let expected = 0;
  for (const b of [0, 2]) {
    const at = (3 * b + 1) * pixels,
      plane = (data: Float32Array) => data.slice(at, at + pixels);
    expected +=
      0.7 *
      0.5 *
      2 *
      windowInformation(plane(t), Array.from(plane(pred.data), logistic), spatial, { ...usual, pool: "none" }).value;
  }
  const crossEntropy = create("crossEntropy", {
    activation: "sigmoid",
    reduction: "sum",
    ignoreIndex: IGNORED,
    classWeights,
  });
  expected += (0.3 * crossEntropy.value(pred, target)) / (2 * pixels + 1);
  expect(Math.abs(value - expected)).toBeLessThan(1e-6 * Math.abs(expected));
  expect(grad.subarray(3 * pixels, 6 * pixels).every((g) => g === 0)).toBe(true);
});

test.each([2, 9])("%i classes: the gradient is that of its parts, of arrays and in the module's memory", (classes) => {
  const random = new Random(12),
    pixels = 24 * 34,
    shape = [2, classes, 24, 34],
    pred = { data: random.normals(2 * classes * pixels, 3), shape },
    target = { data: Uint8Array.from({ length: 2 * pixels }, () => random.below(classes)), shape: [2, 24, 34] };
  const [whole, ofPixels, ofWindows] = [0.5, 1, 0].map((crossEntropyWeight) =>
    create(name, { crossEntropyWeight }).valueAndGrad(pred, target),
  );
  expectSame(
    whole,
    {
      value: (ofPixels.value + ofWindows.value) / 2,
      grad: ofPixels.grad.map((g, i) => (g + ofWindows.grad[i]) / 2),
    },
    { value: 1e-6, grad: 1e-6 },
  );
  const resident = { pred: seg.tensor(shape), target: seg.tensor(target.shape, "uint8"), out: seg.tensor(shape) };
  resident.pred.data.set(pred.data);
  resident.target.data.set(target.data);
  const { value } = create(name).valueAndGrad(resident.pred, resident.target, { out: resident.out.data });
  expect(value).toBe(whole.value);
  expect(resident.out.data).toEqual(whole.grad);
  for (const tensor of Object.values(resident)) tensor.dispose();
});

describe("where the covariance can hardly be factored", () => {
  const extremes: readonly (readonly [string, (i: number) => number, (i: number) => number])[] = [
    ["a constant mask", () => 1, (i) => Math.sin(i)],
    ["an absent class", () => 0, (i) => Math.cos(3 * i)],
    ["a perfect prediction", (i) => (i % 7 < 3 ? 1 : 0), (i) => (i % 7 < 3 ? 1e4 : -1e4)],
    ["a constant prediction", (i) => (i % 7 < 3 ? 1 : 0), () => 0.3],
    ["the same everywhere", () => 1, () => 20],
  ];
  test.each(extremes)("%s: value and gradient stay finite, whatever the regularization", (_, t, z) => {
    for (const regularization of [5e-4, 1e-12, 1e-30, 1e-300]) {
      for (const pool of ["average", "max", "none"]) {
        const data = Float32Array.from({ length: 20 * 30 }, (_, i) => z(i)),
          shape = [1, 1, 20, 30];
        const { value, grad } = create(name, { regularization, pool, crossEntropyWeight: 0 }).valueAndGrad(
          { data, shape },
          { data: data.map((_, i) => t(i)), shape },
        );
        expect(Number.isFinite(value), `${regularization} ${pool}: ${value}`).toBe(true);
        expect(grad.every(Number.isFinite), `${regularization} ${pool}`).toBe(true);
      }
    }
  });

  test("an absent class is half the logarithm of the regularization, without a gradient", () => {
    const { pred, target } = makeChannels([16, 16], 9, 2, 1);
    for (const pool of ["max", "none"]) {
      const { value, grad } = create(name, { pool, crossEntropyWeight: 0 }).valueAndGrad(pred, {
        ...target,
        data: new Float32Array(256),
      });
      expect(Math.abs(value - 0.5 * Math.log(5e-4))).toBeLessThan(1e-12);
      expect(grad.every((g) => g === 0)).toBe(true);
    }
  });

  test.each(["average", "max", "none"])("a NaN gives NaN, and the next call is as before (%s)", (pool) => {
    const { pred, target } = makeChannels([20, 20], 10, 2, 1),
      loss = create(name, { pool, crossEntropyWeight: 0 }),
      before = loss.valueAndGrad(pred, target);
    const data = pred.data.slice();
    data[100] = Number.NaN;
    expect(loss.valueAndGrad({ ...pred, data }, target).value).toBeNaN();
    expectSame(loss.valueAndGrad(pred, target), before, { value: 0, grad: 0 });
  });
});

test("windows of a volume are at most 5 wide", () => {
  const { pred, target } = makeChannels([6, 6, 6], 11, 2, 1);
  const error = errorOf(() => create(name, { radius: 6 }).value(pred, target));
  expect(error.code).toBe("UNSUPPORTED");
  expect(error.message).toMatch(/radius must be at most 5 in 3-D, got 6/);
  expect(Number.isFinite(create(name, { radius: 5, pool: "none" }).value(pred, target))).toBe(true);
});

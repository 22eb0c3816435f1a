import { describe, expect, test } from "vitest";
import { load } from "../dist/index.js";
import {
  type ConditionalInputs,
  type ConditionalOptions,
  conditionalBoundaryReference,
  conditionalDefaults,
} from "./reference/conditionalBoundary";
import { bits, create, errorOf, seg } from "./support/library";
import { blobs, IGNORED, Random, toChannelsLast } from "./support/random";
import { gradientError, type Tensor, valueError } from "./support/vectors";

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)];

interface Scene {
  readonly pred: Tensor & { data: Float32Array };
  readonly target: Tensor;
  /** Extra inputs by name: features, classifierWeight, classifierBias. */
  readonly extra: Record<string, Tensor & { data: Float32Array }>;
}

/** Features point about the same way where `alike`, as those of a trained network do. */
function makeScene(
  random: Random,
  scale: number,
  alike: boolean,
  kind: "logits" | "features" | "classifier" | "bias",
): Scene {
  const [classes, batch, height, width, count] = [
      2 + random.below(5),
      1 + random.below(3),
      1 + random.below(13),
      1 + random.below(17),
      2 + random.below(5),
    ],
    pixels = height * width,
    labels = blobs(random, batch, classes, [height, width]);
  const data = random.normals(batch * classes * pixels, scale);
  for (let i = 0; i < labels.length; i++)
    data[(Math.floor(i / pixels) * classes + labels[i]) * pixels + (i % pixels)] += pick(random, [0, 2, 4]) * scale;
  if (random.below(2)) for (let i = 0; i < labels.length; i++) if (random.next() < 0.15) labels[i] = IGNORED;
  const features = random
    .normals(batch * count * pixels, scale)
    .map((x, i) => (alike ? 1e-3 * x + scale * (1 + (Math.floor(i / pixels) % count)) : x));
  const extra: Scene["extra"] = {};
  if (kind !== "logits") extra.features = { data: features, shape: [batch, count, height, width] };
  if (kind === "classifier" || kind === "bias")
    extra.classifierWeight = { data: random.normals(classes * count, 1 / scale), shape: [classes, count] };
  if (kind === "bias") extra.classifierBias = { data: random.normals(classes), shape: [classes] };
  return {
    pred: { data, shape: [batch, classes, height, width] },
    target: { data: labels, shape: [batch, height, width] },
    extra,
  };
}

const makeOptions = (random: Random, classes: number): ConditionalOptions => ({
  reduction: pick(random, ["mean", "sum"]),
  includeBackground: random.below(3) > 0,
  classWeights: random.below(2) ? null : Array.from({ length: classes }, () => 0.7 * random.below(3)),
  kernelSize: pick(random, [3, 5, 7]),
  dilationRatio: pick(random, [0, 0.005, 0.1, 0.3]),
  contextWeight: pick(random, [0, 1, 0.3]),
  pairWeight: pick(random, [0, 2]),
  classificationWeight: pick(random, [0, 0.2]),
  correctnessAware: random.below(2) === 0,
});

/** Value and gradient of the definition and of the loss. */
function expectDefinition({ pred, target, extra }: Scene, options: ConditionalOptions): void {
  const inputs: ConditionalInputs = {
    pred: pred.data,
    shape: pred.shape,
    labels: Array.from(target.data, (label) => (label === IGNORED ? -1 : label)),
    features: extra.features?.data,
    featureCount: extra.features?.shape[1],
    weight: extra.classifierWeight?.data,
    bias: extra.classifierBias?.data,
  };
  const expected = conditionalBoundaryReference(inputs, options),
    { value, grad, grads } = create("conditionalBoundary", { ...options, ignoreIndex: IGNORED }).valueAndGrad(
      pred,
      target,
      extra,
    );
  expect(valueError(value, expected.value), `${value}, expected ${expected.value}`).toBeLessThanOrEqual(1e-9);
  if (expected.grad.some((g) => Math.abs(g) > 1e-30))
    expect(gradientError(extra.features ? grads.features : grad, expected.grad)).toBeLessThanOrEqual(2e-7);
  if (extra.features) expect(grad.every((g) => g === 0)).toBe(true);
}

describe.each(["logits", "features", "classifier", "bias"] as const)("%s", (kind) => {
  test.each([
    [0.001, false],
    [1, false],
    [1, true],
    [100, true],
    [3000, false],
  ])("of about %s, alike: %s", (scale, alike) => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(100 * scale + seed),
        scene = makeScene(random, scale, alike, kind);
      expectDefinition(scene, makeOptions(random, scene.pred.shape[1]));
    }
  });
});

test("a window larger than the image leaves no pairs, but centres", () => {
  const scene = makeScene(new Random(71), 1, false, "classifier");
  for (const weights of [{}, { pairWeight: 0, classificationWeight: 0 }])
    expectDefinition(scene, { ...conditionalDefaults, kernelSize: 41, ...weights });
  expect(
    create("conditionalBoundary", {
      kernelSize: 41,
      pairWeight: 0,
      classificationWeight: 0,
      ignoreIndex: IGNORED,
    }).value(scene.pred, scene.target, scene.extra),
  ).toBe(0);
});

test("windows and boundaries of any size are those that reach everywhere", () => {
  const scene = makeScene(new Random(76), 1, false, "classifier");
  for (const wide of [
    { kernelSize: 2 ** 31 + 1 },
    { dilationRatio: 1e12 },
    { kernelSize: 2 ** 31 + 1, dilationRatio: 1e12, correctnessAware: false },
  ]) {
    const value = (options: object) =>
      create("conditionalBoundary", { ignoreIndex: IGNORED, ...options }).value(scene.pred, scene.target, scene.extra);
    expect(value(wide)).toBe(
      value({
        ...wide,
        ...("kernelSize" in wide ? { kernelSize: 101 } : {}),
        ...("dilationRatio" in wide ? { dilationRatio: 3 } : {}),
      }),
    );
  }
});

test("rows longer than a tile", () => {
  const random = new Random(72),
    [height, width] = [7, 4300],
    labels = blobs(random, 1, 3, [height, width]),
    data = random.normals(3 * height * width, 2);
  expectDefinition(
    { pred: { data, shape: [1, 3, height, width] }, target: { data: labels, shape: [1, height, width] }, extra: {} },
    conditionalDefaults,
  );
});

test("one feature alone cannot turn: pairs send it no gradient", () => {
  const scene = makeScene(new Random(73), 1, false, "logits"),
    [batch, , height, width] = scene.pred.shape,
    features = new Random(74).normals(batch * height * width);
  const loss = create("conditionalBoundary", {
      pairWeight: 0,
      kernelSize: 3,
      correctnessAware: false,
      ignoreIndex: IGNORED,
    }),
    { value, grads } = loss.valueAndGrad(scene.pred, scene.target, { features });
  expect(value).toBeGreaterThan(0);
  expect(grads.features.every((g) => g === 0)).toBe(true);
});

describe("features", () => {
  const scene = makeScene(new Random(75), 1, false, "bias"),
    loss = create("conditionalBoundary", { kernelSize: 3, ignoreIndex: IGNORED }),
    { pred, target, extra } = scene,
    expected = loss.valueAndGrad(pred, target, extra);

  test("have pred's layout, and so has their gradient", () => {
    const last = create("conditionalBoundary", { kernelSize: 3, ignoreIndex: IGNORED, layout: "channelsLast" }),
      moved = toChannelsLast(extra.features) as (typeof extra)["features"],
      { value, grads } = last.valueAndGrad(toChannelsLast(pred), target, { ...extra, features: moved });
    expect(value).toBe(expected.value);
    expect(grads.features).toEqual(toChannelsLast({ data: expected.grads.features, shape: extra.features.shape }).data);
  });

  test("may be bare arrays, and are left alone", () => {
    const bare = Object.fromEntries(Object.entries(extra).map(([name, { data }]) => [name, data])),
      before = extra.features.data.slice();
    expect(bits(loss.valueAndGrad(pred, target, bare))).toEqual(bits(expected));
    expect(extra.features.data).toEqual(before);
    expect(loss.value(pred, target, bare)).toBe(expected.value);
  });

  test("may lie in the module's memory, which grows meanwhile", async () => {
    const own = await load(),
      resident = Object.fromEntries(
        Object.entries(extra).map(([name, { data, shape }]) => {
          const tensor = own.tensor(shape);
          tensor.data.set(data);
          return [name, tensor];
        }),
      );
    const stale = Object.fromEntries(
      Object.entries(resident).map(([name, { data, shape }]) => [name, { data, shape }]),
    );
    const make = () => own.conditionalBoundary({ kernelSize: 3, ignoreIndex: IGNORED });
    expect(bits(make().valueAndGrad(pred, target, stale))).toEqual(bits(expected));
    expect(bits(make().valueAndGrad(pred, target, resident))).toEqual(bits(expected));
  });

  test("get their part of a sum", () => {
    const sum = seg.weightedSum([
      { weight: -0.25, loss },
      { weight: 2, loss: create("crossEntropy", { ignoreIndex: IGNORED }) },
    ]);
    const { value, grad, grads } = sum.valueAndGrad(pred, target, extra),
      entropy = create("crossEntropy", { ignoreIndex: IGNORED }).valueAndGrad(pred, target);
    expect(valueError(value, 2 * entropy.value - 0.25 * expected.value)).toBeLessThanOrEqual(1e-12);
    expect(
      gradientError(
        grad,
        entropy.grad.map((g) => 2 * g),
      ),
    ).toBeLessThanOrEqual(1e-6);
    expect(
      gradientError(
        grads.features,
        expected.grads.features.map((g) => -0.25 * g),
      ),
    ).toBeLessThanOrEqual(1e-6);
  });

  const floats = (...shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
  test.each([
    [
      "another image",
      { features: floats(1, 4, 3, 5) },
      "SHAPE_MISMATCH",
      /features must be a Float32Array of shape \[1, F, 3, 4\], got Float32Array of shape \[1, 4, 3, 5\]/,
    ],
    [
      "channels last",
      { features: floats(1, 3, 4, 4) },
      "SHAPE_MISMATCH",
      /features must be a Float32Array of shape \[1, F, 3, 4\]/,
    ],
    ["no channels", { features: floats(1, 0, 3, 4) }, "SHAPE_MISMATCH", /features/],
    [
      "a bare array of half a channel",
      { features: new Float32Array(18) },
      "SHAPE_MISMATCH",
      /features .* got Float32Array of length 18/,
    ],
    [
      "integers",
      { features: { data: new Int32Array(12), shape: [1, 1, 3, 4] } },
      "SHAPE_MISMATCH",
      /features .* got Int32Array/,
    ],
    ["nothing", { features: null }, "SHAPE_MISMATCH", /features must be/],
    [
      "a classifier of other features",
      { features: floats(1, 5, 3, 4), classifierWeight: floats(2, 4) },
      "SHAPE_MISMATCH",
      /classifierWeight must be a Float32Array of shape \[2, 5\], got Float32Array of shape \[2, 4\]/,
    ],
    [
      "a bias of other classes",
      { features: floats(1, 5, 3, 4), classifierWeight: floats(2, 5), classifierBias: floats(3) },
      "SHAPE_MISMATCH",
      /classifierBias must be a Float32Array of shape \[2\]/,
    ],
    ["a classifier alone", { classifierWeight: floats(2, 2) }, "UNSUPPORTED", /classifierWeight belongs to features/],
    [
      "a bias alone",
      { features: floats(1, 5, 3, 4), classifierBias: floats(2) },
      "UNSUPPORTED",
      /classifierBias needs classifierWeight/,
    ],
    ["a name nearly right", { feature: floats(1, 5, 3, 4) }, "INVALID_OPTION", /did you mean features/],
  ] as const)("that do not fit: %s", (_, wrong, code, message) => {
    const small = create("conditionalBoundary"),
      call = [floats(1, 2, 3, 4), { data: new Uint8Array(12), shape: [1, 3, 4] }] as const,
      error = errorOf(() => small.valueAndGrad(...call, wrong as never));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(error.message.startsWith("conditionalBoundary: ")).toBe(true);
    expect(bits(loss.valueAndGrad(pred, target, extra))).toEqual(bits(expected));
  });
});

test("an even window is refused", () => {
  expect(() => create("conditionalBoundary", { kernelSize: 4 })).toThrow(
    /kernelSize must be an odd number of at least 3, got 4/,
  );
});

describe("boundaries of a soft target", () => {
  /** Rows of classes that sum to 1, many of them without any above 1/2. */
  function softScene(seed: number, scale: number) {
    const random = new Random(seed),
      [classes, batch, height, width] = [
        2 + random.below(4),
        1 + random.below(2),
        3 + random.below(9),
        4 + random.below(9),
      ],
      pixels = height * width,
      soft = new Float32Array(batch * classes * pixels),
      labels = new Int32Array(batch * pixels);
    for (let n = 0; n < labels.length; n++) {
      const at = (c: number) => (Math.floor(n / pixels) * classes + c) * pixels + (n % pixels),
        sharp = random.below(2) ? 6 : 1,
        row = Array.from({ length: classes }, (_, c) =>
          Math.exp(sharp * random.next() + (c === Math.floor((n % width) / 3) ? 1 : 0)),
        ),
        total = row.reduce((a, b) => a + b, 0);
      for (const [c, x] of row.entries()) soft[at(c)] = x / total;
      const found = row.map((_, c) => soft[at(c)]);
      labels[n] = found.indexOf(Math.max(...found));
    }
    const data = random.normals(soft.length, scale);
    for (let n = 0; n < labels.length; n++)
      if (random.below(3)) data[(Math.floor(n / pixels) * classes + labels[n]) * pixels + (n % pixels)] += 3 * scale;
    return { soft, labels, pred: { data, shape: [batch, classes, height, width] } };
  }

  test.each(Array.from({ length: 24 }, (_, i) => i))("come from the masks t > 1/2, case %d", (i) => {
    const scale = i % 3 === 2 ? 1e30 : 1,
      { soft, labels, pred } = softScene(900 + i, scale),
      random = new Random(i),
      options = makeOptions(random, pred.shape[1]),
      right = conditionalBoundaryReference({ pred: pred.data, labels, soft, shape: pred.shape }, options),
      { value, grad } = seg.conditionalBoundary(options).valueAndGrad(pred, { data: soft, shape: pred.shape });
    expect(valueError(value, right.value)).toBeLessThanOrEqual(1e-5);
    if (Number.isFinite(Math.fround(Math.max(...right.grad.map(Math.abs)))))
      expect(gradientError(grad, right.grad)).toBeLessThanOrEqual(1e-5);
  });
});

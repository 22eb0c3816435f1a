import { describe, expect, test } from "vitest";
import { create, drawsLogits, expectSame, losses, lossOf, setting, supported, supports } from "./support/library";
import {
  blobs,
  type Case,
  IGNORED,
  makeCase,
  oneHot,
  product,
  Random,
  settings,
  toChannelsLast,
} from "./support/random";

const evaluate = (name: string, inputs: Case, options: object = {}) =>
  lossOf(name, inputs, options).valueAndGrad(inputs.pred, inputs.target);
const declarationOf = (name: string) => losses.find((loss) => loss.name === name) as (typeof losses)[number];
const offers = (name: string) => losses.some((loss) => loss.name === name);
const takes = (name: string, option: string) => option in (losses.find((loss) => loss.name === name)?.options ?? {});

describe("labels are their one-hot", () => {
  const cases = supported.filter(
    ({ declaration, setting: { target, ignore } }) =>
      target === "labels" && !ignore && !declaration.needs.labels && !declaration.encode,
  );
  test.each(cases)("$label", ({ name, setting, declaration }) => {
    const inputs = makeCase(setting, 11),
      { data, shape } = inputs.target,
      [batch, ...spatial] = shape;
    const hot = oneHot(data, setting.classes, product(spatial)),
      given = (numbers: Float32Array) => {
        const planes = { data: numbers, shape: [batch, setting.classes, ...spatial] };
        return evaluate(name, { ...inputs, target: setting.channelsLast ? toChannelsLast(planes) : planes });
      },
      expected = evaluate(name, inputs);
    if (setting.activation !== "sigmoid" && setting.classes > 1) expect(given(hot)).toEqual(expected);
    else expectSame(given(hot), expected);
    // What is not quite one-hot is not read as labels.
    if (!declaration.needs.hard) expectSame(given(hot.map((t) => t * (1 - 2 ** -24))), expected);
  });
});

describe("channelsLast is channelsFirst", () => {
  test.each(supported.filter(({ setting }) => !setting.channelsLast))("$label", ({ name, setting }) => {
    const first = makeCase(setting, 12),
      target = setting.target === "soft" ? toChannelsLast(first.target) : first.target;
    const last = {
      pred: toChannelsLast(first.pred) as Case["pred"],
      target,
      options: { ...first.options, layout: "channelsLast" },
    };
    const expected = evaluate(name, first),
      moved = toChannelsLast({ data: expected.grad, shape: first.pred.shape }).data as Float32Array;
    expectSame(evaluate(name, last), { value: expected.value, grad: moved });
  });
});

describe("a constant added to all logits of a pixel changes nothing under softmax", () => {
  const cases = supported.filter(
    ({ setting, declaration }) =>
      setting.activation === "softmax" && !setting.channelsLast && !declaration.raw && !drawsLogits(declaration),
  );
  test.each(cases)("$label", ({ name, setting }) => {
    const inputs = makeCase(setting, 13),
      random = new Random(13),
      pixels = product(inputs.pred.shape.slice(2));
    // So that adding whole numbers rounds nothing.
    const rounded = inputs.pred.data.map((x) => Math.round(x * 1024) / 1024);
    const constants = Array.from({ length: 2 * pixels }, () => random.below(101) - 50);
    const shifted = rounded.map(
      (x, i) => x + constants[Math.floor(i / pixels / setting.classes) * pixels + (i % pixels)],
    );
    const run = (data: Float32Array) => evaluate(name, { ...inputs, pred: { ...inputs.pred, data } });
    expectSame(run(shifted), run(rounded));
  });
});

describe("a fully ignored sample is a missing sample", () => {
  test.each(supported.filter(({ setting }) => setting.ignore))("$label", ({ name, setting }) => {
    const inputs = makeCase(setting, 14, [5, 7], 3),
      { pred, target } = inputs,
      entries = pred.data.length / 3,
      pixels = target.data.length / 3;
    const keep = <A extends { slice(from: number, to: number): A }>(data: A, n: number) => [
      data.slice(0, n),
      data.slice(2 * n, 3 * n),
    ];
    const join = (parts: ArrayLike<number>[]) => parts.flatMap((part) => Array.from(part));
    const ignored = {
      ...inputs,
      target: {
        ...target,
        data: target.data.map((label, i) => (Math.floor(i / pixels) === 1 ? IGNORED : label)) as Uint8Array,
      },
    };
    const missing: Case = {
      ...inputs,
      pred: { data: Float32Array.from(join(keep(pred.data, entries))), shape: [2, ...pred.shape.slice(1)] },
      target: {
        data: Uint8Array.from(join(keep(target.data as Uint8Array, pixels))),
        shape: [2, ...target.shape.slice(1)],
      },
    };
    const options = [{}, { reduction: "sum" }, ...(takes(name, "batch") ? [{ batch: true }, { batch: false }] : [])];
    for (const more of options) {
      const some = evaluate(name, ignored, more);
      expect(some.grad.slice(entries, 2 * entries).every((g) => g === 0)).toBe(true);
      expectSame({ value: some.value, grad: join(keep(some.grad, entries)) }, evaluate(name, missing, more));
    }
  });
});

describe("one sigmoid channel z is softmax over (0, z)", () => {
  const names = losses
    .filter(({ needs }) => !needs.categorical && !needs.several && !needs.activation)
    .map(({ name }) => name)
    .filter((name) => name !== "regionMutualInformation");
  test.each(names)("%s", (name) => {
    for (const ignore of [false, true]) {
      const one = makeCase({ ...setting("sigmoid, one channel"), ignore }, 15),
        { data, shape } = one.pred,
        pixels = product(shape.slice(2));
      const two = new Float32Array(2 * data.length);
      for (let b = 0; b < shape[0]; b++) two.set(data.subarray(b * pixels, (b + 1) * pixels), (2 * b + 1) * pixels);
      const expected = evaluate(name, one);
      const ofTwo = lossOf(
        name,
        { ...one, options: { ...one.options, activation: "softmax" } },
        takes(name, "includeBackground")
          ? { includeBackground: false }
          : declarationOf(name).wraps
            ? { lossOptions: { includeBackground: false } }
            : {},
      );
      const { value, grad } = ofTwo.valueAndGrad({ data: two, shape: [shape[0], 2, ...shape.slice(2)] }, one.target);
      const foreground = Array.from(
        expected.grad,
        (_, i) => grad[(2 * Math.floor(i / pixels) + 1) * pixels + (i % pixels)],
      );
      expectSame({ value, grad: foreground }, expected);
    }
  });
});

/** Two losses that are the same one for some options. */
const pairs: readonly (readonly [string, object, string, object])[] = [
  ["focal", { gamma: 0 }, "crossEntropy", {}],
  ["focal", { gamma: 0, classWeights: [1, 2, 0.5] }, "crossEntropy", { classWeights: [1, 2, 0.5] }],
  ["topK", { k: 1 }, "crossEntropy", {}],
  ["topK", { k: 1, labelSmoothing: 0.2, reduction: "sum" }, "crossEntropy", { labelSmoothing: 0.2, reduction: "sum" }],
  ["tversky", { alpha: 0.5, beta: 0.5, smooth: 0.2 }, "dice", { smooth: 0.4 }],
  [
    "tversky",
    { alpha: 0.5, beta: 0.5, smoothNumerator: 0.1, smoothDenominator: 0.3, average: "micro" },
    "dice",
    { smoothNumerator: 0.2, smoothDenominator: 0.6, average: "micro" },
  ],
  ["tversky", { alpha: 1, beta: 1 }, "iou", {}],
  [
    "tversky",
    { alpha: 1, beta: 1, classes: "present", batch: true, smooth: 1 },
    "iou",
    { classes: "present", batch: true, smooth: 1 },
  ],
  ["focalTversky", { gamma: 1 }, "tversky", {}],
  [
    "focalTversky",
    { gamma: 1, alpha: 0.6, beta: 0.2, reduction: "sum" },
    "tversky",
    { alpha: 0.6, beta: 0.2, reduction: "sum" },
  ],
  ["combo", { alpha: 1 }, "crossEntropy", {}],
  ["combo", { alpha: 0, squared: true }, "dice", { squared: true }],
  ["exponentialLogarithmic", { diceWeight: 0, crossEntropyWeight: 1, gamma: 1 }, "crossEntropy", {}],
  ["poly", { epsilon: 0, labelSmoothing: 0.1 }, "crossEntropy", { labelSmoothing: 0.1 }],
  ["poly", { epsilon: 0, gamma: 1.5 }, "focal", { gamma: 1.5 }],
  ["ohem", { minKept: 1000, labelSmoothing: 0.1 }, "crossEntropy", { labelSmoothing: 0.1 }],
  ["ohem", { minKept: 1000, batch: false, reduction: "sum" }, "crossEntropy", { reduction: "sum" }],
  ["nacl", { alpha: 0 }, "crossEntropy", {}],
  ["marginCalibration", { alpha: 0 }, "crossEntropy", {}],
  ["generalizedDice", { weighting: "uniform", smooth: 0.2 }, "dice", { average: "micro", smooth: 0.2 }],
  [
    "generalizedDice",
    { weighting: "uniform", batch: true, reduction: "sum" },
    "dice",
    { average: "micro", batch: true, reduction: "sum" },
  ],
  ["unifiedFocal", { lambda: 0, gamma: 0, delta: 0.5, smooth: 0.2 }, "dice", { smooth: 0.4 }],
];

describe.each(pairs.filter(([one, , other]) => offers(one) && offers(other)))(
  "%s %j is %s %j",
  (one, options, other, otherOptions) => {
    const three = "classWeights" in options,
      fitting = settings.filter(
        (setting) =>
          (!three || (setting.classes === 3 && setting.activation !== "none")) &&
          [one, other].every((name) => supports(declarationOf(name), setting)),
      );
    test.each(fitting)("$name", (each) => {
      // Its binary form sees two classes a channel.
      if (one === "unifiedFocal" && (each.activation !== "softmax" || each.classes === 1)) return;
      const inputs = makeCase(each, 16);
      expectSame(evaluate(one, inputs, options), evaluate(other, inputs, otherOptions));
    });
  },
);

test.each([
  ["softmax, labels", 7],
  ["sigmoid, several channels, labels", 21],
  ["probabilities, labels", 7],
] as const)("ohem without a threshold keeps what topK keeps: %s", (name, minKept) => {
  const inputs = makeCase(setting(name), 19);
  expectSame(evaluate("ohem", inputs, { threshold: 0, minKept }), evaluate("topK", inputs, { k: 0.1 }));
});

test("ohem with a threshold keeps the pixels below it", () => {
  const inputs = makeCase(setting("softmax, labels"), 20),
    { pred, target } = inputs,
    of = (n: number) => {
      const logits = [0, 1, 2].map((c) => pred.data[(Math.floor(n / 35) * 3 + c) * 35 + (n % 35)]),
        total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
      return Math.exp(logits[target.data[n]]) / total;
    };
  const below = Array.from({ length: 70 }, (_, n) => of(n)).filter((p) => p < 0.4);
  expect(below.length).toBeGreaterThan(5);
  const { value } = evaluate("ohem", inputs, { threshold: 0.4, minKept: 1, reduction: "sum" });
  expect(value / below.reduce((sum, p) => sum - Math.log(p), 0)).toBeCloseTo(1, 5);
});

test("matthewsCorrelation is the same of a channel and of its complement", () => {
  const inputs = makeCase(setting("sigmoid, one channel"), 21),
    { pred, target } = inputs,
    { value, grad } = evaluate("matthewsCorrelation", inputs);
  const complement = {
    ...inputs,
    pred: { ...pred, data: pred.data.map((z) => -z) },
    target: { ...target, data: target.data.map((label) => 1 - label) as Uint8Array },
  };
  expectSame(evaluate("matthewsCorrelation", complement), { value, grad: grad.map((g) => -g) });
});

describe.each(settings)("combinations are sums of their parts: $name", (each) => {
  const inputs = makeCase(each, 17),
    { pred, target } = inputs;

  test.runIf(offers("combo"))("combo", () => {
    const crossEntropy = evaluate("crossEntropy", inputs, { labelSmoothing: 0.1 }),
      dice = evaluate("dice", inputs, { smooth: 0.5 });
    const expected = {
      value: 0.3 * crossEntropy.value + 0.7 * dice.value,
      grad: dice.grad.map((g, i) => 0.3 * crossEntropy.grad[i] + 0.7 * g),
    };
    expectSame(evaluate("combo", inputs, { alpha: 0.3, labelSmoothing: 0.1, smooth: 0.5 }), expected);
  });

  test.runIf(offers("logCoshDice"))("logCoshDice", () => {
    const { value, grad } = evaluate("dice", inputs, { smooth: 0.5 });
    expectSame(evaluate("logCoshDice", inputs, { smooth: 0.5 }), {
      value: Math.log(Math.cosh(value)),
      grad: grad.map((g) => Math.tanh(value) * g),
    });
  });

  test("reduction sum is the mean times what it divides by", () => {
    const { value, grad } = evaluate("crossEntropy", inputs),
      count = each.ignore
        ? Array.from(target.data).filter((label) => label !== IGNORED).length
        : pred.data.length / each.classes;
    const units = count * (each.activation === "sigmoid" ? each.classes : 1);
    expectSame(evaluate("crossEntropy", inputs, { reduction: "sum" }), {
      value: value * units,
      grad: grad.map((g) => g * units),
    });
  });
});

test("a class as ignoreIndex is that class left out", () => {
  const random = new Random(18),
    labels = blobs(random, 2, 3, [6, 7]),
    pred = { data: random.normals(2 * 3 * 42), shape: [2, 3, 6, 7] };
  const moved = labels.map((label) => (label === 0 ? IGNORED : label));
  for (const { name, needs } of losses) {
    const run = (data: Uint8Array, ignoreIndex: number) =>
      create(name, { ignoreIndex, activation: needs.activation ?? "softmax" }).valueAndGrad(pred, {
        data,
        shape: [2, 6, 7],
      });
    expectSame(run(labels, 0), run(moved, IGNORED));
  }
});

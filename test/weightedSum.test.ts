import { describe, expect, test } from "vitest";
import type { Loss } from "../dist/index.js";
import {
  bits,
  create,
  errorOf,
  expectSame,
  isSpatial,
  losses,
  lossOf,
  seg,
  setting,
  supports,
} from "./support/library";
import { extraMakers, IGNORED, makeCase, product, Random, type Setting, settings, shares } from "./support/random";
import { valueError } from "./support/vectors";

const weightOf = (i: number) => [0.5, -1.25, 2, 0.125][i % 4];

describe.each(settings)("the sum of all losses: $name", (each: Setting) => {
  const inputs = makeCase(each, 31, [11, 12]),
    { pred, target } = inputs,
    terms = losses
      .filter((loss) => supports(loss, each))
      .map(({ name }, i) => ({ weight: weightOf(i), loss: lossOf(name, inputs) }));

  test("adds up values, gradients and gradients of parameters", () => {
    const sum = seg.weightedSum(terms),
      random = new Random(31),
      { shape } = pred,
      taken: readonly string[] = losses.filter((loss) => supports(loss, each)).flatMap(({ extras }) => extras);
    const sizes = { batch: shape[0], classes: each.classes, pixels: product(shape) / shape[0] / each.classes },
      makers = extraMakers.filter(({ names, options }) => !options && names.every((name) => taken.includes(name)));
    const extra: Record<string, Float32Array> = Object.assign({}, ...makers.map(({ make }) => make(random, sizes)[0]));
    const own = (loss: Loss) =>
      Object.fromEntries(
        Object.entries(extra).filter(([name]) =>
          losses.find((declared) => declared.name === loss.name)?.extras.some((each) => each === name),
        ),
      );
    const parts = terms.map(({ weight, loss }) => ({ weight, ...loss.valueAndGrad(pred, target, own(loss)) }));
    const value = parts.reduce((total, part) => total + part.weight * part.value, 0),
      grad = new Float64Array(pred.data.length);
    for (const part of parts) for (let i = 0; i < grad.length; i++) grad[i] += part.weight * part.grad[i];
    const result = sum.valueAndGrad(pred, target, extra);
    expectSame(result, { value, grad });
    // Without gradient, the parts may be added in another order.
    expect(valueError(sum.value(pred, target, extra), result.value)).toBeLessThanOrEqual(1e-12);
    for (const { weight, grads } of parts) {
      for (const [name, gradient] of Object.entries(grads))
        expectSame({ value: 0, grad: result.grads[name] }, { value: 0, grad: gradient.map((g) => weight * g) });
    }
  });

  test("is the same prepared, and takes out", () => {
    const sum = seg.weightedSum(terms),
      expected = bits(sum.valueAndGrad(pred, target)),
      out = new Float32Array(pred.data.length).fill(Number.NaN);
    const result = sum.valueAndGrad(pred, sum.prepare(target), { out });
    expect(bits(result)).toEqual(expected);
    expect(result.grad).toBe(out);
  });
});

test.each([1, 2])("a target is smoothed for the term that asks for it alone, in %d samples", (batch) => {
  const random = new Random(33),
    shape = [batch, 3, 5, 4],
    pred = { data: random.normals(batch * 60), shape },
    target = { data: shares(random.normals(batch * 60), 3, 20), shape };
  const parts = [
    create("dice"),
    create("topK", { k: 0.5, labelSmoothing: 0.3 }),
    create("crossEntropy", { labelSmoothing: 0.1 }),
    create("focal"),
    create("sensitivitySpecificity"),
  ];
  const results = parts.map((loss) => loss.valueAndGrad(pred, target)),
    sum = seg.weightedSum(parts.map((loss) => ({ weight: 1, loss })));
  const expected = {
    value: results.reduce((total, { value }) => total + value, 0),
    grad: pred.data.map((_, i) => results.reduce((g, { grad }) => g + grad[i], 0)),
  };
  expectSame(sum.valueAndGrad(pred, target), expected);
});

test("losses with other activations, layouts and ignored labels add up, too", () => {
  const random = new Random(32),
    shape = [2, 3, 3, 3]; // one shape that both layouts can read
  const pred = { data: random.normals(54).map((x) => 1 / (1 + Math.exp(-x))), shape },
    target = { data: Uint8Array.from({ length: 18 }, () => [0, 1, 2, IGNORED][random.below(4)]), shape: [2, 3, 3] };
  const variants = [
    {},
    { activation: "sigmoid" },
    { activation: "none" },
    { layout: "channelsLast" },
    { activation: "sigmoid", layout: "channelsLast", reduction: "sum" },
  ] as const;
  const terms = variants.flatMap((options, i) =>
    ["crossEntropy", "dice", "topK"].map((name) => ({
      weight: weightOf(i),
      loss: create(name, { ...options, ignoreIndex: IGNORED }),
    })),
  );
  const grad = new Float64Array(54);
  let value = 0;
  for (const { weight, loss } of terms) {
    const part = loss.valueAndGrad(pred, target);
    value += weight * part.value;
    for (let i = 0; i < 54; i++) grad[i] += weight * part.grad[i];
  }
  const out = new Float32Array(54),
    result = seg.weightedSum(terms).valueAndGrad(pred, target, { out });
  expectSame(result, { value, grad });
  expect(result.grad).toBe(out);
  expectSame(seg.weightedSum([{ weight: -2, loss: seg.weightedSum(terms) }]).valueAndGrad(pred, target), {
    value: -2 * value,
    grad: grad.map((g) => -2 * g),
  });
  const resident = seg.tensor(shape);
  seg.weightedSum(terms).valueAndGrad(pred, target, { out: resident.data });
  expect(Array.from(resident.data)).toEqual(Array.from(out));
  resident.dispose();
});

test("one term of weight 1 is the loss itself, no term is 0, and weight 0 adds nothing", () => {
  const inputs = makeCase(setting("softmax, labels"), 33),
    { pred, target } = inputs;
  for (const { name, needs } of losses) {
    const loss = lossOf(name, inputs, needs.activation ? { activation: needs.activation } : {}),
      one = bits(loss.valueAndGrad(pred, target));
    expect(bits(seg.weightedSum([{ weight: 1, loss }]).valueAndGrad(pred, target))).toEqual(one);
    const zero = seg.weightedSum([{ weight: 0, loss }]).valueAndGrad(pred, target);
    expect(Math.abs(zero.value)).toBe(0);
    expect(zero.grad.every((g) => g === 0)).toBe(true);
    const both = seg.weightedSum([
      { weight: 0, loss },
      { weight: 2, loss: seg.dice() },
    ]);
    expectSame(
      both.valueAndGrad(pred, target),
      seg.weightedSum([{ weight: 2, loss: seg.dice() }]).valueAndGrad(pred, target),
    );
  }
  const none = seg.weightedSum([]).valueAndGrad(pred, target, { out: new Float32Array(pred.data.length).fill(1) });
  expect([none.value, none.grad.length, none.grad.every((g) => g === 0)]).toEqual([0, pred.data.length, true]);
});

test("its options name its terms, as JSON can hold", () => {
  const sum = seg.weightedSum([
    { weight: 0.3, loss: create("dice", { smooth: 1 }) },
    { weight: 2, loss: create("crossEntropy", { classWeights: new Float32Array([1, 2]) }) },
  ]);
  expect(JSON.parse(JSON.stringify(sum.options))).toEqual(sum.options);
  expect(sum.options).toMatchObject({
    terms: [
      { weight: 0.3, loss: "dice", options: { smooth: 1 } },
      { weight: 2, loss: "crossEntropy", options: { classWeights: [1, 2] } },
    ],
  });
});

describe("one prepared target serves all losses, shapes and options", () => {
  test.each(["softmax, ignoreIndex", "softmax, soft target"])("%s", (name) => {
    const each = setting(name),
      inputs = makeCase(each, 34),
      { pred, target } = inputs,
      prepared = create("crossEntropy").prepare(target);
    const variants = [
      {},
      { reduction: "sum" },
      ...(each.target === "labels" ? [{ ignoreIndex: IGNORED, activation: "sigmoid" }] : [{ activation: "sigmoid" }]),
    ];
    for (let repeat = 0; repeat < 2; repeat++) {
      for (const declaration of losses) {
        for (const more of variants) {
          if (!supports(declaration, { ...each, ...more } as Setting)) continue;
          const loss = lossOf(declaration.name, inputs, more);
          expect(bits(loss.valueAndGrad(pred, prepared))).toEqual(bits(loss.valueAndGrad(pred, target)));
        }
      }
    }
    if (each.target === "labels") {
      // More classes than the labels use: the counts of the first call must not be taken for those of this one.
      const wide = { data: new Random(35).normals(2 * 4 * 35), shape: [2, 4, 5, 7] },
        loss = create("dice", { ignoreIndex: IGNORED });
      expect(bits(loss.valueAndGrad(wide, prepared))).toEqual(bits(loss.valueAndGrad(wide, target)));
    }
  });

  test("ignoreIndex is told apart", () => {
    const inputs = makeCase(setting("softmax, labels"), 37),
      { pred, target } = inputs;
    for (const { name, encode } of losses) {
      const prepared = create(name, { ignoreIndex: 2 }).prepare(target);
      for (const ignoreIndex of [2, null, 0, 2, 1, IGNORED]) {
        const loss = create(name, { ignoreIndex });
        expect(bits(loss.valueAndGrad(pred, prepared))).toEqual(bits(loss.valueAndGrad(pred, target)));
      }
      // What was ignored before is no label now.
      const narrow = { data: pred.data.slice(0, 140), shape: [2, 2, 5, 7] };
      expect(Number.isFinite(create(name, { ignoreIndex: 2 }).value(narrow, prepared))).toBe(true);
      if (!encode) expect(errorOf(() => create(name).value(narrow, prepared)).code).toBe("INVALID_TARGET");
    }
  });

  test("spacing and other options of a target map are told apart", () => {
    const inputs = makeCase(setting("softmax, labels"), 36),
      { pred, target } = inputs;
    for (const { name } of losses.filter((loss) => isSpatial(loss) && "spacing" in loss.options)) {
      const prepared = lossOf(name, inputs).prepare(target);
      for (const spacing of [null, [1, 3], [2, 1], [1, 3]]) {
        const loss = lossOf(name, inputs, { spacing });
        expect(bits(loss.valueAndGrad(pred, prepared))).toEqual(bits(loss.valueAndGrad(pred, target)));
      }
    }
  });
});

describe("what the terms add, of losses that are sums", () => {
  const { pred, target } = makeCase(setting("softmax, labels"), 64),
    alone = (loss: Loss) => loss.value(pred, target);
  test.each<readonly [string, Loss, readonly number[]]>([
    ["combo", seg.combo({ alpha: 0.25 }), [0.25 * alone(seg.crossEntropy()), 0.75 * alone(seg.dice())]],
    ["diceFocal", seg.diceFocal({ focalWeight: 3 }), [alone(seg.dice()), 3 * alone(seg.focal())]],
    ["diceTopK", seg.diceTopK({ diceWeight: 2 }), [2 * alone(seg.dice()), alone(seg.topK())]],
    [
      "monai.DiceCELoss",
      seg.preset("monai.DiceCELoss", { softmax: true, lambda_ce: 2 }),
      [alone(seg.preset("monai.DiceLoss", { softmax: true })), 2 * alone(seg.crossEntropy())],
    ],
    [
      "nnunet.DC_and_CE_loss",
      seg.preset("nnunet.DC_and_CE_loss", { weight_dice: 2 }),
      [2 * alone(seg.preset("nnunet.SoftDiceLoss", { do_bg: false, smooth: 1e-5 })), alone(seg.crossEntropy())],
    ],
  ])("%s", (_, loss, parts) => {
    const { value, terms = [] } = loss.valueAndGrad(pred, target);
    expect(terms.reduce((sum, term) => sum + term, 0)).toBeCloseTo(value, 12);
    expect(terms).toHaveLength(parts.length);
    for (const [i, part] of parts.entries()) expect(terms[i]).toBeCloseTo(part, 6);
    const sum = seg.weightedSum([
      { weight: 2, loss },
      { weight: 1, loss: seg.dice() },
    ]);
    expect(sum.valueAndGrad(pred, target).terms).toEqual(
      [2 * value, alone(seg.dice())].map((n) => expect.closeTo(n, 6)),
    );
  });

  test("are 0 where no pixel counts", () => {
    const all = { ...target, data: target.data.map(() => 255) },
      loss = seg.exponentialLogarithmic({ ignoreIndex: 255 });
    expect(loss.valueAndGrad(pred, all)).toMatchObject({ value: 0, terms: [0, 0] });
  });

  test("and none of a loss that wraps one, nor of one that is no sum", () => {
    for (const loss of [
      seg.deepSupervision({ loss: "combo" }),
      seg.preset("monai.DiceLoss", { softmax: true }),
      seg.poly(),
    ])
      expect(loss.valueAndGrad(pred, target)).not.toHaveProperty("terms");
  });
});

test("a weight that is text shows as text", () => {
  const { message } = errorOf(() => seg.weightedSum([{ weight: JSON.parse('"1"'), loss: seg.dice() }]));
  expect(message).toBe('weightedSum: terms[0].weight must be a number (setWeights changes it), got "1"');
});

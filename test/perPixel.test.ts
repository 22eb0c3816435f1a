import { describe, expect, test } from "vitest";
import type { Loss, SegLossError } from "../dist/index.js";
import { createPool } from "../dist/workers.js";
import { create, errorOf, losses, lossOf, seg, setting, settingsFor, supported } from "./support/library";
import { makeCase, optionSamples, product, Random } from "./support/random";
import { valueError } from "./support/vectors";

const PIXELWISE = [
  ...["crossEntropy", "topK", "focal", "distanceMapCrossEntropy", "poly", "ohem", "boundaryAware"],
  ...["nacl", "marginCalibration", "boundary", "regionWise", "hausdorffDistance"],
];
const pixelwise = supported.filter(
  ({ name, setting: { activation } }) =>
    PIXELWISE.includes(name) && (name !== "boundaryAware" || activation !== "softmax"),
);
const sum = (numbers: Float32Array) => numbers.reduce((a, b) => a + b, 0);

/** Each pixel's loss, and that they add up to the value; those of signed maps cancel. */
function expectSum(loss: ReturnType<typeof create>, inputs: ReturnType<typeof makeCase>, extra: object = {}) {
  const { pred, target } = inputs,
    each = loss.perPixel(pred, target, extra),
    value = loss.value(pred, target, extra);
  const all = Math.max(sum(each.map(Math.abs)), Math.abs(value));
  expect(Math.abs(sum(each) - value), `${sum(each)} for ${value}`).toBeLessThanOrEqual(2e-6 * all);
  return each;
}

describe("losses of pixels add up to the value", () => {
  test.each(pixelwise)("$label", ({ name, setting: each, declaration }) => {
    const inputs = makeCase(each, 100),
      classes = Array.from({ length: each.classes }, (_, c) => 0.5 + c),
      pixels = product(inputs.target.shape) / (each.target === "soft" ? each.classes : 1),
      pixelWeights = new Random(100).normals(pixels).map((w, i) => (i % 7 === 0 ? 0 : Math.abs(w)));
    for (const reduction of ["mean", "sum"])
      for (const more of "classWeights" in declaration.options ? [{}, { classWeights: classes }] : [{}]) {
        const loss = lossOf(name, inputs, { reduction, ...more });
        expect(expectSum(loss, inputs).length).toBe(pixels);
        const weighed = expectSum(loss, inputs, { pixelWeights });
        for (let i = 0; i < pixels; i += 7) expect(weighed[i]).toBe(0);
      }
  });

  test.each(losses)("$name with every option, or it is refused", (declaration) => {
    const { name } = declaration;
    for (const each of settingsFor(declaration)) {
      const inputs = makeCase(each, 101);
      for (const { option, value, also } of optionSamples(declaration, each.classes)) {
        const loss = lossOf(name, inputs, { ...also, [option]: value });
        try {
          loss.value(inputs.pred, inputs.target);
          expectSum(loss, inputs);
        } catch (error) {
          expect((error as SegLossError).code).toBe("UNSUPPORTED");
          continue;
        }
        expect(PIXELWISE).toContain(name);
      }
    }
  });
});

test.each([
  ["focal", {}],
  ["marginCalibration", { margin: 0.5, alpha: 2 }],
  ["nacl", { kernelSize: 1, alpha: 2, distance: "l2" }],
])('with reduction "sum" a pixel\'s loss is that of an image of it alone: %s', (name, own) => {
  const inputs = makeCase(setting("softmax, ignoreIndex"), 102),
    { pred, target, options } = inputs,
    one = create(name, { ...options, ...own, reduction: "sum" }),
    each = one.perPixel(pred, target);
  for (let i = 0; i < 70; i++) {
    const z = [0, 1, 2].map((c) => pred.data[(Math.floor(i / 35) * 3 + c) * 35 + (i % 35)]),
      value = one.value(
        { data: Float32Array.from(z), shape: [1, 3, 1, 1] },
        { data: target.data.slice(i, i + 1) as Uint8Array, shape: [1, 1, 1] },
      );
    expect(valueError(each[i], value)).toBeLessThan(1e-6);
  }
});

test.each([{}, { oneSided: true }])("distances of whole planes: layouts, targets that are kept, sums: %j", (own) => {
  const inputs = makeCase(setting("softmax, labels"), 107, [61, 83]),
    last = makeCase(setting("channelsLast, labels"), 107, [61, 83]),
    loss = lossOf("hausdorffDistance", inputs, own),
    each = expectSum(loss, inputs);
  expect(lossOf("hausdorffDistance", last, own).perPixel(last.pred, last.target)).toEqual(each);
  expect(loss.perPixel(inputs.pred, loss.prepare(inputs.target))).toEqual(each);
  const terms = [
      { weight: 2, loss },
      { weight: -0.5, loss: lossOf("boundary", inputs) },
      { weight: 3, loss: lossOf("crossEntropy", inputs) },
    ],
    parts = terms.map((term) => term.loss.perPixel(inputs.pred, inputs.target));
  for (const [i, sum] of expectSum(seg.weightedSum(terms), inputs).entries())
    expect(sum).toBeCloseTo(
      terms.reduce((total, { weight }, j) => total + weight * parts[j][i], 0),
      7,
    );
});

test("of several tiles, of probabilities, of sums", () => {
  const inputs = makeCase(setting("softmax, labels"), 103, [61, 83]),
    terms = [
      { weight: 2, loss: lossOf("crossEntropy", inputs) },
      { weight: 0.5, loss: lossOf("topK", inputs, { k: 0.2 }) },
    ],
    both = expectSum(seg.weightedSum(terms), inputs),
    [first, second] = terms.map(({ loss }) => loss.perPixel(inputs.pred, inputs.target));
  for (const [i, loss] of both.entries()) expect(loss).toBeCloseTo(2 * first[i] + 0.5 * second[i], 8);
  expect(second.filter((loss) => loss > 0).length).toBe(Math.floor(0.2 * 2 * 61 * 83));
  expect(seg.weightedSum([]).perPixel(inputs.pred, inputs.target)).toEqual(new Float32Array(2 * 61 * 83));
});

describe("refuses", () => {
  const inputs = makeCase(setting("softmax, labels"), 104),
    { pred, target } = inputs;
  test.each([
    ...["dice", "combo", "boundaryAware", "lovaszSoftmax", "activeBoundary", "componentWise", "deepSupervision"],
  ])("%s, of which no pixel's loss is told", (name) => {
    const large = name === "activeBoundary" ? makeCase(setting("softmax, labels"), 104, [15, 16]) : inputs;
    for (const loss of [
      lossOf(name, large),
      seg.weightedSum([
        { weight: 1, loss: lossOf("focal", large) },
        { weight: 1, loss: lossOf(name, large) },
      ]),
    ]) {
      const error = errorOf(() => loss.perPixel(large.pred, large.target));
      expect([error.code, error.message]).toEqual([
        "UNSUPPORTED",
        expect.stringMatching(`^${name}: tells no pixel's loss`),
      ]);
    }
  });

  test.each([
    [{ variant: "erosion" }, /variant "erosion" filters neighbours; "distanceTransform" tells it/],
    [{ variant: "convolution" }, /variant "convolution" filters neighbours; "distanceTransform" tells it/],
    [{ log: true }, /log: true is no sum over pixels/],
    [{ log: true, oneSided: true }, /log: true is no sum over pixels/],
  ])("hausdorffDistance with %j, and says why", (options, why) => {
    const error = errorOf(() => lossOf("hausdorffDistance", inputs, options).perPixel(pred, target));
    expect([error.code, error.message]).toEqual(["UNSUPPORTED", expect.stringMatching(why)]);
  });

  test("out", () => {
    expect(errorOf(() => create("focal").perPixel(pred, target, { out: new Float32Array(210) })).message).toMatch(
      /^focal: perPixel gives losses/,
    );
  });
});

describe("the terms of a sum", () => {
  const inputs = makeCase(setting("softmax, labels"), 105, [15, 16]),
    { pred, target } = inputs;
  // One of each kind of term, and a sum of sums.
  const parts = [
    ...["crossEntropy", "dice", "combo", "topK", "lovaszSoftmax", "nacl", "boundary", "activeBoundary"],
    ...["componentWise", "deepSupervision", "hausdorffDistance"],
  ].map((name, i) => ({ weight: 0.5 + i, loss: lossOf(name, inputs) }));
  const all = seg.weightedSum([
      ...parts,
      { weight: 3, loss: seg.weightedSum([{ weight: 2, loss: lossOf("iou", inputs) }, parts[0]]) },
      { weight: 1.5, loss: seg.preset("nnunet.DC_and_CE_loss") },
    ]),
    alone = [
      ...parts.map(({ weight, loss }) => weight * loss.value(pred, target)),
      3 * (2 * lossOf("iou", inputs).value(pred, target) + parts[0].weight * parts[0].loss.value(pred, target)),
    ];

  test("add up to the value, each what it is alone", () => {
    const { value, terms = [] } = all.valueAndGrad(pred, target);
    expect(terms.length).toBe(parts.length + 2);
    for (const [i, expected] of alone.entries()) expect(valueError(terms[i], expected), `${i}`).toBeLessThan(1e-6);
    expect(
      valueError(
        terms.reduce((a, b) => a + b),
        value,
      ),
    ).toBeLessThan(1e-12);
  });

  test("only sums have them", () => {
    expect(parts[0].loss.valueAndGrad(pred, target)).not.toHaveProperty("terms");
  });
});

describe("a loss that tells no pixel's names the parts that it has", () => {
  const { pred, target } = makeCase(setting("softmax, labels"), 107),
    both = "perClass and perSample have parts, and the grad",
    bySample = "perSample has parts, and the grad";
  test.each<readonly [string, Loss, string]>([
    ["dice", seg.dice(), both],
    ["dice of the batch", seg.dice({ batch: true }), "perClass has parts, and the grad"],
    ["micro dice", seg.dice({ average: "micro" }), bySample],
    ["combo", seg.combo(), bySample],
    ["diceTopK, which pools pixels", seg.diceTopK(), "the grad"],
    ["componentWise", seg.componentWise(), bySample],
    ["deepSupervision of a pooled loss", seg.deepSupervision({ loss: "lovaszSoftmax" }), "the grad"],
    [
      "a sum",
      seg.weightedSum([
        { weight: 1, loss: seg.dice() },
        { weight: 1, loss: seg.iou() },
      ]),
      bySample,
    ],
  ])("%s", (_, loss, parts) => {
    expect(errorOf(() => loss.perPixel(pred, target)).message).toContain(
      `tells no pixel's loss from the others'; ${parts} of valueAndGrad`,
    );
    for (const method of ["perClass", "perSample"] as const)
      if (parts.includes(method)) expect(loss[method](pred, target).length).toBeGreaterThan(0);
      else expect(errorOf(() => loss[method](pred, target)).code).toBe("UNSUPPORTED");
  });
});

describe("setWeights", () => {
  const inputs = makeCase(setting("softmax, labels"), 106),
    { pred, target } = inputs,
    terms = (a: number, b: number) => [
      { weight: a, loss: lossOf("dice", inputs) },
      { weight: b, loss: lossOf("boundary", inputs) },
    ];

  test("is a sum made with those weights, also within another sum and with a prepared target", () => {
    const loss = seg.weightedSum(terms(1, 0)),
      outer = seg.weightedSum([{ weight: 2, loss }]),
      prepared = loss.prepare(target);
    for (const [a, b] of [
      [1, 0],
      [0.5, 0.25],
      [0, -3],
    ]) {
      loss.setWeights([a, b]);
      const expected = seg.weightedSum(terms(a, b));
      expect(loss.options).toEqual(expected.options);
      expect(loss.valueAndGrad(pred, prepared)).toEqual(expected.valueAndGrad(pred, target));
      expect(outer.valueAndGrad(pred, target)).toEqual(
        seg.weightedSum([{ weight: 2, loss: expected }]).valueAndGrad(pred, target),
      );
    }
    outer.setWeights([0.1]);
    expect(outer.value(pred, target)).toBeCloseTo(0.1 * loss.value(pred, target), 8);
  });

  test("in a pool, and of presets", async () => {
    const pool = await createPool({ workers: 2 });
    try {
      const loss = pool.weightedSum([
          { weight: 1, loss: pool.dice() },
          { weight: 2, loss: pool.preset("monai.FocalLoss", { use_softmax: true }) },
        ]),
        here = seg.weightedSum([
          { weight: 1, loss: seg.dice() },
          { weight: 2, loss: seg.preset("monai.FocalLoss", { use_softmax: true }) },
        ]);
      for (const weights of [
        [1, 2],
        [3, -0.5],
      ]) {
        loss.setWeights(weights);
        here.setWeights(weights);
        expect(await loss.valueAndGrad(pred, target)).toEqual(here.valueAndGrad(pred, target));
      }
    } finally {
      pool.dispose();
    }
  });

  test.each([[[1]], [[1, 2, 3]], [[1, Number.NaN]], [[1, "2"]], [undefined], [7], [{ 0: 1, 1: 2, length: 2 }]])(
    "refuses %j",
    (weights) => {
      const error = errorOf(() => seg.weightedSum(terms(1, 1)).setWeights(weights as never));
      expect([error.code, error.message]).toEqual([
        "INVALID_OPTION",
        expect.stringMatching(/^weightedSum: setWeights takes 2 finite numbers, one per term, got /),
      ]);
    },
  );

  test("refuses a loss that is no sum", () => {
    const loss = seg.dice() as unknown as { setWeights(weights: number[]): void };
    expect(errorOf(() => loss.setWeights([1])).code).toBe("UNSUPPORTED");
  });
});

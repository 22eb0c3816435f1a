import { describe, expect, test } from "vitest";
import { type LossName, SegLossError } from "../dist/index.js";
import { createPool } from "../dist/workers.js";
import { bits, create, errorOf, expectSame, losses, lossOf, seg, setting, supported } from "./support/library";
import { IGNORED, makeCase, product, Random } from "./support/random";
import { gradientError, readVectors, type Tensor } from "./support/vectors";

const wrapped = (name: "componentWise" | "deepSupervision") =>
  losses.find((loss) => loss.name === name)?.options.loss as unknown as { values: readonly LossName[] };
/** What a loss needs before it can be evaluated at all. */
const REQUIRED: Readonly<Record<string, object>> = {
  generalizedWassersteinDice: {
    distances: [
      [0, 1, 2],
      [1, 0, 1],
      [2, 1, 0],
    ],
  },
};
const optionsOf = (name: string) => {
  const declared = losses.find((loss) => loss.name === name)?.options ?? {};
  return Object.fromEntries(Object.entries(REQUIRED[name] ?? {}).filter(([option]) => option in declared));
};

describe("deepSupervision of one scale is the loss", () => {
  const cases = supported.filter(
    ({ name }) => name !== "deepSupervision" && wrapped("deepSupervision").values.includes(name as LossName),
  );
  test.each(cases)("$label", ({ name, setting }) => {
    const inputs = makeCase(setting, 90),
      lossOptions = optionsOf(name),
      expected = lossOf(name, inputs, lossOptions).valueAndGrad(inputs.pred, inputs.target),
      loss = lossOf("deepSupervision", inputs, { loss: name, lossOptions });
    // The same numbers, though a zero may change its sign.
    expectSame(loss.valueAndGrad(inputs.pred, inputs.target), expected, { value: 0, grad: 0 });
  });
});

/** One component, and no other label: an object that does not touch itself again. */
function oneObject(classes: number): Tensor {
  const data = new Uint8Array(2 * 35);
  for (let b = 0; b < 2; b++)
    for (let y = 1; y < 4; y++)
      for (let x = 2; x < 5 + b; x++) data[b * 35 + 7 * y + x] = Math.min(classes - 1 || 1, 2);
  return { data, shape: [2, 5, 7] };
}

describe("componentWise of one component a sample is the loss of each sample", () => {
  const cases = wrapped("componentWise").values.flatMap((name) =>
    ["softmax, labels", "sigmoid, one channel", "sigmoid, several channels, labels"].map((each) => ({ name, each })),
  );
  test.each(cases)("$name, $each", ({ name, each }) => {
    const inputs = { ...makeCase(setting(each), 91), target: oneObject(setting(each).classes) },
      { pred } = inputs,
      length = product(pred.shape) / 2;
    const plain = lossOf(name, inputs),
      loss = lossOf("componentWise", inputs, { loss: name });
    let parts: { value: number; grad: Float32Array }[];
    try {
      parts = [0, 1].map((b) =>
        plain.valueAndGrad(
          { data: pred.data.slice(b * length, (b + 1) * length), shape: [1, ...pred.shape.slice(1)] },
          { data: inputs.target.data.slice(b * 35, (b + 1) * 35) as Uint8Array, shape: [1, 5, 7] },
        ),
      );
    } catch (error) {
      expect((error as SegLossError).code).toBe("UNSUPPORTED");
      expect(errorOf(() => loss.value(pred, inputs.target)).message).toBe((error as SegLossError).message);
      return;
    }
    expectSame(loss.valueAndGrad(pred, inputs.target), {
      value: (parts[0].value + parts[1].value) / 2,
      grad: parts.flatMap(({ grad }) => Array.from(grad, (g) => g / 2)),
    });
  });
});

const scales = (classes: number, random: Random) => ({
  pred1: { data: random.normals(2 * classes * 12), shape: [2, classes, 3, 4] },
  pred2: { data: random.normals(2 * classes * 2), shape: [2, classes, 1, 2] },
});

test("deepSupervision adds up its scales, whose targets are of the nearest pixels", () => {
  const inputs = makeCase(setting("softmax, ignoreIndex"), 92),
    { pred, target } = inputs,
    further = scales(3, new Random(92)),
    pixelWeights = { data: new Random(93).normals(70).map(Math.abs), shape: [2, 5, 7] };
  const rows = [[0, 2, 4], [2]],
    columns = [
      [0, 2, 4, 6],
      [1, 5],
    ];
  const pick = (data: ArrayLike<number>, s: number) =>
    [0, 35].flatMap((from) => rows[s].flatMap((y) => columns[s].map((x) => data[from + 7 * y + x])));
  const weights = [0.5, 0, 2],
    loss = lossOf("deepSupervision", inputs, { loss: "tversky", lossOptions: { alpha: 0.3 }, weights }),
    { value, grad, grads } = loss.valueAndGrad(pred, target, { ...further, pixelWeights }),
    plain = lossOf("tversky", inputs, { alpha: 0.3 }),
    first = plain.valueAndGrad(pred, target, { pixelWeights }),
    last = plain.valueAndGrad(
      further.pred2,
      { data: Uint8Array.from(pick(target.data, 1)), shape: [2, 1, 2] },
      { pixelWeights: { data: Float32Array.from(pick(pixelWeights.data, 1)), shape: [2, 1, 2] } },
    );
  expectSame({ value, grad }, { value: 0.5 * first.value + 2 * last.value, grad: first.grad.map((g) => 0.5 * g) });
  expect(grads.pred1).toEqual(new Float32Array(72));
  expect(
    gradientError(
      grads.pred2,
      last.grad.map((g) => 2 * g),
    ),
  ).toBeLessThan(1e-6);
  expect(loss.value(pred, target, { ...further, pixelWeights })).toBe(value);
});

describe("extra inputs of a loss that is wrapped are refused, not left out unseen", () => {
  const inputs = makeCase(setting("softmax, labels"), 94),
    map = new Float32Array(inputs.pred.data.length);
  const supervised = (loss: string, lossOptions = {}) => lossOf("deepSupervision", inputs, { loss, lossOptions }),
    within = supervised("boundary");
  test.each([
    ["deepSupervision", within, "distanceMap", "boundary"],
    ["a sum in which another term takes it", sumWith(within), "distanceMap", "boundary"],
    ["a sum in which another term takes it, first", sumWith(within, true), "distanceMap", "boundary"],
    ["custom maps", supervised("regionWise", { map: "custom" }), "regionMap", "regionWise"],
    ["components", supervised("componentWise"), "components", "componentWise"],
    ["parameters", lossOf("deepSupervision", inputs, { loss: "robustT" }), "logSigma", "robustT"],
    [
      "a preset",
      seg.preset("monai.DeepSupervisionLoss", { loss: { name: "kervadec.SurfaceLoss" } }),
      "distanceMap",
      "boundary",
    ],
  ] as const)("%s", (_, loss, name, inner) => {
    const { code, message } = errorOf(() => loss.valueAndGrad(inputs.pred, inputs.target, { [name]: map }));
    expect([code, message]).toEqual([
      "UNSUPPORTED",
      `deepSupervision: ${name} is not handed on to ${inner}; evaluate that of each scale with its own, and add up`,
    ]);
  });

  test("what no wrapped loss takes is as unknown as before", () => {
    const extra = { distanceMap: map },
      message = errorOf(() => supervised("dice").value(inputs.pred, inputs.target, extra)).message;
    expect(message).toMatch(/^deepSupervision: unknown extra input "distanceMap"/);
    // A term beside it takes it, and dice would not; one that is left undefined is not there.
    expect(sumWith(supervised("dice")).value(inputs.pred, inputs.target, extra)).toBeGreaterThan(0);
    const none = sumWith(within).value(inputs.pred, inputs.target, { distanceMap: undefined });
    expect(none).toBe(sumWith(within).value(inputs.pred, inputs.target));
  });

  function sumWith(loss: ReturnType<typeof lossOf>, last = false) {
    const terms = [
      { weight: 1, loss: lossOf("boundary", inputs) },
      { weight: 1, loss },
    ];
    return seg.weightedSum(last ? terms.reverse() : terms);
  }
});

test("a prepared target, weightedSum and a pool give the same", async () => {
  const pool = await createPool({ workers: 1 });
  try {
    for (const name of ["componentWise", "deepSupervision"]) {
      const [{ options, inputs }] = readVectors(name),
        { pred, target, ...extra } = inputs,
        loss = create(name, options),
        expected = loss.valueAndGrad(pred, target, extra),
        prepared = loss.prepare(target);
      for (let i = 0; i < 2; i++) expect(bits(loss.valueAndGrad(pred, prepared, extra))).toEqual(bits(expected));
      const twice = seg.weightedSum([
          { weight: 2, loss },
          { weight: 1, loss: create("dice", { activation: options.activation }) },
          { weight: -1, loss },
        ]),
        dice = create("dice", { activation: options.activation }).valueAndGrad(pred, target),
        sum = twice.valueAndGrad(pred, target, extra);
      expectSame(sum, { value: expected.value + dice.value, grad: expected.grad.map((g, i) => g + dice.grad[i]) });
      expect(bits(await pool.create(name as LossName, options).valueAndGrad(pred, target, extra))).toEqual(
        bits(expected),
      );
    }
  } finally {
    await pool.dispose();
  }
});

describe("componentWise is the mean over components of the loss of one and of label 0", () => {
  const shapes = [
    { spatial: [40], classes: 3, last: false },
    { spatial: [11, 13], classes: 2, last: false },
    { spatial: [11, 13], classes: 3, last: true },
    { spatial: [4, 7, 9], classes: 5, last: false },
  ];
  const cases = wrapped("componentWise").values.flatMap((name) => shapes.map((shape) => ({ name, ...shape })));
  test.each(cases)("$name, $spatial, $classes classes", ({ name, spatial, classes, last }) => {
    const random = new Random(97),
      pixels = product(spatial),
      numbers = Int32Array.from({ length: 2 * pixels }, () =>
        random.next() < 0.6 ? 0 : 1 + Math.floor(4 * random.next()),
      ),
      data = Uint8Array.from(numbers, (number) => (number === 0 ? 0 : 1 + (number % (classes - 1)))),
      shape = last ? [2, ...spatial, classes] : [2, classes, ...spatial],
      pred = { data: random.normals(product(shape)), shape },
      pixelWeights = Float32Array.from(data, () => (random.next() < 0.2 ? 0 : random.next()));
    const activation = name === "lovaszHinge" ? "sigmoid" : "softmax",
      options = { activation, layout: last ? "channelsLast" : "channelsFirst", spatialDims: spatial.length },
      alone = create(name, { ...options, ignoreIndex: IGNORED, ...(name === "ohem" && { minKept: 9 }) }),
      loss = create("componentWise", { ...options, loss: name, lossOptions: name === "ohem" ? { minKept: 9 } : {} });
    for (const weights of [undefined, pixelWeights]) {
      const grad = new Float64Array(pred.data.length),
        length = grad.length / 2;
      let value = 0;
      for (let b = 0; b < 2; b++) {
        const own = numbers.slice(b * pixels, (b + 1) * pixels),
          counts = weights?.slice(b * pixels, (b + 1) * pixels),
          found = [...new Set(own.filter((number, i) => number > 0 && counts?.[i] !== 0))],
          score = { data: pred.data.slice(b * length, (b + 1) * length), shape: [1, ...shape.slice(1)] };
        for (const number of found) {
          const kept = (each: number, i: number) => (each === 0 || each === number ? data[b * pixels + i] : IGNORED),
            target = { data: Uint8Array.from(own, kept), shape: [1, ...spatial] },
            part = alone.valueAndGrad(score, target, counts && { pixelWeights: counts });
          value += part.value / found.length / 2;
          for (let i = 0; i < length; i++) grad[b * length + i] += part.grad[i] / found.length / 2;
        }
      }
      const components = { data: numbers, shape: [2, ...spatial] };
      expectSame(
        loss.valueAndGrad(pred, { data, shape: [2, ...spatial] }, { components, ...(weights && { pixelWeights }) }),
        { value, grad: [...grad] },
      );
    }
  });
});

describe("componentWise", () => {
  const labels = { data: Uint8Array.of(1, 1, 0, 1, 0, 0, 0, 0, 1), shape: [1, 3, 3] },
    pred = { data: new Random(94).normals(9), shape: [1, 1, 3, 3] },
    loss = (options: object = {}) => create("componentWise", { activation: "sigmoid", ...options });

  test("numbers of components part what touches, and leave 0 out", () => {
    const components = { data: Int32Array.of(7, 9, 0, 7, 0, 0, 0, 0, 0), shape: [1, 3, 3] },
      alone = (own: number[]) =>
        create("dice", { activation: "sigmoid", ignoreIndex: 255 }).valueAndGrad(pred, {
          data: Uint8Array.from(own),
          shape: [1, 3, 3],
        });
    const parts = [alone([1, 255, 0, 1, 0, 0, 0, 0, 255]), alone([255, 1, 0, 255, 0, 0, 0, 0, 255])];
    expectSame(loss().valueAndGrad(pred, labels, { components }), {
      value: (parts[0].value + parts[1].value) / 2,
      grad: parts[0].grad.map((g, i) => (g + parts[1].grad[i]) / 2),
    });
    expect(loss().value(pred, labels, { components: Float32Array.from(components.data) })).toBe(
      loss().value(pred, labels, { components }),
    );
  });

  test("faces join less than corners do", () => {
    const corner = { data: Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 0), shape: [1, 3, 3] },
      whole = create("dice", { activation: "sigmoid" }).value(pred, corner);
    expect(loss().value(pred, corner)).toBeCloseTo(whole, 6);
    expect(loss({ connectivity: "face" }).value(pred, corner)).not.toBeCloseTo(whole, 3);
  });

  test("weight 0 is an ignored pixel", () => {
    const void8 = { ...labels, data: labels.data.map((label, i) => (i === 0 || i === 5 ? IGNORED : label)) },
      pixelWeights = Float32Array.from(labels.data, (_, i) => (i === 0 || i === 5 ? 0 : 1));
    expectSame(
      loss().valueAndGrad(pred, labels, { pixelWeights }),
      loss({ ignoreIndex: IGNORED }).valueAndGrad(pred, void8),
    );
  });

  test.each([
    ["numbers below 0", "INVALID_TARGET", /has -1 at index 1, expected whole/, [0, -1, 0, 0, 0, 0, 0, 0, 0]],
    ["fractions", "INVALID_TARGET", /has 0.5 at index 0/, [0.5, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["numbers where label 0 is", "INVALID_TARGET", /has 3 at index 2, where target has/, [0, 0, 3, 0, 0, 0, 0, 0, 0]],
    ["too few", "SHAPE_MISMATCH", /components must hold whole numbers of shape \[1, 3, 3\]/, [1]],
  ] as const)("refuses %s", (_, code, message, numbers) => {
    const error = errorOf(() => loss().value(pred, labels, { components: Float32Array.from(numbers) }));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });
});

describe("refusals", () => {
  const { pred, target, options } = makeCase(setting("softmax, labels"), 95),
    deep = (more: object = {}) => create("deepSupervision", { ...options, ...more }),
    further = scales(3, new Random(95));

  test.each([
    ["componentWise", { loss: "boundary" }, "UNSUPPORTED", /loss "boundary" cannot be evaluated there.*takes: cross/],
    ["deepSupervision", { loss: "conditionalBoundary" }, "UNSUPPORTED", /conditionalBoundary/],
    ["deepSupervision", { loss: "deepSupervision" }, "UNSUPPORTED", /deepSupervision/],
    ["deepSupervision", { loss: "dyce" }, "INVALID_OPTION", /option loss must be "crossEntropy"/],
    ["componentWise", { lossOptions: { alpha: 1 } }, "INVALID_OPTION", /lossOptions of dice: unknown option "alpha"/],
    ["componentWise", { lossOptions: { layout: "channelsLast" } }, "INVALID_OPTION", /layout holds for both/],
    ["deepSupervision", { lossOptions: { reduction: "sum" } }, "INVALID_OPTION", /reduction holds for both/],
    ["deepSupervision", { lossOptions: { smooth: -1 } }, "INVALID_OPTION", /lossOptions of dice: option smooth must/],
    ["deepSupervision", { weights: "two" }, "INVALID_OPTION", /weights must be "halving" or a list of numbers/],
  ] as const)("%s %j", (name, given, code, message) => {
    const error = errorOf(() => create(name, given));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });

  test.each([
    [{ pred2: further.pred2 }, {}, "INVALID_OPTION", /pred2 is there, and pred1 is not/],
    [
      { pred1: further.pred1 },
      { weights: [0, 0] },
      "INVALID_OPTION",
      /weights must hold one above 0 at least, got \[0, 0\]/,
    ],
    [{}, { weights: [0] }, "INVALID_OPTION", /one above 0 at least, got \[0\]/],
    [{ pred1: further.pred1 }, { weights: [1] }, "INVALID_OPTION", /weights must hold 2 numbers, one per scale/],
    [{ pred1: further.pred1.data }, {}, "SHAPE_MISMATCH", /pred1 must be \{ data, shape \}/],
    [{ pred1: { ...further.pred1, shape: [2, 4, 3, 3] } }, {}, "SHAPE_MISMATCH", /pred1 must have pred's 2 samples, 3/],
    [{ pred8: further.pred1 }, {}, "INVALID_OPTION", /unknown extra input "pred8"/],
    [{ pixelWeights: new Float32Array(70) }, { loss: "inverseForm" }, "UNSUPPORTED", /inverseForm: pixelWeights/],
  ] as const)("deepSupervision with inputs %#", (extra, more, code, message) => {
    const error = errorOf(() => deep(more).value(pred, target, extra as never));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });

  test("componentWise needs labels", () => {
    const soft = makeCase(setting("softmax, soft target"), 96);
    expect(errorOf(() => create("componentWise", soft.options).value(soft.pred, soft.target)).code).toBe("UNSUPPORTED");
  });

  test("the activation left out is that of the wrapped loss", () => {
    expect(create("deepSupervision", { loss: "lovaszHinge" }).options.activation).toBe("sigmoid");
    expect(
      create("deepSupervision", { loss: "componentWise", lossOptions: { loss: "lovaszHinge" } }).options.activation,
    ).toBe("sigmoid");
    expect(() => create("componentWise", { loss: "lovaszHinge" }).options).not.toThrow(SegLossError);
  });
});

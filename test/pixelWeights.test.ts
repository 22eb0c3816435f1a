import { describe, expect, test } from "vitest";
import { createPool } from "../dist/workers.js";
import { create, errorOf, losses, lossOf, seg, supports } from "./support/library";
import { IGNORED, makeCase, Random, settings } from "./support/random";
import { gradientError, valueError } from "./support/vectors";

const weighted = losses.filter(({ unweighted }) => unweighted === undefined),
  refusing = losses.filter(({ unweighted }) => unweighted !== undefined);
const pixelsOf = (shape: readonly number[], last: boolean) => (last ? shape.slice(1, -1) : shape.slice(2));
const bits = ({ value, grad }: { value: number; grad: Float32Array }) => [value, [...new Uint32Array(grad.buffer)]];

/** Where a loss says "labels" it encodes or maps them; nothing else differs. */
const cases = weighted.flatMap((loss) =>
  settings
    .filter((setting) => supports(loss, setting))
    .map((setting) => ({ loss, setting, name: `${loss.name}, ${setting.name}` })),
);
function scene(setting: (typeof settings)[number], seed: number) {
  const made = makeCase(setting, seed),
    last = made.options.layout === "channelsLast",
    spatial = pixelsOf(made.pred.shape, last),
    shape = [made.pred.shape[0], ...spatial],
    length = shape.reduce((a, b) => a * b, 1);
  return { ...made, shape, length };
}

describe.each(cases)("$name", ({ loss, setting }) => {
  const made = scene(setting, 61),
    { pred, target, shape, length } = made,
    own = lossOf(loss.name, made),
    random = new Random(62);

  test("weights of 1 are none, with a channel axis or without", () => {
    const plain = own.valueAndGrad(pred, target);
    const last = made.options.layout === "channelsLast" ? [[...shape, 1]] : [];
    for (const axes of [shape, [shape[0], 1, ...shape.slice(1)], ...last]) {
      const pixelWeights = { data: new Float32Array(length).fill(1), shape: axes },
        found = own.valueAndGrad(pred, target, { pixelWeights });
      expect(valueError(found.value, plain.value)).toBeLessThanOrEqual(1e-6);
      expect(gradientError(found.grad, plain.grad)).toBeLessThanOrEqual(1e-6);
    }
  });

  test("a pixel of weight 0 is not looked at", () => {
    const data = Float32Array.from({ length }, () => (random.next() < 0.3 ? 0 : 0.5 + random.next())),
      other = pred.data.slice(),
      pixels = length / shape[0],
      classes = pred.data.length / length;
    for (let i = 0; i < other.length; i++) {
      const b = Math.floor(i / (classes * pixels)),
        n = made.options.layout === "channelsLast" ? Math.floor(i / classes) % pixels : i % pixels;
      if (data[b * pixels + n] === 0) other[i] = Number.NaN;
    }
    const right = own.valueAndGrad(pred, target, { pixelWeights: data }),
      found = own.valueAndGrad({ data: other, shape: pred.shape }, target, { pixelWeights: data });
    expect(bits(found)).toEqual(bits(right));
    expect(Number.isFinite(right.value)).toBe(true);
    expect(own.value(pred, target, { pixelWeights: data })).toBeCloseTo(right.value, 12);
  });

  test("a prepared target takes weights that change in place", () => {
    const prepared = own.prepare(target),
      data = new Float32Array(length),
      change = (zero: (i: number) => boolean) => {
        for (let i = 0; i < length; i++) data[i] = zero(i) ? 0 : 0.5 + random.next();
        const found = own.valueAndGrad(pred, prepared, { pixelWeights: data });
        expect(bits(found)).toEqual(bits(own.valueAndGrad(pred, target, { pixelWeights: data.slice() })));
      };
    change((i) => i % 3 === 0);
    change((i) => i % 3 === 0);
    change((i) => i % 3 === 0 && i !== 3);
    change((i) => i === length - 1);
    change(() => false);
  });

  test("weights of which no mean can be taken in float32 are refused", () => {
    const given = (weight: number) => ({ pixelWeights: new Float32Array(length).fill(weight) });
    expect(errorOf(() => own.value(pred, target, given(2 ** -149))).message).toMatch(
      /pixelWeights add up to .*e-4\d, .*multiply them/,
    );
    for (const large of [2 ** 125, 2 ** 127])
      expect(errorOf(() => own.value(pred, target, given(large))).message).toMatch(
        /pixelWeights add up to .*(e\+|Infinity).*, .*multiply them/,
      );
    for (const weight of [2 ** -126, 2 ** 110])
      expect(own.valueAndGrad(pred, target, given(weight)).grad.every(Number.isFinite)).toBe(true);
  });

  test("all weights 0: nothing counts", () => {
    const found = own.valueAndGrad(pred, target, { pixelWeights: new Float32Array(length) });
    expect(found.value).toBe(0);
    expect(found.grad.every((g) => g === 0)).toBe(true);
  });
});

describe.each(weighted.map(({ name }) => name))("%s", (name) => {
  const setting = settings.find((each) => each.ignore) as (typeof settings)[number],
    declared = losses.find((each) => each.name === name) as (typeof losses)[number];
  test.runIf(supports(declared, setting))("weight 0 is ignoreIndex, 1 elsewhere", () => {
    const made = scene(setting, 63),
      { pred, target, length } = made,
      labels = target.data as Uint8Array,
      random = new Random(64),
      data = Float32Array.from({ length }, () => (random.next() < 0.3 ? 0 : 1)),
      ignored = { ...target, data: labels.map((label, i) => (data[i] === 0 ? IGNORED : label)) };
    const loss = lossOf(name, made),
      found = loss.valueAndGrad(pred, target, { pixelWeights: data }),
      right = loss.valueAndGrad(pred, ignored);
    expect(valueError(found.value, right.value)).toBeLessThanOrEqual(1e-6);
    expect(gradientError(found.grad, right.grad)).toBeLessThanOrEqual(1e-6);
    expect(loss.value(pred, loss.prepare(target), { pixelWeights: data })).toBe(
      loss.value(pred, target, { pixelWeights: data }),
    );
  });
});

const repeated = [
  ...["crossEntropy", "focal", "dice", "logCoshDice", "iou", "tversky", "focalTversky", "sensitivitySpecificity"],
  ...["generalizedWassersteinDice", "combo", "exponentialLogarithmic", "unifiedFocal", "lovaszSoftmax"],
];
test.each(repeated)("%s: a whole weight is the pixel so many times", (name) => {
  const random = new Random(65),
    times = [1, 3, 2, 1, 5, 2, 1, 4],
    labels = [0, 2, 1, 1, 0, 2, 2, 0],
    z = random.normals(24),
    repeat = <T>(of: (i: number) => T) => times.flatMap((n, i) => Array.from({ length: n }, () => of(i)));
  const many = repeat((i) => i).length,
    loss = create(name, { spatialDims: 1 });
  const found = loss.value(
    { data: z, shape: [1, 3, 8] },
    { data: Uint8Array.from(labels), shape: [1, 8] },
    {
      pixelWeights: Float32Array.from(times),
    },
  );
  const right = loss.value(
    { data: Float32Array.from([0, 1, 2].flatMap((c) => repeat((i) => z[c * 8 + i]))), shape: [1, 3, many] },
    { data: Uint8Array.from(repeat((i) => labels[i])), shape: [1, many] },
  );
  expect(valueError(found, right)).toBeLessThanOrEqual(2e-6);
});

describe("sums of weights by label are what hits and misses add up to", () => {
  const random = new Random(71),
    pixels = 300,
    times = Float32Array.from({ length: pixels }, () => Math.floor(4 * random.next())),
    cases = ["dice", "generalizedDice", "unifiedFocal", "matthewsCorrelation", "sensitivitySpecificity", "diceFocal"];
  test.each(
    cases.flatMap((name) =>
      [
        { activation: "softmax", classes: 2 },
        { activation: "softmax", classes: 6 },
        { activation: "sigmoid", classes: 1 },
        { activation: "sigmoid", classes: 3 },
      ].map((question) => ({ name, ...question })),
    ),
  )("$name, $activation, $classes channels", ({ name, activation, classes }) => {
    const options = { activation, spatialDims: 1, ...(name === "dice" ? { classes: "present" } : {}) };
    // The last label stands at pixels of weight 0 alone: its class is absent.
    const most = Math.max(classes, 2) - 1,
      labels = Uint8Array.from(times, (n) => (n === 0 ? most : Math.floor(Math.max(most, 2) * random.next()))),
      z = random.normals(classes * pixels),
      repeat = <T>(of: (i: number) => T) => [...times].flatMap((n, i) => Array.from({ length: n }, () => of(i))),
      many = repeat((i) => i).length,
      loss = create(name, options);
    const found = loss.valueAndGrad(
        { data: z, shape: [1, classes, pixels] },
        { data: labels, shape: [1, pixels] },
        { pixelWeights: times },
      ),
      right = loss.valueAndGrad(
        {
          data: Float32Array.from([...Array(classes).keys()].flatMap((c) => repeat((i) => z[c * pixels + i]))),
          shape: [1, classes, many],
        },
        { data: Uint8Array.from(repeat((i) => labels[i])), shape: [1, many] },
      );
    expect(valueError(found.value, right.value)).toBeLessThanOrEqual(1e-6);
    const slopes = new Float32Array(z.length);
    repeat((i) => i).forEach((i, at) => {
      for (let c = 0; c < classes; c++) slopes[c * pixels + i] += right.grad[c * many + at];
    });
    expect(gradientError(found.grad, slopes)).toBeLessThanOrEqual(2e-6);
  });
});

describe("weight 0 is ignoreIndex in every tile, of any type of labels", () => {
  const side = 131, // more pixels than a tile has, and no whole vectors
    pixels = side * side,
    random = new Random(72),
    weights = Float32Array.from({ length: 2 * pixels }, () => (random.next() < 0.3 ? 0 : 1)),
    pred = { data: random.normals(4 * pixels), shape: [2, 2, side, side] };
  test.each(
    [Uint8Array, Int8Array, Uint16Array, Int32Array].flatMap((Labels) =>
      ["crossEntropy", "dice", "topK"].map((name) => ({ Labels, name, type: Labels.name })),
    ),
  )("$name, $type", ({ Labels, name }) => {
    const label = () => (random.next() < 0.1 ? 100 : Math.floor(2 * random.next())),
      data = new Labels(Array.from({ length: 2 * pixels }, label)),
      ignored = data.map((each, i) => (weights[i] === 0 ? 100 : each)),
      loss = create(name, { ignoreIndex: 100 }),
      shape = [2, side, side];
    const found = loss.valueAndGrad(pred, { data, shape }, { pixelWeights: weights }),
      right = loss.valueAndGrad(pred, { data: ignored, shape });
    expect(valueError(found.value, right.value)).toBeLessThanOrEqual(1e-6);
    expect(gradientError(found.grad, right.grad)).toBeLessThanOrEqual(1e-6);
    // No factors are left; dice has what its labels add up to from its hits and misses.
    if (name !== "dice") expect(bits(found)).toEqual(bits(right));
    const blind = pred.data.map((z, i) => {
        const n = Math.floor(i / (2 * pixels)) * pixels + (i % pixels);
        return weights[n] === 0 ? Number.NaN : z;
      }),
      again = loss.valueAndGrad({ ...pred, data: blind }, { data, shape }, { pixelWeights: weights });
    expect(bits(again)).toEqual(bits(found));
  });
});

test.each([
  [0.5, 1.5],
  [1, 0.5],
  [2, 0],
])("weights of %f and %f are no mask", (one, other) => {
  const random = new Random(73),
    pred = { data: random.normals(2 * 64), shape: [1, 2, 8, 8] },
    target = { data: Uint8Array.from({ length: 64 }, () => Math.floor(2 * random.next())), shape: [1, 8, 8] },
    weights = Float32Array.from({ length: 64 }, (_, i) => (i % 2 ? one : other)),
    loss = seg.crossEntropy({ reduction: "sum" }),
    u = loss.perPixel(pred, target);
  const found = loss.value(pred, target, { pixelWeights: weights });
  expect(
    valueError(
      found,
      weights.reduce((sum, w, i) => sum + w * u[i], 0),
    ),
  ).toBeLessThanOrEqual(1e-6);
});

test.each(["crossEntropy", "dice", "topK"])("%s: the gradient may take the place of the weights", (name) => {
  const random = new Random(69),
    pred = { data: random.normals(3 * 256), shape: [1, 3, 16, 16] },
    target = { data: Uint8Array.from({ length: 256 }, (_, i) => i % 3), shape: [1, 16, 16] },
    weights = Float32Array.from({ length: 256 }, () => random.next() + 0.5);
  const loss = seg[name as "dice"](),
    right = loss.valueAndGrad(pred, target, { pixelWeights: weights }),
    { data } = seg.tensor(pred.shape);
  data.set(weights);
  const found = loss.valueAndGrad(pred, target, { pixelWeights: data.subarray(0, 256), out: data });
  expect([found.value, [...found.grad]]).toEqual([right.value, [...right.grad]]);
});

describe("weights that vary, that are the same for a while, and masks", () => {
  const side = 40,
    pixels = side * side,
    random = new Random(66),
    kinds = [() => 2, () => (random.next() < 0.5 ? 0 : 1.5), () => (random.next() < 0.5 ? 1 : 2), () => random.next()],
    data = Float32Array.from({ length: pixels }, (_, i) => kinds[(i >> 6) % kinds.length]());
  const questions = [
    ["softmax", 2],
    ["softmax", 4],
    ["sigmoid", 1],
    ["sigmoid", 3],
  ] as const;
  test.each(
    ["crossEntropy", "focal"].flatMap((name) =>
      questions.map(([activation, classes]) => ({ name, activation, classes })),
    ),
  )("$name, $activation, $classes channels: each pixel's own times its weight", ({ name, activation, classes }) => {
    const loss = create(name, { activation, reduction: "sum" }),
      logits = Float32Array.from({ length: classes * pixels }, () => 8 * random.next() - 4),
      labels = Uint8Array.from({ length: pixels }, () => Math.floor(random.next() * Math.max(classes, 2))),
      pred = { data: logits, shape: [1, classes, side, side] },
      target = { data: labels, shape: [1, side, side] };
    const plain = loss.valueAndGrad(pred, target),
      found = loss.valueAndGrad(pred, target, { pixelWeights: data }),
      own = loss.perPixel(pred, target);
    expect(
      valueError(
        found.value,
        own.reduce((sum, each, i) => sum + each * data[i], 0),
      ),
    ).toBeLessThanOrEqual(1e-6);
    expect(
      gradientError(
        found.grad,
        plain.grad.map((g, i) => g * data[i % pixels]),
      ),
    ).toBeLessThanOrEqual(1e-6);
  });
});

describe("logits of any size, some right and some wrong, and weights some of which are 0 or alike", () => {
  const side = 37,
    pixels = side * side,
    questions = [
      ["softmax", 2],
      ["softmax", 3],
      ["sigmoid", 1],
    ] as const,
    sizes = [1e-6, 1e-3, 1, 15, 30, 60, 90, 1e4],
    cases = questions.flatMap(([activation, classes]) =>
      sizes.flatMap((size) => [false, true].map((right) => ({ activation, classes, size, right }))),
    );
  test.each(cases)(
    "$activation, $classes channels, $size, all right: $right",
    ({ activation, classes, size, right }) => {
      const random = new Random(68),
        labels = Uint8Array.from({ length: pixels }, () => Math.floor(random.next() * Math.max(classes, 2))),
        weights = Float32Array.from({ length: pixels }, (_, i) =>
          i % 200 < 60 ? 2 : random.next() < 0.1 ? 0 : 0.5 + 1.5 * random.next(),
        ),
        up = (c: number, i: number) => (labels[i] === (classes === 1 ? 1 : c) ? 1 : -1),
        sign = (c: number, i: number) => (right ? up(c, i) : random.next() < 0.5 ? 1 : -1),
        data = Float32Array.from({ length: classes * pixels }, (_, i) => {
          const c = Math.floor(i / pixels);
          return sign(c, i % pixels) * size * (0.5 + 0.5 * random.next());
        });
      const { value, grad } = create("crossEntropy", { activation, reduction: "sum" }).valueAndGrad(
        { data, shape: [1, classes, side, side] },
        { data: labels, shape: [1, side, side] },
        { pixelWeights: weights },
      );
      const slopes = new Float64Array(data.length);
      let sum = 0;
      for (let i = 0; i < pixels; i++) {
        const z = Array.from({ length: classes }, (_, c) => data[c * pixels + i]);
        if (classes === 1) z.unshift(0);
        // Against the label's own: its odds are a sum of exponentials of differences.
        const own = z[labels[i]],
          top = Math.max(...z.filter((_, c) => c !== labels[i])),
          others = z.reduce((total, each, c) => (c === labels[i] ? total : total + Math.exp(each - top)), 0),
          y = top - own + Math.log(others);
        sum += weights[i] * (Math.max(y, 0) + Math.log1p(Math.exp(-Math.abs(y))));
        const q = y > 0 ? 1 / (1 + Math.exp(-y)) : Math.exp(y) / (1 + Math.exp(y));
        for (let c = 0; c < classes; c++) {
          const label = classes === 1 ? 1 : c,
            share = Math.exp(z[label] - top) / others;
          slopes[c * pixels + i] = weights[i] * (label === labels[i] ? -q : share * q);
        }
      }
      // Differences of large logits are rounded.
      const allowed = 4e-7 + 6e-8 * Math.min(2 * size, 90);
      expect(Math.abs(value - sum)).toBeLessThanOrEqual(allowed * sum + 1e-34);
      expect(Math.hypot(...grad.map((g, i) => g - slopes[i]))).toBeLessThanOrEqual(
        allowed * Math.hypot(...slopes) + 1e-34,
      );
    },
  );
});

describe("refused", () => {
  const { pred, target, length } = scene(settings[0], 66),
    loss = create("dice");
  const weights = (at: number, value: number) =>
    new Float32Array(length).fill(1).map((one, i) => (i === at ? value : one));
  test("wherever it stands; -0 is as good as 0", () => {
    const own = create("crossEntropy"),
      last = length - 1;
    for (let at = 0; at < Math.min(length, 64); at++)
      for (const value of [-1e-30, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
        expect(errorOf(() => own.value(pred, target, { pixelWeights: weights(at, value) })).code).toBe(
          "INVALID_TARGET",
        );
    expect(own.value(pred, target, { pixelWeights: weights(last, -0) })).toBe(
      own.value(pred, target, { pixelWeights: weights(last, 0) }),
    );
  });
  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("a weight of %s", (value) => {
    const { code, message } = errorOf(() => loss.value(pred, target, { pixelWeights: weights(5, value) }));
    expect([code, message]).toEqual([
      "INVALID_TARGET",
      `dice: pixelWeights has ${value} at index 5, expected finite numbers >= 0`,
    ]);
  });
  test("another shape", () => {
    expect(errorOf(() => loss.value(pred, target, { pixelWeights: new Float32Array(3) })).code).toBe("SHAPE_MISMATCH");
    const turned = { data: weights(0, 1), shape: [length] };
    expect(errorOf(() => loss.value(pred, target, { pixelWeights: turned })).code).toBe("SHAPE_MISMATCH");
  });
  test("labels of pixels that weigh nothing are validated all the same", () => {
    const wrong = { ...target, data: (target.data as Uint8Array).map((label, i) => (i === 5 ? 77 : label)) };
    expect(errorOf(() => loss.value(pred, wrong, { pixelWeights: weights(5, 0) })).code).toBe("INVALID_TARGET");
  });
  test.each(refusing.map(({ name }) => name))("%s, with the reason", (name) => {
    const { code, message } = errorOf(() => create(name).value(pred, target, { pixelWeights: weights(0, 1) }));
    expect([code, message]).toEqual(["UNSUPPORTED", expect.stringMatching(/^\w+: pixelWeights cannot be taken: /)]);
  });
});

describe.each([
  { variant: "erosion", erosions: 3, threshold: 0.05 },
  { variant: "convolution", radii: [1, 2.5] },
])("hausdorffDistance, $variant", (options) => {
  const setting = settings.find((each) => each.ignore) as (typeof settings)[number],
    made = scene(setting, 67),
    { pred, target, length } = made,
    random = new Random(68),
    loss = lossOf("hausdorffDistance", made, { ...options, reduction: "sum" });
  test("weights stand in the last sum alone: it is linear in them", () => {
    const [one, two] = [0, 1].map(() => Float32Array.from({ length }, () => (1 + Math.floor(8 * random.next())) / 8)),
      of = (pixelWeights: Float32Array) => loss.valueAndGrad(pred, target, { pixelWeights }),
      [first, second, both] = [one, two, one.map((weight, i) => weight + two[i])].map(of);
    expect(first.value).not.toBe(second.value);
    expect(valueError(both.value, first.value + second.value)).toBeLessThanOrEqual(1e-6);
    const sum = first.grad.map((g, i) => g + second.grad[i]);
    expect(gradientError(both.grad, sum)).toBeLessThanOrEqual(1e-6);
  });
  test("weight 0 is ignoreIndex", () => {
    const data = Float32Array.from({ length }, () => (random.next() < 0.3 ? 0 : 1)),
      labels = (target.data as Uint8Array).map((label, i) => (data[i] === 0 ? IGNORED : label)),
      found = loss.valueAndGrad(pred, target, { pixelWeights: data }),
      right = loss.valueAndGrad(pred, { ...target, data: labels });
    expect(found.value).toBeGreaterThan(0);
    expect(valueError(found.value, right.value)).toBeLessThanOrEqual(1e-6);
    expect(gradientError(found.grad, right.grad)).toBeLessThanOrEqual(1e-6);
  });
});

describe("elsewhere", () => {
  const made = scene(settings[0], 69),
    { pred, target, length, shape } = made,
    random = new Random(70),
    pixelWeights = { data: Float32Array.from({ length }, () => Math.max(0, random.normal())), shape };

  test("in a pool, split or not", async () => {
    for (const splitAbove of [1, 1e9]) {
      const pool = await createPool({ workers: 2, splitAbove });
      try {
        for (const name of ["crossEntropy", "dice", "combo", "topK", "lovaszSoftmax", "boundary", "diceFocal"]) {
          const expected = create(name).valueAndGrad(pred, target, { pixelWeights });
          expect(bits(await pool.create(name as "dice").valueAndGrad(pred, target, { pixelWeights }))).toEqual(
            bits(expected),
          );
        }
      } finally {
        pool.dispose();
      }
    }
  });

  test("tensors that live in the module's memory", () => {
    const tensors = [seg.tensor(pred.shape), seg.tensor(target.shape, "uint8"), seg.tensor(shape)] as const;
    tensors[0].data.set(pred.data);
    tensors[1].data.set(target.data);
    tensors[2].data.set(pixelWeights.data);
    for (const { name } of weighted.filter((each) => supports(each, settings[0]))) {
      const loss = lossOf(name, made);
      expect(bits(loss.valueAndGrad(tensors[0], tensors[1], { pixelWeights: tensors[2] })), name).toEqual(
        bits(loss.valueAndGrad(pred, target, { pixelWeights })),
      );
    }
    for (const each of tensors) each.dispose();
  });

  test("presets, and sums of which one part takes none", () => {
    const preset = seg.preset("nnunet.DC_and_CE_loss", { do_bg: true }).value(pred, target, { pixelWeights }),
      own =
        seg.dice({ smooth: 1e-5, overlap: "product" }).value(pred, target, { pixelWeights }) +
        seg.crossEntropy().value(pred, target, { pixelWeights });
    expect(valueError(preset, own - 1)).toBeLessThanOrEqual(1e-6);
    const sum = seg.weightedSum([
      { weight: 1, loss: seg.dice() },
      { weight: 1, loss: seg.topological() },
    ]);
    expect(errorOf(() => sum.value(pred, target, { pixelWeights })).message).toMatch(/^topological: pixelWeights/);
  });
});

test("a skeleton weighs what its pixels do: the recall is the same at twice the weight", () => {
  const { pred, target, length } = scene(settings[0], 65),
    random = new Random(66),
    once = Float32Array.from({ length }, () => 0.5 + random.next()),
    of = (pixelWeights: Float32Array) => seg.create("skeletonRecall").value(pred, target, { pixelWeights });
  expect(valueError(of(once.map((w) => 2 * w)), of(once))).toBeLessThanOrEqual(1e-4);
  expect(valueError(of(once), seg.create("skeletonRecall").value(pred, target))).toBeGreaterThan(1e-4);
});

import { describe, expect, test } from "vitest";
import type { TensorLike } from "../dist/index.js";
import { bits, errorOf, seg } from "./support/library";
import { oneHot, Random, shares } from "./support/random";

const random = new Random(71),
  floats = (shape: number[], data = random.normals(shape.reduce((a, b) => a * b, 1))) => ({ data, shape }),
  labels = (shape: number[]) => ({
    data: Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.below(3)),
    shape,
  });
const pred = floats([2, 3, 4, 5]),
  target = labels([2, 4, 5]),
  message = (p: TensorLike, t: TensorLike, options = {}) => errorOf(() => seg.dice(options).value(p, t)).message;

describe("spatial axes", () => {
  test("messages name the likely cure, in the caller's shapes", () => {
    const { data } = labels([8, 8]);
    expect(message(floats([3, 8, 8]), { data, shape: [8, 8] })).toMatch(/missing\? \[1, 3, 8, 8\].*spatialDims: 1/);
    expect(message(floats([1, 3, 8, 8]), { data, shape: [8, 8] })).toMatch(/batch axis missing\? \[1, 8, 8\]/);
    expect(message(floats([1, 3, 8, 8]), { data, shape: [1, 8, 8, 1] })).toMatch(/leave the 1 out: \[1, 8, 8\]/);
    expect(message(floats([1, 8, 8, 3]), { data, shape: [1, 8, 8] })).toMatch(/channels last\? .*"channelsLast"/);
    const mask = (shape: number[]) => errorOf(() => seg.distanceTransform({ data, shape })).message;
    expect(mask([8, 8])).toMatch(/got shape \[8, 8\]; is the batch axis missing\? \[1, 8, 8\]/);
    expect(mask([1, 8, 8, 1])).toMatch(/leave the 1 out, \[1, 8, 8\], or set spatialDims: 3/);
  });

  test("one that is said, and a sample without its batch axis", () => {
    const flat = { data: pred.data, shape: [2, 3, 20] },
      flatLabels = { data: target.data, shape: [2, 20] };
    expect(seg.dice({ spatialDims: 1 }).value(flat, flatLabels)).toBe(seg.dice().value(pred, target));
    const one = { data: pred.data.slice(0, 60), shape: [3, 4, 5] },
      oneLabels = { data: target.data.slice(0, 20), shape: [4, 5] },
      expected = seg.dice().value({ ...one, shape: [1, 3, 4, 5] }, { ...oneLabels, shape: [1, 4, 5] });
    expect(seg.dice({ spatialDims: 2 }).value(one, oneLabels)).toBe(expected);
    expect(seg.argmax(one, { spatialDims: 2 }).shape).toEqual([4, 5]);
    expect(errorOf(() => seg.dice({ spatialDims: 3 }).value(pred, labels([2, 4, 5]))).code).toBe("SHAPE_MISMATCH");
  });

  test("labels with an axis of one channel", () => {
    const loss = seg.boundary(),
      single = { ...target, shape: [2, 1, 4, 5] };
    expect(bits(loss.valueAndGrad(pred, single))).toEqual(bits(loss.valueAndGrad(pred, target)));
    expect(loss.value(pred, loss.prepare(single))).toBe(loss.value(pred, target));
  });

  test("a prepared target serves losses that read its axes differently", () => {
    const prepared = seg.dice().prepare(labels([2, 4, 5])),
      volume = floats([3, 2, 4, 5]);
    seg.dice().value(pred, prepared);
    expect(seg.dice({ spatialDims: 3 }).value(volume, prepared)).toBe(
      seg.dice({ spatialDims: 3 }).value(volume, prepared.tensor),
    );
  });
});

describe("soft targets where classes compete", () => {
  const soft = floats([2, 3, 4, 5], oneHot(target.data, 3, 20));

  test.each([0.01, 1])("a row that is %d off 1 is refused with index, sum and cause", (off) => {
    const data = soft.data.slice();
    data[7] += data[7] === 0 ? off : -off;
    expect(message(pred, { ...soft, data })).toMatch(
      /sums to [\d.]+ over the classes of pixel 7 \(index 7\), expected 1/,
    );
    expect(seg.dice({ activation: "sigmoid" }).value(pred, { ...soft, data })).toBeGreaterThan(0);
  });

  test("a target in the other layout is told from one of several labels", () => {
    const turned = new Float32Array(120);
    for (let b = 0; b < 2; b++)
      for (let i = 0; i < 20; i++)
        for (let c = 0; c < 3; c++) turned[b * 60 + i * 3 + c] = soft.data[b * 60 + c * 20 + i];
    expect(message(pred, { ...soft, data: turned })).toMatch(/another layout/);
  });

  test("rows of zeros are void with ignoreIndex, to the bit as in labels", () => {
    const data = soft.data.slice(),
      void_ = Uint8Array.from(target.data);
    for (const i of [3, 11]) {
      void_[i] = 255;
      for (let c = 0; c < 3; c++) data[c * 20 + i] = 0;
    }
    for (const loss of [
      seg.dice({ ignoreIndex: 255 }),
      seg.focal({ ignoreIndex: 255 }),
      seg.boundary({ ignoreIndex: 255 }),
    ])
      expect(bits(loss.valueAndGrad(pred, { ...soft, data }))).toEqual(
        bits(loss.valueAndGrad(pred, { ...target, data: void_ })),
      );
    expect(message(pred, { ...soft, data })).toMatch(/sums to 0 .*ignoreIndex/);
    expect(errorOf(() => seg.dice({ activation: "sigmoid", ignoreIndex: 255 }).value(pred, soft)).code).toBe(
      "UNSUPPORTED",
    );
  });

  test("and so in a target between 0 and 1: as if the pixel were not there", () => {
    const t = shares(random.normals(60), 3, 20),
      without = (data: Float32Array, kept: number) =>
        Float32Array.from({ length: 3 * kept }, (_, i) => data[Math.floor(i / kept) * 20 + (i % kept)]);
    const all = t.slice();
    for (let c = 0; c < 3; c++) for (let i = 16; i < 20; i++) all[c * 20 + i] = 0;
    for (const name of ["dice", "crossEntropy"] as const) {
      const z = pred.data.slice(0, 60),
        whole = seg[name]({ ignoreIndex: 255 }).value(floats([1, 3, 4, 5], z), floats([1, 3, 4, 5], all)),
        part = seg[name]().value(floats([1, 3, 4, 4], without(z, 16)), floats([1, 3, 4, 4], without(t, 16)));
      expect(Math.abs(whole - part)).toBeLessThanOrEqual(1e-6 * part);
    }
  });
});

describe("losses of whole planes leave rows of zeros out", () => {
  const ignoreIndex = 255,
    near = 1 - 2 ** -12,
    voids = [0, 7, 18, 25],
    rows = Float32Array.from(oneHot(target.data, 3, 20), (t) => (t === 1 ? near : (1 - near) / 2)),
    zeros = rows.slice(),
    marked = Int32Array.from(target.data),
    pixelWeights = floats([2, 4, 5], new Float32Array(40).fill(1));
  for (const n of voids) {
    marked[n] = ignoreIndex;
    pixelWeights.data[n] = 0;
    for (let c = 0; c < 3; c++) zeros[(Math.floor(n / 20) * 3 + c) * 20 + (n % 20)] = 0;
  }
  const whole = floats([2, 3, 4, 5], rows),
    rest = floats([2, 3, 4, 5], zeros);
  test.each([
    ["hausdorffDistance", {}],
    ["hausdorffDistance", { oneSided: true, log: true }],
    ["hausdorffDistance", { variant: "erosion" }],
    ["hausdorffDistance", { variant: "convolution", radii: [1, 2] }],
    ["centerlineDice", { includeBackground: true }],
  ] as const)("%s %o", (name, options) => {
    const loss = seg.create(name, { ...options, ignoreIndex }),
      found = loss.valueAndGrad(pred, rest),
      other = seg.create(name, options).valueAndGrad(pred, whole, { pixelWeights });
    expect(bits(found)).toEqual(bits(other));
    expect(bits(loss.valueAndGrad(pred, loss.prepare(rest)))).toEqual(bits(found));
    const { value } = loss.valueAndGrad(pred, { ...target, data: marked });
    expect(Math.abs(found.value - value)).toBeLessThan(2e-3 * value);
    expect(Math.abs(seg.create(name, options).value(pred, whole) - value)).toBeGreaterThan(2e-3 * value);
  });

  test("with weights of their own, beside another, and pixel by pixel", () => {
    const loss = seg.hausdorffDistance({ ignoreIndex }),
      half = floats(
        [2, 4, 5],
        Float32Array.from({ length: 40 }, (_, n) => (n % 3) / 2),
      ),
      both = floats(
        [2, 4, 5],
        half.data.map((w, n) => w * pixelWeights.data[n]),
      );
    expect(bits(loss.valueAndGrad(pred, rest, { pixelWeights: half }))).toEqual(
      bits(seg.hausdorffDistance().valueAndGrad(pred, whole, { pixelWeights: both })),
    );
    const dice = seg.dice({ ignoreIndex }),
      sum = seg
        .weightedSum([
          { weight: 1, loss },
          { weight: 2, loss: dice },
        ])
        .value(pred, rest);
    expect(sum).toBeCloseTo(loss.value(pred, rest) + 2 * dice.value(pred, rest), 6);
    const pixels = loss.perPixel(pred, rest);
    expect(pixels.reduce((a, b) => a + b, 0)).toBeCloseTo(loss.value(pred, rest), 5);
    for (const n of voids) expect(pixels[n]).toBe(0);
  });

  test("but for those that take no weights of pixels", () => {
    const error = errorOf(() => seg.topological({ ignoreIndex }).value(pred, rest));
    expect([error.code, error.message]).toEqual([
      "UNSUPPORTED",
      "topological: leaves no void rows of a soft target out; pass labels",
    ]);
  });
});

test('activation "none" refuses what can be no probability, but not NaN, rounding, or a void pixel', () => {
  const p = floats([1, 3, 2, 2], shares(random.normals(12), 3, 4)),
    y = { data: Uint8Array.of(0, 1, 2, 255), shape: [1, 2, 2] };
  for (const loss of [
    seg.dice({ activation: "none", ignoreIndex: 255 }),
    seg.crossEntropy({ activation: "none", ignoreIndex: 255 }),
  ]) {
    const value = (at: number, x: number) => loss.value({ ...p, data: p.data.map((q, i) => (i === at ? x : q)) }, y);
    const error = errorOf(() => value(5, 2.5));
    expect([error.code, error.message]).toEqual([
      "INVALID_PREDICTION",
      expect.stringMatching(/2\.5 at index 5.*logits\?/),
    ]);
    expect(value(5, 1.0005)).toBeGreaterThan(-1);
    expect(value(5, Number.NaN)).toBeNaN();
    expect(value(3, -7)).toBe(loss.value(p, y));
  }
});

test("what is written to a target after prepare changes nothing", () => {
  for (const name of ["dice", "boundary", "activeBoundary", "boundaryAware"] as const) {
    const given = name === "boundaryAware" ? floats([2, 3, 4, 5]) : pred,
      own = { data: target.data.slice(), shape: target.shape },
      loss = seg[name](),
      prepared = loss.prepare(own);
    own.data.fill(1);
    expect(loss.value(given, prepared), name).toBe(loss.value(given, target));
  }
});

import { describe, expect, test } from "vitest";
import * as reference from "./reference/boundary";
import { create, seg } from "./support/library";
import { axesOf, blobs, IGNORED, oneHot, product, Random, shares } from "./support/random";
import { valueError } from "./support/vectors";

const shapes = [[11], [1, 9], [6, 7], [8, 8], [3, 4, 5]];
const objects = [
  "blobs",
  "absent class",
  "one class fills it",
  "one pixel",
  "at the border",
  "ignored pixels",
] as const;

/** Labels of a batch of two in which classes are where the name says. */
function makeLabels(what: (typeof objects)[number], random: Random, spatial: readonly number[]): Uint8Array {
  const pixels = product(spatial),
    labels = blobs(random, 2, 3, spatial);
  if (what === "absent class") return labels.map((label) => (label === 2 ? 0 : label));
  if (what === "one class fills it") return labels.fill(1);
  if (what === "one pixel") return labels.map((_, i) => (i % pixels === pixels >> 1 ? 2 : 0));
  if (what === "at the border") return labels.map((_, i) => (i % pixels < pixels / 2 ? 1 : 0));
  return what === "ignored pixels" ? labels.map((label) => (random.next() < 0.3 ? IGNORED : label)) : labels;
}

interface Inputs {
  readonly fields: reference.Field[];
  readonly pred: { data: Float32Array; shape: number[] };
  readonly target: { data: Uint8Array; shape: number[] };
  /** Pixels that count. */
  readonly valid: number;
}

function makeInputs(
  what: (typeof objects)[number],
  spatial: readonly number[],
  spacing: readonly number[],
  seed: number,
): Inputs {
  const random = new Random(seed),
    pixels = product(spatial),
    labels = makeLabels(what, random, spatial),
    hot = oneHot(labels, 3, pixels);
  const data = shares(
    random.normals(hot.length, 1.5).map((x, i) => x + hot[i]),
    3,
    pixels,
  );
  const counts = Array.from(labels, (label) => (label === IGNORED ? 0 : 1));
  const fields = Array.from({ length: 6 }, (_, plane) => {
    const b = Math.floor(plane / 3),
      slice = (a: ArrayLike<number>, at: number) => Array.from({ length: pixels }, (_, i) => a[at * pixels + i]);
    return { p: slice(data, plane), t: slice(hot, plane), m: slice(counts, b), spatial, spacing };
  });
  return {
    fields,
    pred: { data, shape: [2, 3, ...spatial] },
    target: { data: labels, shape: [2, ...spatial] },
    valid: counts.reduce<number>((a, b) => a + b, 0),
  };
}

const weights = [0.5, 2, 1.25];
const erosion = { erosions: 4, threshold: 0.05, alpha: 1.5 };
const fieldLosses: readonly (readonly [name: string, options: object, field: (field: reference.Field) => number[]])[] =
  [
    ["boundary", {}, (f) => reference.signedDistance(f, 1).map((phi, i) => phi * f.p[i])],
    ["boundary", { insideOffset: 0.25 }, (f) => reference.signedDistance(f, 0.25).map((phi, i) => phi * f.p[i])],
    ["regionWise", {}, (f) => reference.rectified(f).map((z, i) => z * f.p[i])],
    ["regionWise", { map: "boundary" }, (f) => reference.signedDistance(f, 0).map((z, i) => z * f.p[i])],
    ["hausdorffDistance", {}, (f) => reference.hausdorffDistances(f, 2, false)],
    ["hausdorffDistance", { alpha: 0 }, (f) => reference.hausdorffDistances(f, 0, false)],
    ["hausdorffDistance", { alpha: 1.3, oneSided: true }, (f) => reference.hausdorffDistances(f, 1.3, true)],
    [
      "hausdorffDistance",
      { variant: "erosion", ...erosion },
      (f) => reference.hausdorffErosions(f, { ...erosion, scaling: "minMax" }),
    ],
    [
      "hausdorffDistance",
      { variant: "erosion", ...erosion, scaling: "none" },
      (f) => reference.hausdorffErosions(f, { ...erosion, scaling: "none" }),
    ],
    [
      "hausdorffDistance",
      { variant: "erosion", ...erosion, scaling: "fixed" },
      (f) => reference.hausdorffErosions(f, { ...erosion, scaling: "fixed" }),
    ],
    [
      "hausdorffDistance",
      { variant: "convolution", radii: [1, Math.SQRT2, 2.5, 6], threshold: 0.3, alpha: 0.7 },
      (f) => reference.hausdorffConvolutions(f, { radii: [1, Math.SQRT2, 2.5, 6], threshold: 0.3, alpha: 0.7 }),
    ],
  ];

describe.each(objects)("%s", (what) => {
  describe.each(shapes.map((shape) => ({ shape, label: shape.join("x") })))("$label", ({ shape }) => {
    test.each(fieldLosses)("%s %j is its definition", (name, options, field) => {
      const takesSpacing = !("variant" in options);
      for (const spacing of takesSpacing ? [undefined, [0.7, 1.9, 1.3].slice(0, shape.length)] : [undefined]) {
        const inputs = makeInputs(what, shape, spacing ?? shape.map(() => 1), 91);
        const sums = inputs.fields.map((f) => field(f).reduce((sum, e, i) => sum + f.m[i] * e, 0));
        const value = (more: object) =>
          create(name, {
            activation: "none",
            ignoreIndex: IGNORED,
            spacing,
            ...axesOf(shape),
            ...options,
            ...more,
          }).value(inputs.pred, inputs.target);
        const total = (weight: readonly number[]) => sums.reduce((sum, e, plane) => sum + weight[plane % 3] * e, 0);
        // A signed sum is only as exact as float32 probabilities make its parts.
        const size = inputs.fields
          .map((f) => field(f).reduce((sum, e, i) => sum + f.m[i] * Math.abs(e), 0))
          .reduce((a, b) => a + b, 0);
        const near = (actual: number, expected: number, scale: number) =>
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-6 * Math.max(Math.abs(expected), scale));
        near(value({}), total([1, 1, 1]) / (3 * inputs.valid), size / (3 * inputs.valid));
        near(value({ reduction: "sum", classWeights: weights }), total(weights), size);
        near(value({ includeBackground: false }), total([0, 1, 1]) / (2 * inputs.valid), size / (2 * inputs.valid));
        if (name === "hausdorffDistance")
          expect(
            valueError(value({ log: true }), Math.log1p(total([1, 1, 1]) / (3 * inputs.valid))),
          ).toBeLessThanOrEqual(1e-6);
      }
    });

    test.each(fieldLosses.filter(([, options]) => !("variant" in options)))(
      "each pixel's number of %s %j is its definition",
      (name, options, field) => {
        const spacing = [0.7, 1.9, 1.3].slice(0, shape.length),
          inputs = makeInputs(what, shape, spacing, 93),
          pixels = product(shape),
          fields = inputs.fields.map(field),
          pixelWeights = Float32Array.from({ length: 2 * pixels }, (_, i) => i % 4);
        const common = { activation: "none", ignoreIndex: IGNORED, spacing, ...axesOf(shape), ...options },
          counted = (i: number) => inputs.fields[3 * Math.floor(i / pixels)].m[i % pixels];
        for (const [more, byClass, divided] of [
          [{}, [1 / 3, 1 / 3, 1 / 3], true],
          [{ includeBackground: false }, [0, 0.5, 0.5], true],
          [{ reduction: "sum", classWeights: weights }, weights, false],
        ] as const) {
          const each = create(name, { ...common, ...more }).perPixel(inputs.pred, inputs.target),
            divisor = divided ? inputs.valid : 1;
          const expected = Array.from(each, (_, i) =>
            byClass.reduce((sum, w, c) => sum + w * fields[3 * Math.floor(i / pixels) + c][i % pixels], 0),
          ).map((e, i) => (counted(i) * e) / divisor);
          expect(each.length).toBe(2 * pixels);
          const largest = Math.max(...expected.map(Math.abs));
          for (const [i, e] of expected.entries())
            expect(Math.abs(each[i] - e), `${i}`).toBeLessThanOrEqual(2e-6 * largest);
        }
        // Those of weight 0 are outside every object, as ignored pixels are; the others' weights are factors.
        const sum = { ...common, reduction: "sum" },
          without = inputs.target.data.map((label, i) => (pixelWeights[i] === 0 ? IGNORED : label)),
          voided = create(name, sum).perPixel(inputs.pred, { ...inputs.target, data: without }),
          weighed = create(name, sum).perPixel(inputs.pred, inputs.target, { pixelWeights });
        for (const [i, e] of voided.entries()) expect(weighed[i]).toBeCloseTo(pixelWeights[i] * e, 4);
      },
    );

    test("boundaryDifferenceOverUnion is its definition", () => {
      const inputs = makeInputs(what, shape, [], 92),
        smooth = 1e-5;
      const sums = inputs.fields.map((f) => {
        const mask = reference.maskOf(f),
          sum = (g: (p: number, t: number) => number) => f.p.reduce((total, p, i) => total + f.m[i] * g(p, f.t[i]), 0);
        return [
          sum((p, t) => p * t),
          sum((p, t) => p * p + t * t),
          mask.reduce<number>((a, b) => a + b, 0),
          reference.boundarySize(mask, shape),
        ];
      });
      const loss = ([i, squares, size, boundary]: readonly number[]) => {
        const alpha = Math.min(0.8, Math.max(-1, 1 - (2 * (boundary + smooth)) / (size + smooth)));
        return (squares - 2 * i + smooth) / (squares - (1 + alpha) * i + smooth);
      };
      const counted = sums.filter((_, plane) => inputs.fields[plane].m.some((x) => x));
      const evaluate = (options: object) =>
        create("boundaryDifferenceOverUnion", {
          activation: "none",
          ignoreIndex: IGNORED,
          ...axesOf(shape),
          ...options,
        }).value(inputs.pred, inputs.target);
      expect(
        valueError(evaluate({}), counted.reduce((sum, row) => sum + loss(row), 0) / counted.length),
      ).toBeLessThanOrEqual(1e-6);
      const pooled = [0, 1, 2].map((c) => loss(sums[c].map((x, j) => x + sums[c + 3][j])));
      expect(
        valueError(
          evaluate({ batch: true, reduction: "sum", classWeights: weights }),
          pooled.reduce((sum, x, c) => sum + weights[c] * x, 0),
        ),
      ).toBeLessThanOrEqual(1e-6);
    });

    test("boundaryAware is its definition", () => {
      for (const [truncation, spacing] of [
        [undefined, undefined],
        [3.5, [0.7, 1.9, 1.3].slice(0, shape.length)],
      ] as const) {
        const inputs = makeInputs(what, shape, spacing ?? shape.map(() => 1), 93),
          pixels = product(shape);
        const found = [0, 1].map((b) =>
          reference.bins(
            inputs.target.data.subarray(b * pixels, (b + 1) * pixels),
            IGNORED,
            3,
            truncation ?? 2,
            inputs.fields[0],
          ),
        );
        const sum = inputs.fields.reduce((total, f, plane) => {
          const hit = found[Math.floor(plane / 3)];
          return (
            total +
            f.p.reduce(
              (part, p, i) => part - f.m[i] * weights[plane % 3] * Math.log(hit[i] === plane % 3 ? p : 1 - p),
              0,
            )
          );
        }, 0);
        const common = { activation: "none", ignoreIndex: IGNORED, ...axesOf(shape) },
          options = { ...common, truncation, spacing, classWeights: weights };
        expect(
          valueError(create("boundaryAware", options).value(inputs.pred, inputs.target), sum / (inputs.valid * 3.75)),
        ).toBeLessThanOrEqual(2e-6);
        // The softmax of log p is p: its own kernel must agree.
        const logits = { ...inputs.pred, data: inputs.pred.data.map((p) => Math.log(p)) };
        expect(
          valueError(
            create("boundaryAware", { ...options, activation: "softmax" }).value(logits, inputs.target),
            sum / (inputs.valid * 3.75),
          ),
        ).toBeLessThanOrEqual(2e-6);
      }
    });
  });
});

test("a prepared target makes maps once, and own maps replace them", () => {
  const side = 28,
    pixels = side * side,
    inputs = makeInputs("blobs", [side, side], [1, 1], 94),
    phi = inputs.fields.flatMap((f) => reference.signedDistance({ ...f }, 1));
  const map = { data: Float32Array.from(phi), shape: inputs.pred.shape };
  const loss = create("boundary", { activation: "none" }),
    plain = loss.value(inputs.pred, inputs.target);
  expect(valueError(loss.value(inputs.pred, inputs.target, { distanceMap: map }), plain)).toBeLessThanOrEqual(1e-6);
  expect(valueError(loss.value(inputs.pred, inputs.target, { distanceMap: map.data }), plain)).toBeLessThanOrEqual(
    1e-6,
  );
  const last = { data: new Float32Array(map.data.length), shape: [2, side, side, 3] },
    pred = { data: new Float32Array(map.data.length), shape: [2, side, side, 3] };
  for (let i = 0; i < map.data.length; i++) {
    const b = Math.floor(i / (3 * pixels)),
      c = Math.floor(i / pixels) % 3,
      to = (b * pixels + (i % pixels)) * 3 + c;
    last.data[to] = map.data[i];
    pred.data[to] = inputs.pred.data[i];
  }
  const value = create("boundary", { activation: "none", layout: "channelsLast" }).value(pred, inputs.target, {
    distanceMap: last,
  });
  expect(valueError(value, plain)).toBeLessThanOrEqual(1e-6);
  const wanted = loss.valueAndGrad(inputs.pred, inputs.target, { distanceMap: map.data.slice() }),
    both = loss.valueAndGrad(inputs.pred, inputs.target, { distanceMap: map, out: map.data });
  expect(both.grad).toBe(map.data);
  expect(both).toEqual(wanted);
});

describe("extra maps that do not fit", () => {
  test.each([
    [
      "too short",
      new Float32Array(5),
      /distanceMap must be a Float32Array of pred's shape \[1, 2, 3, 4\], got Float32Array of length 5/,
    ],
    ["transposed", { data: new Float32Array(24), shape: [1, 3, 4, 2] }, /got Float32Array of shape \[1, 3, 4, 2\]/],
    ["integers", { data: new Int32Array(24), shape: [1, 2, 3, 4] }, /got Int32Array/],
  ])("%s", (_, distanceMap, message) => {
    const pred = { data: new Float32Array(24), shape: [1, 2, 3, 4] },
      target = { data: new Uint8Array(12), shape: [1, 3, 4] };
    expect(() => create("boundary").value(pred, target, { distanceMap: distanceMap as never })).toThrow(message);
    expect(() => create("boundary").value(pred, target)).not.toThrow();
  });
});

describe("distances are in the spacing's unit", () => {
  // Rows of whole vectors keep the transform's integers, others do not; spacings of 1 alone are their squares.
  test.each([
    [8, 0.5],
    [8, 1],
    [8, 3],
    [7, 0.5],
  ])("width %d, spacing %d", (width, spacing) => {
    const random = new Random(98),
      data = Uint8Array.from({ length: 6 * width }, () => (random.next() < 0.4 ? 1 : 0)),
      mask = { data, shape: [1, 6, width] },
      found = seg.signedDistanceTransform(mask, { spacing: [spacing, spacing], insideOffset: 0 }).data,
      at = (i: number) => [Math.floor(i / width), i % width];
    for (const [i, own] of data.entries()) {
      const [y, x] = at(i),
        others = [...data.keys()].filter((j) => data[j] !== own),
        nearest = Math.min(...others.map((j) => Math.hypot(at(j)[0] - y, at(j)[1] - x)));
      expect(found[i]).toBeCloseTo((own === 1 ? -1 : 1) * spacing * nearest, 5);
    }
  });
});

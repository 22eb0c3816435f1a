import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { load } from "../dist/index.js";
import { inverseForm, type Weights } from "./reference/inverseForm";
import { create, errorOf, seg } from "./support/library";
import { axesOf, blobs, IGNORED, oneHot, Random } from "./support/random";
import { gradientError, valueError } from "./support/vectors";

/** The trainer is plain JavaScript. */
const trainer = async <T>(name: string) => (await import(new URL(`../train/${name}.mjs`, import.meta.url).href)) as T;
type Level = (x: number, y: number) => number;
interface Shapes {
  random(seed: number): () => number;
  shape(next: () => number): Level;
  affine(turn: number, logScale: number, stretch: number, shear: number, dx: number, dy: number): number[];
  sample(level: Level, theta: readonly number[], size: number, squash: (level: number) => number): Float64Array;
  edges(image: ArrayLike<number>, size: number): Float32Array;
  hard(level: number): number;
  identity: readonly number[];
}
interface Net {
  fromRows(data: Float32Array): object;
  sparse(map: Float32Array): object;
  delta(net: object, pred: object, target: object): Float64Array;
}
interface Figures {
  ratio: number;
  correlations: number[];
  grows: boolean;
  equal: number;
}
const shapes = await trainer<Shapes>("shapes"),
  { fromRows, sparse, delta } = await trainer<Net>("network"),
  { acceptance } = await trainer<{
    acceptance(net: object, seed: number, sizes: { pairs: number; shapes: number }): Figures;
  }>("acceptance"),
  { readHalves } = await trainer<{ readHalves(bytes: Uint8Array): Float32Array }>("half");
const net = fromRows(readHalves(readFileSync(new URL("../weights/inverse-form.bin", import.meta.url))));
const SIZE = 32;

describe("the shipped network", () => {
  const { ratio, correlations, grows, equal } = acceptance(net, 4711, { pairs: 700, shapes: 250 });

  test("is better than answering the identity", () => expect(ratio).toBeLessThanOrEqual(0.62));
  test("knows all six entries", () => {
    for (const correlation of correlations) expect(correlation).toBeGreaterThanOrEqual(0.7);
  });
  test("grows with shift, rotation and scale, from 0", () => {
    expect(grows).toBe(true);
    expect(equal).toBe(0);
  });

  test("is what the kernels compute", () => {
    const next = shapes.random(5);
    for (let i = 0; i < 20; i++) {
      const level = shapes.shape(next),
        image = (theta: readonly number[]) => shapes.sample(level, theta, SIZE, shapes.hard),
        [pred, target] = [image(shapes.affine(0.1, 0.05, 0, 0, 0.1, -0.1)), image(shapes.identity)];
      const expected = Math.hypot(...delta(net, sparse(shapes.edges(pred, SIZE)), sparse(shapes.edges(target, SIZE))));
      const value = seg
        .inverseForm({ activation: "none" })
        .value(
          { data: Float32Array.from(pred), shape: [1, 1, SIZE, SIZE] },
          { data: Uint8Array.from(target), shape: [1, SIZE, SIZE] },
        );
      expect(Math.abs(value - (target.includes(1) && target.includes(0) ? expected : 0))).toBeLessThanOrEqual(1e-5);
    }
  });

  test.each([2, 4])("descent brings a disc %i pixels off nearer", (shift) => {
    const disc = (dx: number) =>
      Float32Array.from(
        { length: SIZE * SIZE },
        (_, i) => 9 - Math.hypot((i % SIZE) - 15.5 - dx, Math.floor(i / SIZE) - 15.5),
      );
    const target = { data: Uint8Array.from(disc(0), (x) => (x > 0 ? 1 : 0)), shape: [1, SIZE, SIZE] },
      logits = disc(shift),
      loss = seg.inverseForm({ activation: "sigmoid" });
    const iou = () =>
      seg.metrics.iou({ data: logits, shape: [1, 1, SIZE, SIZE] }, target, { activation: "sigmoid" }).value;
    const distance = () => loss.valueAndGrad({ data: logits, shape: [1, 1, SIZE, SIZE] }, target);
    const before = { d: distance().value, iou: iou() };
    for (let step = 0; step < 300; step++) {
      const { grad } = distance(),
        steepest = Math.max(...grad.map(Math.abs));
      for (let i = 0; i < logits.length; i++) logits[i] -= (0.2 * grad[i]) / steepest;
    }
    expect(distance().value).toBeLessThan(before.d / 2);
    expect(iou()).toBeGreaterThan(before.iou);
  });
});

/** Weights for tiles of a size, so that distances are of the order of 1. */
function makeWeights(random: Random, size: number): Weights {
  const [first, second] = [7, 5],
    pixels = 2 * size * size;
  return {
    w1: random.normals(first * pixels, 2 / size),
    b1: random.normals(first, 0.1),
    w2: random.normals(second * first, 0.5),
    b2: random.normals(second, 0.1),
    w3: random.normals(6 * second, 0.2),
    b3: random.normals(6),
  };
}

/** Logits of a kind, per channel and pixel. */
const predictions: Readonly<Record<string, (random: Random, t: number, at: number, x: number, y: number) => number>> = {
  "of noise": (random, t) => random.normal() + t,
  // Neighbours differ by less than float32 resolves well, and edges are steep in that.
  smooth: (_, t, c, x, y) => 1e-2 * Math.sin(0.3 * x + 0.2 * y + c) + 1e-3 * t,
  "smooth and nearly certain": (_, t, c, x, y) => 0.1 * Math.sin(0.3 * x + 0.2 * y + c) + (c === 0 ? 5 : 0) + 0.01 * t,
};

describe("is what the definition says in float64", () => {
  const channelsOf = (data: Float64Array, classes: number, pixels: number) =>
    Array.from({ length: classes }, (_, c) => data.subarray(c * pixels, (c + 1) * pixels));
  function probabilities(z: ArrayLike<number>, classes: number, activation: string): Float64Array {
    if (activation === "sigmoid") return Float64Array.from(z, (x) => 1 / (1 + Math.exp(-x)));
    const p = Float64Array.from(z),
      pixels = z.length / classes;
    for (let i = 0; i < pixels; i++) {
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += Math.exp(z[c * pixels + i]);
      for (let c = 0; c < classes; c++) p[c * pixels + i] = Math.exp(z[c * pixels + i]) / sum;
    }
    return p;
  }

  function makeInputs(kind: string, classes: number, size: number, downsample: number, ignore: boolean) {
    const random = new Random(size + downsample),
      [height, width] = [11 * downsample - 1, 9 * downsample],
      pixels = height * width,
      labels = blobs(random, 1, classes, [height, width]);
    if (ignore) labels[2 * width + 3] = IGNORED;
    const t = oneHot(labels, classes, pixels),
      z = Float32Array.from(t, (hot, i) =>
        predictions[kind](random, hot, Math.floor(i / pixels), i % width, Math.floor((i % pixels) / width)),
      );
    const counts = Array.from(labels, (label) => (label === IGNORED ? 0 : 1));
    return { z, t, labels, counts, height, width, pixels, weights: makeWeights(random, size) };
  }

  const kinds = Object.keys(predictions).flatMap((kind) =>
    (
      [
        [1, "sigmoid", 4, 1, false],
        [3, "softmax", 5, 1, true],
        [2, "softmax", 16, 1, false],
        [3, "sigmoid", 4, 2, true],
      ] as const
    ).map((rest) => [kind, ...rest] as const),
  );
  test.each(kinds)(
    "logits %s: C = %i, %s, tiles of %i, downsample %i, ignored pixels %s",
    (kind, classes, activation, size, downsample, ignore) => {
      const { z, t, labels, counts, height, width, pixels, weights } = makeInputs(
        kind,
        classes,
        size,
        downsample,
        ignore,
      );
      for (const distance of ["euclidean", "geodesic"] as const) {
        const p = probabilities(z, classes, activation),
          hot = channelsOf(Float64Array.from(t), classes, pixels);
        const value = (shares: Float64Array) => {
          const images = { p: channelsOf(shares, classes, pixels), t: hot, counts, height, width },
            { sum, tiles } = inverseForm(images, weights, { size, downsample, geodesic: distance === "geodesic" });
          return sum / tiles;
        };
        const loss = seg.inverseForm({ activation, tileSize: size, downsample, distance, ignoreIndex: IGNORED }),
          result = loss.valueAndGrad(
            { data: z, shape: [1, classes, height, width] },
            { data: labels, shape: [1, height, width] },
            { ...weights },
          );
        expect(valueError(result.value, value(p))).toBeLessThanOrEqual(1e-6);
        // Every tenth pixel by finite differences, so that no element may hide behind the others.
        const actual: number[] = [],
          expected: number[] = [];
        for (let pixel = 3; pixel < pixels; pixel += 10) {
          const at = Array.from({ length: classes }, (_, c) => c * pixels + pixel),
            slopes = at.map((i) => {
              const [ahead, behind] = [3e-6, -3e-6].map((h) => value(p.map((x, j) => (j === i ? x + h : x))));
              return (ahead - behind) / 6e-6;
            }),
            mean = activation === "softmax" ? slopes.reduce((sum, slope, c) => sum + p[at[c]] * slope, 0) : 0;
          for (const [c, i] of at.entries()) {
            actual.push(result.grad[i]);
            expected.push(p[i] * (slopes[c] - mean) * (activation === "softmax" ? 1 : 1 - p[i]));
          }
        }
        expect(gradientError(actual, expected), distance).toBeLessThanOrEqual(1e-5);
      }
    },
  );

  test.each([1e-3, 1e-5, 1e-7])("a prediction that lacks %d", (lacks) => {
    const { t, labels, counts, height, width, weights } = makeInputs("of noise", 1, 4, 1, false),
      random = new Random(7),
      data = Float32Array.from(t, (hot) =>
        Math.fround(
          hot ? 1 - Math.round(lacks * 2 ** 24 * (1 + random.next())) * 2 ** -24 : lacks * (1 + random.next()),
        ),
      );
    const images = { p: [Float64Array.from(data)], t: [t], counts, height, width };
    const { sum, tiles } = inverseForm(images, weights, { size: 4, downsample: 1, geodesic: false });
    const value = seg
      .inverseForm({ activation: "none", tileSize: 4 })
      .value({ data, shape: [1, 1, height, width] }, { data: labels, shape: [1, height, width] }, { ...weights });
    expect(Math.abs(value / (sum / tiles) - 1)).toBeLessThanOrEqual(1e-6);
  });
});

describe("digits where prediction and target nearly agree", () => {
  test.each([4, 8, 12, 30, 60])("logits of %i", (size) => {
    const random = new Random(6),
      labels = Uint8Array.from({ length: 40 * 40 }, (_, i) =>
        Math.hypot((i % 40) - 18, Math.floor(i / 40) - 21) < 11 ? 1 : 0,
      );
    const logits = Float32Array.from(labels, (label) => (label ? 1 : -1) * (size + random.next()));
    const pred = { data: logits, shape: [1, 1, 40, 40] },
      target = { data: labels, shape: [1, 40, 40] };
    const { value, grad } = create("inverseForm", { activation: "sigmoid" }).valueAndGrad(pred, target);
    // The loss is nearly linear in what the probabilities lack: along them it must fall to nothing as they do.
    const slope = logits.reduce((sum, z, i) => sum - grad[i] * Math.sign(z), 0);
    expect(value).toBeGreaterThan(0);
    expect(Math.abs(slope / value - 1)).toBeLessThan(0.2);
    // Two classes say the same as one channel.
    const pair = {
        data: Float32Array.from([...logits.map((z) => -z / 2), ...logits.map((z) => z / 2)]),
        shape: [1, 2, 40, 40],
      },
      both = create("inverseForm").valueAndGrad(pair, target);
    expect(Math.abs(both.value / value - 1)).toBeLessThan(1e-6);
    expect(gradientError(both.grad.subarray(1600), grad)).toBeLessThan(1e-5);
  });
});

describe("weights", () => {
  const pred = { data: new Float32Array(64), shape: [1, 1, 8, 8] },
    target = { data: new Uint8Array(64), shape: [1, 8, 8] },
    loss = create("inverseForm", { activation: "sigmoid", tileSize: 4 });
  const own = {
    w1: new Float32Array(3 * 32),
    b1: new Float32Array(3),
    w2: new Float32Array(6),
    b2: new Float32Array(2),
    w3: new Float32Array(12),
    b3: new Float32Array(6),
  };

  test("of other shapes are refused", () => {
    expect(loss.value(pred, target, own)).toBe(0);
    for (const [name, given, message] of [
      [
        "w1",
        new Float32Array(3 * 33),
        /w1 must be a Float32Array of shape \[3, 32\] for tileSize 4, got Float32Array of length 99/,
      ],
      [
        "w2",
        { data: new Float32Array(6), shape: [3, 2] },
        /w2 must be .* \[2, 3\].*got Float32Array of shape \[3, 2\]/,
      ],
      ["b1", new Float64Array(3), /b1 must be a Float32Array/],
      ["b3", new Float32Array(5), /b3 must be .* \[6\].*got Float32Array of length 5/],
      ["w3", undefined, /need all of w1, b1, w2, b2, w3, b3; w3 missing/],
    ] as const) {
      const error = errorOf(() => loss.value(pred, target, { ...own, [name]: given as never }));
      expect([error.code, error.message]).toEqual(["SHAPE_MISMATCH", expect.stringMatching(message)]);
    }
    expect(loss.value(pred, target, own)).toBe(0);
  });

  test("a tile size that the shipped network does not know", () => {
    expect(errorOf(() => loss.value(pred, target))).toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringMatching(/32 x 32.*tileSize 4 needs own weights/),
    });
  });

  test("come from bytes and URLs, too", async () => {
    const fresh = await load(),
      url = new URL("../weights/inverse-form.bin", import.meta.url);
    await fresh.loadInverseForm();
    await fresh.loadInverseForm(url);
    await fresh.loadInverseForm(url.href);
    await fresh.loadInverseForm(new Response(readFileSync(url)));
    await fresh.loadInverseForm(readFileSync(url));
    await expect(fresh.loadInverseForm(new Uint8Array(7))).rejects.toThrow(/400012 bytes .* got 7/);
  });

  test("that replace the shipped ones, as float32, hold for targets that were prepared with those", async () => {
    const url = new URL("../weights/inverse-form.bin", import.meta.url),
      shipped = readHalves(readFileSync(url)),
      other = shipped.map((x, i) => (i < 96 * 2048 ? 0.5 * x : x));
    const shape = [1, 1, 40, 40],
      labels = { data: Uint8Array.from({ length: 1600 }, (_, i) => (i % 40 > 20 ? 1 : 0)), shape: [1, 40, 40] },
      logits = { data: new Random(8).normals(1600), shape },
      each = create("inverseForm", { activation: "sigmoid" }),
      prepared = each.prepare(labels);
    const before = each.value(logits, prepared);
    await seg.loadInverseForm(new Uint8Array(other.buffer));
    try {
      const after = each.value(logits, labels);
      expect(after).not.toBe(before);
      expect(each.value(logits, prepared)).toBe(after);
    } finally {
      await seg.loadInverseForm(url);
    }
    expect(each.value(logits, prepared)).toBe(before);
  });
});

test.each([[[1, 2, 9]], [[1, 2, 3, 4, 5]]])("only in the plane: %j", (shape) => {
  const error = errorOf(() =>
    create("inverseForm", axesOf(shape.slice(2))).value(
      { data: new Float32Array(shape.reduce((a, b) => a * b)), shape },
      { data: new Uint8Array(shape.slice(2).reduce((a, b) => a * b)), shape: [1, ...shape.slice(2)] },
    ),
  );
  expect([error.code, error.message]).toEqual([
    "UNSUPPORTED",
    expect.stringMatching(/inverseForm: .*2 spatial dimensions/),
  ]);
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { load } from "../dist/index.js";
import { Random } from "./random";
import { create, errorOf, seg } from "./support";

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
  network(data: Float32Array): object;
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
  { network, sparse, delta } = await trainer<Net>("network"),
  { acceptance } = await trainer<{ acceptance(net: object, seed: number, sizes: { pairs: number; shapes: number }): Figures }>("acceptance"),
  { readHalves } = await trainer<{ readHalves(bytes: Uint8Array): Float32Array }>("half");
const net = network(readHalves(readFileSync(new URL("../weights/inverse-form.bin", import.meta.url))));
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
        .value({ data: Float32Array.from(pred), shape: [1, 1, SIZE, SIZE] }, { data: Uint8Array.from(target), shape: [1, SIZE, SIZE] });
      expect(Math.abs(value - (target.includes(1) && target.includes(0) ? expected : 0))).toBeLessThanOrEqual(1e-5);
    }
  });

  test.each([2, 4])("descent brings a disc %i pixels off nearer", (shift) => {
    const disc = (dx: number) => Float32Array.from({ length: SIZE * SIZE }, (_, i) => 9 - Math.hypot((i % SIZE) - 15.5 - dx, Math.floor(i / SIZE) - 15.5));
    const target = { data: Uint8Array.from(disc(0), (x) => (x > 0 ? 1 : 0)), shape: [1, SIZE, SIZE] },
      logits = disc(shift),
      loss = seg.inverseForm({ activation: "sigmoid" });
    const iou = () => seg.metrics.iou({ data: logits, shape: [1, 1, SIZE, SIZE] }, target, { activation: "sigmoid" }).value;
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

describe("digits where prediction and target nearly agree", () => {
  test.each([4, 8, 12])("logits of %i", (size) => {
    const random = new Random(6),
      labels = Uint8Array.from({ length: 40 * 40 }, (_, i) => (Math.hypot((i % 40) - 18, Math.floor(i / 40) - 21) < 11 ? 1 : 0));
    const logits = Float32Array.from(labels, (label) => (label ? 1 : -1) * (size + random.next()));
    const pred = { data: logits, shape: [1, 1, 40, 40] },
      target = { data: labels, shape: [1, 40, 40] };
    const { value, grad } = create("inverseForm", { activation: "sigmoid" }).valueAndGrad(pred, target);
    // The loss is nearly linear in what the probabilities lack: along them it must fall to nothing as they do.
    const slope = logits.reduce((sum, z, i) => sum - grad[i] * Math.sign(z), 0);
    expect(value).toBeGreaterThan(0);
    expect(Math.abs(slope / value - 1)).toBeLessThan(0.2);
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
      ["w1", new Float32Array(3 * 33), /w1 must be a Float32Array of shape \[3, 32\] for tileSize 4, got Float32Array of shape \[99\]/],
      ["w2", { data: new Float32Array(6), shape: [3, 2] }, /w2 must be .* \[2, 3\].*got Float32Array of shape \[3, 2\]/],
      ["b1", new Float64Array(3), /b1 must be a Float32Array/],
      ["b3", new Float32Array(5), /b3 must be .* \[6\].*got Float32Array of shape \[5\]/],
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
});

test.each([[[1, 2, 9]], [[1, 2, 3, 4, 5]]])("only in the plane: %j", (shape) => {
  const error = errorOf(() =>
    create("inverseForm").value(
      { data: new Float32Array(shape.reduce((a, b) => a * b)), shape },
      { data: new Uint8Array(shape.slice(2).reduce((a, b) => a * b)), shape: [1, ...shape.slice(2)] },
    ),
  );
  expect([error.code, error.message]).toEqual(["UNSUPPORTED", expect.stringMatching(/inverseForm: .*2 spatial dimensions/)]);
});

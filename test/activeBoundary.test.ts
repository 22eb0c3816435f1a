import { describe, expect, test } from "vitest";
import { type ActiveOptions, activeBoundaryReference, activeDefaults } from "./reference/activeBoundary";
import { create, errorOf } from "./support/library";
import { axesOf, blobs, IGNORED, Random } from "./support/random";
import { gradientError, valueError } from "./support/vectors";

interface Scene {
  readonly data: Float32Array;
  readonly labels: Uint8Array;
  readonly shape: readonly number[];
}

/** Value and gradient of the definition and of the loss; returns how many pixels move. */
function expectDefinition({ data, labels, shape }: Scene, options: Partial<ActiveOptions>): number {
  const [batch, , ...spatial] = shape,
    expected = activeBoundaryReference(
      { pred: data, labels: Array.from(labels, (label) => (label === IGNORED ? -1 : label)), shape },
      { ...activeDefaults, ...options },
    );
  const loss = create("activeBoundary", { ...options, ignoreIndex: IGNORED }),
    pred = { data, shape },
    target = { data: labels, shape: [batch, ...spatial] };
  const { value, grad } = loss.valueAndGrad(pred, target);
  expect(valueError(value, expected.value), `${value}, expected ${expected.value}`).toBeLessThanOrEqual(1e-9);
  // What cancels to 0 in float32 may be 1e-15 in float64.
  if (expected.grad.some((g) => Math.abs(g) > 1e-10 * Math.abs(value)))
    expect(gradientError(grad, expected.grad)).toBeLessThanOrEqual(2e-7);
  return expected.moved;
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)];

/** A small scene of an activation; logits differ by about `scale`. */
function makeScene(random: Random, activation: ActiveOptions["activation"], scale: number): Scene {
  const classes = activation === "softmax" ? 2 + random.below(6) : 1 + random.below(4),
    [batch, height, width] = [1 + random.below(3), 1 + random.below(14), 1 + random.below(20)],
    pixels = height * width,
    labels = blobs(random, batch, classes, [height, width]);
  const lean = random.below(2) * 2 * scale,
    data = random.normals(batch * classes * pixels, scale);
  for (let i = 0; i < labels.length; i++)
    data[(Math.floor(i / pixels) * classes + (classes > 1 ? labels[i] : 0)) * pixels + (i % pixels)] += lean;
  if (activation === "none")
    for (let i = 0; i < data.length; i++)
      data[i] = pick(random, [1 / (1 + Math.exp(-data[i])), random.next(), random.below(2)]);
  if (random.below(2)) for (let i = 0; i < labels.length; i++) if (random.next() < 0.15) labels[i] = IGNORED;
  return { data, labels, shape: [batch, classes, height, width] };
}

describe.each(["softmax", "sigmoid", "none"] as const)("%s", (activation) => {
  test.each([0.003, 0.05, 1, 30, 2000, 1e30, 3e37])("is its definition with logits of about %s", (scale) => {
    let moved = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(1000 * (scale % 9973) + seed),
        scene = makeScene(random, activation, scale);
      moved += expectDefinition(scene, {
        activation,
        reduction: pick(random, ["mean", "sum"]),
        maxBoundaryRatio: pick(random, [0, 0.01, 0.05, 0.2, 1]),
        maxDistance: pick(random, [0.5, 3, 20]),
        labelSmoothing: pick(random, [0, 0.2, 1]),
        detachNeighbors: random.below(2) === 0,
        distance: pick(random, ["exact", "truncated"]),
      });
    }
    expect(moved).toBeGreaterThan(100);
  });
});

describe("the predicted boundary is decided in float64", () => {
  /** Two classes whose divergences all lie within float32's rounding of one limit; half of them above it. */
  function atLimit(limit: number, offset: number): Scene {
    const [height, width] = [2, 64],
      data = new Float32Array(2 * height * width).fill(offset),
      labels = Uint8Array.from({ length: height * width }, (_, i) => (i % width < 5 ? 1 : 0));
    const divergence = (z: number) => Math.log(0.5) - 0.5 * (-Math.log1p(Math.exp(-z)) - Math.log1p(Math.exp(z)));
    // KL((1/2, 1/2) || (s, 1 - s)) = limit, by bisection
    let [low, high] = [0, 40];
    for (let n = 0; n < 200; n++) {
      const middle = (low + high) / 2;
      if (divergence(middle) < limit) low = middle;
      else high = middle;
    }
    for (let x = 3; x < width; x += 4) {
      // The nearest float32 below and above, by turns.
      const z = new Float32Array([offset + low]),
        bits = new Int32Array(z.buffer);
      const side = x % 8 === 3 ? -1 : 1;
      while (side * (divergence(z[0] - offset) - limit) <= 0) bits[0] += side * Math.sign(z[0]);
      data[x] = z[0];
    }
    return { data, labels, shape: [1, 2, height, width] };
  }

  test.each([
    [1e-5, 0],
    [1e-5 * 1.2 ** 10, 0],
    [1e-5 * 1.2 ** 40, 3],
    [1e-5 * 1.2 ** 60, -7],
  ])("limit %s, offset %s", (limit, offset) => {
    const scene = atLimit(limit, offset);
    for (const ratio of [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5]) {
      for (const activation of ["softmax", "sigmoid"] as const)
        expectDefinition(scene, { activation, maxBoundaryRatio: ratio });
    }
  });

  test("probabilities that do not sum to 1 have no bound, and are all decided so", () => {
    const random = new Random(61),
      labels = blobs(random, 2, 3, [12, 13]);
    const data = Float32Array.from({ length: 2 * 3 * 156 }, () => random.next());
    expect(
      expectDefinition({ data, labels, shape: [2, 3, 12, 13] }, { activation: "none", maxBoundaryRatio: 0.1 }),
    ).toBeGreaterThan(0);
  });
});

test("rows longer than a tile, and images of one row or column", () => {
  const random = new Random(62);
  for (const [height, width] of [
    [3, 4500],
    [1, 5000],
    [600, 1],
    [70, 67],
  ]) {
    const labels = blobs(random, 1, 2, [height, width]),
      data = random.normals(3 * height * width, 2);
    expectDefinition({ data, labels, shape: [1, 3, height, width] }, { maxBoundaryRatio: 0.02 });
  }
});

test("samples without a boundary add no pixel, but their divergences count", () => {
  const random = new Random(63),
    labels = blobs(random, 3, 2, [11, 12]).map((label, i) => (Math.floor(i / 132) === 1 ? 1 : label)) as Uint8Array;
  const scene = { data: random.normals(3 * 2 * 132, 2), labels, shape: [3, 2, 11, 12] };
  expect(expectDefinition(scene, { maxBoundaryRatio: 0.2 })).toBeGreaterThan(0);
  const { grad } = create("activeBoundary", { maxBoundaryRatio: 0.2 }).valueAndGrad(
    { data: scene.data, shape: scene.shape },
    { data: labels, shape: [3, 11, 12] },
  );
  expect(grad.subarray(264, 528).every((g) => g === 0)).toBe(true);
});

test("neighbours get a gradient only where they are not detached", () => {
  const random = new Random(64),
    labels = Uint8Array.from({ length: 400 }, (_, i) => (i % 20 < 2 ? 1 : 0)),
    scene = { data: random.normals(800, 2), labels, shape: [1, 2, 20, 20] },
    options = { maxBoundaryRatio: 0.005 };
  const moved = expectDefinition(scene, options);
  const touched = (detachNeighbors: boolean) => {
    const loss = create("activeBoundary", { ...options, detachNeighbors }),
      { grad } = loss.valueAndGrad({ data: scene.data, shape: scene.shape }, { data: labels, shape: [1, 20, 20] });
    return grad.subarray(0, 400).reduce((n, g) => n + (g !== 0 ? 1 : 0), 0);
  };
  expect(touched(true)).toBe(moved);
  expect(touched(false)).toBeGreaterThan(moved);
});

test("volumes and lines are refused, also by prepare", () => {
  for (const spatial of [[12], [2, 3, 2]]) {
    const loss = create("activeBoundary", axesOf(spatial)),
      pred = { data: new Float32Array(24), shape: [1, 2, ...spatial] },
      target = { data: new Uint8Array(12), shape: [1, ...spatial] };
    for (const work of [() => loss.value(pred, target), () => loss.prepare(target)]) {
      const error = errorOf(work);
      expect(error.code).toBe("UNSUPPORTED");
      expect(error.message).toMatch(
        /^activeBoundary: (pred|target) must be images, with 2 spatial dimensions, got [13] \(/,
      );
    }
  }
});

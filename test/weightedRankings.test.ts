import { describe, expect, test } from "vitest";
import { create, seg } from "./support/library";
import { Random } from "./support/random";
import { gradientError, valueError } from "./support/vectors";

const batch = 2;

function scene(activation: string, classes: number, side: number, seed: number) {
  const random = new Random(seed),
    pixels = side * side,
    shape = [batch, side, side],
    labels = Uint8Array.from({ length: batch * pixels }, () => Math.floor(random.next() * Math.max(classes, 2)));
  return {
    pred: { data: random.normals(batch * classes * pixels), shape: [batch, classes, side, side] },
    target: { data: labels, shape },
    weights: Float32Array.from({ length: batch * pixels }, () => (random.next() < 0.1 ? 0 : 0.5 + random.next())),
    binary: activation === "sigmoid",
    shape,
  };
}

const questions = [
  { activation: "softmax", classes: 2 },
  { activation: "softmax", classes: 5 },
  { activation: "sigmoid", classes: 1 },
  { activation: "sigmoid", classes: 3 },
];

/** -log p of the right answer of each unit, [batch, units]. */
function lossesOf({ pred: { data }, target, binary }: ReturnType<typeof scene>, classes: number): number[][] {
  const pixels = data.length / batch / classes;
  return Array.from({ length: batch }, (_, b) => {
    const z = (c: number, n: number) => data[(b * classes + c) * pixels + n],
      label = (n: number) => target.data[b * pixels + n];
    if (!binary)
      return Array.from({ length: pixels }, (_, n) => {
        const all = Array.from({ length: classes }, (_, c) => z(c, n));
        return Math.log(all.reduce((sum, each) => sum + Math.exp(each - all[label(n)]), 0));
      });
    return Array.from({ length: classes * pixels }, (_, i) => {
      const [c, n] = [Math.floor(i / pixels), i % pixels],
        yes = label(n) === (classes === 1 ? 1 : c);
      return Math.log1p(Math.exp(yes ? -z(c, n) : z(c, n)));
    });
  });
}

describe.each(questions)("ohem, $activation, $classes channels", ({ activation, classes }) => {
  const side = 37, // no whole vectors
    pixels = side * side,
    made = scene(activation, classes, side, 81),
    { pred, target, weights } = made,
    losses = lossesOf(made, classes);
  test.each([true, false])("ranks by losses alone, and weighs what is kept; batch: %s", (pooled) => {
    const loss = create("ohem", { activation, batch: pooled, threshold: 0.1, minKept: 500 }),
      units = losses.flatMap((own, b) => own.map((u, i) => ({ b, u, w: weights[b * pixels + (i % pixels)] })));
    let [sum, total] = [0, 0];
    for (const pool of pooled ? [[0, 1]] : [[0], [1]]) {
      const own = units.filter(({ b, w }) => pool.includes(b) && w > 0).sort((x, y) => y.u - x.u),
        hard = own.filter(({ u }) => u > -Math.log(0.1)).length;
      for (const { u, w } of own.slice(0, Math.max(hard, 500))) {
        sum += w * u;
        total += w;
      }
    }
    const { value, grad } = loss.valueAndGrad(pred, target, { pixelWeights: weights });
    expect(valueError(value, sum / total)).toBeLessThanOrEqual(1e-6);
    expect(loss.value(pred, target, { pixelWeights: weights })).toBeCloseTo(value, 12);
    // What is kept has the gradient of a sum, times its weight.
    const plain = create("ohem", { activation, minKept: batch * classes * pixels, reduction: "sum" });
    const all = plain.valueAndGrad(pred, target).grad,
      kept = all.map((g, i) => {
        const n = Math.floor(i / (classes * pixels)) * pixels + (i % pixels);
        return grad[i] === 0 ? 0 : (g * weights[n]) / total;
      });
    expect(gradientError(grad, kept)).toBeLessThanOrEqual(1e-6);
  });
});

describe.each([
  ...["lovaszSoftmax", "ohem"].flatMap((name) => questions.map((question) => ({ name, ...question }))),
  { name: "lovaszHinge", activation: "sigmoid", classes: 1 },
  { name: "lovaszHinge", activation: "sigmoid", classes: 3 },
])("$name, $activation, $classes channels", ({ name, activation, classes }) => {
  const { pred, target, weights, shape } = scene(activation, classes, 36, 82);
  const options = [
    ...[true, false].map((batch) => ({ batch })),
    ...(name === "lovaszHinge" ? [{ average: "micro" as const }] : []),
  ];
  test.each(options)("weights may lie in the module's memory or elsewhere, and be of any size: %o", (own) => {
    const loss = create(name, { activation, ...own }),
      found = loss.valueAndGrad(pred, target, { pixelWeights: weights }),
      resident = seg.tensor(shape);
    resident.data.set(weights);
    expect(loss.valueAndGrad(pred, target, { pixelWeights: resident })).toEqual(found);
    resident.dispose();
    for (const factor of [2 ** 100, 2 ** -100]) {
      const scaled = loss.valueAndGrad(pred, target, { pixelWeights: weights.map((w) => factor * w) });
      expect(valueError(scaled.value, found.value)).toBeLessThanOrEqual(1e-6);
      expect(gradientError(scaled.grad, found.grad)).toBeLessThanOrEqual(1e-6);
    }
  });
});

// All foreground is worse than a few heavy others, before which nothing is left of it: they have no slope.
test.each(["labels", "floats"])(
  "heavy pixels after the last of the foreground take nothing from rounding; %s",
  (kind) => {
    const pixels = 2 ** 17,
      indices = Array.from({ length: pixels }, (_, i) => i),
      heavy = indices.filter((i) => i % 1024 === 7),
      y = indices.map((i) => (i % 1024 === 7 || i % 5 === 0 ? 0 : 1)),
      random = new Random(83),
      data = Float32Array.from(y, (t, i) => (i % 1024 === 7 ? -0.7 : t === 1 ? -random.next() : random.next())),
      pixelWeights = Float32Array.from(y, (_, i) => (i % 1024 === 7 ? 1e6 : i % 3 === 0 ? 1.3 : 1)),
      target =
        kind === "labels"
          ? { data: Uint8Array.from(y), shape: [1, 1, pixels] }
          : { data: Float32Array.from(y), shape: [1, 1, 1, pixels] },
      { grad } = create("lovaszHinge").valueAndGrad({ data, shape: [1, 1, 1, pixels] }, target, { pixelWeights }),
      largest = grad.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    expect(largest).toBeGreaterThan(0);
    for (const i of heavy) expect(Math.abs(grad[i])).toBeLessThanOrEqual(1e-6 * largest);
  },
);

// p q of a sure mistake is small, and so is all that has a slope: what little is left beside its weight must be exact.
test("light pixels keep their digits behind a heavy one that is surely wrong", () => {
  const z = [-20, 0.5, -0.4, 0.3, -0.2, -1],
    y = [1, 0, 1, 0, 1, 1],
    weights = [1e6, 1e6, 0.3, 2e6, 0.7, 0.45].map(Math.fround),
    p = z.map((logit) => 1 / (1 + Math.exp(-logit))),
    errors = p.map((x, i) => Math.abs(y[i] - x)),
    order = [...z.keys()].sort((i, j) => errors[j] - errors[i]),
    grad = new Float64Array(z.length),
    add = (indices: number[]) => indices.reduce((sum, i) => sum + weights[i], 0);
  for (const [k, i] of order.entries()) {
    const left = add(order.slice(k + 1).filter((j) => y[j] === 1)),
      union = add(z.map((_, j) => j).filter((j) => y[j] === 1)) + add(order.slice(0, k).filter((j) => y[j] === 0)),
      slope = y[i] === 1 ? -weights[i] / union : (left * weights[i]) / (union * (union + weights[i]));
    grad[i] = slope * p[i] * (1 - p[i]);
  }
  const loss = create("lovaszSoftmax", { activation: "sigmoid" }),
    shape = [1, 1, z.length],
    pred = { data: Float32Array.from(z), shape: [1, ...shape] },
    pixelWeights = { data: Float32Array.from(weights), shape },
    found = loss.valueAndGrad(pred, { data: Uint8Array.from(y), shape }, { pixelWeights });
  expect(gradientError(found.grad, grad)).toBeLessThanOrEqual(1e-6);
});

import { describe, expect, test } from "vitest";
import { create, expectSame, isSpatial, losses } from "./support/library";
import { blobs, IGNORED, product, Random } from "./support/random";

/** Cross entropy and Dice (softmax or one sigmoid channel, macro, smooth 1e-5) as they are written down, in float64. */
function reference(z: Float32Array, labels: ArrayLike<number>, batch: number, classes: number, pixels: number) {
  const entries = (b: number, n: number) => Array.from({ length: classes }, (_, c) => (b * classes + c) * pixels + n),
    smooth = 1e-5;
  const crossEntropy = { value: 0, grad: new Float64Array(z.length) },
    dice = { value: 0, grad: new Float64Array(z.length) };
  const p = new Float64Array(z.length),
    t = new Float64Array(z.length),
    count = batch * pixels;
  for (let b = 0; b < batch; b++) {
    for (let n = 0; n < pixels; n++) {
      const at = entries(b, n),
        label = labels[b * pixels + n],
        logits = classes > 1 ? at.map((i) => z[i]) : [0, z[at[0]]];
      const max = Math.max(...logits),
        sum = logits.reduce((s, x) => s + Math.exp(x - max), 0);
      crossEntropy.value += (Math.log(sum) + max - logits[label]) / count;
      for (const [c, i] of at.entries()) {
        const channel = classes > 1 ? c : 1;
        p[i] = Math.exp(logits[channel] - max) / sum;
        t[i] = label === channel ? 1 : 0;
        crossEntropy.grad[i] = (p[i] - t[i]) / count;
      }
    }
    const slopes = Array.from({ length: classes }, (_, c) => {
      let intersection = 0,
        total = 0;
      for (let i = (b * classes + c) * pixels; i < (b * classes + c + 1) * pixels; i++) {
        intersection += p[i] * t[i];
        total += p[i] + t[i];
      }
      const d = total + smooth,
        pairs = batch * classes;
      dice.value += (1 - (2 * intersection + smooth) / d) / pairs;
      return [(2 * intersection + smooth) / (d * d * pairs), ((2 * intersection + smooth) / d - 2) / (d * pairs)];
    });
    for (let n = 0; n < pixels; n++) {
      const at = entries(b, n),
        g = at.map((i, c) => slopes[c][t[i]]),
        mean = g.reduce((s, x, c) => s + x * p[at[c]], 0);
      for (const [c, i] of at.entries()) dice.grad[i] = p[i] * (classes > 1 ? g[c] - mean : (1 - p[i]) * g[c]);
    }
  }
  return { crossEntropy, dice };
}

const small = Array.from({ length: 17 }, (_, i) => i + 1);

describe("cross entropy and Dice agree with float64 at every size", () => {
  // One tile holds 16,384 pixels of up to 8 channels, 2,048 of 64, and 256 of 512 or more.
  const sizes = [...small, 255, 256, 257, 16383, 16384, 16385, 65537].flatMap((pixels) =>
    [1, 2, 5].map((classes) => ({ pixels, classes })),
  );
  const wide = [
    { pixels: 2049, classes: 64 },
    { pixels: 2047, classes: 61 },
    { pixels: 257, classes: 600 },
    { pixels: 3, classes: 1000 },
  ];
  test.each([...sizes, ...wide])("$pixels pixels, $classes classes", ({ pixels, classes }) => {
    const random = new Random(pixels + 31 * classes),
      batch = pixels > 10000 ? 1 : 2,
      data = random.normals(batch * classes * pixels, 2);
    const labels = Uint16Array.from({ length: batch * pixels }, () => random.below(Math.max(2, classes)));
    const pred = { data, shape: [batch, classes, pixels, 1] },
      target = { data: labels, shape: [batch, pixels, 1] };
    const activation = classes === 1 ? "sigmoid" : "softmax",
      expected = reference(data, labels, batch, classes, pixels);
    for (const name of ["crossEntropy", "dice"] as const)
      expectSame(create(name, { activation }).valueAndGrad(pred, target), expected[name], { value: 1e-6, grad: 1e-5 });
  });
});

describe("ignored pixels in between change no loss at any size", () => {
  // Where the pixels lie in lanes, blocks and tiles must not matter. Losses that look at neighbours see other
  // neighbours.
  const names = losses.filter((loss) => !isSpatial(loss)).map(({ name }) => name);
  test.each(names)("%s", (name) => {
    for (const pixels of [...small, 16383, 16384, 16385, 65537]) {
      const random = new Random(pixels),
        classes = 3,
        labels = blobs(random, 1, classes, [pixels]),
        data = random.normals(classes * pixels, 2);
      const gaps = Array.from({ length: pixels }, () => (random.next() < 0.1 ? 1 + random.below(5) : 0)),
        length = pixels + gaps.reduce((a, b) => a + b);
      const at: number[] = [];
      for (let i = 0, next = 0; i < pixels; i++) {
        at.push(next + gaps[i]);
        next += gaps[i] + 1;
      }
      const spread = new Float32Array(classes * length).fill(Number.NaN),
        spreadLabels = new Uint8Array(length).fill(IGNORED);
      for (let i = 0; i < pixels; i++) {
        spreadLabels[at[i]] = labels[i];
        for (let c = 0; c < classes; c++) spread[c * length + at[i]] = data[c * pixels + i];
      }
      const loss = create(name, { ignoreIndex: IGNORED });
      const plain = loss.valueAndGrad(
        { data, shape: [1, classes, pixels, 1] },
        { data: labels, shape: [1, pixels, 1] },
      );
      const { value, grad } = loss.valueAndGrad(
        { data: spread, shape: [1, classes, length, 1] },
        { data: spreadLabels, shape: [1, length, 1] },
      );
      const gathered = Float32Array.from(
        { length: classes * pixels },
        (_, i) => grad[Math.floor(i / pixels) * length + at[i % pixels]],
      );
      expectSame({ value, grad: gathered }, plain);
      expect(grad.reduce((n, g) => n + (g !== 0 ? 1 : 0), 0)).toBe(gathered.reduce((n, g) => n + (g !== 0 ? 1 : 0), 0));
    }
  });
});

describe("the penalty of the distance map", () => {
  /** 1 + max d - d by looking at all pairs of pixels. */
  function penalty(
    labels: ArrayLike<number>,
    spatial: readonly number[],
    spacing: readonly number[],
    normalize: boolean,
  ): number[] {
    const at = (i: number) =>
      spatial.map((_, axis) => (Math.floor(i / product(spatial.slice(axis + 1))) % spatial[axis]) * spacing[axis]);
    const n = product(spatial),
      places = Array.from({ length: n }, (_, i) => at(i)),
      distances = places.map((place, i) => {
        let nearest = Number.POSITIVE_INFINITY;
        for (let j = 0; j < n; j++) {
          if (labels[j] !== labels[i] && labels[j] !== IGNORED)
            nearest = Math.min(nearest, Math.hypot(...place.map((x, axis) => x - places[j][axis])));
        }
        return nearest;
      });
    return distances.map((d, i) => {
      const own = distances.filter((_, j) => labels[j] === labels[i]),
        max = Math.max(...own),
        highest = max - Math.min(...own);
      return labels[i] === IGNORED ? 0 : 1 + (normalize ? (highest > 0 ? (max - d) / highest : 0) : max - d);
    });
  }

  const shapes = [
    { spatial: [40], spacing: [0.7] },
    { spatial: [9, 8], spacing: [1, 1] },
    { spatial: [7, 11], spacing: [2.5, 0.5] },
    { spatial: [4, 5, 6], spacing: [3, 1, 0.8] },
  ];
  test.each(shapes)("$spatial, spacing $spacing", ({ spatial, spacing }) => {
    const random = new Random(product(spatial)),
      pixels = product(spatial),
      labels = blobs(random, 1, 3, spatial),
      data = random.normals(3 * pixels, 2);
    for (let i = 0; i < pixels; i++) if (random.next() < 0.1) labels[i] = IGNORED;
    const pred = { data, shape: [1, 3, ...spatial] },
      target = { data: labels, shape: [1, ...spatial] };
    const plain = create("crossEntropy", { ignoreIndex: IGNORED, spatialDims: spatial.length }).valueAndGrad(
      pred,
      target,
    );
    for (const normalize of [false, true]) {
      const weights = penalty(labels, spatial, spacing, normalize),
        { value, grad } = create("distanceMapCrossEntropy", {
          ignoreIndex: IGNORED,
          spacing,
          normalize,
          spatialDims: spatial.length,
        }).valueAndGrad(pred, target);
      const count = labels.filter((label) => label !== IGNORED).length;
      let sum = 0;
      for (let i = 0; i < pixels; i++)
        if (labels[i] !== IGNORED)
          sum +=
            weights[i] *
            (Math.log(data.reduce((s, z, j) => s + (j % pixels === i ? Math.exp(z) : 0), 0)) -
              data[labels[i] * pixels + i]);
      expectSame({ value, grad }, { value: sum / count, grad: plain.grad.map((g, i) => g * weights[i % pixels]) });
    }
  });
});

// On whatever path a pixel's exponentials are taken: with logits near 0 and far from it, by one channel, by two, and by
// several.
describe.each([0, 15, 21, 25, 40, 60, 80])("a label ahead of or behind the others by %d", (gap) => {
  describe.each([0, 10, 30, -30, 1000])("at logits about %d", (about) => {
    test.each([1, 2, 3, 21])("with %d channels", (classes) => {
      for (const side of [gap, -gap]) {
        const x = classes === 1 ? Math.fround(side) : Math.fround(about + side) - about,
          data = Float32Array.from({ length: classes }, (_, c) =>
            classes === 1 ? x : about + (c === classes - 1 ? x : 0),
          ),
          label = Math.max(1, classes - 1),
          others = Math.max(1, classes - 1) * Math.exp(-x), // over the label's own
          u = Math.log1p(others),
          q = others / (1 + others),
          activation = classes === 1 ? "sigmoid" : "softmax";
        const at = (name: string, options: object) =>
          create(name, { activation, ...options }).valueAndGrad(
            { data, shape: [1, classes, 1, 1] },
            { data: Uint8Array.of(label), shape: [1, 1, 1] },
          );
        const near = (actual: number, expected: number) =>
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-5 * Math.abs(expected));
        const crossEntropy = at("crossEntropy", {}),
          focal = at("focal", { gamma: 1 }),
          power = at("exponentialLogarithmic", { diceWeight: 0, crossEntropyWeight: 1, gamma: 0.3 });
        near(crossEntropy.value, u);
        near(crossEntropy.grad[classes - 1], -q);
        if (classes > 1) near(crossEntropy.grad[0], q / (classes - 1));
        if (gap < 40) near(focal.value, q * u);
        near(power.value, u ** 0.3);
      }
    });
  });
});

describe("topK", () => {
  const kept = (grad: Float32Array, pixels: number) =>
    Array.from({ length: grad.length / 2 }, (_, n) =>
      grad[Math.floor(n / pixels) * 2 * pixels + (n % pixels)] !== 0 ? n : -1,
    ).filter((n) => n >= 0);

  test("keeps the first of equals, also across tiles and samples", () => {
    const pixels = 5000,
      pred = { data: new Float32Array(4 * pixels), shape: [2, 2, pixels, 1] },
      target = { data: new Uint8Array(2 * pixels), shape: [2, pixels, 1] };
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    expect(kept(create("topK", { k: 0.7 }).valueAndGrad(pred, target).grad, pixels)).toEqual(range(0, 7000));
    expect(kept(create("topK", { k: 0.7, batch: false }).valueAndGrad(pred, target).grad, pixels)).toEqual([
      ...range(0, 3500),
      ...range(5000, 8500),
    ]);
    expect(kept(create("topK", { k: 1e-6 }).valueAndGrad(pred, target).grad, pixels)).toEqual([0]);
  });

  test("keeps the largest, however close they are", () => {
    // Losses that differ in the last bits only, and all over the range.
    for (const scale of [1e-6, 1, 30]) {
      const random = new Random(91),
        pixels = 18000,
        data = random.normals(2 * pixels, scale),
        labels = Uint8Array.from({ length: pixels }, () => random.below(2));
      const pred = { data, shape: [1, 2, pixels, 1] },
        target = { data: labels, shape: [1, pixels, 1] };
      const margin = (i: number) => Math.fround(data[(1 - labels[i]) * pixels + i] - data[labels[i] * pixels + i]);
      const all = create("crossEntropy", { reduction: "sum" }).valueAndGrad(pred, target).grad,
        { grad } = create("topK", { k: 0.3, reduction: "sum" }).valueAndGrad(pred, target);
      const inside = kept(grad, pixels),
        least = Math.min(...inside.map(margin)),
        chosen = new Set(inside);
      expect(inside.length).toBe(5400);
      for (let i = 0; i < pixels; i++) {
        if (chosen.has(i)) expect(grad[i]).toBe(all[i]);
        else if (margin(i) > least + 1e-6 * Math.max(1, Math.abs(least)))
          throw new Error(`${i} was left out: ${margin(i)} > ${least}`);
      }
    }
  });
});

describe("the generalised Wasserstein Dice loss", () => {
  test.each(["default", "GDL"])("%s, with distances from the label (row) to the class (column)", (weighting) => {
    const random = new Random(92),
      classes = 3,
      pixels = 50,
      distanceMatrix = [
        [0, 1, 4],
        [2, 0, 3],
        [1, 0.5, 0],
      ];
    const data = random.normals(classes * pixels, 2),
      labels = blobs(random, 1, classes, [pixels]);
    let truePositives = 0,
      denominator = 0;
    for (let n = 0; n < pixels; n++) {
      const e = [0, 1, 2].map((c) => Math.exp(data[c * pixels + n])),
        total = e.reduce((a, b) => a + b),
        label = labels[n];
      const w = e.reduce((sum, x, c) => sum + ((distanceMatrix[label][c] / 4) * x) / total, 0);
      const alpha =
        weighting === "GDL" ? 1 / (labels.filter((other) => other === label).length + 1) : label === 0 ? 0 : 1;
      truePositives += alpha * (1 - w);
      denominator += weighting === "GDL" ? alpha * (2 - w) : w;
    }
    if (weighting === "default") denominator += 2 * truePositives;
    const loss = create("generalizedWassersteinDice", { distanceMatrix, weighting, smooth: 0.5 });
    const value = loss.value({ data, shape: [1, classes, pixels, 1] }, { data: labels, shape: [1, pixels, 1] });
    expect(Math.abs(value - (1 - (2 * truePositives + 0.5) / (denominator + 0.5)))).toBeLessThanOrEqual(1e-6);
  });
});

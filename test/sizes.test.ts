import { describe, expect, test } from "vitest";
import { blobs, IGNORED, product, Random } from "./random";
import { create, expectSame, isSpatial, losses } from "./support";

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
  // One tile holds 4,096 pixels of up to 32 channels, 2,048 of 64, and 256 of 512 or more.
  const sizes = [...small, 255, 256, 257, 4095, 4096, 4097, 65537].flatMap((pixels) => [1, 2, 5].map((classes) => ({ pixels, classes })));
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
    const pred = { data, shape: [batch, classes, pixels] },
      target = { data: labels, shape: [batch, pixels] };
    const activation = classes === 1 ? "sigmoid" : "softmax",
      expected = reference(data, labels, batch, classes, pixels);
    for (const name of ["crossEntropy", "dice"] as const)
      expectSame(create(name, { activation }).valueAndGrad(pred, target), expected[name], { value: 1e-6, grad: 1e-5 });
  });
});

describe("ignored pixels in between change no loss at any size", () => {
  // Where the pixels lie in lanes, blocks and tiles must not matter. Losses that look at neighbours see other neighbours.
  const names = losses.filter((loss) => !isSpatial(loss)).map(({ name }) => name);
  test.each(names)("%s", (name) => {
    for (const pixels of [...small, 4095, 4096, 4097, 65537]) {
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
      const plain = loss.valueAndGrad({ data, shape: [1, classes, pixels] }, { data: labels, shape: [1, pixels] });
      const { value, grad } = loss.valueAndGrad({ data: spread, shape: [1, classes, length] }, { data: spreadLabels, shape: [1, length] });
      const gathered = Float32Array.from({ length: classes * pixels }, (_, i) => grad[Math.floor(i / pixels) * length + at[i % pixels]]);
      expectSame({ value, grad: gathered }, plain);
      expect(grad.reduce((n, g) => n + (g !== 0 ? 1 : 0), 0)).toBe(gathered.reduce((n, g) => n + (g !== 0 ? 1 : 0), 0));
    }
  });
});

describe("the penalty of the distance map", () => {
  /** 1 + max d - d by looking at all pairs of pixels. */
  function penalty(labels: ArrayLike<number>, spatial: readonly number[], spacing: readonly number[], normalize: boolean): number[] {
    const at = (i: number) => spatial.map((_, axis) => (Math.floor(i / product(spatial.slice(axis + 1))) % spatial[axis]) * spacing[axis]);
    const n = product(spatial),
      places = Array.from({ length: n }, (_, i) => at(i)),
      distances = places.map((place, i) => {
        let nearest = Number.POSITIVE_INFINITY;
        for (let j = 0; j < n; j++) {
          if (labels[j] !== labels[i] && labels[j] !== IGNORED) nearest = Math.min(nearest, Math.hypot(...place.map((x, axis) => x - places[j][axis])));
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
    const plain = create("crossEntropy", { ignoreIndex: IGNORED }).valueAndGrad(pred, target);
    for (const normalize of [false, true]) {
      const weights = penalty(labels, spatial, spacing, normalize),
        { value, grad } = create("distanceMapCrossEntropy", { ignoreIndex: IGNORED, spacing, normalize }).valueAndGrad(pred, target);
      const count = labels.filter((label) => label !== IGNORED).length;
      let sum = 0;
      for (let i = 0; i < pixels; i++)
        if (labels[i] !== IGNORED)
          sum += weights[i] * (Math.log(data.reduce((s, z, j) => s + (j % pixels === i ? Math.exp(z) : 0), 0)) - data[labels[i] * pixels + i]);
      expectSame({ value, grad }, { value: sum / count, grad: plain.grad.map((g, i) => g * weights[i % pixels]) });
    }
  });
});

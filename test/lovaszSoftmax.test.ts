import { describe, expect, test } from "vitest";
import { lovaszExtension } from "./reference/lovaszSoftmax";
import { create } from "./support/library";
import { Random } from "./support/random";
import { gradientError, valueError } from "./support/vectors";

// Logits from a coarse grid: float32 keeps their order, and many errors are equal: those of z and of -z, too.
const logits = (random: Random, length: number, spread: number) =>
  Float32Array.from({ length }, () => Math.round(random.normal() * spread * 40) / 40);
const logistic = (z: number) => 1 / (1 + Math.exp(-z));

/** Below and above what is sorted by insertion, by four and by two digits of a bucket; no multiples of four. */
const sizes = [3, 47, 301, 2050, 9001, 70003, 300007];

describe.each(sizes)("%s pixels", (pixels) => {
  test.each([0.5, 0.02, 0])("one channel, share %s of it foreground", (share) => {
    const random = new Random(pixels),
      z = logits(random, pixels, 3),
      y = Int32Array.from(z, () => (random.next() < 0.1 ? 255 : random.next() < share ? 1 : 0));
    const counted = Array.from(y.keys()).filter((i) => y[i] !== 255),
      p = counted.map((i) => logistic(z[i])),
      own = counted.map((i) => y[i] === 1),
      errors = counted.map((i) => logistic(y[i] === 1 ? -z[i] : z[i])),
      expected = lovaszExtension(errors, own),
      grad = new Float64Array(pixels);
    for (const [k, i] of counted.entries()) grad[i] = (own[k] ? -1 : 1) * expected.grad[k] * p[k] * (1 - p[k]);
    const loss = create("lovaszSoftmax", { activation: "sigmoid", ignoreIndex: 255, classes: "all" });
    const actual = loss.valueAndGrad({ data: z, shape: [1, 1, 1, pixels] }, { data: y, shape: [1, 1, pixels] });
    expect(valueError(actual.value, expected.value)).toBeLessThanOrEqual(1e-6);
    expect(gradientError(actual.grad, grad)).toBeLessThanOrEqual(2e-6);
  });

  test.each([undefined, [1, 3]])("two classes that compete, weights %s", (classWeights) => {
    const random = new Random(pixels + 1),
      z = logits(random, pixels, 2),
      // Two samples of odd length, ranked together.
      data = Float32Array.from({ length: 4 * pixels }, (_, i) => (i % (2 * pixels) < pixels ? 0 : z[i % pixels])),
      y = Uint8Array.from({ length: 2 * pixels }, () => (random.next() < 0.3 ? 1 : 0));
    y.set([0, 1]);
    const p = Float64Array.from(y, (_, i) => logistic(z[i % pixels])),
      own = Array.from(y, (label) => label === 1),
      errors = Float64Array.from(y, (label, i) => logistic(label === 1 ? -z[i % pixels] : z[i % pixels])),
      one = lovaszExtension(errors, own),
      zero = lovaszExtension(
        errors,
        own.map((t) => !t),
      ),
      [w0, w1] = classWeights ?? [1, 1],
      grad = new Float64Array(4 * pixels);
    for (let i = 0; i < 2 * pixels; i++) {
      const sum = (w1 * one.grad[i] + w0 * zero.grad[i]) / (w0 + w1),
        at = Math.floor(i / pixels) * 2 * pixels + (i % pixels);
      grad[at + pixels] = (own[i] ? -1 : 1) * sum * p[i] * (1 - p[i]);
      grad[at] = -grad[at + pixels];
    }
    const loss = create("lovaszSoftmax", { batch: true, ...(classWeights && { classWeights }) }),
      actual = loss.valueAndGrad({ data, shape: [2, 2, 1, pixels] }, { data: y, shape: [2, 1, pixels] });
    expect(valueError(actual.value, (w1 * one.value + w0 * zero.value) / (w0 + w1))).toBeLessThanOrEqual(1e-6);
    expect(gradientError(actual.grad, grad)).toBeLessThanOrEqual(2e-6);
  });
});

import { describe, expect, test } from "vitest";
import { create } from "./support/library";
import { Random } from "./support/random";

// Of three and four classes exponentials are about the first class's (assembly/activation/exponentials.ts): these are
// logits on both sides of what they reach, beside float64, with pixels that do not count between them.
const IGNORED = 255;

function inputs(classes: number, pixels: number, gap: number) {
  const random = new Random(classes * pixels),
    next = () => random.next(),
    labels = Uint8Array.from({ length: pixels }, () => (next() < 0.2 ? IGNORED : Math.floor(next() * classes))),
    logits = Float32Array.from({ length: classes * pixels }, () => gap * (2 * next() - 1)),
    map = Float32Array.from(logits, () => 8 * next() - 4);
  for (const [i, label] of labels.entries())
    if (label === IGNORED) for (let c = 0; c < classes; c++) logits[c * pixels + i] = next() < 0.5 ? Number.NaN : 1e30;
  return { labels, logits, map, shape: [1, classes, 1, pixels] };
}

/** p of a pixel's classes, and minus its logarithm, in float64; q is the sum of the others. */
function softmax(logits: Float32Array, i: number, classes: number, pixels: number) {
  const z = Array.from({ length: classes }, (_, c) => logits[c * pixels + i]),
    largest = Math.max(...z),
    e = z.map((each) => Math.exp(each - largest)),
    sum = e.reduce((a, b) => a + b),
    p = e.map((each) => each / sum);
  const q = p.map((_, c) => p.reduce((rest, each, j) => (j === c ? rest : rest + each), 0));
  return { p, q, u: z.map((each, c) => (q[c] < 0.5 ? -Math.log1p(-q[c]) : largest - each + Math.log(sum))) };
}

describe.each([3, 4, 5])("%i classes", (classes) => {
  describe.each([1, 17, 80, 2100])("%i pixels", (pixels) => {
    test.each([0.01, 4, 12, 20, 21, 22, 30, 31, 45, 60, 90, 1e4])("logits up to %f", (gap) => {
      const { labels, logits, map, shape } = inputs(classes, pixels, gap),
        counted = labels.reduce((n, label) => n + (label === IGNORED ? 0 : 1), 0),
        pred = { data: logits, shape },
        target = { data: labels, shape: [1, 1, pixels] };
      const entropy = create("crossEntropy", { ignoreIndex: IGNORED }).valueAndGrad(pred, target),
        field = create("boundary", { ignoreIndex: IGNORED }).valueAndGrad(pred, target, {
          distanceMap: { data: map, shape },
        });
      let value = 0,
        product = 0,
        products = 0;
      for (const [i, label] of labels.entries()) {
        const at = Array.from({ length: classes }, (_, c) => c * pixels + i);
        if (label === IGNORED) {
          for (const k of at) expect([entropy.grad[k], field.grad[k]].map(Math.abs)).toEqual([0, 0]);
          continue;
        }
        const { p, q, u } = softmax(logits, i, classes, pixels),
          mean = p.reduce((sum, each, c) => sum + each * map[at[c]], 0);
        value += u[label] / counted;
        product += mean / (counted * classes);
        products += p.reduce((sum, each, c) => sum + each * Math.abs(map[at[c]]), 0) / (counted * classes);
        for (const [c, k] of at.entries()) {
          const wanted = (c === label ? -q[c] : p[c]) / counted,
            slope = p.reduce((sum, each, j) => sum + each * (map[k] - map[at[j]]), 0);
          // Differences of logits round to half a unit, 4e-6 of 90; what is below 1e-19 is nothing.
          expect(Math.abs(entropy.grad[k] - wanted)).toBeLessThanOrEqual(5e-6 * Math.abs(wanted) + 1e-19);
          expect(Math.abs(field.grad[k] - (p[c] * slope) / (counted * classes))).toBeLessThanOrEqual(
            (5e-6 * p[c] * q[c] * 8) / (counted * classes) + 1e-19,
          );
        }
      }
      expect(Math.abs(entropy.value - value)).toBeLessThanOrEqual(1e-6 * value);
      expect(Math.abs(field.value - product)).toBeLessThanOrEqual(1e-6 * products);
    });
  });
});

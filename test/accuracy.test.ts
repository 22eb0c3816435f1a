import { describe, expect, test } from "vitest";
import { catalog, type LossName, load } from "../dist/index.js";
import type { Declaration } from "../src/catalog/declaration";
import { type Answer, competing, entry, pixelLosses, ratio, squaredRatio } from "./reference/ratios";
import { Random } from "./support/random";
import { valueError } from "./support/vectors";

const seg = await load();

/** Probabilities near every place where digits are lost. */
const probabilities = Float32Array.from([
  ...[0, 1, 0.5, 0.25, 0.75, 1e-30, 1e-9, 1e-7, 1.01e-7, 2e-7, 1e-6, 1.3e-4, 1e-3, 0.03, 0.3, 0.4142, Math.SQRT1_2],
  ...[0.9, 0.99, 0.999, 1 - 1e-4, 1 - 1.3e-4, 1 - 1e-6, 1 - 1.2e-7],
  ...Array.from({ length: 60 }, (_, i) => 10 ** (-i / 8)),
]);
const targets = [0, 1, 0.5, 0.3, 1e-3];

/** Where float32 has no digits left. */
const SUBNORMAL = 1e-37;

/** One pixel, so that no other hides its error: value and derivative, each to a relative 1e-5. */
function expectPixel(
  loss: LossName,
  options: object,
  pred: readonly number[],
  target: number | readonly number[],
  answers: readonly Answer[],
  what: string,
): void {
  const given =
      typeof target === "number"
        ? { data: Uint8Array.of(target), shape: [1, 1, 1] }
        : { data: Float32Array.from(target), shape: [1, target.length, 1, 1] },
    found = seg
      .create(loss, { activation: "none", ...options } as never)
      .valueAndGrad({ data: Float32Array.from(pred), shape: [1, pred.length, 1, 1] }, given);
  const value = answers.reduce((sum, answer) => sum + answer.value, 0),
    near = (actual: number, right: number, size: number, name: string) =>
      expect(Math.abs(actual - right), `${name}, ${what}: ${actual}, right ${right}`).toBeLessThanOrEqual(
        1e-5 * size + SUBNORMAL,
      );
  near(found.value, value, Math.abs(value), "value");
  for (const [c, { slope, size = Math.abs(slope) }] of answers.entries())
    near(found.grad[c], slope, size, `derivative ${c}`);
}

const pixelOptions = (loss: string, gamma: number) =>
  loss === "crossEntropy"
    ? {}
    : loss === "focal"
      ? { gamma }
      : { gammaCrossEntropy: gamma, crossEntropyWeight: 1, diceWeight: 0 };

describe("probabilities as they are passed: nothing cancels", () => {
  for (const [name, make] of Object.entries(pixelLosses)) {
    for (const gamma of name === "crossEntropy" ? [1] : [0.3, 0.4, 1, 2, 2.5]) {
      const loss = name as LossName,
        formula = make(gamma),
        options = pixelOptions(name, gamma);
      test(`${name} ${gamma}, one channel and labels`, () => {
        for (const p of probabilities)
          for (const t of [0, 1]) expectPixel(loss, options, [p], t, [entry(formula, p, t)], `p ${p}, t ${t}`);
      });
      test(`${name} ${gamma}, one channel and soft targets`, () => {
        for (const p of probabilities)
          for (const t of targets) {
            const soft = Math.fround(t);
            expectPixel(loss, options, [p], [soft], [entry(formula, p, soft)], `p ${p}, t ${t}`);
          }
      });
      test(`${name} ${gamma}, competing classes`, () => {
        for (const p of probabilities) {
          const other = Math.fround(1 - p);
          for (const t of targets) {
            const both = [Math.fround(t), Math.fround(1 - t)];
            const answers = [p, other].map((each, c) => competing(formula, each, both[c]));
            expectPixel(loss, options, [p, other], both, answers, `p ${p}, t ${t}`);
          }
        }
      });
    }
  }
});

describe("a denominator is floored at 1e-30, so that any smooth is exact", () => {
  const shapes: readonly [loss: LossName, options: object, shape: readonly number[]][] = [
    ["dice", {}, [2, 1, 1]],
    ["iou", {}, [1, 1, 1]],
    ["tversky", { alpha: 0.3, beta: 0.7 }, [1, 0.3, 0.7]],
    ["focalTversky", { alpha: 0.3, beta: 0.7, gamma: 1 }, [1, 0.3, 0.7]],
  ];
  for (const smooth of [0, 1e-25, 2.220446049250313e-16, 1e-9, 1e-5]) {
    test.each(shapes)(`%s %j, smooth ${smooth}`, (loss, options, shape) => {
      for (const p of probabilities)
        for (const t of targets) {
          const soft = Math.fround(t);
          const product = { ...options, smooth, overlap: "product" };
          expectPixel(loss, product, [p], [soft], [ratio(p, soft, smooth, shape)], `p ${p}, t ${t}`);
        }
    });
    test(`dice squared, smooth ${smooth}`, () => {
      // float32 holds no square of less
      for (const p of probabilities.filter((each) => each === 0 || each > 1e-15))
        for (const t of targets) {
          const soft = Math.fround(t);
          const right = squaredRatio(p, soft, smooth);
          expectPixel("dice", { squared: true, smooth }, [p], [soft], [right], `p ${p}, t ${t}`);
        }
    });
  }

  test("logits of -20 and an empty mask", () => {
    const pred = { data: new Float32Array(4).fill(-20), shape: [1, 1, 2, 2] },
      target = { data: new Uint8Array(4), shape: [1, 2, 2] },
      p = 1 / (1 + Math.exp(20));
    for (const smooth of [1e-9, 2.220446049250313e-16]) {
      const right = (4 * p) / (4 * p + smooth);
      for (const loss of ["dice", "iou"] as const) {
        const { value, grad } = seg.create(loss, { activation: "sigmoid", smooth }).valueAndGrad(pred, target);
        expect(valueError(value, right)).toBeLessThanOrEqual(1e-5);
        const slope = ((smooth / (4 * p + smooth) ** 2) * p) / (1 + Math.exp(-20));
        for (const g of grad) expect(valueError(g, slope)).toBeLessThanOrEqual(1e-5);
      }
    }
  });

  test("generalizedWassersteinDice with its authors' smooth", () => {
    const target = { data: new Uint8Array(4), shape: [1, 2, 2] },
      smooth = 2.220446049250313e-16,
      loss = seg.generalizedWassersteinDice({ smooth });
    for (const gap of [20, 30, 36, 40]) {
      const logits = Float32Array.from({ length: 8 }, (_, i) => (i < 4 ? gap : 0)),
        wrong = 4 / (1 + Math.exp(gap));
      const { value } = loss.valueAndGrad({ data: logits, shape: [1, 2, 2, 2] }, target);
      expect(valueError(value, wrong / (wrong + smooth))).toBeLessThanOrEqual(1e-5);
    }
  });

  test("generalizedWassersteinDice of a label that is hopeless while none is ahead", () => {
    const others = [0.3, -0.2, 0.1, 0],
      total = others.reduce((sum, z) => sum + Math.exp(z), 0);
    for (const label of [0, 1]) {
      const logits = [...others];
      logits.splice(label, 0, -12);
      const { grad } = seg
          .generalizedWassersteinDice({ spatialDims: 1 })
          .valueAndGrad(
            { data: Float32Array.from(logits), shape: [1, 5, 1] },
            { data: Uint8Array.of(label), shape: [1, 1] },
          ),
        rest = Array.from(grad).filter((_, c) => c !== label);
      // all others are as far from the label: what it gains they lose, each as it is probable
      for (const [c, g] of rest.entries())
        expect(valueError(g, (-grad[label] * Math.exp(Math.fround(others[c]))) / total)).toBeLessThanOrEqual(1e-5);
    }
  });

  describe.each([
    ["dice", {}],
    ["dice", { classWeights: [1, 3, 3, 3, 3] }],
    ["logCoshDice", {}],
    ["iou", {}],
    ["tversky", { alpha: 0.3, beta: 0.7 }],
    ["focalTversky", {}],
    ["generalizedDice", { weighting: "uniform" }],
  ] as const)("%s %j of a label that is hopeless while none is ahead", (name, options) => {
    const loss = seg.create(name, { smooth: 1, spatialDims: 1, ...options } as never);

    test.each([5, 8, 12])("by %d", (gap) => {
      const { grad } = loss.valueAndGrad(
        { data: Float32Array.from({ length: 20 }, (_, i) => (i < 4 ? -gap : 0)), shape: [1, 5, 4] },
        { data: new Uint8Array(4), shape: [1, 4] },
        { pixelWeights: { data: Float32Array.of(1, 0.7, 1.9, 3), shape: [1, 4] } },
      );
      // what it gains the others lose, each the same
      for (let i = 4; i < 20; i++) expect(valueError(grad[i], -grad[i % 4] / 4)).toBeLessThanOrEqual(1e-6);
    });
  });

  /** Whether a number more in all logits of a pixel is nothing to a loss, as to softmax. */
  function isInvariant({ name, wraps }: Declaration): boolean {
    if (wraps) return false;
    const random = new Random(80),
      logits = random.normals(5 * 256),
      shifts = random.normals(256),
      value = (data: Float32Array) =>
        seg
          .create(name as LossName)
          .value(
            { data, shape: [1, 5, 16, 16] },
            { data: Uint8Array.from(shifts, (_, i) => (i >> 5) % 5), shape: [1, 16, 16] },
          );
    return valueError(value(logits.map((z, i) => z + shifts[i % 256])), value(logits)) < 1e-5;
  }
  const invariant = (catalog as readonly Declaration[]).filter(isInvariant);
  test("most losses are losses of softmax", () => expect(invariant.length).toBeGreaterThan(catalog.length / 2));
  describe.each(invariant.map(({ name }) => name))("%s of labels that are hopeless while none is ahead", (name) => {
    test.each([5, 9].flatMap((classes) => [6, 12].flatMap((gap) => [0, 1].map((spread) => [classes, gap, spread]))))(
      "of %d, by %d, the others %d apart at most: what they gain the others lose",
      (classes, gap, spread) => {
        const side = 24,
          pixels = side ** 2,
          random = new Random(81),
          labels = Uint8Array.from({ length: pixels }, (_, i) => (3 * (i >> 3) + Math.floor(i / (8 * side))) % classes),
          own = (i: number) => labels[i % pixels] === Math.floor(i / pixels),
          logits = Float32Array.from(
            { length: classes * pixels },
            (_, i) => spread * random.next() - (own(i) ? gap : 0),
          ),
          { grad } = seg
            .create(name as LossName)
            .valueAndGrad({ data: logits, shape: [1, classes, side, side] }, { data: labels, shape: [1, side, side] });
        let left = 0;
        for (let n = 0; n < pixels; n++) {
          let sum = 0;
          for (let c = 0; c < classes; c++) sum += grad[c * pixels + n];
          left += sum ** 2;
        }
        expect(Math.sqrt(left)).toBeLessThanOrEqual(1e-6 * Math.hypot(...grad));
      },
    );
  });

  test("sensitivitySpecificity of a soft target that is nearly nothing", () => {
    const t = Math.fround(1e-12),
      { value } = seg
        .sensitivitySpecificity({ activation: "none", smooth: 0, sensitivityWeight: 1 })
        .valueAndGrad(
          { data: Float32Array.of(0.5), shape: [1, 1, 1, 1] },
          { data: Float32Array.of(t), shape: [1, 1, 1, 1] },
        );
    expect(valueError(value, (0.5 - t) ** 2)).toBeLessThanOrEqual(1e-5);
  });
});

describe("logits of any size", () => {
  test.each([40, 80, 100, 1e4, 1e30])("%d", (size) => {
    // The derivative of a hopeless pixel is that of the logarithm, whatever the power: -1 by the own logit.
    for (const [loss, options] of [
      ["crossEntropy", {}],
      ["focal", {}],
      ["focal", { gamma: 0.5 }],
    ] as const) {
      for (const data of [
        [size, 0],
        [size, 0, 0],
      ]) {
        const pred = { data: Float32Array.from(data), shape: [1, data.length, 1, 1] },
          found = seg.create(loss, options).valueAndGrad(pred, { data: Uint8Array.of(1), shape: [1, 1, 1] });
        expect(valueError(found.value, Math.fround(size))).toBeLessThanOrEqual(1e-5);
        expect(valueError(found.grad[0], 1)).toBeLessThanOrEqual(1e-5);
        expect(valueError(found.grad[1], -1)).toBeLessThanOrEqual(1e-5);
      }
      const alone = seg
        .create(loss, { ...options, activation: "sigmoid" })
        .valueAndGrad(
          { data: Float32Array.of(-size), shape: [1, 1, 1, 1] },
          { data: Uint8Array.of(1), shape: [1, 1, 1] },
        );
      expect(valueError(alone.value, Math.fround(size))).toBeLessThanOrEqual(1e-5);
      expect(valueError(alone.grad[0], -1)).toBeLessThanOrEqual(1e-5);
    }
  });
});

describe.each([-1, -0.99999, -0.95])("poly with epsilon %d, where u and epsilon q cancel", (epsilon) => {
  describe.each([0, 1, 2.5])("gamma %d", (gamma) => {
    /** F and -dF/dx of log-odds x in favour of the label, with u - q as a series where q is small. */
    const exact = (x: number) => {
      const q = 1 / (1 + Math.exp(x)),
        p = 1 / (1 + Math.exp(-x)),
        u = Math.log1p(Math.exp(-x));
      let beyond = u - q;
      if (q < 0.1) {
        beyond = 0;
        for (let k = 30; k > 1; k--) beyond += q ** k / k;
      }
      const sum = beyond + (1 + epsilon) * q;
      return { value: q ** gamma * sum, steep: q ** gamma * (q * (q + (1 + epsilon) * p) + gamma * p * sum) };
    };
    const sizes = [-40, -9, -3, -1, 0, 0.5, 0.87, 0.9, 1, 2, 4, 6, 8, 9],
      logits = gamma > 1 ? sizes : [...sizes, 12, 16, 24];

    test.each(["sigmoid", "softmax of 2", "softmax of 3"])("%s", (kind) => {
      const activation = kind === "sigmoid" ? "sigmoid" : "softmax",
        classes = kind === "sigmoid" ? 1 : Number(kind.at(-1)),
        loss = seg.poly({ epsilon, gamma, activation, spatialDims: 1 });
      for (const z of logits) {
        const data = [[z], [0, z], [0, z, -200]][classes - 1],
          pred = { data: Float32Array.from(data), shape: [1, classes, 1] },
          target = { data: Uint8Array.of(1), shape: [1, 1] },
          { value, grad } = loss.valueAndGrad(pred, target),
          right = exact(Math.fround(z));
        expect(valueError(value, right.value), `value at ${z}`).toBeLessThanOrEqual(1e-5);
        expect(valueError(grad[classes > 1 ? 1 : 0], -right.steep), `slope at ${z}`).toBeLessThanOrEqual(1e-5);
        expect(loss.value(pred, target)).toBe(value);
      }
    });

    test("probabilities", () => {
      const loss = seg.poly({ epsilon, gamma, activation: "none", spatialDims: 1 });
      for (const x of logits.filter((z) => z > -9 && z < 14)) {
        const wrong = Math.fround(1 / (1 + Math.exp(x))),
          right = exact(Math.log1p(-wrong) - Math.log(wrong)),
          { value, grad } = loss.valueAndGrad(
            { data: Float32Array.of(wrong), shape: [1, 1, 1] },
            { data: Uint8Array.of(0), shape: [1, 1] },
          );
        expect(valueError(value, right.value), `value at ${wrong}`).toBeLessThanOrEqual(1e-5);
        expect(valueError(grad[0] * wrong * (1 - wrong), right.steep), `slope at ${wrong}`).toBeLessThanOrEqual(1e-5);
      }
    });
  });
});

describe("inside is p > 1/2", () => {
  test("of two classes that tie, neither", () => {
    const pred = { data: Float32Array.of(-1, 0, 1, 1, 1, 0, -1, -1), shape: [1, 2, 4, 1] },
      target = { data: Uint8Array.of(1, 0, 0, 0), shape: [1, 4, 1] },
      p = [0, 1].map((c) => [-1, 0, 1, 1].map((z) => 1 / (1 + Math.exp(c ? 2 * z : -2 * z))));
    // Squared distances across the boundary, of the target and of p > 1/2, by hand.
    const far = [
      [1, 1, 4, 9],
      [1, 1, 4, 9],
    ];
    const own = [
      [4, 1, 1, 4],
      [1, 1, 4, 9],
    ];
    const t = [
      [0, 1, 1, 1],
      [1, 0, 0, 0],
    ];
    let right = 0;
    for (let c = 0; c < 2; c++)
      for (let i = 0; i < 4; i++) right += ((p[c][i] - t[c][i]) ** 2 * (far[c][i] + own[c][i])) / 8;
    expect(right).toBeCloseTo(0.215585, 6);
    expect(valueError(seg.hausdorffDistance().value(pred, target), right)).toBeLessThanOrEqual(1e-5);
    const sameByThree = {
      data: Float32Array.of(...pred.data, -200, -200, -200, -200),
      shape: [1, 3, 4, 1],
    };
    const both = seg.hausdorffDistance({ classWeights: [1, 1, 0] });
    expect(valueError(both.value(sameByThree, target), right)).toBeLessThanOrEqual(1e-5);
  });

  test("of two classes one, however little it is ahead", () => {
    // Ahead by so little, p is 1/2 in float32: the pixel is inside as if it were ahead by a little more.
    const value = (ahead: number, second: number) => {
      const data = Float32Array.of(0, 0, 0, 0, -1, -1, 0, -1);
      data[second * 4 + 2] = ahead;
      return seg
        .hausdorffDistance({ spatialDims: 1, alpha: 1 })
        .value({ data, shape: [1, 2, 4] }, { data: Uint8Array.of(0, 1, 1, 0), shape: [1, 4] });
    };
    for (const second of [0, 1])
      for (const ahead of [1e-8, 1e-30, 1e-40])
        expect(valueError(value(ahead, second), value(1e-6, second))).toBeLessThanOrEqual(1e-5);
  });

  test("softmax of two classes is sigmoid of the difference, also where it is 0", () => {
    const random = new Random(5),
      difference = random.normals(63).map((x) => (Math.abs(x) < 0.5 ? 0 : x)),
      labels = Uint8Array.from(difference, () => random.below(2)),
      target = { data: labels, shape: [1, 7, 9] };
    const pair = { data: Float32Array.of(...new Float32Array(63), ...difference), shape: [1, 2, 7, 9] };
    const second = seg.hausdorffDistance({ includeBackground: false }).value(pair, target),
      alone = seg.hausdorffDistance({ activation: "sigmoid" }).value({ data: difference, shape: [1, 1, 7, 9] }, target);
    expect(valueError(second, alone)).toBeLessThanOrEqual(1e-6);
  });
});

import { describe, expect, test } from "vitest";
import { createPool } from "../dist/workers.js";
import { errorOf, seg } from "./support/library";

// Class 1 is in the second sample only; class 3 is not there; 255 does not count.
const labels = { data: Uint8Array.of(0, 0, 0, 2, 0, 1, 255, 2), shape: [2, 2, 2] },
  options = { numClasses: 4, ignoreIndex: 255 };

describe("weights of classes", () => {
  test("inverse: N / (K n)", () => {
    expect(seg.classWeights(labels, options)).toEqual([7 / 12, 7 / 3, 7 / 6, 0]);
  });

  test("effective: (1 - beta) / (1 - beta^n), K in sum", () => {
    for (const beta of [0, 0.5, 0.999, 0.9999999]) {
      const raw = [4, 1, 2].map((n) => (1 - beta) / (1 - beta ** n)),
        sum = raw.reduce((a, b) => a + b);
      const weights = seg.classWeights(labels, { ...options, method: "effective", beta });
      expect(weights[3]).toBe(0);
      for (const [c, w] of raw.entries()) expect(weights[c]).toBeCloseTo((3 * w) / sum, 8);
    }
  });

  test("median: the median frequency over the class's own", () => {
    const [f0, f1, f2] = [4 / 7, 1 / 3, 2 / 7],
      weights = seg.classWeights(labels, { ...options, method: "median" });
    for (const [c, f] of [f0, f1, f2].entries()) expect(weights[c]).toBeCloseTo(f1 / f, 12);
    expect(weights[3]).toBe(0);
  });

  test("of nothing that counts, of a pool, without a batch axis", async () => {
    expect(seg.classWeights({ data: new Uint8Array(4).fill(255), shape: [1, 2, 2] }, options)).toEqual([0, 0, 0, 0]);
    expect(
      seg.classWeights({ data: Uint8Array.of(0, 0, 0, 1), shape: [4] }, { numClasses: 2, spatialDims: 1 }),
    ).toEqual([2 / 3, 2]);
    const pool = await createPool({ workers: 1 });
    try {
      expect(await pool.classWeights(labels, options)).toEqual(seg.classWeights(labels, options));
    } finally {
      pool.dispose();
    }
  });

  test("of a prepared target: what its loss ignores, and the classes it was evaluated with", async () => {
    const dice = seg.dice({ ignoreIndex: [255, 254] }),
      voids = { data: Uint8Array.of(0, 0, 0, 2, 254, 1, 255, 2), shape: [2, 2, 2] },
      pred = { data: new Float32Array(32), shape: [2, 4, 2, 2] },
      right = seg.classWeights(voids, { numClasses: 4, ignoreIndex: [254, 255], method: "median" });
    const prepared = dice.prepare(voids);
    expect(errorOf(() => seg.classWeights(prepared)).message).toMatch(/numClasses must be given/);
    expect(seg.classWeights(prepared, { numClasses: 4, method: "median" })).toEqual(right);
    dice.value(pred, prepared);
    expect(seg.classWeights(prepared, { method: "median" })).toEqual(right);
    // What the call says comes first.
    expect(errorOf(() => seg.classWeights(prepared, { ignoreIndex: null })).message).toMatch(/label 254 at index 4/);
    expect(seg.classWeights(prepared, { numClasses: 3 })).toHaveLength(3);
    // Of predictions with other classes it must be said.
    dice.value({ data: new Float32Array(40), shape: [2, 5, 2, 2] }, prepared);
    expect(errorOf(() => seg.classWeights(prepared)).message).toMatch(/numClasses must be given/);
    const line = seg.dice({ spatialDims: 1 }).prepare({ data: Uint8Array.of(0, 0, 0, 1), shape: [4] });
    expect(seg.classWeights(line, { numClasses: 2 })).toEqual([2 / 3, 2]);

    const both = seg.weightedSum([
      { weight: 1, loss: dice },
      { weight: 1, loss: seg.crossEntropy({ ignoreIndex: 255 }) },
    ]);
    const twice = both.prepare(voids);
    expect(errorOf(() => seg.classWeights(twice, { numClasses: 4 })).message).toMatch(/different ignoreIndex: give/);
    expect(seg.classWeights(twice, { numClasses: 4, ignoreIndex: [254, 255], method: "median" })).toEqual(right);

    const pool = await createPool({ workers: 1 });
    try {
      const remote = pool.dice({ ignoreIndex: [255, 254] }),
        kept = await remote.prepare(voids);
      await remote.value(pred, kept);
      for (const transfer of [true, false])
        expect(await pool.classWeights(kept, { method: "median" }, { transfer })).toEqual(right);
    } finally {
      pool.dispose();
    }
  });

  test.each([
    [{}, "INVALID_OPTION", /numClasses must be given/],
    [{ numClasses: 2, ignoreIndex: 255 }, "INVALID_TARGET", /label 2 at index 3/],
    [{ numClasses: 4 }, "INVALID_TARGET", /label 255 at index 6/],
    [{ ...options, method: "inverted" }, "INVALID_OPTION", /method must be/],
    [{ ...options, beta: 0.9 }, "INVALID_OPTION", /beta is of method "effective"/],
    [{ ...options, method: "effective", beta: 1 }, "INVALID_OPTION", /beta/],
  ])("refuses %j", (given, code, message) => {
    const error = errorOf(() => seg.classWeights(labels, given as never));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });

  test("refuses soft targets", () => {
    const soft = seg.dice().prepare({ data: new Float32Array(16).fill(0.5), shape: [2, 2, 2, 2] });
    expect(errorOf(() => seg.classWeights(soft, { numClasses: 2 })).message).toMatch(/must be in an integer typed/);
    expect(errorOf(() => seg.classWeights({ data: new Float32Array(8), shape: [2, 2, 2] }, options)).code).toBe(
      "SHAPE_MISMATCH",
    );
  });
});

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
    expect(errorOf(() => seg.classWeights({ data: new Float32Array(8), shape: [2, 2, 2] }, options)).code).toBe(
      "SHAPE_MISMATCH",
    );
  });
});

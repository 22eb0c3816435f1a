import { describe, expect, test } from "vitest";
import { bootstrap, holm, randomBelow, signFlip } from "../cli/statistics";

const scores = [0.91, 0.84, 0.77, 0.95, 0.31, 0.88, 0.9, 0.62, 0.93, 0.86, 0.79, 0.97, 0.05, 0.83];

describe("intervals of means", () => {
  test("are SciPy's (stats.bootstrap, method BCa, 200,000 resamples)", () => {
    const { low, high } = bootstrap(scores, { resamples: 200_000, seed: 1 });
    expect(low).toBeCloseTo(0.5621, 2);
    expect(high).toBeCloseTo(0.8571, 2);
  });

  test("hold the mean of a normal distribution about as often as they say", () => {
    const below = randomBelow(5),
      uniform = () => below(1e6) / 1e6,
      // Twelve uniform numbers, nearly normal around 0.
      normal = () => Array.from({ length: 12 }, uniform).reduce((a, b) => a + b, -6);
    let held = 0;
    for (let i = 0; i < 400; i++) {
      const { low, high } = bootstrap(Array.from({ length: 25 }, normal), { resamples: 400, seed: i });
      if (low <= 0 && high >= 0) held++;
    }
    expect(held / 400).toBeGreaterThan(0.9);
    expect(held / 400).toBeLessThan(0.98);
  });

  test("are the same for the same seed, and of equal weights", () => {
    const resampling = { resamples: 500, seed: 7 },
      found = bootstrap(scores, resampling);
    expect(bootstrap(scores, resampling)).toEqual(found);
    expect(bootstrap(scores, { ...resampling, seed: 8 })).not.toEqual(found);
    const weighted = bootstrap(
      scores,
      resampling,
      scores.map(() => 3),
    );
    expect(weighted.low).toBeCloseTo(found.low, 12);
    expect(weighted.high).toBeCloseTo(found.high, 12);
  });

  test.each([
    ["one case", [0.5]],
    ["a score that is infinite", [0.5, Number.POSITIVE_INFINITY, 1]],
  ])("are unknown for %s", (_, values) => {
    expect(bootstrap(values, { resamples: 100, seed: 0 })).toEqual({ low: Number.NaN, high: Number.NaN });
  });

  test("of equal scores are a point", () => {
    expect(bootstrap([0.5, 0.5, 0.5], { resamples: 100, seed: 0 })).toEqual({ low: 0.5, high: 0.5 });
  });
});

describe("p of paired differences", () => {
  // stats.permutation_test(permutation_type="samples")
  test("is SciPy's, exactly for few", () => {
    expect(signFlip([0.12, -0.03, 0.08, 0.2, 0.01, -0.05, 0.11, 0.07], { resamples: 100, seed: 0 })).toBe(0.078125);
  });

  test("is SciPy's, by draws for many", () => {
    const differences = [0.366, -0.323, 0.123, -0.025, -0.008, 0.028, -0.243, 0.025, -0.07, 0.558, 0.094, 0.007, 0.018];
    differences.push(-0.04, -0.098, 0.001, 0.132, 0.024, 0.204, 0.03, 0.064, 0.292, 0.142, -0.016, 0.033, 0.141);
    differences.push(0.35, 0.02, 0.023, 0.21);
    expect(Math.abs(signFlip(differences, { resamples: 50_000, seed: 0 }) - 0.0353)).toBeLessThan(0.004);
  });

  test("needs differences", () => {
    const resampling = { resamples: 100, seed: 0 };
    expect([signFlip([], resampling), signFlip([0, 0], resampling)]).toEqual([Number.NaN, 1]);
  });

  test("of several tests goes up as Holm has it", () => {
    expect(holm([0.01, 0.04, Number.NaN, 0.03, 0.005]).map((p) => Number(p.toFixed(9)))).toEqual([
      0.03,
      0.06,
      Number.NaN,
      0.06,
      0.02,
    ]);
  });
});

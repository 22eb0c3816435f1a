/// <reference types="@as-pect/assembly/types/as-pect" />
import { doubles } from "../math/doubles";

/** e^x in either lane, while the other holds something else. */
function exp(x: f64, other: f64 = -1): f64 {
  const first = f64x2.extract_lane(doubles.expNegative(f64x2.replace_lane(f64x2.splat(other), 0, x)), 0),
    second = f64x2.extract_lane(doubles.expNegative(f64x2.replace_lane(f64x2.splat(other), 1, x)), 1);
  return reinterpret<u64>(first) == reinterpret<u64>(second) ? first : NaN;
}

/**
 * The largest error in units of the last place, over `count` arguments between `from` and `to`; Math.exp is within 1 of
 * its own.
 */
function worst(from: f64, to: f64, count: i32): f64 {
  let error: f64 = 0;
  for (let i = 0; i < count; i++) {
    const x = from + ((to - from) * <f64>i) / <f64>(count - 1),
      exact = Math.exp(x),
      unit = reinterpret<f64>(reinterpret<u64>(exact) & 0x7ff0000000000000) * 2.220446049250313e-16;
    const e = Math.abs(exp(x) - exact) / unit;
    if (!(e <= error)) error = e;
  }
  return error;
}

/** The largest relative error of expShare. */
function worstShare(from: f64, to: f64, count: i32): f64 {
  let error: f64 = 0;
  for (let i = 0; i < count; i++) {
    const x = from + ((to - from) * <f64>i) / <f64>(count - 1),
      e = Math.abs(f64x2.extract_lane(doubles.expShare(f64x2.splat(x)), 0) / Math.exp(x) - 1);
    if (!(e <= error)) error = e;
  }
  return error;
}

describe("expShare on float64 lanes", () => {
  test("within 1e-10", () => {
    expect(worstShare(-1e-9, -0.7, 200000)).toBeLessThan(1e-10);
    expect(worstShare(-0.7, -20, 200000)).toBeLessThan(1e-10);
    expect(worstShare(-20, -700, 200000)).toBeLessThan(1e-10);
  });

  test("exactly 1 at 0, next to nothing far below, NaN for NaN", () => {
    expect(f64x2.extract_lane(doubles.expShare(f64x2.splat(0)), 1)).toBe(1);
    expect(f64x2.extract_lane(doubles.expShare(f64x2.splat(-1e300)), 1)).toBeLessThan(1e-303);
    expect(f64x2.extract_lane(doubles.expShare(f64x2.splat(-Infinity)), 1)).toBeLessThan(1e-303);
    expect(f64x2.extract_lane(doubles.expShare(f64x2.splat(NaN)), 1)).toBeNaN();
  });
});

describe("expNegative on float64 lanes", () => {
  test("within 2 ulp", () => {
    expect(worst(-1e-9, -0.7, 200000)).toBeLessThan(2.1);
    expect(worst(-0.7, -20, 200000)).toBeLessThan(2.1);
    expect(worst(-20, -708, 200000)).toBeLessThan(2.1);
  });

  test("exactly 1 at 0, 0 far below, NaN for NaN", () => {
    expect(exp(0)).toBe(1);
    expect(exp(-0.0)).toBe(1);
    expect(exp(-708)).toBeGreaterThan(2.2250738585072014e-308);
    expect(exp(-708.0001)).toBe(0);
    expect(exp(-1e4)).toBe(0);
    expect(exp(-1e300)).toBe(0);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(NaN, NaN)).toBeNaN();
  });

  test("the sum of both lanes", () => {
    expect(doubles.sum(f64x2.replace_lane(f64x2.splat(3), 1, 0.25))).toBe(3.25);
  });
});

describe("exp of either sign", () => {
  test("within 3 ulp of the standard library's, and its ends", () => {
    let worst: f64 = 0;
    for (let i = 0; i <= 200000; i++) {
      const x = 0.007 * <f64>(i - 100000),
        exact = Math.exp(x);
      worst = Math.max(worst, Math.abs(doubles.exp(x) - exact) / (exact * 2.220446049250313e-16));
    }
    expect(worst).toBeLessThan(3);
    expect(doubles.exp(0)).toBe(1);
    expect(doubles.exp(-Infinity)).toBe(0);
    expect(doubles.exp(Infinity)).toBe(Infinity);
    expect(doubles.exp(NaN)).toBeNaN();
  });
});

describe("log1p", () => {
  test("within 5 ulp of the standard library's, from -1 up", () => {
    let worst: f64 = 0;
    for (let i = 0; i < 200000; i++) {
      const x = i & 1 ? -1 + Math.exp(-0.00015 * <f64>i) : Math.exp(0.0007 * <f64>(i - 100000)),
        exact = Math.log1p(x);
      worst = Math.max(worst, Math.abs(doubles.log1p(x) - exact) / (Math.abs(exact) * 2.220446049250313e-16));
    }
    expect(worst).toBeLessThan(5);
  });

  test("its ends, what is too small for 1 + x, and NaN", () => {
    expect(doubles.log1p(-1)).toBe(-Infinity);
    expect(doubles.log1p(0)).toBe(0);
    expect(doubles.log1p(1e-300)).toBe(1e-300);
    expect(doubles.log1p(Infinity)).toBe(Infinity);
    expect(doubles.log1p(NaN)).toBeNaN();
  });
});

describe("atan2", () => {
  test("within a relative 1e-12 of the standard library's, all around and of any length", () => {
    let worst: f64 = 0;
    for (let i = 0; i < 200000; i++) {
      const angle = 0.0000314 * <f64>(i - 100000),
        length = Math.exp(<f64>((i % 601) - 300) / 3),
        x = length * Math.cos(angle),
        y = length * Math.sin(angle),
        exact = Math.atan2(y, x);
      if (exact != 0) worst = Math.max(worst, Math.abs(doubles.atan2(y, x) / exact - 1));
    }
    expect(worst).toBeLessThan(1e-12);
  });

  test("on the axes, next to them, and of nothing", () => {
    expect(doubles.atan2(0, 1)).toBe(0);
    expect(doubles.atan2(0, 0)).toBe(0);
    expect(Math.abs(doubles.atan2(0, -1) - Math.PI)).toBeLessThan(1e-11);
    expect(Math.abs(doubles.atan2(-2, 0) + Math.PI / 2)).toBeLessThan(1e-11);
    expect(Math.abs(doubles.atan2(1e-9, -1) - Math.PI + 1e-9)).toBeLessThan(1e-11);
    expect(Math.abs(doubles.atan2(1e-200, 1) / 1e-200 - 1)).toBeLessThan(1e-12);
    expect(doubles.atan2(NaN, 1)).toBeNaN();
  });
});

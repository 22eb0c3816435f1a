/// <reference types="@as-pect/assembly/types/as-pect" />
import { lanes } from "../math/lanes";

/** The errors of a sweep: the largest in units of the last place, absolute, and relative to what the caller allows. */
class Errors {
  ulp: f64 = 0;
  absolute: f64 = 0;
  allowed: f64 = 0;

  note(got: f32, exact: f64, allowance: f64 = 1): void {
    const error = Math.abs(<f64>got - exact);
    const exponent = max<u32>(reinterpret<u32>(<f32>Math.abs(exact)) & 0x7f800000, 0x00800000);
    const unit = <f64>reinterpret<f32>(exponent) * 1.1920928955078125e-7;
    // A NaN must not pass for an error of 0.
    if (!(error / unit <= this.ulp)) this.ulp = error / unit;
    if (!(error <= this.absolute)) this.absolute = error;
    if (!(error / allowance <= this.allowed)) this.allowed = error / allowance;
  }
}

type Lane = (x: f32) => f32;

// Each lane takes its turn, so that none is left out.
let turn = 0;
function pick(v: v128): f32 {
  turn = (turn + 1) & 3;
  if (turn == 0) return f32x4.extract_lane(v, 0);
  if (turn == 1) return f32x4.extract_lane(v, 1);
  return turn == 2 ? f32x4.extract_lane(v, 2) : f32x4.extract_lane(v, 3);
}

const exp: Lane = (x) => pick(lanes.exp(f32x4.splat(x)));
const expNegative: Lane = (x) => pick(lanes.expNegative(f32x4.splat(x)));
const expShare: Lane = (x) => pick(lanes.expShare(f32x4.splat(x)));
const expWithin: Lane = (x) => pick(lanes.expWithin(f32x4.splat(x)));
const log: Lane = (x) => pick(lanes.log(f32x4.splat(x)));
const log1p: Lane = (x) => pick(lanes.log1p(f32x4.splat(x)));
const log1pNearZero: Lane = (x) => pick(lanes.log1pNearZero(f32x4.splat(x)));
function isNearZero(x: f32): bool {
  const v = f32x4.splat(x),
    zero = f32x4.splat(0);
  const first = lanes.nearZero(v, zero, zero, zero);
  expect(lanes.nearZero(zero, v, zero, zero)).toBe(first);
  expect(lanes.nearZero(zero, zero, v, zero)).toBe(first);
  expect(lanes.nearZero(zero, zero, zero, v)).toBe(first);
  return first;
}

type Exact = (x: f64) => f64;

/** Compares over every `stride`-th float32 from `from` to `to` (of one sign), and at both ends. */
function sweep(f: Lane, exact: Exact, from: f32, to: f32, stride: u32 = 1021): Errors {
  const errors = new Errors(),
    last = reinterpret<u32>(to);
  for (let bits = reinterpret<u32>(from); bits < last; bits += stride)
    errors.note(f(reinterpret<f32>(bits)), exact(<f64>reinterpret<f32>(bits)));
  errors.note(f(to), exact(<f64>to));
  return errors;
}

const E: Exact = (x) => Math.exp(x);
const LOG: Exact = (x) => Math.log(x);
const LOG1P: Exact = (x) => Math.log1p(x);

describe("expNegative", () => {
  test("within 2.3 ulp down to -87.3", () => {
    expect(sweep(expNegative, E, -1e-10, -87.3).ulp).toBeLessThan(2.3);
    expect(sweep(expNegative, E, -0.001, -1, 61).ulp).toBeLessThan(2.3);
  });

  test("a normal number of 2^-126 below, and never more than 1", () => {
    expect(expNegative(-87.34)).toBeGreaterThanOrEqual(1.17549435e-38);
    expect(expNegative(-87.34)).toBeLessThan(1.1756e-38);
    expect(expNegative(-1e4)).toBe(expNegative(-87.34));
    expect(expNegative(-Infinity)).toBe(expNegative(-87.34));
    for (let bits: u32 = reinterpret<u32>(-1e-30); bits < reinterpret<u32>(<f32>-1e-3); bits += 4001) {
      if (expNegative(reinterpret<f32>(bits)) > 1) expect(reinterpret<f32>(bits)).toBe(0);
    }
  });

  test("exact at 0, and NaN stays NaN", () => {
    expect(expNegative(0)).toBe(1);
    expect(expNegative(-0.0)).toBe(1);
    expect(expNegative(NaN)).toBeNaN();
  });
});

describe("exp", () => {
  test("within 2.3 ulp from -87.3 to 88.36", () => {
    expect(sweep(exp, E, -1e-10, -87.3).ulp).toBeLessThan(2.3);
    expect(sweep(exp, E, 1e-10, 88.36).ulp).toBeLessThan(2.3);
  });

  test("does not overflow", () => {
    expect(exp(89)).toBe(exp(88.37));
    expect(exp(100000)).toBe(exp(88.37));
    expect(exp(100000)).toBeFinite();
    expect(exp(-100000)).toBe(expNegative(-87.34));
    expect(exp(0)).toBe(1);
  });
});

describe("expShare", () => {
  test("absolute error below 1.5e-7", () => {
    expect(sweep(expShare, E, -1e-10, -200).absolute).toBeLessThan(1.5e-7);
    expect(sweep(expShare, E, -0.01, -2, 61).absolute).toBeLessThan(1.5e-7);
  });

  test("relative error below 2e-7 + 7.5e-8 |x| down to -87.3", () => {
    const errors = new Errors();
    for (let bits: u32 = reinterpret<u32>(<f32>-1e-10); bits < reinterpret<u32>(<f32>-87.3); bits += 1021) {
      const x = reinterpret<f32>(bits),
        exact = Math.exp(x);
      errors.note(expShare(x), exact, exact * (2e-7 + 7.5e-8 * Math.abs(x)));
    }
    expect(errors.allowed).toBeLessThan(1);
  });

  test("exact at 0; 0, not something subnormal, far below; NaN stays NaN", () => {
    expect(expShare(0)).toBe(1);
    expect(expShare(-88.1)).toBe(0);
    expect(expShare(-1e4)).toBe(0);
    expect(expShare(-Infinity)).toBe(0);
    expect(expShare(NaN)).toBeNaN();
  });
});

describe("expWithin", () => {
  test("within 2.3 ulp from e^x = 2^-100 to 2^64", () => {
    expect(sweep(expWithin, E, -1e-10, -69.3).ulp).toBeLessThan(2.3);
    expect(sweep(expWithin, E, 1e-10, 44.3).ulp).toBeLessThan(2.3);
    expect(sweep(expWithin, E, -0.001, -1, 61).ulp).toBeLessThan(2.3);
  });

  test("ends in 2^-100 and 2^64", () => {
    const least = expWithin(-69.314718),
      most = expWithin(44.36142);
    expect(Math.abs(least / 7.888609052210118e-31 - 1)).toBeLessThan(4e-6);
    expect(Math.abs(most / 18446744073709551616.0 - 1)).toBeLessThan(4e-6);
    expect(expWithin(-70)).toBe(least);
    expect(expWithin(-1e4)).toBe(least);
    expect(expWithin(-Infinity)).toBe(least);
    expect(expWithin(45)).toBe(most);
    expect(expWithin(1e4)).toBe(most);
    expect(expWithin(Infinity)).toBe(most);
  });

  test("exact at 0, and NaN stays NaN", () => {
    expect(expWithin(0)).toBe(1);
    expect(expWithin(-0.0)).toBe(1);
    expect(expWithin(NaN)).toBeNaN();
  });
});

describe("log", () => {
  test("within 2 ulp of every normal number", () => {
    expect(sweep(log, LOG, 1.17549435e-38, 3.4028235e38).ulp).toBeLessThan(2);
    expect(sweep(log, LOG, 0.5, 2, 7).ulp).toBeLessThan(2);
  });

  test("exact at 1, and at 2^-126 below the normal numbers", () => {
    expect(log(1)).toBe(0);
    expect(log(1e-40)).toBe(log(1.17549435e-38));
    expect(log(0)).toBe(log(1.17549435e-38));
    expect(log(-1)).toBe(log(1.17549435e-38));
  });

  test("NaN stays NaN", () => {
    expect(log(NaN)).toBeNaN();
  });
});

describe("log1p", () => {
  test("within 2.5 ulp", () => {
    expect(sweep(log1p, LOG1P, 1.17549435e-38, 8e37).ulp).toBeLessThan(2.5);
    expect(sweep(log1p, LOG1P, 0.001, 2, 31).ulp).toBeLessThan(2.5);
  });

  test("exact at 0, and no step where the exponent changes", () => {
    expect(log1p(0)).toBe(0);
    const meeting = reinterpret<u32>(<f32>0.41421357);
    for (let bits = meeting - 50; bits < meeting + 50; bits++) {
      const x = reinterpret<f32>(bits);
      expect(Math.abs(<f64>log1p(x) - Math.log1p(x))).toBeLessThan(1e-7);
    }
  });

  test("NaN stays NaN", () => {
    expect(log1p(NaN)).toBeNaN();
  });
});

describe("log1pNearZero", () => {
  test("within 1.9e-7 of itself from 0 to 0.6", () => {
    for (let bits: u32 = reinterpret<u32>(<f32>1.17549435e-38); bits <= reinterpret<u32>(<f32>0.6); bits += 211) {
      const x = reinterpret<f32>(bits),
        exact = Math.log1p(x);
      if (Math.abs(<f64>log1pNearZero(x) - exact) > 1.9e-7 * exact) expect(x).toBe(0);
    }
    expect(log1pNearZero(0)).toBe(0);
    expect(Math.abs(<f64>log1pNearZero(0.6) - Math.log1p(0.6))).toBeLessThan(1e-7);
  });

  test("which is told of any of four vectors, and NaN stays NaN", () => {
    expect(isNearZero(0)).toBe(true);
    expect(isNearZero(0.6)).toBe(true);
    expect(isNearZero(0.6000001)).toBe(false);
    expect(log1pNearZero(NaN)).toBeNaN();
  });
});

describe("pow", () => {
  test("relative error below 1.5e-7 (1 + y |log x|)", () => {
    const exponents: StaticArray<f32> = [0.1, 0.25, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5];
    for (let i = 0; i < exponents.length; i++) {
      const y = exponents[i],
        errors = new Errors();
      for (let bits: u32 = reinterpret<u32>(<f32>1.17549435e-38); bits <= 0x3f800000; bits += 4093) {
        const x = reinterpret<f32>(bits),
          exact = Math.pow(x, y);
        if (exact < 1.2e-38) continue;
        errors.note(
          pick(lanes.pow(f32x4.splat(x), f32x4.splat(y))),
          exact,
          exact * 1.5e-7 * (1 + <f64>y * Math.abs(Math.log(x))),
        );
      }
      expect(errors.allowed).toBeLessThan(1);
    }
  });

  test("edges", () => {
    expect(pick(lanes.pow(f32x4.splat(0), f32x4.splat(0)))).toBe(1);
    expect(pick(lanes.pow(f32x4.splat(1), f32x4.splat(7.5)))).toBe(1);
    expect(pick(lanes.pow(f32x4.splat(0.3), f32x4.splat(0)))).toBe(1);
    expect(pick(lanes.pow(f32x4.splat(0), f32x4.splat(0.5)))).toBeLessThan(1.1e-19);
    expect(pick(lanes.pow(f32x4.splat(0), f32x4.splat(1)))).toBeLessThan(1.2e-38);
    expect(pick(lanes.pow(f32x4.splat(0), f32x4.splat(100)))).toBeLessThan(1.2e-38);
  });
});

describe("lanes", () => {
  test("do not mix", () => {
    const x = f32x4(-1, -2, -3, -4),
      y = lanes.expNegative(x);
    expect(f32x4.extract_lane(y, 0)).toBe(expNegative(-1));
    expect(f32x4.extract_lane(y, 1)).toBe(expNegative(-2));
    expect(f32x4.extract_lane(y, 2)).toBe(expNegative(-3));
    expect(f32x4.extract_lane(y, 3)).toBe(expNegative(-4));
  });

  test("sum adds in float64", () => {
    expect(lanes.sum(f32x4(1, 2, 4, 8))).toBe(15);
    expect(lanes.sum(f32x4(16777216, 1, 16777216, 1))).toBe(33554434);
    expect(lanes.sum(f32x4(1, 2, NaN, 4))).toBeNaN();
  });

  test("lookup reads the entry of each label, and the one before the table for -1", () => {
    const table = memory.data<f32>([-7, 10, 11, 12, 13], 16) + 4,
      labels = memory.data<i32>([2, -1, 0, 3], 16),
      found = lanes.lookup(table, labels);
    expect(f32x4.extract_lane(found, 0)).toBe(12);
    expect(f32x4.extract_lane(found, 1)).toBe(-7);
    expect(f32x4.extract_lane(found, 2)).toBe(10);
    expect(f32x4.extract_lane(found, 3)).toBe(13);
  });
});

const at = memory.data(64, 16);

/** All bits set in the lanes of a set of four. */
function lanesOf(members: i32): v128 {
  return i32x4.ne(v128.and(i32x4.splat(members), i32x4(1, 2, 4, 8)), i32x4.splat(0));
}

describe("compress and replace", () => {
  test("compress stores the lanes of every set side by side and says where they end", () => {
    for (let members = 0; members < 16; members++) {
      const end = lanes.compress(at, f32x4(10, 11, 12, 13), lanesOf(members));
      let next = at;
      for (let lane = 0; lane < 4; lane++) {
        if (((members >> lane) & 1) == 0) continue;
        expect(load<f32>(next)).toBe(<f32>10 + <f32>lane);
        next += 4;
      }
      expect(end).toBe(next);
    }
  });

  test("replace stores the lanes of every set, and leaves the others", () => {
    for (let members = 0; members < 16; members++) {
      v128.store(at, f32x4.splat(-1));
      lanes.replace(at, f32x4(10, 11, 12, 13), lanesOf(members));
      for (let lane = 0; lane < 4; lane++) {
        const expected: f32 = ((members >> lane) & 1) == 1 ? <f32>10 + <f32>lane : -1;
        expect(load<f32>(at + ((<usize>lane) << 2))).toBe(expected);
      }
    }
  });
});

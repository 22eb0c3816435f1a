/**
 * Elementary functions on four float32 lanes. Each states its domain and error; the as-pect specs sweep both.
 * Constants are read from memory: V8 rebuilds a literal splat at every use, a load composes with the arithmetic
 * (measured 1.8 times faster).
 */
// biome-ignore format: a line for each function
const K = memory.data<f32>([
  -87.33654, 1.44269504, 12582912.0, 0.693359375, -2.12194440e-4,
  1.0, 88.37, 0.70710677,
  2.0, 0.14935526, 0.19988786, 0.33333388,
  1.17549435e-38,
  -127.0, 1.32647269e-3, 9.67151266e-3, 5.55073374e-2, 0.240222421, 0.693146978,
  -0.0, -3.40282347e38,
  -69.314718, 44.361420,
  8.312501e-3, 4.189033e-2, 0.16667116, 0.4999923,
  -Infinity, 8.2629582e-8,
  0.6, 0.031667778, -0.10340258, 0.17893619, -0.24617636, 0.33300177, -0.49999021,
], 16);

/** The table's constants in their order; a polynomial's carry the power that they stand before. */
// biome-ignore format: a line for each function
const enum C {
  LEAST, LOG2_E, ROUND, LN2_HIGH, LN2_LOW, // exp: lowest argument, log2 e, 1.5 * 2^23, ln 2 in two parts
  ONE, MOST, SQRT_HALF, // one, highest argument of exp, sqrt(1/2)
  TWO, ATANH_7, ATANH_5, ATANH_3, // log: 2 and atanh, fitted
  NORMAL, // the smallest normal number
  POWER_LEAST, POWER_5, POWER_4, POWER_3, POWER_2, POWER_1, // 2^f on [-1/2, 1/2], fitted with e^0 = 1
  SIGN, LOWEST, // -0, lowest number
  WITHIN_LEAST, WITHIN_MOST, // expWithin: lowest and highest argument
  EXP_5, EXP_4, EXP_3, EXP_2, // exp: e^r - 1 - r on [-ln 2 / 2, ln 2 / 2], fitted
  EXPONENT, LN2_BITS, // log1p: bits of sign and exponent, 2^-23 ln 2
  NEAR, LOG_7, LOG_6, LOG_5, LOG_4, LOG_3, LOG_2, // log1pNearZero: highest argument, fitted
}

/** For each of the 16 sets of lanes, its lanes moved to the front. */
// biome-ignore format: four bytes a lane, sixteen a set
const FRONT = memory.data<u32>([
  0x03020100, 0x03020100, 0x03020100, 0x03020100,
  0x03020100, 0x03020100, 0x03020100, 0x03020100,
  0x07060504, 0x03020100, 0x03020100, 0x03020100,
  0x03020100, 0x07060504, 0x03020100, 0x03020100,
  0x0b0a0908, 0x03020100, 0x03020100, 0x03020100,
  0x03020100, 0x0b0a0908, 0x03020100, 0x03020100,
  0x07060504, 0x0b0a0908, 0x03020100, 0x03020100,
  0x03020100, 0x07060504, 0x0b0a0908, 0x03020100,
  0x0f0e0d0c, 0x03020100, 0x03020100, 0x03020100,
  0x03020100, 0x0f0e0d0c, 0x03020100, 0x03020100,
  0x07060504, 0x0f0e0d0c, 0x03020100, 0x03020100,
  0x03020100, 0x07060504, 0x0f0e0d0c, 0x03020100,
  0x0b0a0908, 0x0f0e0d0c, 0x03020100, 0x03020100,
  0x03020100, 0x0b0a0908, 0x0f0e0d0c, 0x03020100,
  0x07060504, 0x0b0a0908, 0x0f0e0d0c, 0x03020100,
  0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
], 16);

@final
export class lanes {
  @inline private static k(index: i32): v128 {
    return v128.load32_splat(K + ((<usize>index) << 2));
  }

  @inline static one(): v128 {
    return lanes.k(C.ONE);
  }

  @inline static lowest(): v128 {
    return lanes.k(C.LOWEST);
  }

  /** -0: the bit of the sign. */
  @inline static sign(): v128 {
    return lanes.k(C.SIGN);
  }

  @inline static negative(x: v128): v128 {
    return v128.xor(x, lanes.sign());
  }

  /** -|x| */
  @inline static minusAbs(x: v128): v128 {
    return v128.or(x, lanes.k(C.SIGN));
  }

  /** e^x for x <= 0, within 2.3 ulp down to x = -87.3; below that 2^-126. e^0 is exactly 1, NaN stays NaN. */
  @inline static expNegative(x: v128): v128 {
    return lanes.expNormal(f32x4.pmax(x, lanes.k(C.LEAST)));
  }

  /** The same between -87.3 and 88.37, where e^x is a normal number. */
  @inline static expNormal(u: v128): v128 {
    const t = f32x4.add(f32x4.mul(u, lanes.k(C.LOG2_E)), lanes.k(C.ROUND)), // the low bits of t are the exponent
      n = f32x4.sub(t, lanes.k(C.ROUND)),
      r = f32x4.sub(f32x4.sub(u, f32x4.mul(n, lanes.k(C.LN2_HIGH))), f32x4.mul(n, lanes.k(C.LN2_LOW)));
    // Pairs: as many operations as Horner's chain, two fewer of which wait for each other. Two powers more are
    // within 1.1 ulp, in up to 1.1 times the time of a loss; cross entropy's gradient is then off by 3.6e-8 of its
    // norm, not by 3.9e-8.
    const r2 = f32x4.mul(r, r),
      high = f32x4.add(f32x4.mul(lanes.k(C.EXP_5), r), lanes.k(C.EXP_4)),
      low = f32x4.add(f32x4.mul(lanes.k(C.EXP_3), r), lanes.k(C.EXP_2)),
      y = f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(high, r2), low), r2), r);
    return i32x4.add(f32x4.add(y, lanes.k(C.ONE)), i32x4.shl(t, 23));
  }

  /**
   * log(1 + f) = 2 atanh(s) with s = f / (2 + f), for f in [sqrt(1/2) - 1, sqrt(2) - 1]: no term is larger than the
   * result, so nothing is lost where f is small.
   */
  @inline private static atanhArgument(f: v128): v128 {
    return f32x4.div(f, f32x4.add(f, lanes.k(C.TWO)));
  }
  /** 2 atanh(s) - 2 s */
  @inline private static atanhRest(s: v128): v128 {
    const z = f32x4.mul(s, s),
      y = f32x4.add(f32x4.mul(lanes.k(C.ATANH_7), z), lanes.k(C.ATANH_5));
    return f32x4.mul(f32x4.add(f32x4.mul(y, z), lanes.k(C.ATANH_3)), f32x4.mul(z, f32x4.add(s, s)));
  }

  /**
   * e^x for x <= 0 where only the absolute error matters: below 2e-7. One constant reduces the argument, so the
   * relative error grows to 2e-7 + |x| 7.5e-8. Below -88 it is 0: a smallest normal number instead would make its
   * products subnormal, which cost 100 times more.
   */
  @inline static expShare(x: v128): v128 {
    const u = f32x4.pmax(f32x4.mul(x, lanes.k(C.LOG2_E)), lanes.k(C.POWER_LEAST));
    const t = f32x4.add(u, lanes.k(C.ROUND)),
      f = f32x4.sub(u, f32x4.sub(t, lanes.k(C.ROUND))),
      f2 = f32x4.mul(f, f);
    const high = f32x4.add(f32x4.mul(lanes.k(C.POWER_5), f), lanes.k(C.POWER_4)),
      middle = f32x4.add(f32x4.mul(lanes.k(C.POWER_3), f), lanes.k(C.POWER_2));
    // 1 comes last: its sum rounds most
    const y = f32x4.add(
      f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(high, f2), middle), f2), f32x4.mul(lanes.k(C.POWER_1), f)),
      lanes.k(C.ONE),
    );
    return i32x4.add(y, i32x4.shl(t, 23));
  }

  /** e^x between 2^-100 and 2^64, in which it ends, within 2.3 ulp. e^0 is 1, NaN stays NaN. */
  @inline static expWithin(x: v128): v128 {
    return lanes.expNormal(f32x4.pmin(f32x4.pmax(x, lanes.k(C.WITHIN_LEAST)), lanes.k(C.WITHIN_MOST)));
  }

  /** e^x with |x| < 2^17: the same below 0, and e^88.37 above that. */
  @inline static exp(x: v128): v128 {
    return lanes.expNegative(f32x4.pmin(x, lanes.k(C.MOST)));
  }

  /** Natural logarithm of normal positive numbers, within 2 ulp; what is smaller counts as 2^-126. */
  @inline static log(x: v128): v128 {
    const v = f32x4.pmax(x, lanes.k(C.NORMAL));
    // Move the mantissa into [sqrt(1/2), sqrt(2)): subtracting the bits of sqrt(1/2) makes the exponent field count
    // from there.
    const shifted = i32x4.sub(v, lanes.k(C.SQRT_HALF));
    const exponent = i32x4.shr_s(shifted, 23);
    const m = i32x4.sub(v, i32x4.shl(exponent, 23));
    const s = lanes.atanhArgument(f32x4.sub(m, lanes.k(C.ONE))),
      n = f32x4.convert_i32x4_s(exponent),
      low = f32x4.add(lanes.atanhRest(s), f32x4.mul(n, lanes.k(C.LN2_LOW)));
    // x - x is 0, or NaN where x is NaN or infinite: the bits above would make a number of it.
    return f32x4.add(f32x4.add(f32x4.add(low, f32x4.add(s, s)), f32x4.mul(n, lanes.k(C.LN2_HIGH))), f32x4.sub(x, x));
  }

  /**
   * log(1 + x) for x from 0 to 2^126, within 2.5 ulp: x times a power of two, and what is missing from it to 1 are
   * exact, so that nothing is lost to 1 + x, and small x need no path of their own.
   */
  @inline static log1p(x: v128): v128 {
    const v = f32x4.add(x, lanes.k(C.ONE)),
      exponent = v128.and(i32x4.sub(v, lanes.k(C.SQRT_HALF)), lanes.k(C.EXPONENT)),
      power = i32x4.sub(lanes.k(C.ONE), exponent),
      s = lanes.atanhArgument(f32x4.add(f32x4.mul(x, power), f32x4.sub(power, lanes.k(C.ONE)))),
      // The smallest comes last: in another order 2.7 ulp.
      high = f32x4.add(f32x4.add(s, s), f32x4.mul(f32x4.convert_i32x4_s(exponent), lanes.k(C.LN2_BITS)));
    return f32x4.add(high, lanes.atanhRest(s));
  }

  /** -log(1 - q) - q, for q from 0 to 1 - sqrt(1/2): none of its terms is negative, so that small q lose nothing. */
  @inline static beyondFirst(q: v128): v128 {
    const s = f32x4.div(q, f32x4.sub(lanes.k(C.TWO), q));
    return f32x4.add(f32x4.mul(q, s), lanes.atanhRest(s));
  }

  /** Whether `log1pNearZero` holds for all of four vectors; NaN, which it keeps, may be among them. */
  @inline static nearZero(a: v128, b: v128, c: v128, d: v128): bool {
    const largest = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
    return i32x4.all_true(f32x4.le(largest, lanes.k(C.NEAR)));
  }

  /** log(1 + x) for x from 0 to 0.6, within 1.9e-7 of itself. */
  @inline static log1pNearZero(x: v128): v128 {
    const x2 = f32x4.mul(x, x),
      high = f32x4.add(f32x4.mul(lanes.k(C.LOG_7), x), lanes.k(C.LOG_6)),
      middle = f32x4.add(f32x4.mul(lanes.k(C.LOG_5), x), lanes.k(C.LOG_4)),
      low = f32x4.add(f32x4.mul(lanes.k(C.LOG_3), x), lanes.k(C.LOG_2));
    return f32x4.add(x, f32x4.mul(x2, f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(high, x2), middle), x2), low)));
  }

  /**
   * x^y for x in [0, 1] and y >= 0 by exp(y log x); relative error 1.5e-7 (1 + y |log x|); what is below 2^-126 becomes
   * that, 1 for y = 0.
   */
  @inline static pow(x: v128, y: v128): v128 {
    return lanes.expNegative(f32x4.mul(y, lanes.log(x)));
  }

  /** Stores x in the lanes where `which` has all bits set. */
  @inline static replace(at: usize, x: v128, which: v128): void {
    v128.store(at, v128.bitselect(x, v128.load(at), which));
  }

  /**
   * Stores the lanes where `which` has all bits set side by side, and up to four more of no meaning; returns where they
   * end.
   */
  @inline static compress(at: usize, x: v128, which: v128): usize {
    const set = <usize>i32x4.bitmask(which);
    v128.store(at, i8x16.swizzle(x, v128.load(FRONT + (set << 4))));
    return at + ((<usize>popcnt<u32>(<u32>set)) << 2);
  }

  /** table[label] for four int32 labels at `labels`. */
  @inline static lookup(table: usize, labels: usize): v128 {
    let w = v128.load32_zero(table + ((<isize>load<i32>(labels)) << 2));
    w = v128.load_lane<f32>(table + ((<isize>load<i32>(labels, 4)) << 2), w, 1);
    w = v128.load_lane<f32>(table + ((<isize>load<i32>(labels, 8)) << 2), w, 2);
    return v128.load_lane<f32>(table + ((<isize>load<i32>(labels, 12)) << 2), w, 3);
  }

  /** Numbers that stand so many bytes apart, by four indices. */
  @inline static lookupEach(first: usize, apart: usize, indices: v128): v128 {
    const at = i32x4.add(i32x4.mul(indices, i32x4.splat(<i32>apart)), i32x4.splat(<i32>first));
    let x = v128.load32_zero(<usize>i32x4.extract_lane(at, 0));
    x = v128.load_lane<f32>(<usize>i32x4.extract_lane(at, 1), x, 1);
    x = v128.load_lane<f32>(<usize>i32x4.extract_lane(at, 2), x, 2);
    return v128.load_lane<f32>(<usize>i32x4.extract_lane(at, 3), x, 3);
  }

  /** The sum of the four lanes in float64. */
  @inline static sum(x: v128): f64 {
    const high = i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    const pair = f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(high));
    return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
  }

  /** The sum of four int32 lanes. */
  @inline static total(x: v128): i32 {
    return i32x4.extract_lane(x, 0) + i32x4.extract_lane(x, 1) + i32x4.extract_lane(x, 2) + i32x4.extract_lane(x, 3);
  }
}

/** Elementary functions on two float64 lanes, where float32 would decide otherwise or cancel. */
// biome-ignore format: a line for each part
const K = memory.data<f64>([
  -708, 1.4426950408889634, 6755399441055744.0, 0.693147180369123816490, 1.90821492927058770002e-10,
  1.0, 1.0, 0.5, 1.6666666666666666e-1, 4.1666666666666664e-2, 8.3333333333333333e-3, 1.3888888888888889e-3,
  1.9841269841269841e-4, 2.4801587301587302e-5, 2.7557319223985893e-6,
  2.7557319223985888e-7, 2.5052108385441720e-8, 2.0876756987868099e-9,
  -700, 0.6931471805599453,
  1.0000000002087681, 0.500000007719346, 0.16666665162857772, 0.041666272391643736,
  0.008333568998467747, 0.001394590929697553, 0.0001976765450007501,
], 16);

/** The table's constants in their order; a polynomial's carry the power that they stand before. */
// biome-ignore format: a line for each part
const enum C {
  LEAST, LOG2_E, ROUND, LN2_HIGH, LN2_LOW, // lowest argument, log2 e, 1.5 * 2^52, ln 2 in two parts
  EXP_0, EXP_1, EXP_2, EXP_3, EXP_4, EXP_5, EXP_6, EXP_7, EXP_8, EXP_9, EXP_10, EXP_11, EXP_12, // 1 / k!
  SHARE_LEAST, LN2, // expShare: lowest argument, ln 2
  SHARE_0, SHARE_1, SHARE_2, SHARE_3, SHARE_4, SHARE_5, SHARE_6, // (e^r - 1) / r, fitted on [-ln 2 / 2, ln 2 / 2]
}

@final
export class doubles {
  @inline private static k(index: i32): v128 {
    return v128.load64_splat(K + ((<usize>index) << 3));
  }

  /** a + b x, with the constant `a` and the one after it. */
  @inline private static pair(a: i32, x: v128): v128 {
    return f64x2.add(doubles.k(a), f64x2.mul(doubles.k(a + 1), x));
  }

  /**
   * e^x for x <= 0, within 2 ulp down to x = -708 and 0 below that, as subnormal numbers cost 100 times more. e^0 is
   * exactly 1, NaN stays NaN.
   */
  @inline static expNegative(x: v128): v128 {
    const t = f64x2.add(f64x2.mul(x, doubles.k(C.LOG2_E)), doubles.k(C.ROUND)), // the low bits of t are the exponent
      n = f64x2.sub(t, doubles.k(C.ROUND));
    const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, doubles.k(C.LN2_HIGH))), f64x2.mul(n, doubles.k(C.LN2_LOW)));
    // |r| <= ln 2 / 2: the series up to r^12, of which r^13 / 13! < 1.7e-16 is left out.
    const r2 = f64x2.mul(r, r),
      r4 = f64x2.mul(r2, r2);
    const high = f64x2.add(
        f64x2.add(doubles.pair(C.EXP_8, r), f64x2.mul(r2, doubles.pair(C.EXP_10, r))),
        f64x2.mul(r4, doubles.k(C.EXP_12)),
      ),
      middle = f64x2.add(doubles.pair(C.EXP_4, r), f64x2.mul(r2, doubles.pair(C.EXP_6, r)));
    const tail = f64x2.add(
      f64x2.mul(doubles.pair(C.EXP_2, r), r2),
      f64x2.mul(r4, f64x2.add(middle, f64x2.mul(r4, high))),
    );
    const y = f64x2.add(doubles.k(C.EXP_0), f64x2.add(r, tail));
    return v128.andnot(i64x2.add(y, i64x2.shl(t, 52)), f64x2.lt(x, doubles.k(C.LEAST)));
  }

  /** e^x for x <= 0 within a relative 1e-10, e^-700 below that: half the steps. e^0 is exactly 1, NaN stays NaN. */
  @inline static expShare(x: v128): v128 {
    const u = f64x2.pmax(x, doubles.k(C.SHARE_LEAST)),
      t = f64x2.add(f64x2.mul(u, doubles.k(C.LOG2_E)), doubles.k(C.ROUND));
    const r = f64x2.sub(u, f64x2.mul(f64x2.sub(t, doubles.k(C.ROUND)), doubles.k(C.LN2))),
      r2 = f64x2.mul(r, r);
    const high = f64x2.add(doubles.pair(C.SHARE_4, r), f64x2.mul(r2, doubles.k(C.SHARE_6))),
      low = f64x2.add(
        doubles.pair(C.SHARE_0, r),
        f64x2.mul(r2, f64x2.add(doubles.pair(C.SHARE_2, r), f64x2.mul(r2, high))),
      );
    return i64x2.add(f64x2.add(doubles.k(C.EXP_0), f64x2.mul(r, low)), i64x2.shl(t, 52));
  }

  /** The upper two of four float32 lanes. */
  @inline static high(x: v128): v128 {
    return f64x2.promote_low_f32x4(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
  }

  /** The sum of the lower two and the upper two of four float32 lanes. */
  @inline static folded(x: v128): v128 {
    return f64x2.add(f64x2.promote_low_f32x4(x), doubles.high(x));
  }

  /** Four float32 lanes of two pairs. */
  @inline static narrow(low: v128, high: v128): v128 {
    return i8x16.shuffle(
      f32x4.demote_f64x2_zero(low),
      f32x4.demote_f64x2_zero(high),
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      16,
      17,
      18,
      19,
      20,
      21,
      22,
      23,
    );
  }

  /** x^y for x >= 0, where the standard library's, exact to the last bit, would be 1.9 KB of code. */
  static power(x: f64, y: f64): f64 {
    return y == 0 ? 1 : doubles.exp(y * Math.log(x));
  }

  /** e^x within 3 units of the last place, 0 below -708 and infinite above 708: from what is there already. */
  static exp(x: f64): f64 {
    const e = f64x2.extract_lane(doubles.expNegative(f64x2.splat(-Math.abs(x))), 0);
    return x > 0 ? 1 / e : e;
  }

  /**
   * log(1 + x) for x >= -1, within 5 units of the last place, where the standard library's would be 0.4 KB more: what
   * 1 + x loses to rounding, the quotient gives back (Goldberg, "What every computer scientist should know about
   * floating-point arithmetic", 1991, theorem 4).
   */
  static log1p(x: f64): f64 {
    const sum = 1 + x,
      kept = sum - 1;
    return kept == 0 || x == Infinity ? x : Math.log(sum) * (x / kept);
  }

  /**
   * The angle of (x, y) within a relative 1e-12, where the standard library's would be 0.8 KB more. With r the length,
   * that of (x + r, y) is half of it; where x < 0, x + r would cancel, and is y^2 / (r - x). Of a sixteenth of the
   * angle, at most pi / 16, the series of the inverse tangent ends with t^15.
   */
  static atan2(y: f64, x: f64): f64 {
    const far = Math.sqrt(x * x + y * y) + Math.abs(x);
    if (far == 0) return 0;
    let along = far,
      up = y;
    if (x < 0) {
      along = Math.abs(y);
      up = copysign(far, y);
    }
    for (let i = 0; i < 3; i++) along += Math.sqrt(along * along + up * up);
    const t = up / along,
      t2 = t * t;
    let series: f64 = 0;
    for (let n: f64 = 15; n > 0; n -= 2) series = 1 / n - t2 * series;
    return 16 * t * series;
  }

  /** The sum of both lanes. */
  @inline static sum(x: v128): f64 {
    return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
  }
}

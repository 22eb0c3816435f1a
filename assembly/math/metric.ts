/** Numbers that a distance transform computes with. Planes hold four bytes a pixel; a strip holds the lanes of one or two vectors a place. */
export abstract class Metric {
  /** Bytes of one number in a strip and in the table of squared distances along an axis. */
  abstract bytes(): usize;
  /** (count * spacing)^2 for four counts, as a plane holds it. Counts from 2^30 on mean that there is none: the number far(). */
  abstract squared(counts: v128, spacing: f64): v128;
  abstract put(strip: usize, next: usize, plane: v128): void;
  abstract take(strip: usize, next: usize): v128;
  abstract setTable(at: usize, squaredDistance: f64): void;
  abstract splat(at: usize): v128;
  abstract far(): v128;
  abstract add(a: v128, b: v128): v128;
  abstract less(a: v128, b: v128): v128;
  abstract min(a: v128, b: v128): v128;
  abstract largest(a: v128): f64;
  /** A plane's numbers as float32. */
  abstract float(plane: v128): v128;
}

/** Unit spacing: int32, exact while the squared diagonal is below 2^30. */
@final
export class Integers extends Metric {
  @inline bytes(): usize {
    return 4;
  }
  @inline squared(counts: v128, spacing: f64): v128 {
    const c = i32x4.min_s(counts, i32x4.splat(1 << 15));
    return i32x4.mul(c, c);
  }
  @inline put(strip: usize, next: usize, plane: v128): void {
    v128.store(strip, plane);
  }
  @inline take(strip: usize, next: usize): v128 {
    return v128.load(strip);
  }
  @inline setTable(at: usize, squaredDistance: f64): void {
    store<i32>(at, <i32>squaredDistance);
  }
  @inline splat(at: usize): v128 {
    return v128.load32_splat(at);
  }
  @inline far(): v128 {
    return i32x4.splat(1 << 30);
  }
  @inline add(a: v128, b: v128): v128 {
    return i32x4.add(a, b);
  }
  @inline less(a: v128, b: v128): v128 {
    return i32x4.lt_s(a, b);
  }
  @inline min(a: v128, b: v128): v128 {
    return i32x4.min_s(a, b);
  }
  @inline largest(a: v128): f64 {
    return <f64>max(max(i32x4.extract_lane(a, 0), i32x4.extract_lane(a, 1)), max(i32x4.extract_lane(a, 2), i32x4.extract_lane(a, 3)));
  }
  @inline float(plane: v128): v128 {
    return f32x4.convert_i32x4_s(plane);
  }
}

/** Any spacing: float32 between the axes, float64 within one. */
@final
export class Doubles extends Metric {
  @inline bytes(): usize {
    return 8;
  }
  @inline squared(counts: v128, spacing: f64): v128 {
    const s = f64x2.splat(spacing),
      low = f64x2.mul(f64x2.convert_low_i32x4_s(counts), s),
      high = f64x2.mul(f64x2.convert_low_i32x4_s(Doubles.upper(counts)), s);
    return v128.bitselect(
      f32x4.splat(Infinity),
      Doubles.join(f32x4.demote_f64x2_zero(f64x2.mul(low, low)), f32x4.demote_f64x2_zero(f64x2.mul(high, high))),
      i32x4.ge_s(counts, i32x4.splat(1 << 30)),
    );
  }
  @inline private static upper(x: v128): v128 {
    return i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  }
  @inline private static join(low: v128, high: v128): v128 {
    return i8x16.shuffle(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
  }
  @inline put(strip: usize, next: usize, plane: v128): void {
    v128.store(strip, f64x2.promote_low_f32x4(plane));
    v128.store(next, f64x2.promote_low_f32x4(Doubles.upper(plane)));
  }
  @inline take(strip: usize, next: usize): v128 {
    return Doubles.join(f32x4.demote_f64x2_zero(v128.load(strip)), f32x4.demote_f64x2_zero(v128.load(next)));
  }
  @inline setTable(at: usize, squaredDistance: f64): void {
    store<f64>(at, squaredDistance);
  }
  @inline splat(at: usize): v128 {
    return v128.load64_splat(at);
  }
  @inline far(): v128 {
    return f64x2.splat(Infinity);
  }
  @inline add(a: v128, b: v128): v128 {
    return f64x2.add(a, b);
  }
  @inline less(a: v128, b: v128): v128 {
    return f64x2.lt(a, b);
  }
  @inline min(a: v128, b: v128): v128 {
    return f64x2.pmin(a, b);
  }
  @inline largest(a: v128): f64 {
    return max(f64x2.extract_lane(a, 0), f64x2.extract_lane(a, 1));
  }
  @inline float(plane: v128): v128 {
    return plane;
  }
}

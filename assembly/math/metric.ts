/** Numbers that a distance transform searches with, as many as fit into a vector. */
export abstract class Metric {
  abstract bytes(): usize;
  abstract store(at: usize, squaredDistance: f64): void;
  abstract splat(at: usize): v128;
  /** No line reaches it. */
  abstract far(): v128;
  abstract add(a: v128, b: v128): v128;
  abstract less(a: v128, b: v128): v128;
  abstract min(a: v128, b: v128): v128;
  abstract largest(a: v128): f64;
}

/** int32, exact while the squared diagonal is below 2^30. */
@final
export class Integers extends Metric {
  @inline bytes(): usize {
    return 4;
  }
  @inline store(at: usize, squaredDistance: f64): void {
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
    return <f64>(
      max(
        max(i32x4.extract_lane(a, 0), i32x4.extract_lane(a, 1)),
        max(i32x4.extract_lane(a, 2), i32x4.extract_lane(a, 3)),
      )
    );
  }
}

/** float64 */
@final
export class Doubles extends Metric {
  @inline bytes(): usize {
    return 8;
  }
  @inline store(at: usize, squaredDistance: f64): void {
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
}

import { ballMean } from "../math/ball";

/** max(0, x - threshold) and its derivative. */
@final
class soft {
  @inline static above(x: f64, threshold: f64): f64 {
    return Math.max(0, x - threshold);
  }
  @inline static passes(x: f64, threshold: f64): f64 {
    return x > threshold ? 1 : 0;
  }
}

/**
 * One radius r: with a and b the means of p and t over the ball, the sum of (p - t)^2 [p (f(1 - b) + f(a)) + t (f(b) +
 * f(1 - a))], times the pixels' weights, f the soft threshold. Karimi, Salcudean, "Reducing the Hausdorff Distance in
 * Medical Image Segmentation with Convolutional Neural Networks", 2019, section II-C. Adds scale d/dp to the float64
 * plane `slopes` where there is one. `a`, `b` are float64 planes; u is float32, or t where slopes is 0.
 */
export function hausdorffConvolution(
  p: usize,
  t: usize,
  error: usize,
  weights: usize,
  a: usize,
  b: usize,
  u: usize,
  sums: usize,
  count: i32,
  threshold: f64,
  slopes: usize,
  scale: f64,
): f64 {
  ballMean(p, a, sums);
  ballMean(t, b, sums);
  let total: f64 = 0;
  for (let i = 0; i < count; i++) {
    const single = (<usize>i) << 2,
      double = (<usize>i) << 3;
    const pi = <f64>load<f32>(p + single),
      ti = <f64>load<f32>(t + single),
      e = <f64>load<f32>(error + single),
      we = <f64>load<f32>(weights + single) * e,
      ai = load<f64>(a + double),
      bi = load<f64>(b + double);
    const outside = soft.above(1 - bi, threshold) + soft.above(ai, threshold),
      bracket = pi * outside + ti * (soft.above(bi, threshold) + soft.above(1 - ai, threshold));
    total += we * e * bracket;
    if (!slopes) continue;
    store<f64>(slopes + double, load<f64>(slopes + double) + scale * (2 * we * bracket + we * e * outside));
    store<f32>(u + single, <f32>(we * e * (pi * soft.passes(ai, threshold) - ti * soft.passes(1 - ai, threshold))));
  }
  if (!slopes) return total;
  // A ball is its own mirror image: the adjoint of the mean is the mean.
  ballMean(u, a, sums);
  for (let at: usize = 0, end = (<usize>count) << 3; at < end; at += 8)
    store<f64>(slopes + at, load<f64>(slopes + at) + scale * load<f64>(a + at));
  return total;
}

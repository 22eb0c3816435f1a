import { MapLoss, map } from "../overlap/maps";

/**
 * Sum of w (p - t)^2, w the target's distances to the power of alpha: the one-sided form of equation 8 of Karimi,
 * Salcudean, "Reducing the Hausdorff Distance in Medical Image Segmentation with Convolutional Neural Networks", 2019.
 */
@final
@unmanaged
class HausdorffDistance extends MapLoss {
  @inline value(w: v128, p: v128, error: v128): v128 {
    return f32x4.mul(w, f32x4.mul(error, error));
  }
  @inline slope(w: v128, error: v128): v128 {
    return f32x4.mul(f32x4.add(w, w), error);
  }
}

export function hausdorffDistance(step: i32, from: i32, to: i32): f64 {
  return map<HausdorffDistance>(step, from, to);
}

/**
 * The same over whole planes, w holding the distances of target and prediction; 2 factor w (p - t) takes the place of
 * the error.
 */
export function weightedErrors(error: usize, map: usize, count: i32, factor: f64): f64 {
  let sum: f64 = 0;
  for (let at = error, end = error + ((<usize>count) << 2); at < end; at += 4) {
    const e = <f64>load<f32>(at),
      w = <f64>load<f32>(at - error + map);
    sum += w * e * e;
    store<f32>(at, <f32>(2 * factor * w * e));
  }
  return sum;
}

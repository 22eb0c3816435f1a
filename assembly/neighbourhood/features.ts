import { dot } from "../math/vectors";
import { needs, Said } from "../protocol";
import { image } from "./image";

/**
 * A pixel's features in float64, what a loss adds up as the derivatives by them, and four numbers: the square of their
 * norm, its inverse root, and a sum B: the derivative is less B times the features. `bytes` is the size of either part,
 * a multiple of 16.
 */
@final
export class Features {
  @inline static square(record: usize, bytes: usize): f64 {
    return load<f64>(record + 2 * bytes);
  }
  @inline static inverse(record: usize, bytes: usize): f64 {
    return load<f64>(record + 2 * bytes, 8);
  }
  /** Adds to B. */
  @inline static shrink(record: usize, bytes: usize, by: f64): void {
    store<f64>(record + 2 * bytes, load<f64>(record + 2 * bytes, 16) + by, 16);
  }
}

/** Makes records of a row's listed pixels from what is staged. */
export function readFeatures(y: i32, count: i32, bytes: usize): void {
  needs(Said.Image);
  for (let k: usize = 0; k < <usize>count; k++) {
    const record = image.row(y) + <usize>load<i32>(image.list + (k << 2)) * image.record,
      numbers = image.staged + k * image.stride;
    for (let d: usize = 0; d < bytes; d += 16)
      v128.store(record + d, f64x2.promote_low_f32x4(v128.load64_zero(numbers + (d >> 1))));
    memory.fill(record + bytes, 0, bytes + 32);
    const square = dot(record, record, bytes);
    store<f64>(record + 2 * bytes, square);
    store<f64>(record + 2 * bytes, 1 / Math.sqrt(square), 8);
  }
}

/** Stages `scale` times the derivatives by what was staged. */
export function writeFeatures(y: i32, count: i32, bytes: usize, scale: f64): void {
  needs(Said.Image);
  const factor = f64x2.splat(scale);
  for (let k: usize = 0; k < <usize>count; k++) {
    const record = image.row(y) + <usize>load<i32>(image.list + (k << 2)) * image.record,
      numbers = image.staged + k * image.stride,
      less = f64x2.splat(load<f64>(record + 2 * bytes, 16));
    for (let d: usize = 0; d < bytes; d += 16) {
      const slope = f64x2.sub(v128.load(record + bytes + d), f64x2.mul(less, v128.load(record + d)));
      v128.store64_lane(numbers + (d >> 1), f32x4.demote_f64x2_zero(f64x2.mul(factor, slope)), 0);
    }
  }
}

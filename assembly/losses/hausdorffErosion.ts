import { doubles } from "../math/doubles";
import { crossMean, padded } from "../math/padded";

/** What becomes of a step's result: Karimi and Salcudean's formula leaves it, the public codes stretch it to [0, 1]. */
enum Scaling {
  None,
  Fixed,
  MinMax,
}

/** One erosion step: the range of its result, and where the first least and the first largest number stand. */
@final
@unmanaged
class Level {
  low: f64;
  high: f64;
  lowAt: usize;
  highAt: usize;
}

const LEVEL: usize = offsetof<Level>();

/** Bytes of the records that `hausdorffErosion` keeps beside a volume per step. */
export function erosionRecords(steps: i32): usize {
  return <usize>(steps + 1) * LEVEL;
}

/** m max(0, c - threshold) in place of c. */
function shrink(volume: usize, valid: usize, threshold: f64, level: Level): void {
  level.low = Infinity;
  level.high = -Infinity;
  let pixel = valid;
  for (let z = 0; z < padded.depth; z++) {
    for (let y = 0; y < padded.height; y++) {
      const start = padded.at(z, y);
      for (let i = start, end = start + ((<usize>padded.width) << 3); i < end; i += 8, pixel += 4) {
        const s = <f64>load<f32>(pixel) * Math.max(0, load<f64>(volume + i) - threshold);
        store<f64>(volume + i, s);
        if (s < level.low) {
          level.low = s;
          level.lowAt = i;
        }
        if (s > level.high) {
          level.high = s;
          level.highAt = i;
        }
      }
    }
  }
}

/** e = m (s low removed) / range; returns the sum of e times the pixels' weights. */
function rescale(volume: usize, valid: usize, weights: usize, low: f64, range: f64): f64 {
  let sum: f64 = 0,
    pixel = valid;
  const across = weights - valid;
  for (let z = 0; z < padded.depth; z++) {
    for (let y = 0; y < padded.height; y++) {
      const start = padded.at(z, y);
      for (let i = start, end = start + ((<usize>padded.width) << 3); i < end; i += 8, pixel += 4) {
        const e = (<f64>load<f32>(pixel) * (load<f64>(volume + i) - low)) / range;
        store<f64>(volume + i, e);
        sum += <f64>load<f32>(pixel + across) * e;
      }
    }
  }
  return sum;
}

/** The adjoint of one step, before its filter: g becomes m [c > threshold] ds. */
function adjoint(g: usize, volume: usize, valid: usize, level: Level, range: f64, moving: bool): void {
  let all: f64 = 0,
    weighted: f64 = 0,
    pixel = valid;
  for (let pass = moving ? 0 : 1; pass < 2; pass++) {
    pixel = valid;
    for (let z = 0; z < padded.depth; z++) {
      for (let y = 0; y < padded.height; y++) {
        const start = padded.at(z, y);
        for (let i = start, end = start + ((<usize>padded.width) << 3); i < end; i += 8, pixel += 4) {
          const own = <f64>load<f32>(pixel) * load<f64>(g + i),
            e = load<f64>(volume + i);
          if (pass == 0) {
            all += own;
            weighted += own * e;
            continue;
          }
          // Where the least result is above 0, all results are; else e is 0 exactly where the step's result is.
          let ds = own / range;
          if (moving && i == level.highAt) ds -= weighted / range;
          if (moving && i == level.lowAt) ds += (weighted - all) / range;
          store<f64>(g + i, load<f32>(pixel) != 0 && (level.low > 0 || e > 0) ? ds : 0);
        }
      }
    }
  }
}

/** e_0 = (p - t)^2. */
function squares(error: usize, volume: usize): void {
  let pixel = error;
  for (let z = 0; z < padded.depth; z++) {
    for (let y = 0; y < padded.height; y++) {
      const start = padded.at(z, y);
      for (let i = start, end = start + ((<usize>padded.width) << 3); i < end; i += 8, pixel += 4) {
        const e = <f64>load<f32>(pixel);
        store<f64>(volume + i, e * e);
      }
    }
  }
}

/** Adds `amount` times the pixels' weights to g. */
function addAmount(g: usize, weights: usize, amount: f64): void {
  let pixel = weights;
  for (let z = 0; z < padded.depth; z++) {
    for (let y = 0; y < padded.height; y++) {
      const start = padded.at(z, y);
      for (let i = start, end = start + ((<usize>padded.width) << 3); i < end; i += 8, pixel += 4) {
        store<f64>(g + i, load<f64>(g + i) + amount * <f64>load<f32>(pixel));
      }
    }
  }
}

/** slopes = 2 factor (p - t) g. */
function toSlopes(g: usize, error: usize, slopes: usize, factor: f64): void {
  let pixel: usize = 0;
  for (let z = 0; z < padded.depth; z++) {
    for (let y = 0; y < padded.height; y++) {
      const start = padded.at(z, y);
      for (let i = start, end = start + ((<usize>padded.width) << 3); i < end; i += 8, pixel += 4) {
        store<f32>(slopes + pixel, <f32>(2 * factor * <f64>load<f32>(error + pixel) * load<f64>(g + i)));
      }
    }
  }
}

/**
 * Sum over k of k^alpha e_k, e_k the squared error eroded k times: what survives many erosions lies far from the true
 * boundary; the last sum alone has the pixels' weights. Karimi, Salcudean, "Reducing the Hausdorff Distance in Medical
 * Image Segmentation with Convolutional Neural Networks", 2019, section II-B. All steps are in float64: stretching
 * divides by what little is left. `volumes` are steps + 3 padded volumes of zeros, the last two spare.
 */
export function hausdorffErosion(
  error: usize,
  valid: usize,
  weights: usize,
  volumes: usize,
  records: usize,
  slopes: usize,
  steps: i32,
  threshold: f64,
  alpha: f64,
  scaling: i32,
  factor: f64,
): f64 {
  const bytes = padded.bytes();
  let total: f64 = 0,
    last = 0;
  squares(error, volumes);
  for (let k = 1; k <= steps; k++) {
    const volume = volumes + <usize>k * bytes,
      level = changetype<Level>(records + <usize>k * LEVEL);
    crossMean(volume - bytes, volume);
    shrink(volume, valid, threshold, level);
    if (level.high <= 0) break;
    last = k;
    const moves = scaling == Scaling.MinMax && level.high > level.low;
    const range = moves ? level.high - level.low : scaling == Scaling.Fixed ? 1 - threshold : 1;
    total += doubles.power(<f64>k, alpha) * rescale(volume, valid, weights, moves ? level.low : 0, range);
  }
  if (!slopes) return total;
  let g = volumes + <usize>(steps + 1) * bytes,
    next = g + bytes;
  memory.fill(g, 0, bytes);
  memory.fill(next, 0, bytes);
  for (let k = last; k > 0; k--) {
    const level = changetype<Level>(records + <usize>k * LEVEL),
      moves = scaling == Scaling.MinMax && level.high > level.low;
    const range = moves ? level.high - level.low : scaling == Scaling.Fixed ? 1 - threshold : 1;
    addAmount(g, weights, doubles.power(<f64>k, alpha));
    adjoint(g, volumes + <usize>k * bytes, valid, level, range, moves);
    crossMean(g, next);
    const swap = g;
    g = next;
    next = swap;
  }
  toSlopes(g, error, slopes, factor);
  return total;
}

import { doubles } from "../math/doubles";
import { needs, Said } from "../protocol";
import { image } from "./image";

/**
 * A pixel's distribution in float64: log P, P, and what a loss adds up as its derivatives by both, a quarter of the
 * record each. Staged numbers end with one whose probability is 0 where the number of classes is odd.
 */
@unmanaged
export abstract class Distribution {
  abstract read(numbers: usize, classes: i32, log: usize, prob: usize): void;
  /** The derivatives by log P and by P become that by what was passed, in its place. */
  abstract write(numbers: usize, classes: i32, prob: usize, byLog: usize, byProb: usize): void;
}

/** KL(P || Q) = sum of P (log P - log Q) of two records, each part of `size` bytes. */
export function divergence(p: usize, q: usize, size: usize): f64 {
  let sum = f64x2.splat(0);
  for (let d: usize = 0; d < size; d += 16) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(p + size + d), f64x2.sub(v128.load(p + d), v128.load(q + d))));
  }
  return doubles.sum(sum);
}

@final
@unmanaged
export class SoftmaxDistribution extends Distribution {
  read(numbers: usize, classes: i32, log: usize, prob: usize): void {
    let largest = load<f32>(numbers);
    for (let c: usize = 1; c < <usize>classes; c++) largest = max(largest, load<f32>(numbers + (c << 2)));
    const shift = f64x2.splat(<f64>largest),
      bytes = (<usize>(classes + 1) & ~1) << 3;
    let sums = f64x2.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(numbers + (i >> 1))), shift),
        e = doubles.expNegative(x);
      v128.store(log + i, x);
      v128.store(prob + i, e);
      sums = f64x2.add(sums, e);
    }
    const sum = doubles.sum(sums),
      rest = f64x2.splat(Math.log(sum)),
      inverse = f64x2.splat(1 / sum);
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(log + i, f64x2.sub(v128.load(log + i), rest));
      v128.store(prob + i, f64x2.mul(v128.load(prob + i), inverse));
    }
  }

  write(numbers: usize, classes: i32, prob: usize, byLog: usize, byProb: usize): void {
    const bytes = (<usize>classes) << 3;
    let sum: f64 = 0;
    for (let i: usize = 0; i < bytes; i += 8) sum += load<f64>(byLog + i) + load<f64>(prob + i) * load<f64>(byProb + i);
    for (let i: usize = 0; i < bytes; i += 8) {
      const p = load<f64>(prob + i);
      store<f32>(numbers + (i >> 1), <f32>(load<f64>(byLog + i) + p * (load<f64>(byProb + i) - sum)));
    }
  }
}

/** p and 1 - p of each channel, one after the other. */
@final
@unmanaged
export class SigmoidDistribution extends Distribution {
  read(numbers: usize, classes: i32, log: usize, prob: usize): void {
    for (let c: usize = 0; c < <usize>classes; c++) {
      const z = <f64>load<f32>(numbers + (c << 2)),
        e = f64x2.extract_lane(doubles.expNegative(f64x2.splat(-Math.abs(z))), 0);
      const bend = doubles.log1p(e),
        large = 1 / (1 + e),
        small = e * large,
        i = c << 4;
      store<f64>(prob + i, z > 0 ? large : small);
      store<f64>(prob + i, z > 0 ? small : large, 8);
      store<f64>(log + i, Math.min(z, 0) - bend);
      store<f64>(log + i, Math.min(-z, 0) - bend, 8);
    }
  }

  write(numbers: usize, classes: i32, prob: usize, byLog: usize, byProb: usize): void {
    for (let c: usize = 0; c < <usize>classes; c++) {
      const i = c << 4,
        p = load<f64>(prob + i),
        q = load<f64>(prob + i, 8);
      const yes = load<f64>(byLog + i) + p * load<f64>(byProb + i),
        no = load<f64>(byLog + i, 8) + q * load<f64>(byProb + i, 8);
      store<f32>(numbers + (c << 2), <f32>(q * yes - p * no));
    }
  }
}

/** What is passed under activation "none"; for one channel also its complement. */
@final
@unmanaged
export class NoneDistribution extends Distribution {
  @inline private put(p: f64, log: usize, prob: usize): void {
    store<f64>(prob, p);
    store<f64>(log, Math.log(Math.max(p, 1e-7)));
  }

  /** A floored logarithm has no derivative. */
  @inline private slope(prob: usize, byLog: usize, byProb: usize): f64 {
    const p = load<f64>(prob);
    return load<f64>(byProb) + (p < 1e-7 ? 0 : load<f64>(byLog) / p);
  }

  read(numbers: usize, classes: i32, log: usize, prob: usize): void {
    for (let c = 0; c < ((classes + 1) & ~1); c++) {
      const i = (<usize>c) << 3;
      this.put(<f64>load<f32>(numbers + (i >> 1)), log + i, prob + i);
    }
    if (classes == 1) this.put(1 - <f64>load<f32>(numbers), log + 8, prob + 8);
  }

  write(numbers: usize, classes: i32, prob: usize, byLog: usize, byProb: usize): void {
    for (let c = 0; c < classes; c++) {
      const i = (<usize>c) << 3;
      let slope = this.slope(prob + i, byLog + i, byProb + i);
      if (classes == 1) slope -= this.slope(prob + 8, byLog + 8, byProb + 8);
      store<f32>(numbers + (i >> 1), <f32>slope);
    }
  }
}

/** Makes records of a row's listed pixels from what is staged. */
function readRow<D extends Distribution>(y: i32, count: i32, classes: i32): void {
  needs(Said.Image);
  const quarter = image.record >> 2,
    row = image.row(y);
  for (let k: usize = 0; k < <usize>count; k++) {
    const record = row + <usize>load<i32>(image.list + (k << 2)) * image.record;
    changetype<D>(0).read(image.staged + k * image.stride, classes, record, record + quarter);
    memory.fill(record + 2 * quarter, 0, 2 * quarter);
  }
}

/** Stages the derivatives by what was passed. */
function writeRow<D extends Distribution>(y: i32, count: i32, classes: i32): void {
  needs(Said.Image);
  const quarter = image.record >> 2,
    row = image.row(y);
  for (let k: usize = 0; k < <usize>count; k++) {
    const record = row + <usize>load<i32>(image.list + (k << 2)) * image.record;
    changetype<D>(0).write(
      image.staged + k * image.stride,
      classes,
      record + quarter,
      record + 2 * quarter,
      record + 3 * quarter,
    );
  }
}

export function softmaxRecords(y: i32, count: i32, classes: i32): void {
  readRow<SoftmaxDistribution>(y, count, classes);
}
export function sigmoidRecords(y: i32, count: i32, classes: i32): void {
  readRow<SigmoidDistribution>(y, count, classes);
}
export function noneRecords(y: i32, count: i32, classes: i32): void {
  readRow<NoneDistribution>(y, count, classes);
}
export function softmaxSlopes(y: i32, count: i32, classes: i32): void {
  writeRow<SoftmaxDistribution>(y, count, classes);
}
export function sigmoidSlopes(y: i32, count: i32, classes: i32): void {
  writeRow<SigmoidDistribution>(y, count, classes);
}
export function noneSlopes(y: i32, count: i32, classes: i32): void {
  writeRow<NoneDistribution>(y, count, classes);
}

import { doubles } from "../math/doubles";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";

/**
 * p - t of a staged tile in float64, from the logits themselves: for what is steep in small differences between
 * neighbours' probabilities, as float32 rounds them by up to 2^-25. Where t = 1 it is -q, q the sum of the other
 * classes' shares, so that small errors keep their digits.
 */
@final
class four {
  /** Stores the errors of four pixels (`i`: bytes of the float32 planes) from their p and -q, two and two. */
  @inline static put(
    at: usize,
    c: i32,
    i: usize,
    low: v128,
    minusLow: v128,
    high: v128,
    minusHigh: v128,
    valid: v128,
  ): void {
    let first: v128, second: v128;
    if (frame.soft) {
      const t = v128.load(frame.target + <usize>c * frame.targetPitch + i);
      first = four.soft(low, minusLow, f64x2.promote_low_f32x4(t));
      second = four.soft(high, minusHigh, doubles.high(t));
    } else {
      const own = i32x4.eq(v128.load(frame.labels + i), i32x4.splat(c + frame.firstLabel));
      first = v128.bitselect(minusLow, low, i64x2.extend_low_i32x4_s(own));
      second = v128.bitselect(minusHigh, high, i64x2.extend_high_i32x4_s(own));
    }
    v128.store(at, v128.and(first, i64x2.extend_low_i32x4_s(valid)));
    v128.store(at, v128.and(second, i64x2.extend_high_i32x4_s(valid)), 16);
  }

  @inline static soft(p: v128, minusQ: v128, t: v128): v128 {
    return v128.bitselect(
      f64x2.sub(p, t),
      f64x2.sub(minusQ, f64x2.sub(t, f64x2.splat(1))),
      f64x2.le(p, f64x2.splat(0.5)),
    );
  }
}

/** `count` pixels; planes of float64 `bytes` apart, in whole vectors of four pixels. */
export function softmaxErrors(count: i32, to: usize, bytes: usize): void {
  const one = f64x2.splat(1),
    pred = frame.pred,
    pitch = frame.predPitch,
    end = <usize>frame.classes * bytes;
  for (let i: usize = 0, last = (<usize>count) << 2; i < last; i += 16, to += 32) {
    let largest = v128.load(pred + i);
    for (let c = 1, plane = pred + i + pitch; c < frame.classes; c++, plane += pitch)
      largest = f32x4.pmax(largest, v128.load(plane));
    const topLow = f64x2.promote_low_f32x4(largest),
      topHigh = doubles.high(largest);
    // Of several largest one is set apart, the others are part of the rest.
    let restLow = f64x2.splat(0),
      restHigh = f64x2.splat(0),
      ties = i32x4.splat(-1);
    for (let at: usize = 0, plane = pred + i; at < end; at += bytes, plane += pitch) {
      const z = v128.load(plane),
        equal = f32x4.eq(z, largest),
        low = doubles.expShare(f64x2.sub(f64x2.promote_low_f32x4(z), topLow)),
        high = doubles.expShare(f64x2.sub(doubles.high(z), topHigh));
      ties = i32x4.sub(ties, equal);
      restLow = f64x2.add(restLow, v128.andnot(low, i64x2.extend_low_i32x4_s(equal)));
      restHigh = f64x2.add(restHigh, v128.andnot(high, i64x2.extend_high_i32x4_s(equal)));
      v128.store(to + at, low);
      v128.store(to + at, high, 16);
    }
    restLow = f64x2.add(restLow, f64x2.convert_low_i32x4_s(ties));
    restHigh = f64x2.add(restHigh, doubles.high(f32x4.convert_i32x4_s(ties)));
    const inverseLow = f64x2.div(one, f64x2.add(restLow, one)),
      inverseHigh = f64x2.div(one, f64x2.add(restHigh, one)),
      minusLow = f64x2.neg(f64x2.mul(restLow, inverseLow)),
      minusHigh = f64x2.neg(f64x2.mul(restHigh, inverseHigh)),
      confidentLow = f64x2.lt(restLow, one),
      confidentHigh = f64x2.lt(restHigh, one),
      valid = pixels.valid(i);
    for (let at: usize = 0, plane = pred + i, c = 0; at < end; at += bytes, plane += pitch, c++) {
      const equal = f32x4.eq(v128.load(plane), largest),
        low = f64x2.mul(v128.load(to + at), inverseLow),
        high = f64x2.mul(v128.load(to + at, 16), inverseHigh),
        leadsLow = v128.and(i64x2.extend_low_i32x4_s(equal), confidentLow),
        leadsHigh = v128.and(i64x2.extend_high_i32x4_s(equal), confidentHigh);
      four.put(
        to + at,
        c,
        i,
        low,
        v128.bitselect(minusLow, f64x2.sub(low, one), leadsLow),
        high,
        v128.bitselect(minusHigh, f64x2.sub(high, one), leadsHigh),
        valid,
      );
    }
  }
}

@final
class sigmoid {
  /** The smaller of p and q. */
  @inline static small(z: v128): v128 {
    const e = doubles.expShare(f64x2.neg(f64x2.abs(z)));
    return f64x2.div(e, f64x2.add(e, f64x2.splat(1)));
  }
  @inline static p(z: v128, small: v128): v128 {
    return v128.bitselect(f64x2.sub(f64x2.splat(1), small), small, f64x2.gt(z, f64x2.splat(0)));
  }
  @inline static minusQ(z: v128, small: v128): v128 {
    return v128.bitselect(f64x2.neg(small), f64x2.sub(small, f64x2.splat(1)), f64x2.gt(z, f64x2.splat(0)));
  }
}

export function sigmoidErrors(count: i32, to: usize, bytes: usize): void {
  for (let c = 0, plane = frame.pred; c < frame.classes; c++, plane += frame.predPitch, to += bytes) {
    for (let i: usize = 0, last = (<usize>count) << 2; i < last; i += 16) {
      const z = v128.load(plane + i),
        low = f64x2.promote_low_f32x4(z),
        high = doubles.high(z),
        smallLow = sigmoid.small(low),
        smallHigh = sigmoid.small(high);
      four.put(
        to + 2 * i,
        c,
        i,
        sigmoid.p(low, smallLow),
        sigmoid.minusQ(low, smallLow),
        sigmoid.p(high, smallHigh),
        sigmoid.minusQ(high, smallHigh),
        pixels.valid(i),
      );
    }
  }
}

export function noneErrors(count: i32, to: usize, bytes: usize): void {
  const one = f64x2.splat(1);
  for (let c = 0, plane = frame.pred; c < frame.classes; c++, plane += frame.predPitch, to += bytes) {
    for (let i: usize = 0, last = (<usize>count) << 2; i < last; i += 16) {
      const z = v128.load(plane + i),
        low = f64x2.promote_low_f32x4(z),
        high = doubles.high(z);
      four.put(to + 2 * i, c, i, low, f64x2.sub(low, one), high, f64x2.sub(high, one), pixels.valid(i));
    }
  }
}

/** t of one channel of a staged tile, 0 where a pixel does not count. */
export function exactTarget(count: i32, c: i32, to: usize): void {
  for (let i: usize = 0, last = (<usize>count) << 2; i < last; i += 16, to += 32) {
    const own = i32x4.eq(v128.load(frame.labels + i), i32x4.splat(c + frame.firstLabel)),
      t = v128.and(
        frame.soft ? v128.load(frame.target + <usize>c * frame.targetPitch + i) : v128.and(own, f32x4.splat(1)),
        pixels.valid(i),
      );
    v128.store(to, f64x2.promote_low_f32x4(t));
    v128.store(to, doubles.high(t), 16);
  }
}

/** 1 where a pixel counts. */
export function exactValid(count: i32, to: usize): void {
  for (let i: usize = 0, last = (<usize>count) << 2; i < last; i += 16, to += 32) {
    const one = v128.and(pixels.valid(i), f32x4.splat(1));
    v128.store(to, f64x2.promote_low_f32x4(one));
    v128.store(to, doubles.high(one), 16);
  }
}

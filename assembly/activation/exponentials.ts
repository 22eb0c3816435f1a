import { lanes } from "../math/lanes";
import { frame, ROW } from "../tile/frame";

/** Of each pixel of a block: the largest of its classes' exponentials, and the sum of the others. */
export const leads: usize = memory.data(<i32>ROW, 16);
export const rests: usize = memory.data(<i32>ROW, 16);

/** Up to so many classes exponentials are about the first class's, 1: of four, one is saved (0.9 of the time). */
export const FEW: i32 = 4;

/**
 * Between 2^-64 and 2^32 shares, their sums and their quotients are float32's, what ends in 2^-100 beside them does not
 * matter, and a gradient divided by them does not underflow before it is nothing itself. Of few classes, of which
 * one's is 1, sums may reach 2^60: no quotient of theirs is below 2^-64.
 */
const BOUNDS = memory.data<f32>([5.421010862e-20, 4294967296.0, 5.421010862e-20, 1.1529215e18], 16);

/**
 * The planes at frame.prob take e^z, or e^(z - z_0) of few classes. The largest logit is not subtracted first: then
 * nothing need be known of a pixel before its exponentials are taken, plane by plane, four vectors at a time (a sweep
 * less, and 1.4 times faster than two vectors, which share the constants among fewer). Pixels whose logits are too
 * large or too small for that are `extreme`: the caller takes those again.
 */
export function exponentials(from: usize, to: usize): void {
  const pitch = frame.probPitch,
    predPitch = frame.predPitch,
    bytes = to - from,
    base = frame.classes <= FEW ? frame.pred + from : 0,
    one = lanes.one();
  let pred = frame.pred + from,
    prob = frame.prob + from;
  const last = prob + <usize>frame.classes * pitch;
  if (base) {
    for (let out = prob, end = prob + bytes; out < end; out += 16) v128.store(out, one);
    pred += predPitch;
    prob += pitch;
  }
  for (; prob < last; pred += predPitch, prob += pitch) {
    let below = base;
    for (let at = pred, out = prob, end = pred + bytes; at < end; at += 64, out += 64) {
      let a = v128.load(at),
        b = v128.load(at, 16),
        c = v128.load(at, 32),
        d = v128.load(at, 48);
      if (base) {
        a = f32x4.sub(a, v128.load(below));
        b = f32x4.sub(b, v128.load(below, 16));
        c = f32x4.sub(c, v128.load(below, 32));
        d = f32x4.sub(d, v128.load(below, 48));
        below += 64;
      }
      a = lanes.expWithin(a);
      b = lanes.expWithin(b);
      c = lanes.expWithin(c);
      d = lanes.expWithin(d);
      v128.store(out, a);
      v128.store(out, b, 16);
      v128.store(out, c, 32);
      v128.store(out, d, 48);
    }
  }
}

/**
 * The largest of them, and the sum of the others, without subtracting it: that would leave nothing of small ones. A NaN
 * stays in it, of the first class, too: x - x.
 */
export function leadAndRest(from: usize, to: usize): void {
  const pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch;
  for (let first = frame.prob + from, row: usize = 0, size = to - from; row < size; row += 64, first += 64) {
    let a = v128.load(first),
      b = v128.load(first, 16),
      c = v128.load(first, 32),
      d = v128.load(first, 48),
      restA = f32x4.sub(a, a),
      restB = f32x4.sub(b, b),
      restC = f32x4.sub(c, c),
      restD = f32x4.sub(d, d);
    for (let at = first + pitch, end = first + bytes; at < end; at += pitch) {
      const eA = v128.load(at),
        eB = v128.load(at, 16),
        eC = v128.load(at, 32),
        eD = v128.load(at, 48);
      restA = f32x4.add(restA, f32x4.pmin(eA, a));
      restB = f32x4.add(restB, f32x4.pmin(eB, b));
      restC = f32x4.add(restC, f32x4.pmin(eC, c));
      restD = f32x4.add(restD, f32x4.pmin(eD, d));
      a = f32x4.pmax(eA, a);
      b = f32x4.pmax(eB, b);
      c = f32x4.pmax(eC, c);
      d = f32x4.pmax(eD, d);
    }
    v128.store(leads + row, a);
    v128.store(leads + row, b, 16);
    v128.store(leads + row, c, 32);
    v128.store(leads + row, d, 48);
    v128.store(rests + row, restA);
    v128.store(rests + row, restB, 16);
    v128.store(rests + row, restC, 32);
    v128.store(rests + row, restD, 48);
  }
}

@final
export class shares {
  /** Those that `extreme` takes, by the number of classes. */
  @inline static get bounds(): usize {
    return frame.classes <= FEW ? BOUNDS + 8 : BOUNDS;
  }

  /** All bits set where one of two is too small, or they are too large, or NaN. */
  @inline static extreme(one: v128, others: v128, bounds: usize): v128 {
    const above = f32x4.ge(f32x4.pmin(one, others), v128.load32_splat(bounds)),
      below = f32x4.le(f32x4.add(one, others), v128.load32_splat(bounds, 4));
    return v128.not(v128.and(above, below));
  }

  /** 0 in all planes at pixels that do not count, also where a logit is NaN. `at` is their place in the first plane. */
  @inline static silence(at: usize, valid: v128): void {
    const pitch = frame.probPitch;
    for (let end = at + <usize>frame.classes * pitch; at < end; at += pitch)
      v128.store(at, v128.and(v128.load(at), valid));
  }
}

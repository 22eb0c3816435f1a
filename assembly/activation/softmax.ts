import { lanes } from "../math/lanes";
import { frame, ROW } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { pairForward } from "./channels";
import { Signed } from "./coding";
import { exponentials, FEW, leadAndRest, leads, rests, shares } from "./exponentials";
import { rivals } from "./rivals";

/**
 * Of each pixel of a block: 1 over the sum of its exponentials, 0 where it does not count; and all bits set where it is
 * extreme.
 */
export const inverses: usize = memory.data(<i32>ROW, 16);
const extremes: usize = memory.data(<i32>ROW, 16);

/** What turns exponentials into signed probabilities (activation/coding.ts), in the rows of `leads` and `rests`. */
@final
class signed {
  /** -q of the largest. */
  @inline static minusQ(rest: v128, inverse: v128): v128 {
    return lanes.negative(f32x4.mul(rest, inverse));
  }
  /** The exponential that stands for it: NaN, which none equals, where the others add up to as much. */
  @inline static largest(lead: v128, rest: v128): v128 {
    return v128.or(lead, f32x4.ge(rest, lead)); // all bits set is NaN
  }
}

export function softmaxForward(first: i32, last: i32): f64 {
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2;
  if (frame.classes == 2) pairForward(first, last);
  else if (frame.classes > FEW || !fewForward(from, to)) {
    softmaxShares(from, to);
    normalise(from, to);
  }
  return 0;
}

/** All in one loop, where few exponentials can be read twice for nothing; false where one is extreme. */
function fewForward(from: usize, to: usize): bool {
  const pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch,
    bounds = shares.bounds,
    one = lanes.one();
  let extreme = i32x4.splat(0),
    counted = i32x4.splat(-1);
  exponentials(from, to);
  for (let i = from; i < to; i += 32) {
    const first = frame.prob + i,
      end = first + bytes;
    let lead = one,
      lead2 = one,
      rest = f32x4.splat(0),
      rest2 = rest;
    for (let at = first + pitch; at < end; at += pitch) {
      const e = v128.load(at),
        e2 = v128.load(at, 16);
      rest = f32x4.add(rest, f32x4.pmin(e, lead));
      rest2 = f32x4.add(rest2, f32x4.pmin(e2, lead2));
      lead = f32x4.pmax(e, lead);
      lead2 = f32x4.pmax(e2, lead2);
    }
    const valid = pixels.valid(i),
      valid2 = pixels.valid(i + 16),
      inverse = v128.and(f32x4.div(one, f32x4.add(lead, rest)), valid),
      inverse2 = v128.and(f32x4.div(one, f32x4.add(lead2, rest2)), valid2),
      minusQ = signed.minusQ(rest, inverse),
      minusQ2 = signed.minusQ(rest2, inverse2);
    extreme = v128.or(extreme, v128.and(shares.extreme(lead, rest, bounds), valid));
    extreme = v128.or(extreme, v128.and(shares.extreme(lead2, rest2, bounds), valid2));
    counted = v128.and(counted, v128.and(valid, valid2));
    lead = signed.largest(lead, rest);
    lead2 = signed.largest(lead2, rest2);
    for (let at = first; at < end; at += pitch) {
      const e = v128.load(at),
        e2 = v128.load(at, 16);
      v128.store(at, v128.bitselect(minusQ, f32x4.mul(e, inverse), f32x4.eq(e, lead)));
      v128.store(at, v128.bitselect(minusQ2, f32x4.mul(e2, inverse2), f32x4.eq(e2, lead2)), 16);
    }
  }
  if (v128.any_true(extreme)) return false;
  if (!i32x4.all_true(counted)) for (let i = from; i < to; i += 16) shares.silence(frame.prob + i, pixels.valid(i));
  return true;
}

/**
 * Leaves exponentials at frame.prob, and of each pixel 1 over their sum in `inverses`, the exponential of a class with
 * p > 1/2 (or NaN) in `leads`, and -q of the largest in `rests`.
 */
export function softmaxShares(from: usize, to: usize): void {
  const labels = frame.labels,
    bounds = shares.bounds,
    one = lanes.one();
  let extreme = i32x4.splat(0),
    ignored = extreme;
  exponentials(from, to);
  leadAndRest(from, to);
  for (let i = from, row: usize = 0; i < to; i += 16, row += 16) {
    const lead = v128.load(leads + row),
      rest = v128.load(rests + row),
      out = i32x4.shr_s(v128.load(labels + i), 31),
      again = v128.andnot(shares.extreme(lead, rest, bounds), out),
      inverse = v128.andnot(f32x4.div(one, f32x4.add(lead, rest)), out);
    v128.store(inverses + row, inverse);
    v128.store(rests + row, signed.minusQ(rest, inverse));
    v128.store(leads + row, signed.largest(lead, rest));
    v128.store(extremes + row, again);
    extreme = v128.or(extreme, again);
    ignored = v128.or(ignored, out);
  }
  if (v128.any_true(extreme)) takeAgain(from, to);
  if (v128.any_true(ignored)) for (let i = from; i < to; i += 16) shares.silence(frame.prob + i, pixels.valid(i));
}

/** Two vectors at a time: of four, the numbers would not stay in registers. */
function normalise(from: usize, to: usize): void {
  const pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch;
  for (let first = frame.prob + from, row: usize = 0, size = to - from; row < size; row += 32, first += 32) {
    const inverse = v128.load(inverses + row),
      inverse2 = v128.load(inverses + row, 16),
      lead = v128.load(leads + row),
      lead2 = v128.load(leads + row, 16),
      minusQ = v128.load(rests + row),
      minusQ2 = v128.load(rests + row, 16);
    for (let at = first, end = first + bytes; at < end; at += pitch) {
      const e = v128.load(at),
        e2 = v128.load(at, 16);
      v128.store(at, v128.bitselect(minusQ, f32x4.mul(e, inverse), f32x4.eq(e, lead)));
      v128.store(at, v128.bitselect(minusQ2, f32x4.mul(e2, inverse2), f32x4.eq(e2, lead2)), 16);
    }
  }
}

function takeAgain(from: usize, to: usize): void {
  for (let i = from, row: usize = 0; i < to; i += 16, row += 16) {
    const which = v128.load(extremes + row);
    if (v128.any_true(which)) takeFromLargest(i, row, which);
  }
}

/** Pixels whose logits may be of any size: exponentials about the largest one. */
function takeFromLargest(i: usize, row: usize, which: v128): void {
  const pitch = frame.predPitch,
    first = frame.pred + i,
    end = first + <usize>frame.classes * pitch;
  let largest = v128.load(first);
  for (let at = first + pitch; at < end; at += pitch) largest = f32x4.pmax(largest, v128.load(at));
  let lead = f32x4.splat(0),
    rest = lead;
  for (let at = first, out = frame.prob + i; at < end; at += pitch, out += frame.probPitch) {
    const e = lanes.expShare(f32x4.sub(v128.load(at), largest));
    rest = f32x4.add(rest, f32x4.pmin(e, lead));
    lead = f32x4.pmax(e, lead);
    lanes.replace(out, e, which);
  }
  const inverse = f32x4.div(lanes.one(), f32x4.add(lead, rest));
  lanes.replace(inverses + row, inverse, which);
  lanes.replace(rests + row, signed.minusQ(rest, inverse), which);
  lanes.replace(leads + row, signed.largest(lead, rest), which);
}

/** Two classes: g of the second is p q (G_1 - G_0), that of the first its opposite. */
function pairBackward(from: usize, to: usize): void {
  const pitch = frame.pitch,
    prob = frame.prob,
    slope = frame.slope,
    grad = frame.grad,
    accumulate = frame.accumulate,
    one = lanes.one();
  for (let i = from; i < to; i += 16) {
    const small = f32x4.abs(v128.load(prob + i)),
      by = f32x4.sub(v128.load(slope + i + pitch), v128.load(slope + i)),
      g = v128.and(f32x4.mul(f32x4.mul(small, f32x4.sub(one, small)), by), pixels.valid(i));
    pixels.put(grad + i, f32x4.sub(f32x4.splat(0), g), accumulate); // not -0 where g is 0
    pixels.put(grad + i + frame.gradPitch, g, accumulate);
  }
}

function fewBackward(from: usize, to: usize): void {
  const pitch = frame.pitch,
    probPitch = frame.probPitch,
    accumulate = frame.accumulate,
    four = frame.classes == 4,
    coding = changetype<Signed>(0);
  for (let i = from; i < to; i += 16) {
    const prob = frame.prob + i,
      slope = frame.slope + i;
    let p3 = f32x4.splat(0),
      g3 = p3;
    if (four) {
      p3 = coding.p(v128.load(prob + 3 * probPitch));
      g3 = v128.load(slope + 3 * pitch);
    }
    rivals.put(
      frame.grad + i,
      pixels.valid(i),
      accumulate,
      coding.p(v128.load(prob)),
      coding.p(v128.load(prob + probPitch)),
      coding.p(v128.load(prob + 2 * probPitch)),
      p3,
      v128.load(slope),
      v128.load(slope + pitch),
      v128.load(slope + 2 * pitch),
      g3,
    );
  }
}

/**
 * g_c = p_c (G_c - sum_j G_j p_j), taken about the class w of the largest p: M = sum_{j != w} (G_j - G_w) p_j, g_c =
 * p_c (G_c - G_w - M) and g_w = -p_w M. The plain form would subtract numbers that agree to 7 digits (specification
 * 1.9), and so would G_w added at last: where all but a hopeless class have one G, its part is all that is left. As
 * bits without a sign, numbers s are in the order of p: those of p > 1/2 are negative.
 */
export function softmaxBackward(from: i32, to: i32): f64 {
  if (frame.classes == 2) {
    pairBackward((<usize>from) << 2, (<usize>to) << 2);
    return 0;
  }
  if (frame.classes <= FEW) {
    fewBackward((<usize>from) << 2, (<usize>to) << 2);
    return 0;
  }
  const pitch = frame.pitch,
    probPitch = frame.probPitch,
    bytes = <usize>frame.classes * probPitch,
    gradPitch = frame.gradPitch,
    coding = changetype<Signed>(0),
    accumulate = frame.accumulate,
    zero = f32x4.splat(0);
  for (let i = (<usize>from) << 2, last = (<usize>to) << 2; i < last; i += 32) {
    const start = frame.prob + i,
      end = start + bytes,
      valid = pixels.valid(i),
      valid2 = pixels.valid(i + 16);
    let pivot = zero,
      pivot2 = zero,
      best = zero,
      best2 = zero,
      sum = zero,
      sum2 = zero;
    for (let at = start, slope = frame.slope + i; at < end; at += probPitch, slope += pitch) {
      const most = i32x4.max_u(best, v128.load(at)),
        most2 = i32x4.max_u(best2, v128.load(at, 16));
      pivot = v128.bitselect(pivot, v128.load(slope), i32x4.eq(most, best));
      pivot2 = v128.bitselect(pivot2, v128.load(slope, 16), i32x4.eq(most2, best2));
      best = most;
      best2 = most2;
    }
    for (let at = start, slope = frame.slope + i; at < end; at += probPitch, slope += pitch) {
      sum = f32x4.add(sum, f32x4.mul(f32x4.sub(v128.load(slope), pivot), v128.load(at)));
      sum2 = f32x4.add(sum2, f32x4.mul(f32x4.sub(v128.load(slope, 16), pivot2), v128.load(at, 16)));
    }
    for (let at = start, slope = frame.slope + i, out = frame.grad + i; at < end; at += probPitch) {
      const g = f32x4.sub(f32x4.sub(v128.load(slope), pivot), sum),
        g2 = f32x4.sub(f32x4.sub(v128.load(slope, 16), pivot2), sum2);
      pixels.put(out, v128.and(f32x4.mul(coding.p(v128.load(at)), g), valid), accumulate);
      pixels.put(out + 16, v128.and(f32x4.mul(coding.p(v128.load(at, 16)), g2), valid2), accumulate);
      slope += pitch;
      out += gradPitch;
    }
  }
  return 0;
}

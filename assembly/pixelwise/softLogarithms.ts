import { leads, rests } from "../activation/exponentials";
import { inverses, softmaxShares } from "../activation/softmax";
import { doubles } from "../math/doubles";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { softValue } from "./soft";
import { BEYOND, logarithms, ODDS, odds, STEEP, SUM, TOTAL, VALUE } from "./units";

/**
 * Soft targets where F is u itself: then no class, or answer, needs units of its own. All are -1 where the value is no
 * number, as where a weight of 0 meets an infinite logit; of two answers, the gradients are right also then, of more
 * they have not been written.
 */

/**
 * Softmax, with tau a class's weight times its target, T their sum, m the largest logit and q of its class: the value
 * is the sum of tau (m - z) and T log(1 / (1 - q)), of which no term is negative. The gradient T p - tau cancels no
 * more than itself where p <= 1/2; beyond, it is (T - tau) p - tau q, T - tau added up.
 */
export function softLogarithms(from: usize, to: usize): f64 {
  const prob = frame.prob,
    pitch = frame.probPitch,
    predPitch = frame.predPitch,
    targetPitch = frame.targetPitch,
    bytes = <usize>frame.classes * pitch,
    one = lanes.one();
  // The exponentials stand where those of other blocks did, and so in the caches.
  frame.prob = prob - from;
  softmaxShares(from, to);
  frame.prob = prob;
  for (let i = from, row: usize = 0; i < to; i += 32, row += 32) {
    const unit = frame.rows + row,
      first = frame.pred + i,
      lead = v128.load(leads + row),
      lead2 = v128.load(leads + row, 16),
      q = lanes.negative(v128.load(rests + row)),
      q2 = lanes.negative(v128.load(rests + row, 16));
    let most = v128.load(first),
      most2 = v128.load(first, 16);
    for (let z = first + predPitch, end = first + <usize>frame.classes * predPitch; z < end; z += predPitch) {
      most = f32x4.pmax(most, v128.load(z));
      most2 = f32x4.pmax(most2, v128.load(z, 16));
    }
    let gaps = f32x4.splat(0),
      gaps2 = gaps,
      whole = gaps,
      whole2 = gaps,
      rest = gaps,
      rest2 = gaps,
      z = first,
      target = frame.target + i,
      factor = frame.classTable;
    for (let at = prob + row, end = at + bytes; at < end; at += pitch) {
      const by = v128.load32_splat(factor),
        tau = f32x4.mul(by, v128.load(target)),
        tau2 = f32x4.mul(by, v128.load(target, 16));
      gaps = f32x4.add(gaps, f32x4.mul(tau, f32x4.sub(most, v128.load(z))));
      gaps2 = f32x4.add(gaps2, f32x4.mul(tau2, f32x4.sub(most2, v128.load(z, 16))));
      whole = f32x4.add(whole, tau);
      whole2 = f32x4.add(whole2, tau2);
      rest = f32x4.add(rest, v128.andnot(tau, f32x4.eq(v128.load(at), lead)));
      rest2 = f32x4.add(rest2, v128.andnot(tau2, f32x4.eq(v128.load(at, 16), lead2)));
      z += predPitch;
      target += targetPitch;
      factor += 4;
    }
    v128.store(unit, f32x4.div(q, f32x4.sub(one, q)), ODDS);
    v128.store(unit, f32x4.div(q2, f32x4.sub(one, q2)), ODDS + 16);
    v128.store(unit, f32x4.splat(0), BEYOND);
    v128.store(unit, f32x4.splat(0), BEYOND + 16);
    v128.store(unit, gaps, TOTAL);
    v128.store(unit, gaps2, TOTAL + 16);
    v128.store(unit, whole, SUM);
    v128.store(unit, whole2, SUM + 16);
    v128.store(unit, rest, STEEP);
    v128.store(unit, rest2, STEEP + 16);
  }
  logarithms(from, to);
  for (let unit = frame.rows, end = unit + (to - from); unit < end; unit += 16)
    v128.store(unit, f32x4.add(v128.load(unit, TOTAL), f32x4.mul(v128.load(unit, SUM), v128.load(unit, VALUE))), TOTAL);
  const sum = softValue(from, to);
  if (!(sum >= 0)) return -1;
  if (frame.grad) softSlopes(from, to);
  return sum;
}

function softSlopes(from: usize, to: usize): void {
  const pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch,
    accumulate = frame.accumulate;
  for (let i = from, row: usize = 0; i < to; i += 16, row += 16) {
    const unit = frame.rows + row,
      valid = pixels.valid(i),
      lead = v128.load(leads + row),
      weight = f32x4.mul(pixels.weight(0, i), f32x4.splat(frame.scale)),
      share = f32x4.mul(weight, v128.load(inverses + row)),
      whole = f32x4.mul(share, v128.load(unit, SUM)),
      rest = f32x4.mul(share, v128.load(unit, STEEP)),
      q = lanes.negative(f32x4.mul(weight, v128.load(rests + row)));
    let out = frame.grad + i,
      target = frame.target + i,
      factor = frame.classTable;
    for (let at = frame.prob + row, end = at + bytes; at < end; at += pitch) {
      const e = v128.load(at),
        leading = f32x4.eq(e, lead),
        tau = f32x4.mul(v128.load32_splat(factor), v128.load(target)),
        g = f32x4.sub(
          f32x4.mul(e, v128.bitselect(rest, whole, leading)),
          f32x4.mul(tau, v128.bitselect(q, weight, leading)),
        );
      pixels.put(out, v128.and(g, valid), accumulate);
      out += frame.gradPitch;
      target += frame.targetPitch;
      factor += 4;
    }
  }
}

/** Two classes: the second's answers as a channel of the logits' difference. */
export function softPairLogarithms(from: usize, to: usize): f64 {
  const next = frame.target + frame.targetPitch,
    table = frame.classTable,
    grad = frame.grad ? frame.grad + frame.gradPitch : 0;
  return softAnswers(from, to, 0, frame.pred, frame.target, next, load<f32>(table, 4), load<f32>(table), grad);
}

/** Independent channels. */
export function softEntryLogarithms(c: usize, from: usize, to: usize): f64 {
  const table = frame.classTable + (c << 3),
    grad = frame.grad ? frame.grad + c * frame.gradPitch : 0;
  return softAnswers(
    from,
    to,
    c,
    0,
    0,
    frame.target + c * frame.targetPitch,
    load<f32>(table),
    load<f32>(table, 4),
    grad,
  );
}

/**
 * Two answers, of which the other one's target is given, or 1 - t. With x a plane's logit, or how far it lies above
 * of `other`, and u = log(1 + e^-|x|), the answer that x speaks for costs u, the other u + |x|.
 */
function softAnswers(
  from: usize,
  to: usize,
  c: usize,
  other: usize,
  otherTarget: usize,
  target: usize,
  yes: f32,
  no: f32,
  grad: usize,
): f64 {
  const plane = other ? other + frame.predPitch : frame.pred + c * frame.predPitch,
    units = frame.units ? frame.units + c * frame.pitch : 0,
    scale = f32x4.splat(frame.scale),
    accumulate = frame.accumulate,
    zero = f32x4.splat(0),
    one = lanes.one();
  for (let i = from, unit = frame.rows; i < to; i += 32, unit += 32) {
    let x = v128.load(plane + i),
      x2 = v128.load(plane + i, 16);
    if (other) {
      x = f32x4.sub(x, v128.load(other + i));
      x2 = f32x4.sub(x2, v128.load(other + i, 16));
    }
    v128.store(unit, x, SUM);
    v128.store(unit, x2, SUM + 16);
    odds.put(unit, lanes.minusAbs(x), lanes.minusAbs(x2));
  }
  logarithms(from, to);
  let total = f64x2.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const x = v128.load(unit, SUM),
      below = i32x4.shr_s(x, 31),
      t = v128.load(target + i),
      rest = otherTarget ? v128.load(otherTarget + i) : f32x4.sub(one, t),
      valid = pixels.valid(i),
      weight = pixels.weight(c, i),
      up = f32x4.mul(f32x4.mul(weight, f32x4.splat(yes)), t),
      down = f32x4.mul(f32x4.mul(weight, f32x4.splat(no)), rest),
      likely = v128.bitselect(down, up, below),
      unlikely = v128.bitselect(up, down, below);
    const e = v128.load(unit, ODDS),
      u = v128.load(unit, VALUE),
      costs = f32x4.add(f32x4.mul(likely, u), f32x4.mul(unlikely, f32x4.add(u, f32x4.abs(x)))),
      value = v128.and(costs, valid);
    total = f64x2.add(total, doubles.folded(value));
    if (units) pixels.rank(units + i, value, valid);
    if (!grad) continue;
    const large = f32x4.div(scale, f32x4.add(one, e)),
      away = f32x4.mul(large, f32x4.sub(unlikely, f32x4.mul(likely, e))),
      g = v128.and(v128.xor(away, v128.and(below, lanes.sign())), valid);
    pixels.put(grad + i, g, accumulate);
    if (other) pixels.put(frame.grad + i, f32x4.sub(zero, g), accumulate); // not -0 where g is 0
  }
  const sum = doubles.sum(total);
  return sum >= 0 ? sum : -1;
}

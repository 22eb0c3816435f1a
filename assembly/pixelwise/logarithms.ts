import { FEW, shares } from "../activation/exponentials";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { own } from "../tile/own";
import { pixels } from "../tile/pixels";
import { product, weighed, weighing } from "./products";
import { multiply } from "./shares";
import { ODDS, odds, STEEP, SUM, VALUE } from "./units";

/**
 * Labels where F is u itself, so that -dF/dx is q, and all classes weigh the same: values and gradients in one sweep.
 * Without weights of pixels a sum of u is the logarithm of a product, as (1 + a)(1 + b) - 1 = a + b + ab loses nothing
 * of small odds; where odds are too large for that, it is -1.
 */

/** The sum over a channel's entries, weighted. Gradients are right also where it is -1. */
export function entryLogarithms(c: usize, from: usize, to: usize): f64 {
  const plane = frame.pred + c * frame.predPitch,
    grad = frame.grad ? frame.grad + c * frame.gradPitch : 0,
    label = <i32>c + frame.firstLabel;
  const units = frame.units ? frame.units + c * frame.pitch : 0;
  return twoAnswers(from, to, plane, 0, label, grad, 0, units, load<f32>(frame.classTable + (c << 3)));
}

/** The same over pixels of two classes. */
export function pairLogarithms(from: usize, to: usize): f64 {
  const grad = frame.grad,
    next = grad ? grad + frame.gradPitch : 0,
    plane = frame.pred + frame.predPitch;
  return twoAnswers(from, to, plane, frame.pred, 1, next, grad, frame.units, load<f32>(frame.classTable));
}

/**
 * Two answers. x is a plane's logit, or how far it lies above that of `other`, whose gradient is the opposite. Four
 * vectors share the constants of the exponential, and nothing is stored but the gradient (three quarters of the time).
 */
function twoAnswers(
  from: usize,
  to: usize,
  plane: usize,
  other: usize,
  label: i32,
  grad: usize,
  otherGrad: usize,
  units: usize,
  weight: f32,
): f64 {
  const labels = frame.labels,
    weights = frame.unitWeights,
    scale = f32x4.splat(weight * frame.scale),
    accumulate = frame.accumulate;
  let small = i32x4.splat(-1);
  for (let i = from; i < to; i += 64) {
    const at = plane + i;
    let a = v128.load(at),
      b = v128.load(at, 16),
      c = v128.load(at, 32),
      d = v128.load(at, 48);
    if (other) {
      const below = other + i;
      a = f32x4.sub(a, v128.load(below));
      b = f32x4.sub(b, v128.load(below, 16));
      c = f32x4.sub(c, v128.load(below, 32));
      d = f32x4.sub(d, v128.load(below, 48));
    }
    const by = labels + i,
      wanted = i32x4.splat(label),
      lA = v128.load(by),
      lB = v128.load(by, 16),
      lC = v128.load(by, 32),
      lD = v128.load(by, 48),
      // The sign where the answer is yes.
      upA = i32x4.shl(i32x4.eq(lA, wanted), 31),
      upB = i32x4.shl(i32x4.eq(lB, wanted), 31),
      upC = i32x4.shl(i32x4.eq(lC, wanted), 31),
      upD = i32x4.shl(i32x4.eq(lD, wanted), 31);
    a = v128.andnot(odds.of(v128.xor(a, upA)), i32x4.shr_s(lA, 31));
    b = v128.andnot(odds.of(v128.xor(b, upB)), i32x4.shr_s(lB, 31));
    c = v128.andnot(odds.of(v128.xor(c, upC)), i32x4.shr_s(lC, 31));
    d = v128.andnot(odds.of(v128.xor(d, upD)), i32x4.shr_s(lD, 31));
    if (weights || units) {
      small = v128.and(small, product.small(f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d))));
      weighing.keep(frame.rows + (i - from), a, b, c, d);
    } else {
      const all = product.of(a, b, c, d);
      small = v128.and(small, product.small(all));
      product.keep(i - from, all);
    }
    if (!grad) continue;
    a = f32x4.mul(odds.against(a), scale);
    b = f32x4.mul(odds.against(b), scale);
    c = f32x4.mul(odds.against(c), scale);
    d = f32x4.mul(odds.against(d), scale);
    if (weights) {
      const w = weights + i;
      a = f32x4.mul(a, v128.load(w));
      b = f32x4.mul(b, v128.load(w, 16));
      c = f32x4.mul(c, v128.load(w, 32));
      d = f32x4.mul(d, v128.load(w, 48));
    }
    const out = grad + i,
      gA = v128.xor(a, upA),
      gB = v128.xor(b, upB),
      gC = v128.xor(c, upC),
      gD = v128.xor(d, upD);
    pixels.put(out, gA, accumulate);
    pixels.put(out + 16, gB, accumulate);
    pixels.put(out + 32, gC, accumulate);
    pixels.put(out + 48, gD, accumulate);
    if (!otherGrad) continue;
    const beside = otherGrad + i;
    pixels.put(beside, lanes.negative(gA), accumulate);
    pixels.put(beside + 16, lanes.negative(gB), accumulate);
    pixels.put(beside + 32, lanes.negative(gC), accumulate);
    pixels.put(beside + 48, lanes.negative(gD), accumulate);
  }
  if (!i32x4.all_true(small)) return -1;
  return (weights || units ? weighed(from, to, units, weight) : product.logarithms(to - from)) * <f64>weight;
}

/**
 * The sum over pixels of more classes, from their shares: q / others is 1 over the sum of all. Where it is -1, there
 * are no gradients yet.
 */
export function shareLogarithms(from: usize, to: usize): f64 {
  const weight = load<f32>(frame.classTable),
    weights = frame.unitWeights,
    units = frame.units,
    scale = f32x4.splat(weight * frame.scale),
    grad = frame.grad != 0,
    bounds = shares.bounds,
    few = frame.classes <= FEW;
  let small = i32x4.splat(-1);
  for (let i = from, row: usize = 0; i < to; i += 64, row += 64) {
    const unit = frame.rows + row,
      valid = pixels.valid(i),
      valid2 = pixels.valid(i + 16),
      valid3 = pixels.valid(i + 32),
      valid4 = pixels.valid(i + 48),
      a = share.odds(unit, valid),
      b = share.odds(unit + 16, valid2),
      c = share.odds(unit + 32, valid3),
      d = share.odds(unit + 48, valid4),
      all = product.of(a, b, c, d),
      usual = v128.and(
        v128.and(share.usual(unit, valid, bounds), share.usual(unit + 16, valid2, bounds)),
        v128.and(share.usual(unit + 32, valid3, bounds), share.usual(unit + 48, valid4, bounds)),
      );
    small = v128.and(small, v128.and(usual, product.small(all)));
    if (weights || units) weighing.keep(unit, a, b, c, d);
    else product.keep(row, all);
    if (!grad) continue;
    share.put(unit, row, valid, scale, few);
    share.put(unit + 16, row + 16, valid2, scale, few);
    share.put(unit + 32, row + 32, valid3, scale, few);
    share.put(unit + 48, row + 48, valid4, scale, few);
    if (weights)
      for (let at: usize = 0; at < 64; at += 16)
        v128.store(unit + at, f32x4.mul(v128.load(unit + at, STEEP), v128.load(weights + i + at)), STEEP);
  }
  if (!i32x4.all_true(small)) return -1;
  if (grad) multiply(from, to);
  return (weights || units ? weighed(from, to, units, weight) : product.logarithms(to - from)) * <f64>weight;
}

@final
class share {
  @inline static odds(unit: usize, valid: v128): v128 {
    return v128.and(f32x4.div(v128.load(unit, SUM), v128.load(unit, ODDS)), valid);
  }
  @inline static usual(unit: usize, valid: v128, bounds: usize): v128 {
    return v128.not(v128.and(shares.extreme(v128.load(unit, ODDS), v128.load(unit, SUM), bounds), valid));
  }
  @inline static put(unit: usize, row: usize, valid: v128, scale: v128, few: bool): void {
    const others = v128.load(unit, SUM);
    v128.store(unit, v128.and(f32x4.div(scale, f32x4.add(v128.load(unit, ODDS), others)), valid), STEEP);
    if (!few) own.store(row, lanes.negative(others));
  }
}

import { exponentials, FEW, shares } from "../activation/exponentials";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { own } from "../tile/own";
import { pixels } from "../tile/pixels";
import { ODDS, STEEP, SUM } from "./units";

/** Exponentials of all classes; those of the own ones in the row of the odds, sums of the others in theirs. */
export function labelShares(from: usize, to: usize): void {
  exponentials(from, to);
  if (frame.classes <= FEW) {
    sortFew(from, to);
    return;
  }
  own.take(frame.prob, frame.probPitch, from, to, frame.rows + ODDS);
  addOthers(from, to);
}

/** Few classes: comparing tells the own one from the others, which is cheaper than to look it up; the first's is 1. */
function sortFew(from: usize, to: usize): void {
  const pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch,
    labels = frame.labels,
    one = lanes.one(),
    next = i32x4.splat(1);
  for (let i = from, unit = frame.rows; i < to; i += 32, unit += 32) {
    const label = v128.load(labels + i),
      label2 = v128.load(labels + i, 16),
      first = frame.prob + i;
    let key = next,
      mine = one,
      mine2 = one,
      others = v128.and(one, i32x4.ge_s(label, next)),
      others2 = v128.and(one, i32x4.ge_s(label2, next));
    for (let at = first + pitch, end = first + bytes; at < end; at += pitch) {
      const e = v128.load(at),
        e2 = v128.load(at, 16),
        same = i32x4.eq(label, key),
        same2 = i32x4.eq(label2, key);
      mine = v128.bitselect(e, mine, same);
      mine2 = v128.bitselect(e2, mine2, same2);
      others = f32x4.add(others, v128.andnot(e, same));
      others2 = f32x4.add(others2, v128.andnot(e2, same2));
      key = i32x4.add(key, next);
    }
    v128.store(unit, mine, ODDS);
    v128.store(unit, mine2, ODDS + 16);
    v128.store(unit, others, SUM);
    v128.store(unit, others2, SUM + 16);
  }
}

/** The sums of the planes, to the row of the sums. */
function addOthers(from: usize, to: usize): void {
  const pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch,
    zero = f32x4.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 64, unit += 64) {
    let a = zero,
      b = zero,
      c = zero,
      d = zero;
    for (let at = frame.prob + i, end = at + bytes; at < end; at += pitch) {
      a = f32x4.add(a, v128.load(at));
      b = f32x4.add(b, v128.load(at, 16));
      c = f32x4.add(c, v128.load(at, 32));
      d = f32x4.add(d, v128.load(at, 48));
    }
    v128.store(unit, a, SUM);
    v128.store(unit, b, SUM + 16);
    v128.store(unit, c, SUM + 32);
    v128.store(unit, d, SUM + 48);
  }
}

/** k times the planes, to the gradient. */
export function multiply(from: usize, to: usize): void {
  let ignored = i32x4.splat(0);
  for (let i = from; i < to; i += 16) ignored = v128.or(ignored, v128.load(frame.labels + i));
  if (i32x4.bitmask(ignored)) for (let i = from; i < to; i += 16) shares.silence(frame.prob + i, pixels.valid(i));
  const pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch,
    gradPitch = frame.gradPitch,
    accumulate = frame.accumulate;
  if (frame.classes <= FEW) {
    multiplyFew(from, to);
    return;
  }
  for (let i = from, unit = frame.rows; i < to; i += 64, unit += 64) {
    const first = frame.prob + i;
    const a = v128.load(unit, STEEP),
      b = v128.load(unit, STEEP + 16),
      c = v128.load(unit, STEEP + 32),
      d = v128.load(unit, STEEP + 48);
    for (let at = first, out = frame.grad + i, last = first + bytes; at < last; at += pitch, out += gradPitch) {
      let gA = f32x4.mul(a, v128.load(at)),
        gB = f32x4.mul(b, v128.load(at, 16)),
        gC = f32x4.mul(c, v128.load(at, 32)),
        gD = f32x4.mul(d, v128.load(at, 48));
      if (accumulate) {
        gA = f32x4.add(gA, v128.load(out));
        gB = f32x4.add(gB, v128.load(out, 16));
        gC = f32x4.add(gC, v128.load(out, 32));
        gD = f32x4.add(gD, v128.load(out, 48));
      }
      v128.store(out, gA);
      v128.store(out, gB, 16);
      v128.store(out, gC, 32);
      v128.store(out, gD, 48);
    }
  }
}

/** The same of few classes: the own ones' exponentials still stand where minus the sum of the others belongs. */
function multiplyFew(from: usize, to: usize): void {
  const pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch,
    gradPitch = frame.gradPitch,
    accumulate = frame.accumulate,
    labels = frame.labels,
    next = i32x4.splat(1);
  for (let i = from, unit = frame.rows; i < to; i += 32, unit += 32) {
    const first = frame.prob + i,
      label = v128.load(labels + i),
      label2 = v128.load(labels + i, 16),
      k = v128.load(unit, STEEP),
      k2 = v128.load(unit, STEEP + 16),
      mine = lanes.negative(v128.load(unit, SUM)),
      mine2 = lanes.negative(v128.load(unit, SUM + 16));
    let key = i32x4.splat(0);
    for (let at = first, out = frame.grad + i, end = first + bytes; at < end; at += pitch, out += gradPitch) {
      const x = v128.bitselect(mine, v128.load(at), i32x4.eq(label, key)),
        x2 = v128.bitselect(mine2, v128.load(at, 16), i32x4.eq(label2, key));
      pixels.put(out, f32x4.mul(k, x), accumulate);
      pixels.put(out + 16, f32x4.mul(k2, x2), accumulate);
      key = i32x4.add(key, next);
    }
  }
}

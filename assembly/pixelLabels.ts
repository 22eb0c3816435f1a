import { frame } from "./frame";
import { lanes } from "./math/lanes";
import { pixels } from "./pixels";
import { FOREGROUND, GAP, STEEP, SUM, VALUE } from "./units";

/** Two classes: the other one is the largest other. */
function pairUnits(from: usize, to: usize): void {
  const pitch = frame.pitch,
    one = lanes.one();
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const first = v128.load(frame.pred + i),
      second = v128.load(frame.pred + pitch + i),
      foreground = i32x4.gt_s(v128.load(frame.labels + i), i32x4.splat(0));
    const difference = f32x4.sub(second, first);
    v128.store(unit, v128.bitselect(difference, f32x4.neg(difference), foreground), GAP);
    v128.store(unit, one, SUM);
    v128.store(unit, foreground, FOREGROUND);
    v128.store(frame.prob + i, one);
    v128.store(frame.prob + pitch + i, one);
  }
}

/** Softmax and labels: gap and sum of the label's class; prob takes exp(other - largest other). */
export function labelUnits(from: usize, to: usize): void {
  if (frame.classes == 2) {
    pairUnits(from, to);
    return;
  }
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch,
    pred = frame.pred,
    prob = frame.prob;
  const lowest = f32x4.splat(-f32.MAX_VALUE);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    if (pixels.skipped(i)) continue;
    const labels = v128.load(frame.labels + i);
    let largest = lowest,
      own = f32x4.splat(0),
      label = i32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += pitch) {
      const z = v128.load(pred + c + i),
        mine = i32x4.eq(labels, label),
        other = v128.bitselect(lowest, z, mine);
      own = v128.bitselect(z, own, mine);
      largest = f32x4.pmax(largest, other);
      v128.store(prob + c + i, other);
      label = i32x4.add(label, i32x4.splat(1));
    }
    let sum = f32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += pitch) {
      const e = lanes.expShare(f32x4.sub(v128.load(prob + c + i), largest));
      sum = f32x4.add(sum, e);
      v128.store(prob + c + i, e);
    }
    v128.store(unit, f32x4.sub(own, largest), GAP);
    v128.store(unit, sum, SUM);
    v128.store(unit, i32x4.gt_s(labels, i32x4.splat(0)), FOREGROUND);
  }
}

/** dL/dz of the label's class is -k, of another k exp(other) / sum. */
export function labelGradient(from: usize, to: usize): f64 {
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch,
    prob = frame.prob,
    grad = frame.grad,
    scale = f32x4.splat(frame.scale);
  const table = frame.classTable,
    uniform = frame.uniform,
    same = v128.load32_splat(table),
    accumulate = frame.accumulate,
    zero = f32x4.splat(0);
  let total = zero;
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const labels = v128.load(frame.labels + i),
      valid = i32x4.ge_s(labels, i32x4.splat(0));
    if (pixels.skipped(i)) {
      if (frame.units) pixels.rank(frame.units + i, zero, valid);
      if (grad && !accumulate) for (let at = grad + i, end = at + bytes; at < end; at += pitch) v128.store(at, zero);
      continue;
    }
    const weight = f32x4.mul(pixels.weight(0, i), uniform ? same : lanes.lookup(table, frame.labels + i));
    const value = v128.and(f32x4.mul(weight, v128.load(unit, VALUE)), valid);
    if (frame.units) pixels.rank(frame.units + i, value, valid);
    total = f32x4.add(total, value);
    if (!grad) continue;
    const k = v128.and(f32x4.mul(f32x4.mul(weight, scale), v128.load(unit, STEEP)), valid);
    const own = f32x4.neg(k),
      others = v128.and(f32x4.div(k, v128.load(unit, SUM)), valid);
    let label = i32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += pitch) {
      const g = v128.and(f32x4.mul(others, v128.load(prob + c + i)), valid);
      pixels.put(grad + c + i, v128.bitselect(own, g, i32x4.eq(labels, label)), accumulate);
      label = i32x4.add(label, i32x4.splat(1));
    }
  }
  return lanes.sum(total);
}

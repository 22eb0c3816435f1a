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
    v128.store(unit, v128.bitselect(difference, lanes.negative(difference), foreground), GAP);
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
  const lowest = lanes.lowest(),
    zero = f32x4.splat(0);
  // Two vectors at a time share the constants of the exponential.
  for (let i = from, unit = frame.rows; i < to; i += 32, unit += 32) {
    const labels = v128.load(frame.labels + i),
      labels2 = v128.load(frame.labels + i, 16);
    let largest = lowest,
      largest2 = lowest,
      own = zero,
      own2 = zero,
      label = i32x4.splat(0);
    for (let c: usize = i; c < bytes + i; c += pitch) {
      const z = v128.load(pred + c),
        z2 = v128.load(pred + c, 16),
        mine = i32x4.eq(labels, label),
        mine2 = i32x4.eq(labels2, label);
      const other = v128.bitselect(lowest, z, mine),
        other2 = v128.bitselect(lowest, z2, mine2);
      own = v128.bitselect(z, own, mine);
      own2 = v128.bitselect(z2, own2, mine2);
      largest = f32x4.pmax(largest, other);
      largest2 = f32x4.pmax(largest2, other2);
      v128.store(prob + c, other);
      v128.store(prob + c, other2, 16);
      label = i32x4.sub(label, i32x4.splat(-1)); // all bits set: V8 builds other constants anew each time
    }
    let sum = zero,
      sum2 = zero;
    for (let c: usize = i; c < bytes + i; c += pitch) {
      const e = lanes.expShare(f32x4.sub(v128.load(prob + c), largest)),
        e2 = lanes.expShare(f32x4.sub(v128.load(prob + c, 16), largest2));
      sum = f32x4.add(sum, e);
      sum2 = f32x4.add(sum2, e2);
      v128.store(prob + c, e);
      v128.store(prob + c, e2, 16);
    }
    v128.store(unit, f32x4.sub(own, largest), GAP);
    v128.store(unit, f32x4.sub(own2, largest2), GAP + 16);
    v128.store(unit, sum, SUM);
    v128.store(unit, sum2, SUM + 16);
    v128.store(unit, i32x4.gt_s(labels, zero), FOREGROUND);
    v128.store(unit, i32x4.gt_s(labels2, zero), FOREGROUND + 16);
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
      valid = i32x4.gt_s(labels, i32x4.splat(-1));
    const weight = f32x4.mul(pixels.weight(0, i), uniform ? same : lanes.lookup(table, frame.labels + i));
    const value = v128.and(f32x4.mul(weight, v128.load(unit, VALUE)), valid);
    if (frame.units) pixels.rank(frame.units + i, value, valid);
    total = f32x4.add(total, value);
    if (!grad) continue;
    const k = v128.and(f32x4.mul(f32x4.mul(weight, scale), v128.load(unit, STEEP)), valid);
    const own = lanes.negative(k),
      others = v128.and(f32x4.div(k, v128.load(unit, SUM)), valid);
    let label = i32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += pitch) {
      const g = v128.and(f32x4.mul(others, v128.load(prob + c + i)), valid);
      pixels.put(grad + c + i, v128.bitselect(own, g, i32x4.eq(labels, label)), accumulate);
      label = i32x4.sub(label, i32x4.splat(-1)); // all bits set: V8 builds other constants anew each time
    }
  }
  return lanes.sum(total);
}

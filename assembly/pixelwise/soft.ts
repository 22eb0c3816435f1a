import { doubles } from "../math/doubles";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import {
  FOREGROUND,
  GAINS,
  LARGEST,
  LEAD,
  LEADER,
  ODDS,
  odds,
  RUNNERS,
  SECOND,
  STEEP,
  SUM,
  TOTAL,
  VALUE,
} from "./units";

/** Softmax and soft targets, once a block: prob takes exp(z - second largest), and -1 for the (first) largest. */
export function softForward(from: usize, to: usize): void {
  const pitch = frame.predPitch,
    bytes = <usize>frame.classes * pitch,
    pred = frame.pred;
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    let largest = v128.load(pred + i),
      second = lanes.lowest();
    for (let c = pitch; c < bytes; c += pitch) {
      const z = v128.load(pred + c + i);
      second = f32x4.pmax(second, f32x4.pmin(largest, z));
      largest = f32x4.pmax(largest, z);
    }
    let sum = f32x4.splat(0),
      found = i32x4.splat(0);
    for (let c: usize = 0, out = frame.prob + i; c < bytes; c += pitch, out += frame.pitch) {
      const z = v128.load(pred + c + i),
        first = v128.andnot(f32x4.eq(z, largest), found);
      const e = lanes.expNegative(f32x4.sub(z, second)); // of no use, but finite, for the largest
      found = v128.or(found, first);
      sum = f32x4.add(sum, v128.andnot(e, first));
      v128.store(out, v128.bitselect(f32x4.splat(-1), e, first));
    }
    v128.store(unit, largest, LARGEST);
    v128.store(unit, f32x4.sub(largest, second), LEAD);
    v128.store(unit, lanes.expNegative(f32x4.sub(second, largest)), SECOND);
    v128.store(unit, sum, RUNNERS);
    v128.store(unit, f32x4.splat(0), TOTAL);
    v128.store(unit, f32x4.splat(0), GAINS);
    v128.store(unit, f32x4.splat(0), LEADER);
  }
}

/** Soft targets: steps that several passes over a row share. */
@final
class softRow {
  /** The sum of the others over the largest of them, of the class with e = exp(z - second largest). */
  @inline static sum(e: v128, leads: v128, unit: usize): v128 {
    const runners = v128.load(unit, RUNNERS),
      rest = f32x4.mul(f32x4.sub(runners, e), v128.load(unit, SECOND));
    return v128.bitselect(runners, f32x4.add(lanes.one(), rest), leads);
  }

  @inline static value(i: usize, unit: usize): v128 {
    const value = v128.and(f32x4.mul(pixels.weight(0, i), v128.load(unit, TOTAL)), pixels.valid(i));
    if (frame.units) pixels.rank(frame.units + i, value, pixels.valid(i));
    return value;
  }
}

export function softUnits(c: usize, from: usize, to: usize): void {
  const plane = c * frame.pitch,
    pred = frame.pred + c * frame.predPitch,
    foreground = i32x4.splat(c ? -1 : 0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const e = v128.load(frame.prob + plane + i),
      leads = i32x4.shr_s(e, 31);
    const minusGap = f32x4.sub(v128.load(unit, LARGEST), v128.load(pred + i)),
      minusLead = lanes.negative(v128.load(unit, LEAD));
    const sum = softRow.sum(e, leads, unit);
    odds.putSum(unit, v128.bitselect(minusLead, minusGap, leads), sum);
    v128.store(unit, sum, SUM);
    v128.store(unit, foreground, FOREGROUND);
  }
}

export function softCollect(c: usize, from: usize, to: usize): void {
  const plane = c * frame.pitch,
    target = frame.target + c * frame.targetPitch,
    factor = v128.load32_splat(frame.classTable + (c << 2));
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const tau = f32x4.mul(factor, v128.load(target + i)),
      leads = i32x4.shr_s(v128.load(frame.prob + plane + i), 31);
    const d = f32x4.mul(tau, v128.load(unit, STEEP)),
      gain = f32x4.div(d, v128.load(unit, SUM));
    v128.store(unit, f32x4.add(v128.load(unit, TOTAL), f32x4.mul(tau, v128.load(unit, VALUE))), TOTAL);
    v128.store(unit, v128.bitselect(d, v128.load(unit, LEADER), leads), LEADER);
    v128.store(unit, f32x4.add(v128.load(unit, GAINS), v128.andnot(gain, leads)), GAINS);
    v128.store(frame.slope + plane + i, d);
  }
}

/**
 * With d_c = tau_c steepness_c, dL/dz_j = sum_{c != j} d_c p_j / q_c - d_j. For all but the largest p_j = e_j behind /
 * total and q_j = sum_j / total; the largest has p_j / q = e_j / runners for the others, which stays exact when q
 * vanishes.
 */
export function softGradient(from: usize, to: usize): f64 {
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch,
    accumulate = frame.accumulate;
  let total = f64x2.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    total = f64x2.add(total, doubles.folded(softRow.value(i, unit)));
    if (!frame.grad) continue;
    const scale = f32x4.mul(pixels.weight(0, i), f32x4.splat(frame.scale)),
      valid = pixels.valid(i);
    const gains = v128.load(unit, GAINS),
      leader = v128.load(unit, LEADER),
      behind = v128.load(unit, SECOND);
    const fromLeader = f32x4.div(leader, v128.load(unit, RUNNERS));
    for (let c: usize = 0, out = frame.grad + i; c < bytes; c += pitch, out += frame.gradPitch) {
      const e = v128.load(frame.prob + c + i),
        leads = i32x4.shr_s(e, 31),
        d = v128.load(frame.slope + c + i);
      const rest = f32x4.sub(gains, f32x4.div(d, softRow.sum(e, leads, unit)));
      const g = f32x4.sub(f32x4.mul(e, f32x4.add(f32x4.mul(behind, rest), fromLeader)), d);
      pixels.put(
        out,
        v128.and(f32x4.mul(v128.bitselect(f32x4.sub(gains, leader), g, leads), scale), valid),
        accumulate,
      );
    }
  }
  return doubles.sum(total);
}

/** Competing classes as the caller's probabilities: the value of class c, and its part of the gradient. */
export function probabilityCollect(c: usize, from: usize, to: usize): void {
  const target = frame.target + c * frame.targetPitch,
    grad = frame.grad + c * frame.gradPitch,
    factor = v128.load32_splat(frame.classTable + (c << 2));
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const tau = f32x4.mul(factor, v128.load(target + i));
    v128.store(unit, f32x4.add(v128.load(unit, TOTAL), f32x4.mul(tau, v128.load(unit, VALUE))), TOTAL);
    if (!frame.grad) continue;
    const scale = f32x4.mul(f32x4.mul(tau, pixels.weight(0, i)), f32x4.splat(-frame.scale));
    pixels.put(grad + i, v128.and(f32x4.mul(scale, v128.load(unit, STEEP)), pixels.valid(i)), frame.accumulate);
  }
}

export function probabilityUnits(c: usize, from: usize, to: usize): void {
  const plane = frame.pred + c * frame.predPitch,
    foreground = i32x4.splat(c ? -1 : 0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const p = v128.load(plane + i);
    v128.store(unit, p, ODDS);
    v128.store(unit, f32x4.sub(lanes.one(), p), SUM);
    v128.store(unit, foreground, FOREGROUND);
  }
}

/** The value of all classes, where no gradient of the whole pixel follows. */
export function softValue(from: usize, to: usize): f64 {
  let total = f64x2.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16)
    total = f64x2.add(total, doubles.folded(softRow.value(i, unit)));
  return doubles.sum(total);
}

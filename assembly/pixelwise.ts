import { frame } from "./frame";
import { lanes } from "./math/lanes";
import { pixels } from "./pixels";
import { Step } from "./steps";

/**
 * Losses that are sums over units (pixels; with independent channels, entries) of tau F, tau the unit's weight times its target.
 * With logits everything follows from the log-odds of the unit's class against all others, x = gap - log(sum):
 * gap is its logit less the largest other one, sum adds up exp(other - largest other) >= 1. So nothing cancels and nothing
 * underflows before F itself does. A row holds one number for each unit of a block.
 */
@unmanaged export abstract class PixelLoss {
  /** With logits: gives F and -dF/dx to unitRow.put, from u = -log p and q = 1 - p. `unit` is for the rows below. */
  abstract evaluate(u: v128, p: v128, q: v128, unit: usize): void;
  /** Where p is the caller's: F, and its partial derivatives in dF/dp = -(byU / p + byQ). */
  abstract value(u: v128, q: v128, unit: usize): v128;
  abstract byU(u: v128, q: v128, unit: usize): v128;
  abstract byQ(u: v128, q: v128, unit: usize): v128;
}

const ROW: usize = 1024; // bytes: 256 units

const GAP: usize = 0;
const SUM: usize = ROW;
const FOREGROUND: usize = 2 * ROW;
const VALUE: usize = 3 * ROW;
const STEEP: usize = 4 * ROW; // with logits -dF/dx, with probabilities -dF/dp
const TOTAL: usize = 5 * ROW; // soft targets: the value of all classes
const LARGEST: usize = 6 * ROW; // soft targets: the largest logit
const BEHIND: usize = 7 * ROW; // soft targets: exp(second largest - largest)
const RUNNERS: usize = 8 * ROW; // soft targets: the sum of all but the largest, over the second largest
const GAINS: usize = 9 * ROW; // soft targets: the sum of tau steepness / sum over all but the largest
const LEADER: usize = 10 * ROW; // soft targets: tau steepness of the largest
const LEAD: usize = 11 * ROW; // soft targets: largest - second largest
/** What the rows take. */
export const rowsBytes: usize = 12 * ROW;

/** What a member can ask of a unit besides u, p and q. */
@final export class unitRow {
  /** All bits set where the class is not 0, or where the question is p rather than 1 - p. */
  @inline static foreground(unit: usize): v128 {
    return v128.load(unit, FOREGROUND);
  }
  @inline static gap(unit: usize): v128 {
    return v128.load(unit, GAP);
  }
  @inline static sum(unit: usize): v128 {
    return v128.load(unit, SUM);
  }
  @inline static put(unit: usize, value: v128, steepness: v128): void {
    v128.store(unit, value, VALUE);
    v128.store(unit, steepness, STEEP);
  }
}

/** The floor of probabilities under logs where the caller passes them (specification 1.2). */
const FLOOR: f32 = 1e-7;

/** Evaluates a row of units from gap and sum; where `sparse`, without those that the map leaves out. */
function fromLogits<L extends PixelLoss>(from: usize, to: usize, sparse: bool): void {
  const loss = changetype<L>(frame.options), one = lanes.one();
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    if (sparse && pixels.skipped(i)) continue;
    const gap = v128.load(unit, GAP), sum = v128.load(unit, SUM), ahead = f32x4.gt(gap, f32x4.splat(0));
    const e = lanes.expNegative(f32x4.neg(f32x4.abs(gap))), scaled = f32x4.mul(sum, e);
    const own = v128.bitselect(one, e, ahead), others = v128.bitselect(scaled, sum, ahead);
    const inverse = f32x4.div(one, f32x4.add(own, others)), p = f32x4.mul(own, inverse), q = f32x4.mul(others, inverse);
    const excess = v128.bitselect(scaled, f32x4.add(f32x4.sub(sum, one), e), ahead);
    const u = f32x4.add(f32x4.pmax(f32x4.neg(gap), f32x4.splat(0)), lanes.log1p(excess));
    loss.evaluate(u, p, q, unit);
  }
}

/** Evaluates a row of the caller's probabilities, which stand in the gap row; a floored factor has derivative 0. */
function fromProbabilities<L extends PixelLoss>(bytes: usize): void {
  const loss = changetype<L>(frame.options), floor = f32x4.splat(FLOOR), one = lanes.one();
  for (let unit = frame.rows, end = unit + bytes; unit < end; unit += 16) {
    const p = v128.load(unit, GAP), q = f32x4.sub(one, p), pFloored = f32x4.pmax(p, floor), qFloored = f32x4.pmax(q, floor);
    const u = f32x4.neg(lanes.log(pFloored));
    v128.store(unit, f32x4.splat(0), GAP);
    v128.store(unit, loss.value(u, qFloored, unit), VALUE);
    v128.store(unit, f32x4.add(
      v128.and(f32x4.div(loss.byU(u, qFloored, unit), pFloored), f32x4.ge(p, floor)),
      v128.and(loss.byQ(u, qFloored, unit), f32x4.ge(q, floor)),
    ), STEEP);
  }
}

/** Two classes: the other one is the largest other. */
function pairUnits(from: usize, to: usize): void {
  const pitch = frame.pitch, one = lanes.one();
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const first = v128.load(frame.pred + i), second = v128.load(frame.pred + pitch + i), foreground = i32x4.gt_s(v128.load(frame.labels + i), i32x4.splat(0));
    const difference = f32x4.sub(second, first);
    v128.store(unit, v128.bitselect(difference, f32x4.neg(difference), foreground), GAP);
    v128.store(unit, one, SUM);
    v128.store(unit, foreground, FOREGROUND);
    v128.store(frame.prob + i, one);
    v128.store(frame.prob + pitch + i, one);
  }
}

/** Softmax and labels: gap and sum of the label's class; prob takes exp(other - largest other). */
function labelUnits(from: usize, to: usize): void {
  const pitch = frame.pitch, bytes = <usize>frame.classes * pitch, pred = frame.pred, prob = frame.prob;
  const lowest = f32x4.splat(-f32.MAX_VALUE);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    if (pixels.skipped(i)) continue;
    const labels = v128.load(frame.labels + i);
    let largest = lowest, own = f32x4.splat(0), label = i32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += pitch) {
      const z = v128.load(pred + c + i), mine = i32x4.eq(labels, label), other = v128.bitselect(lowest, z, mine);
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
function labelGradient(from: usize, to: usize): f64 {
  const pitch = frame.pitch, bytes = <usize>frame.classes * pitch, prob = frame.prob, grad = frame.grad, scale = f32x4.splat(frame.scale);
  const table = frame.classTable, uniform = frame.uniform, same = v128.load32_splat(table), accumulate = frame.accumulate, zero = f32x4.splat(0);
  let total = zero;
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const labels = v128.load(frame.labels + i), valid = i32x4.ge_s(labels, i32x4.splat(0));
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
    const own = f32x4.neg(k), others = v128.and(f32x4.div(k, v128.load(unit, SUM)), valid);
    let label = i32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += pitch) {
      const g = v128.and(f32x4.mul(others, v128.load(prob + c + i)), valid);
      pixels.put(grad + c + i, v128.bitselect(own, g, i32x4.eq(labels, label)), accumulate);
      label = i32x4.add(label, i32x4.splat(1));
    }
  }
  return lanes.sum(total);
}

/** Softmax and soft targets, once a block: prob takes exp(z - second largest), and -1 for the (first) largest. */
function softForward(from: usize, to: usize): void {
  const pitch = frame.pitch, bytes = <usize>frame.classes * pitch, pred = frame.pred, prob = frame.prob;
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    let largest = v128.load(pred + i), second = f32x4.splat(-f32.MAX_VALUE);
    for (let c = pitch; c < bytes; c += pitch) {
      const z = v128.load(pred + c + i);
      second = f32x4.pmax(second, f32x4.pmin(largest, z));
      largest = f32x4.pmax(largest, z);
    }
    let sum = f32x4.splat(0), found = i32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += pitch) {
      const z = v128.load(pred + c + i), first = v128.andnot(f32x4.eq(z, largest), found);
      const e = lanes.expNegative(f32x4.sub(z, second)); // of no use, but finite, for the largest
      found = v128.or(found, first);
      sum = f32x4.add(sum, v128.andnot(e, first));
      v128.store(prob + c + i, v128.bitselect(f32x4.splat(-1), e, first));
    }
    v128.store(unit, largest, LARGEST);
    v128.store(unit, f32x4.sub(largest, second), LEAD);
    v128.store(unit, lanes.expNegative(f32x4.sub(second, largest)), BEHIND);
    v128.store(unit, sum, RUNNERS);
    v128.store(unit, f32x4.splat(0), TOTAL);
    v128.store(unit, f32x4.splat(0), GAINS);
    v128.store(unit, f32x4.splat(0), LEADER);
  }
}

/** Soft targets: steps that several passes over a row share. */
@final class softRow {
  /** The sum of the others over the largest of them, of the class with e = exp(z - second largest). */
  @inline static sum(e: v128, leads: v128, unit: usize): v128 {
    const runners = v128.load(unit, RUNNERS), rest = f32x4.mul(f32x4.sub(runners, e), v128.load(unit, BEHIND));
    return v128.bitselect(runners, f32x4.add(lanes.one(), rest), leads);
  }

  @inline static value(i: usize, unit: usize): v128 {
    const value = v128.and(f32x4.mul(pixels.weight(0, i), v128.load(unit, TOTAL)), pixels.valid(i));
    if (frame.units) pixels.rank(frame.units + i, value, pixels.valid(i));
    return value;
  }
}

function softUnits(c: usize, from: usize, to: usize): void {
  const plane = c * frame.pitch, foreground = i32x4.splat(c ? -1 : 0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const e = v128.load(frame.prob + plane + i), leads = i32x4.shr_s(e, 31);
    const gap = f32x4.sub(v128.load(frame.pred + plane + i), v128.load(unit, LARGEST));
    v128.store(unit, v128.bitselect(v128.load(unit, LEAD), gap, leads), GAP);
    v128.store(unit, softRow.sum(e, leads, unit), SUM);
    v128.store(unit, foreground, FOREGROUND);
  }
}

function softCollect(c: usize, from: usize, to: usize): void {
  const plane = c * frame.pitch, factor = v128.load32_splat(frame.classTable + (c << 2));
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const tau = f32x4.mul(factor, v128.load(frame.target + plane + i)), leads = i32x4.shr_s(v128.load(frame.prob + plane + i), 31);
    const d = f32x4.mul(tau, v128.load(unit, STEEP)), gain = f32x4.div(d, v128.load(unit, SUM));
    v128.store(unit, f32x4.add(v128.load(unit, TOTAL), f32x4.mul(tau, v128.load(unit, VALUE))), TOTAL);
    v128.store(unit, v128.bitselect(d, v128.load(unit, LEADER), leads), LEADER);
    v128.store(unit, f32x4.add(v128.load(unit, GAINS), v128.andnot(gain, leads)), GAINS);
    v128.store(frame.slope + plane + i, d);
  }
}

/**
 * With d_c = tau_c steepness_c, dL/dz_j = sum_{c != j} d_c p_j / q_c - d_j. For all but the largest p_j = e_j behind / total and
 * q_j = sum_j / total; the largest has p_j / q = e_j / runners for the others, which stays exact when q vanishes.
 */
function softGradient(from: usize, to: usize): f64 {
  const pitch = frame.pitch, bytes = <usize>frame.classes * pitch, accumulate = frame.accumulate;
  let total = f32x4.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    total = f32x4.add(total, softRow.value(i, unit));
    if (!frame.grad) continue;
    const scale = f32x4.mul(pixels.weight(0, i), f32x4.splat(frame.scale)), valid = pixels.valid(i);
    const gains = v128.load(unit, GAINS), leader = v128.load(unit, LEADER), behind = v128.load(unit, BEHIND);
    const fromLeader = f32x4.div(leader, v128.load(unit, RUNNERS));
    for (let c: usize = 0; c < bytes; c += pitch) {
      const e = v128.load(frame.prob + c + i), leads = i32x4.shr_s(e, 31), d = v128.load(frame.slope + c + i);
      const rest = f32x4.sub(gains, f32x4.div(d, softRow.sum(e, leads, unit)));
      const g = f32x4.sub(f32x4.mul(e, f32x4.add(f32x4.mul(behind, rest), fromLeader)), d);
      pixels.put(frame.grad + c + i, v128.and(f32x4.mul(v128.bitselect(f32x4.sub(gains, leader), g, leads), scale), valid), accumulate);
    }
  }
  return lanes.sum(total);
}

/** Competing classes as the caller's probabilities: the value of class c, and its part of the gradient. */
function probabilityCollect(c: usize, from: usize, to: usize): void {
  const plane = c * frame.pitch, factor = v128.load32_splat(frame.classTable + (c << 2));
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const tau = f32x4.mul(factor, v128.load(frame.target + plane + i));
    v128.store(unit, f32x4.add(v128.load(unit, TOTAL), f32x4.mul(tau, v128.load(unit, VALUE))), TOTAL);
    if (!frame.grad) continue;
    const scale = f32x4.mul(f32x4.mul(tau, pixels.weight(0, i)), f32x4.splat(-frame.scale));
    pixels.put(frame.grad + plane + i, v128.and(f32x4.mul(scale, v128.load(unit, STEEP)), pixels.valid(i)), frame.accumulate);
  }
}

function probabilityUnits(c: usize, from: usize, to: usize): void {
  const plane = frame.pred + c * frame.pitch, foreground = i32x4.splat(c ? -1 : 0), one = lanes.one();
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    v128.store(unit, v128.load(plane + i), GAP);
    v128.store(unit, one, SUM);
    v128.store(unit, foreground, FOREGROUND);
  }
}

function categorical<L extends PixelLoss>(from: usize, to: usize, logits: bool): f64 {
  const bytes = to - from;
  if (logits) softForward(from, to);
  else memory.fill(frame.rows + TOTAL, 0, ROW);
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    if (logits) {
      softUnits(c, from, to);
      fromLogits<L>(from, to, false);
      softCollect(c, from, to);
    } else {
      probabilityUnits(c, from, to);
      fromProbabilities<L>(bytes);
      probabilityCollect(c, from, to);
    }
  }
  if (logits) return softGradient(from, to);
  let total = f32x4.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) total = f32x4.add(total, softRow.value(i, unit));
  return lanes.sum(total);
}

/**
 * Independent channels: the unit asks whether p, or (where `no`) whether 1 - p. Labels answer one of the two,
 * a soft target both in turn (answer 1: yes, 0: no, -1: by label).
 */
function entryUnits(c: usize, answer: i32, from: usize, to: usize): void {
  const plane = frame.pred + c * frame.pitch, label = i32x4.splat(<i32>c + frame.firstLabel), one = lanes.one(), plain = frame.plain;
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const z = v128.load(plane + i), no = answer < 0 ? i32x4.ne(v128.load(frame.labels + i), label) : i32x4.splat(answer - 1);
    v128.store(unit, plain ? v128.bitselect(f32x4.sub(one, z), z, no) : v128.xor(z, i32x4.shl(no, 31)), GAP);
    v128.store(unit, one, SUM);
    v128.store(unit, v128.not(no), FOREGROUND);
  }
}

/** The class table holds (weight of yes, weight of no) per channel. */
function entryCollect(c: usize, answer: i32, from: usize, to: usize): f64 {
  const yes = v128.load32_splat(frame.classTable + (c << 3)), no = v128.load32_splat(frame.classTable + (c << 3) + 4);
  const plane = c * frame.pitch, second = answer == 0, one = lanes.one();
  let total = f32x4.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const asked = v128.load(unit, FOREGROUND);
    let weight = f32x4.mul(pixels.weight(c, i), v128.bitselect(yes, no, asked));
    if (answer >= 0) {
      const t = v128.load(frame.target + plane + i);
      weight = f32x4.mul(weight, second ? f32x4.sub(one, t) : t);
    }
    weight = v128.and(weight, pixels.valid(i));
    const value = v128.and(f32x4.mul(weight, v128.load(unit, VALUE)), pixels.valid(i));
    total = f32x4.add(total, value);
    if (frame.units) {
      const at = frame.units + plane + i;
      pixels.rank(at, second ? f32x4.add(v128.load(at), value) : value, pixels.valid(i));
    }
    if (!frame.grad) continue;
    const g = v128.and(f32x4.mul(f32x4.mul(weight, f32x4.splat(frame.scale)), v128.load(unit, STEEP)), pixels.valid(i));
    const signed = v128.xor(g, i32x4.shl(asked, 31)), at = frame.grad + plane + i; // -g for yes, g for no
    v128.store(at, frame.accumulate || second ? f32x4.add(v128.load(at), signed) : signed);
  }
  return lanes.sum(total);
}

function entries<L extends PixelLoss>(from: usize, to: usize, hard: bool): f64 {
  let sum: f64 = 0;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    for (let answer = hard ? -1 : 1; answer >= (hard ? -1 : 0); answer--) {
      entryUnits(c, answer, from, to);
      if (frame.plain) fromProbabilities<L>(to - from);
      else fromLogits<L>(from, to, false);
      sum += entryCollect(c, answer, from, to);
    }
  }
  return sum;
}

/** The one entry of every member: which form of the target and of the activation, from which pixel to which. */
export function pixelwise<L extends PixelLoss>(step: i32, first: i32, last: i32): f64 {
  const from = <usize>first << 2, to = <usize>last << 2;
  if (step == Step.CategoricalLabels) {
    frame.classes == 2 ? pairUnits(from, to) : labelUnits(from, to);
    fromLogits<L>(from, to, true);
    return labelGradient(from, to);
  }
  if (step == Step.CategoricalSoft) return categorical<L>(from, to, !frame.plain);
  return entries<L>(from, to, step == Step.EntryLabels);
}

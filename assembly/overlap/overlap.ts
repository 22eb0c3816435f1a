import { Either } from "../activation/coding";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Step } from "../tile/steps";
import { Labels, Soft, Target } from "../tile/target";
import { answerGradient, gatherAnswers, squaredAnswerGradient } from "./answers";
import { gatherFar, labelGradient } from "./competing";
import { First, Power } from "./power";
import { OverlapLoss, PART, Row, SLOPES, SUMS } from "./row";

/**
 * dL/dp = no (1 - t) + yes t; with squares, for labels, as in `gatherQuadratic`. Sums and slopes have weights of pixels
 * as factors; with squares what these are of t is added up in the place of misses.
 */
export function gatherLinear<T extends Target, P extends Power>(from: usize, to: usize): void {
  const coding = changetype<Either>(0),
    target = changetype<T>(0),
    power = changetype<P>(0),
    weighted = frame.unitWeights != 0;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const prob = frame.prob + c * frame.probPitch,
      start = target.start(c),
      key = target.key(c),
      sums = frame.sums + c * SUMS,
      errors = sums + power.misses(),
      squared = power.misses() != offsetof<Row>("misses"),
      weights = frame.unitWeights + c * frame.unitWeightPitch;
    let hits = f32x4.splat(0),
      misses = f32x4.splat(0),
      falseAlarms = f32x4.splat(0),
      asked = f32x4.splat(0);
    for (let i = from; i < to; i += 32) {
      const at = start + i,
        s = v128.load(prob + i),
        s2 = v128.load(prob + i, 16);
      let p = coding.p(s),
        p2 = coding.p(s2),
        q = power.of(coding.q(s)),
        q2 = power.of(coding.q(s2)),
        alarm = power.of(p),
        alarm2 = power.of(p2);
      if (weighted) {
        const w = v128.load(weights + i),
          w2 = v128.load(weights + i, 16);
        p = f32x4.mul(w, p);
        p2 = f32x4.mul(w2, p2);
        q = f32x4.mul(w, q);
        q2 = f32x4.mul(w2, q2);
        alarm = f32x4.mul(w, alarm);
        alarm2 = f32x4.mul(w2, alarm2);
        if (squared) asked = f32x4.add(f32x4.add(asked, target.yes(at, key, w)), target.yes(at + 16, key, w2));
      }
      hits = f32x4.add(f32x4.add(hits, target.yes(at, key, p)), target.yes(at + 16, key, p2));
      misses = f32x4.add(f32x4.add(misses, target.yes(at, key, q)), target.yes(at + 16, key, q2));
      falseAlarms = f32x4.add(f32x4.add(falseAlarms, target.no(at, key, alarm)), target.no(at + 16, key, alarm2));
    }
    store<f64>(sums, load<f64>(sums) + lanes.sum(hits));
    store<f64>(errors, load<f64>(errors) + lanes.sum(misses));
    store<f64>(errors, load<f64>(errors, 8) + lanes.sum(falseAlarms), 8);
    if (squared) store<f64>(sums, load<f64>(sums, 8) + lanes.sum(asked), 8);
  }
}

/** Writes dL/dp, or adds it where an earlier term of a combination wrote. */
function slopeLinear<T extends Target>(from: usize, to: usize): void {
  const target = changetype<T>(0),
    weights = frame.unitWeights,
    accumulate = frame.accumulate;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const slope = frame.slope + c * frame.pitch,
      start = target.start(c),
      key = target.key(c),
      table = frame.classTable + c * SLOPES;
    const no = v128.load32_splat(table),
      yes = v128.load32_splat(table, 4);
    for (let i = from; i < to; i += 32) {
      const at = start + i,
        out = slope + i;
      let g = target.mix(at, key, no, yes),
        g2 = target.mix(at + 16, key, no, yes);
      if (weights) {
        g = f32x4.mul(v128.load(weights + i), g);
        g2 = f32x4.mul(v128.load(weights + i, 16), g2);
      }
      if (accumulate) {
        g = f32x4.add(g, v128.load(out));
        g2 = f32x4.add(g2, v128.load(out, 16));
      }
      v128.store(out, g);
      v128.store(out, g2, 16);
    }
  }
}

/**
 * Hits are min(p, t), misses and false alarms the parts of |p - t|: then no p has a better score than p = t. Where t is
 * 0 or 1 that is what `gatherLinear` adds up. Wang, Ning, Blaschko, "Jaccard Metric Losses: Optimizing the Jaccard
 * Index with Soft Labels", 2023.
 */
function gatherBetween(from: usize, to: usize): void {
  const coding = changetype<Either>(0),
    weights = frame.unitWeights,
    zero = f32x4.splat(0);
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const target = frame.target + c * frame.targetPitch,
      prob = frame.prob + c * frame.probPitch,
      sums = frame.sums + c * SUMS;
    let hits = zero,
      misses = zero,
      falseAlarms = zero;
    for (let i = from; i < to; i += 32) {
      const s = v128.load(prob + i),
        s2 = v128.load(prob + i, 16),
        t = v128.load(target + i),
        t2 = v128.load(target + i, 16);
      let hit = f32x4.pmin(coding.p(s), t),
        hit2 = f32x4.pmin(coding.p(s2), t2),
        e = coding.error(s, t),
        e2 = coding.error(s2, t2);
      if (weights) {
        const w = v128.load(weights + i),
          w2 = v128.load(weights + i, 16);
        hit = f32x4.mul(w, hit);
        hit2 = f32x4.mul(w2, hit2);
        e = f32x4.mul(w, e);
        e2 = f32x4.mul(w2, e2);
      }
      hits = f32x4.add(f32x4.add(hits, hit), hit2);
      misses = f32x4.sub(f32x4.sub(misses, f32x4.pmin(e, zero)), f32x4.pmin(e2, zero));
      falseAlarms = f32x4.add(f32x4.add(falseAlarms, f32x4.pmax(e, zero)), f32x4.pmax(e2, zero));
    }
    store<f64>(sums, load<f64>(sums) + lanes.sum(hits));
    store<f64>(sums, load<f64>(sums, 8) + lanes.sum(misses), 8);
    store<f64>(sums, load<f64>(sums, 16) + lanes.sum(falseAlarms), 16);
  }
}

/** dL/dp = no (1 - h) + yes h, h the derivative of a hit by p: 1 below t, 0 above, 1/2 at t; t itself if 0 or 1. */
function slopeBetween(from: usize, to: usize): void {
  const coding = changetype<Either>(0),
    weights = frame.unitWeights,
    accumulate = frame.accumulate,
    zero = f32x4.splat(0),
    one = lanes.one();
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const slopes = frame.slope + c * frame.pitch,
      target = frame.target + c * frame.targetPitch,
      prob = frame.prob + c * frame.probPitch,
      table = frame.classTable + c * SLOPES,
      no = v128.load32_splat(table),
      yes = v128.load32_splat(table, 4);
    for (let i = from; i < to; i += 16) {
      const t = v128.load(target + i),
        e = coding.error(v128.load(prob + i), t),
        equal = f32x4.eq(e, zero);
      let slope = v128.bitselect(yes, no, f32x4.lt(e, zero));
      if (v128.any_true(equal)) {
        const between = v128.and(f32x4.gt(t, zero), f32x4.lt(t, one)),
          half = f32x4.mul(f32x4.splat(0.5), f32x4.add(no, yes)),
          hard = v128.bitselect(yes, no, f32x4.eq(t, one));
        slope = v128.bitselect(v128.bitselect(half, hard, between), slope, equal);
      }
      if (weights) slope = f32x4.mul(v128.load(weights + i), slope);
      pixels.put(slopes + i, slope, accumulate);
    }
  }
}

/** Whether it was a step of labels of softmax or sigmoids that has a loop of its own. */
export function labelStep(step: i32, from: usize, to: usize, squared: bool): bool {
  if (step < Step.GatherPair) return false;
  if (step == Step.GatherFar) gatherFar(from, to, squared);
  else if (step == Step.LabelGradient) labelGradient(from, to, squared);
  else if (step <= Step.GatherEntries) gatherAnswers(from, to, step == Step.GatherPair, squared);
  else if (squared) squaredAnswerGradient(from, to, step == Step.PairGradient);
  else answerGradient(from, to, step == Step.PairGradient);
  return true;
}

function linearStep(step: i32, first: i32, last: i32): f64 {
  frame.check(first, last);
  const end = (<usize>last) << 2;
  for (let from = (<usize>first) << 2; from < end; from += PART) linearPart(step, from, min(from + PART, end));
  return 0;
}

function linearPart(step: i32, from: usize, to: usize): void {
  if (labelStep(step, from, to, false)) return;
  if (step == Step.GatherBetween) gatherBetween(from, to);
  else if (step == Step.SlopeBetween) slopeBetween(from, to);
  else if (step == Step.GatherLabels) gatherLinear<Labels, First>(from, to);
  else if (step == Step.GatherSoft) gatherLinear<Soft, First>(from, to);
  else if (step == Step.SlopeLabels) slopeLinear<Labels>(from, to);
  else slopeLinear<Soft>(from, to);
}

/** A function of misses and false alarms. */
export function linear<L extends OverlapLoss>(step: i32, from: i32, to: i32): f64 {
  return step == Step.Score ? changetype<L>(frame.options).score() : linearStep(step, from, to);
}

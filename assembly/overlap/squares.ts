import { Either } from "../activation/coding";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Step } from "../tile/steps";
import { Labels, Soft, Target } from "../tile/target";
import { gatherLinear, labelStep } from "./overlap";
import { Second } from "./power";
import { OverlapLoss, PART, SLOPES, SUMS } from "./row";

/** Soft targets: dL/dp = w (p - t)(no (1 - t) + yes t) + byTarget t, with a map of unit weights w, or 1. */
function gatherQuadratic(from: usize, to: usize): void {
  const coding = changetype<Either>(0),
    target = changetype<Soft>(0),
    weighted = frame.unitWeights != 0,
    one = lanes.one();
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const prob = frame.prob + c * frame.probPitch,
      weights = frame.unitWeights + c * frame.unitWeightPitch,
      start = target.start(c),
      key = target.key(c),
      sums = frame.sums + c * SUMS;
    let hits = f32x4.splat(0),
      yes = f32x4.splat(0),
      no = f32x4.splat(0);
    for (let i = from; i < to; i += 16) {
      const s = v128.load(prob + i),
        e = coding.error(s, target.t(start + i, key)),
        w = v128.and(weighted ? v128.load(weights + i) : one, pixels.valid(i)),
        squared = f32x4.mul(w, f32x4.mul(e, e));
      hits = f32x4.add(hits, f32x4.mul(w, target.yes(start + i, key, coding.p(s))));
      yes = f32x4.add(yes, target.yes(start + i, key, squared));
      no = f32x4.add(no, target.no(start + i, key, squared));
    }
    store<f64>(sums, load<f64>(sums) + lanes.sum(hits));
    store<f64>(sums, load<f64>(sums, 24) + lanes.sum(yes), 24);
    store<f64>(sums, load<f64>(sums, 32) + lanes.sum(no), 32);
  }
}

/** `units`, where it is wanted, takes w (p - t)^2. */
function slopeQuadratic<T extends Target>(from: usize, to: usize): void {
  const coding = changetype<Either>(0),
    target = changetype<T>(0),
    accumulate = frame.accumulate,
    weighted = frame.unitWeights != 0,
    told = frame.units != 0;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    const slope = frame.slope + c * frame.pitch,
      units = frame.units + c * frame.pitch,
      weights = frame.unitWeights + c * frame.unitWeightPitch,
      prob = frame.prob + c * frame.probPitch,
      start = target.start(c),
      key = target.key(c),
      table = frame.classTable + c * SLOPES;
    const no = v128.load32_splat(table),
      yes = v128.load32_splat(table, 4),
      byTarget = v128.load32_splat(table, 8);
    for (let i = from; i < to; i += 16) {
      const e = coding.error(v128.load(prob + i), target.t(start + i, key)),
        k = target.mix(start + i, key, no, yes);
      let we = e,
        byT = target.yes(start + i, key, byTarget);
      if (weighted) {
        const w = v128.load(weights + i);
        we = f32x4.mul(w, e);
        byT = f32x4.mul(w, byT);
      }
      const g = f32x4.add(f32x4.mul(k, we), byT);
      pixels.put(slope + i, g, accumulate);
      if (told) v128.store(units + i, f32x4.mul(we, e));
    }
  }
}

function quadraticStep(step: i32, first: i32, last: i32): f64 {
  frame.check(first, last);
  const end = (<usize>last) << 2;
  for (let from = (<usize>first) << 2; from < end; from += PART) quadraticPart(step, from, min(from + PART, end));
  return 0;
}

function quadraticPart(step: i32, from: usize, to: usize): void {
  if (labelStep(step, from, to, true)) return;
  if (step == Step.GatherLabels) gatherLinear<Labels, Second>(from, to);
  else if (step == Step.GatherSoft) gatherQuadratic(from, to);
  else if (step == Step.SlopeLabels) slopeQuadratic<Labels>(from, to);
  else slopeQuadratic<Soft>(from, to);
}

/** A function of misses and squared errors. */
export function quadratic<L extends OverlapLoss>(step: i32, from: i32, to: i32): f64 {
  return step == Step.Score ? changetype<L>(frame.options).score() : quadraticStep(step, from, to);
}

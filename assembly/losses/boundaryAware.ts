import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Step } from "../tile/steps";
import { Labels, Soft, Target } from "../tile/target";

/**
 * A binary cross entropy of each bin, p from a softmax: the sum over c of w_c (-t log p - (1 - t) log(1 - p)).
 * With w the bin of the largest logit, the others measured from the largest of them (behind = z - z_second): R = sum
 * exp(behind), q_w = others / (1 + others) with others = exp(z_second - z_w) R. Then
 *   -log p_w = log1p(others), -log(1 - p_w) = (z_w - z_second) - log R + log1p(others),
 *   -log(1 - p_c) = log1p(e_c / (1 + others - e_c)), e_c = exp(z_c - z_w), for the other c,
 * and with x_c the log-odds of bin c, dx_c/dz_j = -p_j / (1 - p_c), which for c = w is the share exp(behind_j) / R:
 * nothing cancels or overflows. Hayder, He, Salzmann, "Boundary-Aware Instance Segmentation", 2017, section 3.2.
 */
@final
@unmanaged
class Bins {
  first: v128; // the largest logit
  second: v128; // the largest of the others
  leader: v128; // the bin of the largest
  gap: v128; // exp(second - first)
  sum: v128; // R
  all: v128; // 1 + others
  inverse: v128; // p of the leader
  leaderSlope: v128; // g of the leader
  slopes: v128; // the sum of the others' h
}

/** Four pixels on their way through the loops over the bins. */
const bins = changetype<Bins>(memory.data(offsetof<Bins>(), 16));

/** Finds the leader, and leaves exp(behind) in prob, 0 for the leader itself. */
function measure(i: usize): void {
  const pitch = frame.predPitch,
    classes = frame.classes;
  let first = v128.load(frame.pred + i),
    second = f32x4.splat(-f32.MAX_VALUE),
    leader = i32x4.splat(0);
  for (let c = 1; c < classes; c++) {
    const z = v128.load(frame.pred + <usize>c * pitch + i),
      ahead = f32x4.gt(z, first);
    second = f32x4.pmax(second, v128.bitselect(first, z, ahead));
    first = v128.bitselect(z, first, ahead);
    leader = v128.bitselect(i32x4.splat(c), leader, ahead);
  }
  let sum = f32x4.splat(0);
  for (let c = 0; c < classes; c++) {
    const z = v128.load(frame.pred + <usize>c * pitch + i),
      behind = lanes.expShare(f32x4.sub(z, second)),
      e = v128.andnot(behind, i32x4.eq(leader, i32x4.splat(c)));
    sum = f32x4.add(sum, e);
    v128.store(frame.prob + <usize>c * frame.pitch + i, e);
  }
  const lead = f32x4.sub(first, second);
  bins.first = first;
  bins.second = second;
  bins.leader = leader;
  bins.sum = sum;
  // From 87 on products would be subnormal, which cost 100 times more. NaN is kept.
  bins.gap = v128.andnot(lanes.expNegative(f32x4.neg(lead)), f32x4.ge(lead, f32x4.splat(87)));
  bins.all = f32x4.add(lanes.one(), f32x4.mul(bins.gap, sum));
  bins.inverse = f32x4.div(lanes.one(), bins.all);
}

function times(share: v128, cost: v128): v128 {
  return v128.andnot(f32x4.mul(share, cost), f32x4.eq(share, f32x4.splat(0)));
}

/** The value of four pixels; leaves g = w (-t (1 - p) + (1 - t) p) of the leader and h = g / (1 - p) of the others. */
function evaluate<T extends Target>(i: usize): v128 {
  const target = changetype<T>(0),
    one = lanes.one(),
    gap = bins.gap,
    all = bins.all,
    others = f32x4.mul(gap, bins.sum),
    log = lanes.log1p(others);
  const leaderNo = f32x4.add(f32x4.sub(f32x4.sub(bins.first, bins.second), lanes.log(bins.sum)), log);
  let value = f32x4.splat(0),
    slopes = f32x4.splat(0);
  for (let c = 0, classes = frame.classes; c < classes; c++) {
    const at = <usize>c * frame.pitch + i,
      mine = i32x4.eq(bins.leader, i32x4.splat(c)),
      t = target.t(target.start(c) + i, target.key(c)),
      rest = f32x4.sub(one, t),
      weight = v128.load32_splat(frame.classTable + ((<usize>c) << 2));
    const e = f32x4.mul(gap, v128.load(frame.prob + at)),
      odds = f32x4.div(e, f32x4.sub(all, e)),
      z = v128.load(frame.pred + <usize>c * frame.predPitch + i);
    const yes = f32x4.add(v128.andnot(f32x4.sub(bins.first, z), mine), log),
      no = v128.bitselect(leaderNo, lanes.log1p(odds), mine);
    // Logits may be further apart than float32 reaches: no share of infinity is 0, not NaN.
    const cost = f32x4.add(times(f32x4.mul(weight, t), yes), times(f32x4.mul(weight, rest), no));
    value = f32x4.add(value, cost);
    const g = f32x4.mul(bins.inverse, f32x4.sub(rest, f32x4.mul(t, others))),
      h = f32x4.sub(f32x4.mul(rest, odds), t);
    const slope = f32x4.mul(weight, v128.bitselect(g, h, mine));
    bins.leaderSlope = v128.bitselect(slope, bins.leaderSlope, mine);
    slopes = f32x4.add(slopes, v128.andnot(slope, mine));
    v128.store(frame.slope + at, slope);
  }
  bins.slopes = slopes;
  return value;
}

/** dz_j = g_j - share_j g_w - p_j (sum of the others' h), dz_w = g_w - p_w (sum of all others' h). */
function differentiate(i: usize, scale: v128, valid: v128): void {
  const shares = f32x4.div(bins.leaderSlope, bins.sum),
    scaled = f32x4.mul(bins.gap, bins.inverse);
  for (let c = 0, classes = frame.classes; c < classes; c++) {
    const at = <usize>c * frame.pitch + i,
      mine = i32x4.eq(bins.leader, i32x4.splat(c)),
      behind = v128.load(frame.prob + at),
      slope = v128.load(frame.slope + at),
      p = f32x4.mul(scaled, behind);
    // g_j + p_j h_j = h_j (1 - p_j) + p_j h_j = h_j: what is left of both is h_j itself.
    const other = f32x4.sub(f32x4.sub(slope, f32x4.mul(behind, shares)), f32x4.mul(p, bins.slopes)),
      own = f32x4.sub(slope, f32x4.mul(bins.inverse, bins.slopes));
    const g = v128.and(f32x4.mul(scale, v128.bitselect(own, other, mine)), valid);
    pixels.put(frame.grad + <usize>c * frame.gradPitch + i, g, frame.accumulate);
  }
}

function run<T extends Target>(from: usize, to: usize): f64 {
  const scale = f32x4.splat(frame.scale);
  let total = f32x4.splat(0);
  for (let i = from; i < to; i += 16) {
    const valid = pixels.valid(i);
    measure(i);
    total = f32x4.add(total, v128.and(evaluate<T>(i), valid));
    if (frame.grad) differentiate(i, scale, valid);
  }
  return lanes.sum(total);
}

/** Called as pixel losses of competing classes are. */
export function boundaryAware(step: i32, from: i32, to: i32): f64 {
  const first = (<usize>from) << 2,
    last = (<usize>to) << 2;
  return step == Step.CategoricalLabels ? run<Labels>(first, last) : run<Soft>(first, last);
}

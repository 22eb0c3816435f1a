import { Signed } from "../activation/coding";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { SLOPES, SUMS } from "./row";

/**
 * Labels that give one of two answers: of two classes that compete, where p of one is q of the other, so that the
 * second says all, or of a channel that asks for its label alone.
 */

/** Two classes, of which the second's probabilities stand in its plane. `squared`: sums of squared errors. */
export function gatherPair(from: usize, to: usize, squared: bool): void {
  const coding = changetype<Signed>(0),
    prob = frame.prob + frame.probPitch,
    labels = frame.labels,
    weights = frame.unitWeights,
    zero = f32x4.splat(0),
    one = i32x4.splat(1);
  let hits = zero,
    rejections = zero,
    misses = zero,
    falseAlarms = zero;
  for (let i = from; i < to; i += 16) {
    const s = v128.load(prob + i),
      label = v128.load(labels + i),
      yes = i32x4.eq(label, one),
      no = i32x4.eq(label, zero);
    let p = coding.p(s),
      q = coding.q(s),
      alarm = squared ? f32x4.mul(p, p) : p,
      miss = squared ? f32x4.mul(q, q) : q;
    if (weights) {
      const w = v128.load(weights + i);
      p = f32x4.mul(w, p);
      q = f32x4.mul(w, q);
      alarm = f32x4.mul(w, alarm);
      miss = f32x4.mul(w, miss);
    }
    hits = f32x4.add(hits, v128.and(p, yes));
    rejections = f32x4.add(rejections, v128.and(q, no));
    misses = f32x4.add(misses, v128.and(miss, yes));
    falseAlarms = f32x4.add(falseAlarms, v128.and(alarm, no));
  }
  const at: usize = squared ? 24 : 8,
    wrong = squared ? 32 : 16;
  add(0, lanes.sum(rejections));
  add(at, lanes.sum(falseAlarms));
  add(wrong, lanes.sum(misses));
  add(SUMS, lanes.sum(hits));
  add(SUMS + at, lanes.sum(misses));
  add(SUMS + wrong, lanes.sum(falseAlarms));
}

function add(at: usize, sum: f64): void {
  store<f64>(frame.sums + at, load<f64>(frame.sums + at) + sum);
}

@final
class squaredSlope {
  /** a (p - t). */
  @inline static of(i: usize, prob: usize, key: v128, no: v128, yes: v128): v128 {
    const answer = i32x4.eq(v128.load(frame.labels + i), key),
      error = changetype<Signed>(0).error(v128.load(prob + i), v128.and(lanes.one(), answer));
    return f32x4.mul(v128.bitselect(yes, no, answer), error);
  }
}

/**
 * The gradient without planes of slopes: p q times the slope of the answer, or times the difference of both classes'
 * slopes, which is b, or with squared errors a (p - t) + b.
 */
export function answerGradient(from: usize, to: usize, pair: bool, squared: bool): void {
  const labels = frame.labels,
    weights = frame.unitWeights,
    first = frame.classTable,
    zero = f32x4.splat(0),
    one = lanes.one();
  for (let c: usize = pair ? 1 : 0, classes = <usize>frame.classes; c < classes; c++) {
    const prob = frame.prob + c * frame.probPitch,
      grad = frame.grad + c * frame.gradPitch,
      key = i32x4.splat(<i32>c + frame.firstLabel),
      table = first + c * SLOPES,
      no = load<f32>(table),
      yes = load<f32>(table, 4),
      otherNo = pair ? load<f32>(first) : 0,
      otherYes = pair ? load<f32>(first, 4) : 0,
      otherByTarget = pair ? load<f32>(first, 8) : 0;
    const aNo = f32x4.splat(no + otherYes),
      aYes = f32x4.splat(yes + otherNo),
      bNo = f32x4.splat(squared ? -otherByTarget : no - otherYes),
      bYes = f32x4.splat(squared ? load<f32>(table, 8) : yes - otherNo);
    for (let i = from; i < to; i += 32) {
      let by = v128.bitselect(bYes, bNo, i32x4.eq(v128.load(labels + i), key)),
        by2 = v128.bitselect(bYes, bNo, i32x4.eq(v128.load(labels + i, 16), key));
      if (squared) {
        by = f32x4.add(by, squaredSlope.of(i, prob, key, aNo, aYes));
        by2 = f32x4.add(by2, squaredSlope.of(i + 16, prob, key, aNo, aYes));
      }
      if (weights) {
        by = f32x4.mul(by, v128.load(weights + i));
        by2 = f32x4.mul(by2, v128.load(weights + i, 16));
      }
      const small = f32x4.abs(v128.load(prob + i)),
        small2 = f32x4.abs(v128.load(prob + i, 16)),
        pq = f32x4.mul(small, f32x4.sub(one, small)),
        pq2 = f32x4.mul(small2, f32x4.sub(one, small2)),
        g = f32x4.mul(pq, by),
        g2 = f32x4.mul(pq2, by2);
      v128.store(grad + i, g);
      v128.store(grad + i, g2, 16);
      if (pair) {
        v128.store(frame.grad + i, f32x4.sub(zero, g)); // not -0 where g is 0
        v128.store(frame.grad + i, f32x4.sub(zero, g2), 16);
      }
    }
  }
}

import { Signed } from "../activation/coding";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { SLOPES, SUMS } from "./row";

/**
 * Labels that give one of two answers: of two classes that compete, where p of one is q of the other, so that the
 * second says all, or of a channel that asks for its label alone.
 */

/** Of one answer's shares. */
@final
class answer {
  /** The larger; 0 where the pixel does not count, as the smaller is. */
  @inline static large(small: v128, label: v128): v128 {
    return f32x4.sub(v128.andnot(lanes.one(), i32x4.shr_s(label, 31)), small);
  }
  /** What the right one differs in from the larger, and the wrong one from the smaller. */
  @inline static other(s: v128, yes: v128, small: v128, large: v128): v128 {
    return v128.and(v128.xor(small, large), i32x4.shr_s(v128.xor(s, yes), 31));
  }
}

/**
 * Two classes (`pair`), of which the second's probabilities stand in its plane, or entries. `squared`: sums of squared
 * errors, and where pixels have weights those of yes and of no in the place of misses and false alarms. Else w p q
 * stays in their place, with a sign where the answer is yes: the gradient then needs neither labels nor weights. A pair
 * leaves it in the first plane.
 */
export function gatherAnswers(from: usize, to: usize, pair: bool, squared: bool): void {
  const labels = frame.labels,
    weights = frame.unitWeights,
    at: usize = squared ? 24 : 8,
    zero = f32x4.splat(0);
  for (let c: usize = pair ? 1 : 0, classes = <usize>frame.classes; c < classes; c++) {
    const prob = frame.prob + c * frame.probPitch,
      out = pair ? frame.prob : prob,
      key = i32x4.splat(<i32>c + frame.firstLabel);
    let hits = zero,
      rejections = zero,
      misses = zero,
      falseAlarms = zero,
      asked = zero,
      others = zero;
    for (let i = from; i < to; i += 32) {
      const s = v128.load(prob + i),
        s2 = v128.load(prob + i, 16),
        label = v128.load(labels + i),
        label2 = v128.load(labels + i, 16),
        yes = i32x4.eq(label, key),
        yes2 = i32x4.eq(label2, key),
        small = f32x4.abs(s),
        small2 = f32x4.abs(s2),
        large = answer.large(small, label),
        large2 = answer.large(small2, label2),
        other = answer.other(s, yes, small, large),
        other2 = answer.other(s2, yes2, small2, large2);
      let right = v128.xor(large, other),
        right2 = v128.xor(large2, other2),
        wrong = v128.xor(small, other),
        wrong2 = v128.xor(small2, other2),
        pq = f32x4.mul(small, large),
        pq2 = f32x4.mul(small2, large2);
      if (squared) {
        wrong = f32x4.mul(wrong, wrong);
        wrong2 = f32x4.mul(wrong2, wrong2);
      }
      if (weights) {
        const w = v128.load(weights + i),
          w2 = v128.load(weights + i, 16);
        right = f32x4.mul(w, right);
        right2 = f32x4.mul(w2, right2);
        wrong = f32x4.mul(w, wrong);
        wrong2 = f32x4.mul(w2, wrong2);
        pq = f32x4.mul(w, pq);
        pq2 = f32x4.mul(w2, pq2);
        if (squared) {
          const counts = v128.andnot(w, i32x4.shr_s(label, 31)),
            counts2 = v128.andnot(w2, i32x4.shr_s(label2, 31));
          asked = f32x4.add(f32x4.add(asked, v128.and(counts, yes)), v128.and(counts2, yes2));
          others = f32x4.add(f32x4.add(others, v128.andnot(counts, yes)), v128.andnot(counts2, yes2));
        }
      }
      if (!squared) {
        v128.store(out + i, v128.or(pq, i32x4.shl(yes, 31)));
        v128.store(out + i, v128.or(pq2, i32x4.shl(yes2, 31)), 16);
      }
      hits = f32x4.add(f32x4.add(hits, v128.and(right, yes)), v128.and(right2, yes2));
      rejections = f32x4.add(f32x4.add(rejections, v128.andnot(right, yes)), v128.andnot(right2, yes2));
      misses = f32x4.add(f32x4.add(misses, v128.and(wrong, yes)), v128.and(wrong2, yes2));
      falseAlarms = f32x4.add(f32x4.add(falseAlarms, v128.andnot(wrong, yes)), v128.andnot(wrong2, yes2));
    }
    const own = c * SUMS,
      right = lanes.sum(hits),
      none = lanes.sum(rejections),
      missed = lanes.sum(misses),
      wrong = lanes.sum(falseAlarms),
      yes = lanes.sum(asked),
      no = lanes.sum(others);
    add(own, right);
    add(own + at, missed);
    add(own + at + 8, wrong);
    if (!squared) add(own + 24, none);
    else {
      add(own + 8, yes);
      add(own + 16, no);
    }
    if (!pair) continue;
    add(0, none);
    add(at, wrong);
    add(at + 8, missed);
    if (!squared) add(24, right);
    else {
      add(8, no);
      add(16, yes);
    }
  }
}

function add(at: usize, sum: f64): void {
  store<f64>(frame.sums + at, load<f64>(frame.sums + at) + sum);
}

/** What the answers no and yes have as slope of p; of a pair, the difference of both classes'. */
@final
class slopes {
  @inline static no(table: usize, pair: bool): f32 {
    return load<f32>(table) - (pair ? load<f32>(frame.classTable, 4) : 0);
  }
  @inline static yes(table: usize, pair: bool): f32 {
    return load<f32>(table, 4) - (pair ? load<f32>(frame.classTable) : 0);
  }
}

/** The gradient from what the gather left: w p q times the answer's slope. */
export function answerGradient(from: usize, to: usize, pair: bool): void {
  const first = frame.grad,
    zero = f32x4.splat(0);
  for (let c: usize = pair ? 1 : 0, classes = <usize>frame.classes; c < classes; c++) {
    const left = pair ? frame.prob : frame.prob + c * frame.probPitch,
      grad = first + c * frame.gradPitch,
      table = frame.classTable + c * SLOPES,
      no = f32x4.splat(slopes.no(table, pair)),
      differ = v128.xor(no, f32x4.splat(slopes.yes(table, pair)));
    for (let i = from; i < to; i += 32) {
      const x = v128.load(left + i),
        x2 = v128.load(left + i, 16),
        g = f32x4.mul(f32x4.abs(x), v128.xor(no, v128.and(differ, i32x4.shr_s(x, 31)))),
        g2 = f32x4.mul(f32x4.abs(x2), v128.xor(no, v128.and(differ, i32x4.shr_s(x2, 31))));
      v128.store(grad + i, g);
      v128.store(grad + i, g2, 16);
      if (pair) {
        v128.store(first + i, f32x4.sub(zero, g)); // not -0 where g is 0
        v128.store(first + i, f32x4.sub(zero, g2), 16);
      }
    }
  }
}

/** The same for squared errors, whose slopes a (p - t) + b need the labels again. */
export function squaredAnswerGradient(from: usize, to: usize, pair: bool): void {
  const coding = changetype<Signed>(0),
    labels = frame.labels,
    weights = frame.unitWeights,
    first = frame.classTable,
    zero = f32x4.splat(0),
    one = lanes.one();
  for (let c: usize = pair ? 1 : 0, classes = <usize>frame.classes; c < classes; c++) {
    const prob = frame.prob + c * frame.probPitch,
      grad = frame.grad + c * frame.gradPitch,
      key = i32x4.splat(<i32>c + frame.firstLabel),
      table = first + c * SLOPES;
    const aNo = f32x4.splat(load<f32>(table) + (pair ? load<f32>(first, 4) : 0)),
      aYes = f32x4.splat(load<f32>(table, 4) + (pair ? load<f32>(first) : 0)),
      bNo = f32x4.splat(pair ? -load<f32>(first, 8) : 0),
      bYes = f32x4.splat(load<f32>(table, 8));
    for (let i = from; i < to; i += 16) {
      const s = v128.load(prob + i),
        answer = i32x4.eq(v128.load(labels + i), key),
        error = coding.error(s, v128.and(one, answer));
      let by = f32x4.add(v128.bitselect(bYes, bNo, answer), f32x4.mul(v128.bitselect(aYes, aNo, answer), error));
      if (weights) by = f32x4.mul(by, v128.load(weights + i));
      const small = f32x4.abs(s),
        g = f32x4.mul(f32x4.mul(small, f32x4.sub(one, small)), by);
      v128.store(grad + i, g);
      if (pair) v128.store(frame.grad + i, f32x4.sub(zero, g)); // not -0 where g is 0
    }
  }
}

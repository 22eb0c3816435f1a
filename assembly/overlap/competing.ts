import { Signed } from "../activation/coding";
import { leads, rests } from "../activation/exponentials";
import { frame } from "../tile/frame";
import { SLOPES } from "./row";

/**
 * The gradient of more than two classes that compete, from probabilities: `softmaxBackward` where the slopes of p are
 * `no` and `yes`, as the label says, and so need not be written down first. What a pixel's classes share stands in
 * the rows of `leads` (the pivot) and `rests` (the sum); then each plane of the gradient is written once, from end to
 * end.
 */
export function labelGradient(first: i32, last: i32): f64 {
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2,
    labels = frame.labels,
    table = frame.classTable,
    pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch,
    next = i32x4.splat(1);
  for (let i = from, row: usize = 0; i < to; i += 32, row += 32) {
    const label = v128.load(labels + i),
      label2 = v128.load(labels + i, 16),
      start = frame.prob + i,
      end = start + bytes;
    let key = i32x4.splat(0),
      pivot = key,
      pivot2 = key,
      sum = key,
      sum2 = key;
    for (let at = start, slopes = table; at < end; at += pitch, slopes += SLOPES) {
      const no = v128.load32_splat(slopes),
        yes = v128.load32_splat(slopes, 4),
        s = v128.load(at),
        s2 = v128.load(at, 16),
        g = v128.bitselect(yes, no, i32x4.eq(label, key)),
        g2 = v128.bitselect(yes, no, i32x4.eq(label2, key));
      pivot = v128.or(pivot, v128.and(g, i32x4.shr_s(s, 31)));
      pivot2 = v128.or(pivot2, v128.and(g2, i32x4.shr_s(s2, 31)));
      sum = f32x4.add(sum, f32x4.mul(g, s));
      sum2 = f32x4.add(sum2, f32x4.mul(g2, s2));
      key = i32x4.add(key, next);
    }
    v128.store(leads + row, pivot);
    v128.store(leads + row, pivot2, 16);
    v128.store(rests + row, sum);
    v128.store(rests + row, sum2, 16);
  }
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++)
    plane(c, from, to);
  return 0;
}

function plane(c: usize, from: usize, to: usize): void {
  const coding = changetype<Signed>(0),
    labels = frame.labels,
    weights = frame.unitWeights,
    prob = frame.prob + c * frame.probPitch,
    grad = frame.grad + c * frame.gradPitch,
    key = i32x4.splat(<i32>c),
    no = v128.load32_splat(frame.classTable + c * SLOPES),
    yes = v128.load32_splat(frame.classTable + c * SLOPES, 4);
  for (let i = from, row: usize = 0; i < to; i += 32, row += 32) {
    const label = v128.load(labels + i),
      label2 = v128.load(labels + i, 16),
      slope = v128.bitselect(yes, no, i32x4.eq(label, key)),
      slope2 = v128.bitselect(yes, no, i32x4.eq(label2, key));
    let g = f32x4.sub(f32x4.sub(slope, v128.load(leads + row)), v128.load(rests + row)),
      g2 = f32x4.sub(f32x4.sub(slope2, v128.load(leads + row, 16)), v128.load(rests + row, 16));
    if (weights) {
      g = f32x4.mul(g, v128.load(weights + i));
      g2 = f32x4.mul(g2, v128.load(weights + i, 16));
    }
    g = f32x4.mul(coding.p(v128.load(prob + i)), g);
    g2 = f32x4.mul(coding.p(v128.load(prob + i, 16)), g2);
    v128.store(grad + i, v128.andnot(g, i32x4.shr_s(label, 31)));
    v128.store(grad + i, v128.andnot(g2, i32x4.shr_s(label2, 31)), 16);
  }
}

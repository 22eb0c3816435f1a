import { Either } from "../activation/coding";
import { lanes } from "../math/lanes";
import { SUMS } from "../overlap/row";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Step } from "../tile/steps";

/** Where the numbers of four pixels' labels begin in the class table, and whether these labels are one. */
@final
class label {
  @inline static column(at: usize): usize {
    return frame.classTable + ((<isize>load<i32>(at)) << 2);
  }
  @inline static same(at: usize): bool {
    return i32x4.all_true(i32x4.eq(v128.load(at), v128.load32_splat(at)));
  }
  @inline static row(a: usize, b: usize, c: usize, d: usize): v128 {
    return v128.load_lane<f32>(d, v128.load_lane<f32>(c, v128.load_lane<f32>(b, v128.load32_zero(a), 1), 2), 3);
  }
}

/**
 * W_n = sum_c M[y_n, c] p_nc, summed per label; dL/dp_nc is a number per label and class. The class table holds one row
 * of numbers by label for each class: M itself to gather, the slopes to write them. Before each row stands a 0, for
 * label -1. Fidon et al., "Generalised Wasserstein Dice Score for Imbalanced Multi-class Segmentation using Holistic
 * Convolutional Networks", 2017.
 */
function gatherDistances(from: usize, to: usize): void {
  const pitch = frame.probPitch,
    classes = <usize>frame.classes,
    rowBytes = (classes + 1) << 2,
    sums = frame.sums,
    coding = changetype<Either>(0);
  for (let i = from; i < to; i += 16) {
    const labels = frame.labels + i,
      a = label.column(labels),
      b = label.column(labels + 4),
      c = label.column(labels + 8),
      d = label.column(labels + 12);
    // Mostly neighbours are of one class, whose number is read once, and which adds once. Four places take turns, as
    // runs of one label would wait for the last sum each time.
    let w = f32x4.splat(0),
      row: usize = 0;
    if (label.same(labels)) {
      for (let at = frame.prob + i, end = at + classes * pitch; at < end; at += pitch, row += rowBytes)
        w = f32x4.add(w, f32x4.mul(coding.p(v128.load(at)), v128.load32_splat(a + row)));
      add(sums + ((i >> 1) & 24), load<i32>(labels), lanes.sum(f32x4.mul(w, pixels.weight(0, i))));
      continue;
    }
    for (let at = frame.prob + i, end = at + classes * pitch; at < end; at += pitch, row += rowBytes)
      w = f32x4.add(w, f32x4.mul(coding.p(v128.load(at)), label.row(a + row, b + row, c + row, d + row)));
    w = f32x4.mul(w, pixels.weight(0, i));
    add(sums, load<i32>(labels), f32x4.extract_lane(w, 0));
    add(sums + 8, load<i32>(labels, 4), f32x4.extract_lane(w, 1));
    add(sums + 16, load<i32>(labels, 8), f32x4.extract_lane(w, 2));
    add(sums + 24, load<i32>(labels, 12), f32x4.extract_lane(w, 3));
  }
}

function add(sums: usize, known: i32, w: f64): void {
  if (known < 0) return;
  const at = sums + <usize>known * SUMS;
  store<f64>(at, load<f64>(at) + w);
}

function slope(from: usize, to: usize): void {
  const pitch = frame.pitch,
    bytes = <usize>frame.classes * pitch,
    rowBytes = (<usize>frame.classes + 1) << 2,
    accumulate = frame.accumulate;
  for (let i = from; i < to; i += 16) {
    const labels = frame.labels + i,
      weight = pixels.weight(0, i),
      a = label.column(labels),
      b = label.column(labels + 4),
      c = label.column(labels + 8),
      d = label.column(labels + 12);
    let row: usize = 0;
    if (label.same(labels))
      for (let at = frame.slope + i, end = at + bytes; at < end; at += pitch, row += rowBytes)
        pixels.put(at, f32x4.mul(weight, v128.load32_splat(a + row)), accumulate);
    else
      for (let at = frame.slope + i, end = at + bytes; at < end; at += pitch, row += rowBytes)
        pixels.put(at, f32x4.mul(weight, label.row(a + row, b + row, c + row, d + row)), accumulate);
  }
}

export function generalizedWassersteinDice(step: i32, first: i32, last: i32): f64 {
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2;
  if (step == Step.GatherLabels) gatherDistances(from, to);
  else if (step == Step.SlopeLabels) slope(from, to);
  return 0;
}

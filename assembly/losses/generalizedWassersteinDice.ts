import { lanes } from "../math/lanes";
import { SUMS } from "../overlap/row";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { Step } from "../tile/steps";

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
    sums = frame.sums;
  for (let i = from; i < to; i += 16) {
    const labels = frame.labels + i;
    let w = f32x4.splat(0),
      table = frame.classTable;
    for (let at = frame.prob + i, end = at + classes * pitch; at < end; at += pitch) {
      const s = v128.load(at),
        p = frame.plain ? s : f32x4.add(s, v128.and(i32x4.shr_s(s, 31), lanes.one()));
      w = f32x4.add(w, f32x4.mul(p, lanes.lookup(table, labels)));
      table += rowBytes;
    }
    w = f32x4.mul(w, pixels.weight(0, i));
    add(sums, load<i32>(labels), f32x4.extract_lane(w, 0));
    add(sums, load<i32>(labels, 4), f32x4.extract_lane(w, 1));
    add(sums, load<i32>(labels, 8), f32x4.extract_lane(w, 2));
    add(sums, load<i32>(labels, 12), f32x4.extract_lane(w, 3));
  }
}

function add(sums: usize, label: i32, w: f32): void {
  if (label < 0) return;
  const at = sums + <usize>label * SUMS;
  store<f64>(at, load<f64>(at) + <f64>w);
}

function slope(from: usize, to: usize): void {
  const pitch = frame.pitch,
    classes = <usize>frame.classes,
    rowBytes = (classes + 1) << 2;
  let table = frame.classTable;
  for (let plane = frame.slope, end = plane + classes * pitch; plane < end; plane += pitch) {
    for (let i = from; i < to; i += 16) {
      const g = f32x4.mul(pixels.weight(0, i), lanes.lookup(table, frame.labels + i));
      v128.store(plane + i, frame.accumulate ? f32x4.add(v128.load(plane + i), g) : g);
    }
    table += rowBytes;
  }
}

export function generalizedWassersteinDice(step: i32, first: i32, last: i32): f64 {
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2;
  if (step == Step.GatherLabels) gatherDistances(from, to);
  else if (step == Step.SlopeLabels) slope(from, to);
  return 0;
}

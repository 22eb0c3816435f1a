import { frame } from "../tile/frame";
import { Step } from "../tile/steps";
import { entryCollect, entryUnits, evenEntries } from "./entries";
import { alike, labelGradient, labelUnits } from "./labels";
import {
  probabilityCollect,
  probabilityUnits,
  softCollect,
  softForward,
  softGradient,
  softUnits,
  softValue,
} from "./soft";
import { clear, listKept, moveIn, moveOut } from "./sparse";
import { fromLogits, fromProbabilities, PixelLoss, ROW, sumOfLogarithms, TOTAL } from "./units";

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
  return softValue(from, to);
}

function entries<L extends PixelLoss>(from: usize, to: usize, hard: bool, logarithm: bool): f64 {
  let sum: f64 = 0;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    for (let answer = hard ? -1 : 1; answer >= (hard ? -1 : 0); answer--) {
      entryUnits(c, answer, from, to);
      const known = logarithm && hard && !frame.plain && evenEntries(c) ? sumOfLogarithms(from, to) : -1;
      if (frame.plain) fromProbabilities<L>(to - from);
      else fromLogits<L>(from, to, known >= 0);
      sum += entryCollect(c, answer, from, to, known);
    }
  }
  return sum;
}

function labels<L extends PixelLoss>(from: usize, to: usize, logarithm: bool): f64 {
  const prob = frame.prob,
    grad = frame.grad;
  // The exponentials may stand where the gradient will, or where those of other blocks did: that is one set of planes
  // less to keep in the caches.
  if (grad && grad != frame.pred && frame.gradPitch == frame.pitch && !frame.accumulate) frame.prob = grad;
  else frame.prob = prob - from;
  labelUnits(from, to);
  const known = logarithm && alike() ? sumOfLogarithms(from, to) : -1;
  fromLogits<L>(from, to, known >= 0);
  const sum = labelGradient(from, to, known);
  frame.prob = prob;
  return sum;
}

/** Where a map leaves pixels out (topK), the others alone. */
function mapped<L extends PixelLoss>(from: usize, to: usize): f64 {
  const count = listKept(from, to);
  if (count == <i32>((to - from) >> 2)) return labels<L>(from, to, false);
  const grad = frame.grad,
    accumulate = frame.accumulate,
    gradPitch = frame.gradPitch,
    pred = frame.pred,
    predPitch = frame.predPitch,
    all = frame.labels,
    weights = frame.unitWeights;
  if (grad && !accumulate) clear(grad, from, to);
  if (count == 0) return 0;
  const padded = moveIn(count);
  if (grad) frame.grad = frame.slope;
  frame.gradPitch = frame.pitch;
  frame.accumulate = 0;
  const sum = labels<L>(0, padded, false);
  frame.pred = pred;
  frame.predPitch = predPitch;
  frame.labels = all;
  frame.unitWeights = weights;
  frame.grad = grad;
  frame.gradPitch = gradPitch;
  frame.accumulate = accumulate;
  if (grad) moveOut(grad, gradPitch, count, accumulate);
  return sum;
}

/**
 * The one entry of every member: which form of the target and of the activation, from which pixel to which;
 * `logarithm`: F is u itself.
 */
export function pixelwise<L extends PixelLoss>(step: i32, first: i32, last: i32, logarithm: bool = false): f64 {
  frame.check(first, last);
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2;
  if (step == Step.CategoricalLabels)
    return frame.unitWeights && !frame.units ? mapped<L>(from, to) : labels<L>(from, to, logarithm);
  if (step == Step.CategoricalSoft) return categorical<L>(from, to, !frame.plain);
  return entries<L>(from, to, step == Step.EntryLabels, logarithm);
}

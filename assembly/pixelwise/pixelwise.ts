import { frame } from "../tile/frame";
import { Step } from "../tile/steps";
import { entryCollect, entryUnits } from "./entries";
import { labelGradient, labelUnits } from "./labels";
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
import { fromLogits, fromProbabilities, PixelLoss, ROW, TOTAL } from "./units";

function categorical<L extends PixelLoss>(from: usize, to: usize, logits: bool): f64 {
  const bytes = to - from;
  if (logits) softForward(from, to);
  else memory.fill(frame.rows + TOTAL, 0, ROW);
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    if (logits) {
      softUnits(c, from, to);
      fromLogits<L>(from, to);
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

function entries<L extends PixelLoss>(from: usize, to: usize, hard: bool): f64 {
  let sum: f64 = 0;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    for (let answer = hard ? -1 : 1; answer >= (hard ? -1 : 0); answer--) {
      entryUnits(c, answer, from, to);
      if (frame.plain) fromProbabilities<L>(to - from);
      else fromLogits<L>(from, to);
      sum += entryCollect(c, answer, from, to);
    }
  }
  return sum;
}

function labels<L extends PixelLoss>(from: usize, to: usize): f64 {
  const prob = frame.prob,
    grad = frame.grad;
  // The exponentials may stand where the gradient will: that is one set of planes less to keep in the caches.
  if (grad && grad != frame.pred && frame.gradPitch == frame.pitch && !frame.accumulate) frame.prob = grad;
  labelUnits(from, to);
  fromLogits<L>(from, to);
  const sum = labelGradient(from, to);
  frame.prob = prob;
  return sum;
}

/** Where a map leaves pixels out (topK), the others alone. */
function mapped<L extends PixelLoss>(from: usize, to: usize): f64 {
  const count = listKept(from, to);
  if (count == <i32>((to - from) >> 2)) return labels<L>(from, to);
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
  const sum = labels<L>(0, padded);
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

/** The one entry of every member: which form of the target and of the activation, from which pixel to which. */
export function pixelwise<L extends PixelLoss>(step: i32, first: i32, last: i32): f64 {
  frame.check(first, last);
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2;
  if (step == Step.CategoricalLabels)
    return frame.unitWeights && !frame.units ? mapped<L>(from, to) : labels<L>(from, to);
  if (step == Step.CategoricalSoft) return categorical<L>(from, to, !frame.plain);
  return entries<L>(from, to, step == Step.EntryLabels);
}

import { frame } from "../tile/frame";
import { Step } from "../tile/steps";
import { Answer, entryCollect, entryUnits, evenEntries, softAnswer } from "./entries";
import { labelGradient, labelUnits, pairUnits } from "./labels";
import { entryLogarithms, pairLogarithms, shareLogarithms } from "./logarithms";
import { labelShares } from "./shares";
import {
  probabilityCollect,
  probabilityUnits,
  softCollect,
  softForward,
  softGradient,
  softUnits,
  softValue,
} from "./soft";
import { softEntryLogarithms, softLogarithms, softPairLogarithms } from "./softLogarithms";
import { bounded, TOTAL } from "./units";

/** A member's formula over a row of units (`evaluate` of units.ts). */
type Evaluate = (from: usize, to: usize) => void;

function categorical(from: usize, to: usize, logarithm: bool, evaluate: Evaluate): f64 {
  const logits = !frame.plain,
    grad = frame.grad;
  if (logits && logarithm) {
    const pair = frame.classes == 2,
      known = pair ? softPairLogarithms(from, to) : softLogarithms(from, to);
    if (known >= 0) return known;
    if (pair) frame.grad = 0;
  }
  if (logits) softForward(from, to);
  else memory.fill(frame.rows + TOTAL, 0, to - from);
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    if (logits) {
      softUnits(c, from, to);
      evaluate(from, to);
      softCollect(c, from, to);
    } else {
      probabilityUnits(c, from, to);
      evaluate(from, to);
      probabilityCollect(c, from, to);
    }
  }
  const sum = logits ? softGradient(from, to) : softValue(from, to);
  frame.grad = grad;
  return sum;
}

function entries(from: usize, to: usize, hard: bool, logarithm: bool, evaluate: Evaluate): f64 {
  const grad = frame.grad;
  let sum: f64 = 0;
  for (let c: usize = 0, classes = <usize>frame.classes; c < classes; c++) {
    if (logarithm && (hard ? evenEntries(c) : !frame.plain)) {
      const known = hard ? entryLogarithms(c, from, to) : softEntryLogarithms(c, from, to);
      if (known >= 0) {
        sum += known;
        continue;
      }
      frame.grad = 0;
    }
    let answer = hard ? Answer.Label : softAnswer(c, from, to);
    for (const last = min(answer, Answer.No); answer >= last; answer--) {
      entryUnits(c, answer, from, to);
      evaluate(from, to);
      sum += entryCollect(c, answer, from, to);
    }
    frame.grad = grad;
  }
  return sum;
}

function labels(from: usize, to: usize, logarithm: bool, evaluate: Evaluate): f64 {
  const prob = frame.prob,
    grad = frame.grad;
  // The exponentials stand where those of other blocks did, and so in the caches.
  frame.prob = prob - from;
  const pair = frame.classes == 2,
    even = logarithm && frame.uniform != 0; // but for weights of pixels
  if (!pair) labelShares(from, to);
  let sum: f64 = even ? (pair ? pairLogarithms(from, to) : shareLogarithms(from, to)) : -1;
  if (sum < 0) {
    if (even && pair) frame.grad = 0;
    if (pair) pairUnits(from, to);
    else labelUnits(from, to);
    evaluate(from, to);
    sum = labelGradient(from, to);
  }
  frame.grad = grad;
  frame.prob = prob;
  return sum;
}

/**
 * The one entry of every member: which form of the target and of the activation, from which pixel to which. The formula
 * is called, not inlined, as all else would stand once for each member (3 KB). `logarithm`: F is u itself.
 */
export function pixelwise(step: i32, first: i32, last: i32, evaluate: Evaluate, logarithm: bool = false): f64 {
  frame.check(first, last);
  const from = (<usize>first) << 2,
    to = (<usize>last) << 2;
  let sum: f64;
  if (step == Step.CategoricalLabels) sum = labels(from, to, logarithm, evaluate);
  else if (step == Step.CategoricalSoft) sum = categorical(from, to, logarithm, evaluate);
  else sum = entries(from, to, step == Step.EntryLabels, logarithm, evaluate);
  if (sum >= 0 || bounded.losses) return sum;
  // Logits that are further apart than float32 reaches are an infinite loss, of which a weight of 0 makes NaN.
  const grad = frame.grad;
  frame.grad = 0;
  bounded.losses = true;
  sum = pixelwise(step, first, last, evaluate, logarithm);
  bounded.losses = false;
  frame.grad = grad;
  return sum;
}

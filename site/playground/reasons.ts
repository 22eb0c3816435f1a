// Why a library's number is another one, in a line: by what its recipe changes of our defaults.
import type { Declaration } from "segloss";
import { type Given, givings } from "./given.js";
import type { SceneName } from "./scenes.js";

type Reason = string | ((value: unknown) => string | undefined);
const smoothing: Reason = (value) =>
  value === 0
    ? "without smoothing 0/0 has to be decided otherwise"
    : Number(value) >= 0.1
      ? "a whole pixel in the ratio: small objects look better than they are, and an empty class has a value"
      : "only keeps 0/0 away; seen where a class is empty or tiny";

const reasons: Readonly<Record<string, Reason>> = {
  activation: (value) =>
    value === "sigmoid" ? "each class is a yes or no of its own: classes do not compete for a pixel" : undefined,
  average: "one ratio of all classes' sums: large classes, the background first, decide it",
  batch: (value) =>
    value === true
      ? "sums run over the batch before the ratio: an image with little foreground weighs little"
      : "each image has its own ratio, then their mean",
  classes: (value) =>
    value === "zeroAbsent"
      ? "a class that the truth lacks has loss 0, whatever is predicted, but counts in the mean"
      : "classes that the truth lacks do not count",
  ignoreIndex: "a label that counts for nothing; the same number where no pixel has it",
  includeBackground: "the background, nearly always right, no longer lifts the mean",
  overlap: "p times t, where ours takes the smaller of both: the same for hard labels, not for soft ones",
  reduction: "a sum over pixels, divided by a fixed count: pixels that are ignored count as right",
  smooth: smoothing,
  smoothNumerator: smoothing,
  smoothDenominator: smoothing,
  squared: "squares in the denominator, as in V-Net: unsure pixels weigh less there",
  alpha: "errors on the object weigh differently",
  beta: "errors on the object weigh differently",
  delta: "errors on the object weigh differently",
  gamma: "easy pixels count less",
  log: "large distances are damped: log(1 + value)",
  k: "another share of the hardest pixels",
};

/** In words, of an option that a recipe changes; what the catalog says of it where nothing better is known. */
export function reason(declaration: Declaration, option: string, value: unknown): string {
  const found = reasons[option];
  return (typeof found === "function" ? found(value) : found) ?? declaration.options[option].meaning;
}

/** Of a number that is added: a loss of 1 - score became one of -score. */
export const offsetReason = "minus the score, where ours is one minus it: the gradient is the same";
export const weightReason = "a constant factor: the gradient keeps its direction";
export const sumReason = "a sum of losses: one sees overlap, another each pixel";

interface Trap {
  readonly title: string;
  readonly scene: SceneName;
  readonly given: Given;
  readonly why: string;
}
const byGiving = (given: Given, scene: SceneName): Trap => ({ scene, given, ...givings[given] });
/** Masks on which libraries part ways, and why. */
export const traps: readonly Trap[] = [
  {
    title: "empty truth",
    scene: "empty",
    given: "labels",
    why: "An overlap is 0/0 here: smoothing, or a rule for absent classes, says whether that is perfect or a miss.",
  },
  {
    title: "one pixel",
    scene: "pixel",
    given: "labels",
    why: "Smoothing of 1 is as much as the whole object: a total miss then looks like a partial one.",
  },
  {
    title: "9 pixels",
    scene: "lesion",
    given: "labels",
    why: "With the background in the mean half of the value is of pixels that nobody doubts; without it a miss is all.",
  },
  {
    title: "void",
    scene: "void",
    given: "labels",
    why: "Some libraries leave ignored pixels out of the mean, some divide by them all the same.",
  },
  {
    title: "spacing",
    scene: "spacing",
    given: "labels",
    why: "Here the other libraries' distances are in pixels, so that a step of 3 mm counts as one of 1 mm.",
  },
  {
    title: "three classes",
    scene: "classes",
    given: "labels",
    why: "Softmax or a sigmoid per class, a mean of ratios or a ratio of sums: with three classes they part.",
  },
  byGiving("batch", "disc"),
  byGiving("soft", "disc"),
];

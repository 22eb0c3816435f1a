import type { LabelArray } from "./shape.js";

/** What turns pred into probabilities. */
export type Activation = "softmax" | "sigmoid" | "none";

/** A target's numbers: labels, or soft targets in pred's layout. */
export interface TargetArrays {
  readonly labels?: LabelArray;
  readonly soft?: Float32Array;
}

/** What the losses need to know of a target before they see a prediction; rows are [batch, classes]. */
export interface TargetStatistics {
  /** Pixels that count, per sample; with weights of pixels the sum of theirs, as in all sums. */
  readonly valid: Float64Array;
  /** How many count, where that is something else. */
  readonly counted?: Float64Array;
  /** T: the sum of t. */
  readonly total: Float64Array;
  /** TT: the sum of t squared. */
  readonly squared: Float64Array;
  /** U: the sum of 1 - t, where it is known better than as a difference. */
  readonly others?: Float64Array;
}

/** The label that channel 0 stands for: a single channel is the foreground, label 1. */
export const firstLabel = (classes: number): number => (classes === 1 ? 1 : 0);

/** Whether each entry is its own yes/no question, or the classes of a pixel compete (specification 1.1). */
export const isBinary = (activation: Activation, classes: number) =>
  activation === "sigmoid" || (activation === "none" && classes === 1);

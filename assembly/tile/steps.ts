/**
 * What a kernel is asked to do: the first argument of every kernel's entry. The binding reads the numbers from the
 * module.
 */
export enum Step {
  CategoricalLabels,
  CategoricalSoft,
  EntryLabels,
  EntrySoft,
  GatherLabels,
  GatherSoft,
  Score,
  SlopeLabels,
  SlopeSoft,
  // Soft targets whose overlap with p is not their product (assembly/overlap/overlap.ts).
  GatherBetween,
  SlopeBetween,
  // Softmax or sigmoids and a map times p: values and gradients at once (assembly/overlap/sweep.ts).
  Sweep,
  SweepEntries,
  // Labels that give one of two answers (assembly/overlap/answers.ts): sums and gradients, of two classes and entries.
  GatherPair,
  GatherEntries,
  PairGradient,
  EntryGradient,
  // Labels of more than two classes that compete (assembly/overlap/competing.ts): softmax and sums, and the gradient.
  GatherFar,
  LabelGradient,
}

import type { Comparison, GroupRow, Row, SummaryRow } from "./summary";

/** Writes scores as they come, so that no file's need be kept. */
export interface Output {
  readonly row: (row: Row) => void;
  /** One of --against. */
  readonly other: (row: Row) => void;
  readonly end: (all: Results) => void;
}

/** What is said after the files. */
export interface Results {
  readonly summary: readonly SummaryRow[];
  readonly groups?: readonly GroupRow[];
  readonly comparison?: readonly Comparison[];
  readonly failures: readonly object[];
  /** Targets without a prediction. */
  readonly missing: readonly string[];
}

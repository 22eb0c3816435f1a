export type SegLossErrorCode =
  | "SHAPE_MISMATCH"
  | "INVALID_TARGET"
  | "INVALID_OPTION"
  | "INVALID_PREDICTION"
  | "UNSUPPORTED"
  | "INVALID_FILE"
  | "INVALID_STATE"
  | "OUT_OF_MEMORY"
  | "DISPOSED"
  | "WORKER_LOST";

/**
 * Every misuse throws one of these: `code` to branch on, a message that names the loss, the argument, what was expected
 * and what came.
 */
export class SegLossError extends Error {
  override readonly name = "SegLossError";
  constructor(
    readonly code: SegLossErrorCode,
    message: string,
  ) {
    super(message);
  }
}

import type { SegLoss } from "segloss";

type Tensor = {
  readonly data: Float32Array<ArrayBufferLike> | Uint8Array<ArrayBufferLike> | Int32Array<ArrayBufferLike>;
  readonly shape: readonly number[];
};

export interface Oddity {
  readonly text: string;
  /** What it is an example of. */
  readonly kind: string;
}

/** What `inspect` says, in words of the command line; what stops a call is told when it does. */
export function odditiesOf(
  seg: SegLoss,
  pred: Tensor,
  target: Tensor,
  options: { readonly activation?: string; readonly ignoreIndex?: number; readonly spatialDims: number },
  of: "score" | "compare",
): Oddity[] {
  // Metrics are used where classes are empty, and tell so.
  const wanted = ["LAYOUT_SWAPPED", "UNDECLARED_VOID"];
  // The largest of probabilities is that of their logits.
  if (of === "compare" || options.activation === "sigmoid") wanted.push("LOOKS_LIKE_PROBABILITIES");
  if (of === "compare") wanted.push("SATURATED", "EMPTY_CLASSES", "CLASS_IMBALANCE");
  const loss = seg.create("crossEntropy", options as object);
  return seg
    .inspect(pred, target, loss)
    .findings.filter(({ code }) => wanted.includes(code))
    .map(({ code, message }) => ({
      text: message
        .replace(/set activation: "(\w+)"/, "give --activation $1")
        .replace(/set ignoreIndex: (-?\d+)/, "give --ignore-index $1")
        .replace(/is its layout "\w+"\?/, "are its axes others? --axes says which they are"),
      kind: code.toLowerCase().replaceAll("_", " "),
    }));
}

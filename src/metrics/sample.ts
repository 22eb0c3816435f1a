import type { Joint } from "./joint.js";
import type { Side } from "./sides.js";

/** One sample's two sides. */
export interface Sample {
  readonly pred: Side;
  readonly target: Side;
  /** Pixels that count. */
  readonly counted: number;
  /** Sizes of the image. */
  readonly spatial: readonly number[];
  /** The classes of both sides at each pixel, where those of a pixel compete. */
  readonly joint: () => Joint | undefined;
  /** The masks of all classes of the target, whether they have a column or not. */
  readonly targetMasks: () => Iterable<Uint8Array>;
  /** Both sides' labels, or numbers that stand for them, 0 at label 0 and at pixels that do not count. */
  readonly maps: () => { readonly pred: Int32Array; readonly target: Int32Array } | undefined;
}

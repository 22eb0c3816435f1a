import type { Joint } from "./joint.js";
import type { Overlaps } from "./objectOverlaps.js";
import type { LabelSide, Side } from "./sides.js";

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
  /** All labels of the target, each a class, whether they have a column or not; nothing of soft targets. */
  readonly targetLabels: () => LabelSide | undefined;
  /** The masks of all classes of a soft target. */
  readonly targetMasks: () => Iterable<Uint8Array>;
  /** Each label but 0 as one object, where both sides hold labels. */
  readonly objects: () => Overlaps | undefined;
}

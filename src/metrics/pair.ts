import type { Connectivity } from "../topology/grid.js";
import type { Surfaces, Window } from "./distances.js";
import type { Lesions } from "./lesionPairs.js";
import type { Overlaps } from "./objectOverlaps.js";
import type { Counts } from "./sides.js";

/** One sample's and class's masks, as metrics look at them; what several need is found once. */
export interface MaskPair {
  /** Whether there is a pixel inside. */
  readonly filled: { readonly pred: boolean; readonly target: boolean };
  readonly counts: Counts;
  /** Sizes of the whole image. */
  readonly image: readonly number[];
  /** Of masks that are filled. */
  surfaces(spacing: readonly number[]): Surfaces;
  /** Pixels in both of the bands that are so wide inside each side's boundary, and in one of them or both. */
  bands(width: number): { readonly both: number; readonly either: number };
  /** The masks in the box around both, and so many pixels more to each side where the image has them. */
  window(margin?: number): Window;
  /** 1 at that window's pixels near which the target's class changes, whatever the class. */
  labelBand(width: number, margin: number): Uint8Array;
  /** The components of both masks. */
  objects(connectivity: Connectivity): Overlaps;
  /** The components of the target, parts nearer than twice so many steps taken together, and what meets them. */
  lesions(connectivity: Connectivity, dilation: number): Lesions;
}

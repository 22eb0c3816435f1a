import type { Connectivity } from "../topology/grid.js";
import type { Surfaces, Window } from "./distances.js";
import type { Lesions } from "./lesionPairs.js";
import type { Overlaps } from "./objectOverlaps.js";
import type { Counts } from "./sides.js";
import type { Steps } from "./stepDistances.js";

/** Pixels of one side that touch no others of it, in the box around them, and the other side's mask there. */
export interface Part {
  readonly own: Uint8Array;
  readonly other: Uint8Array;
  /** Sizes of the box along the spatial axes. */
  readonly spatial: readonly number[];
}

/** One sample's and class's masks, as metrics look at them; what several need is found once. */
export interface MaskPair {
  /** Whether there is a pixel inside. */
  readonly filled: { readonly pred: boolean; readonly target: boolean };
  readonly counts: Counts;
  /** Sizes of the whole image. */
  readonly image: readonly number[];
  /** Of masks that are filled. */
  surfaces(spacing: readonly number[]): Surfaces;
  /** The same in steps between pixels. */
  stepSurfaces(steps: Steps): Surfaces;
  /** Pixels in both of the bands that are so wide inside each side's boundary, and in one of them or both. */
  bands(width: number): { readonly both: number; readonly either: number };
  /** The masks in the box around both, and so many pixels more to each side where the image has them. */
  window(margin?: number): Window;
  /**
   * A side's mask in parts that do not touch, not even at corners; what is found in one does not depend on others. One
   * part where its pixels are not far apart.
   */
  parts(side: "pred" | "target"): Iterable<Part>;
  /**
   * Pixels in both masks, and in one of them or both, that lie within `width` of the target's boundary: the class's
   * own, or any class's.
   */
  inBand(width: number, around: "class" | "labels"): { readonly both: number; readonly either: number };
  /** The components of both masks. */
  objects(connectivity: Connectivity): Overlaps;
  /** The components of the target, parts nearer than twice so many steps taken together, and what meets them. */
  lesions(connectivity: Connectivity, dilation: number): Lesions;
}

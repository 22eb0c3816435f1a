import type { WholeContext } from "../bindings/context.js";
import type { Kernels, LossKernel } from "../bindings/kernels.js";
import type { TargetArrays, TargetStatistics } from "../tensors/conventions.js";
import type { ExtraInput } from "../tensors/extras.js";
import type { Geometry } from "../tensors/shape.js";

/**
 * What a loss computes, as data. A declaration builds a plan from options; the engine runs it and knows no loss by
 * name. Kernels' own fields stand in `options` in the order of the kernel's class: float32 for pixel losses, float64
 * for overlap losses.
 */
export type Term = (PixelTerm | OverlapTerm | FieldTerm | NeighbourhoodTerm) & {
  /** Of which loss of a sum it is a part, for those who want the values apart. */
  readonly part?: number;
  /** True where it is an average, or a sum, of losses of classes, which it tells (`ofClass`). */
  readonly byClass?: boolean;
  /** False where the sums of the target's classes do not matter, which with weights of pixels take a sweep a class. */
  readonly totals?: boolean;
};

/** Factors for the units' losses, or for squared errors: [samples or 1, planes, pixels]. */
export interface UnitWeights {
  /** Read for each tile anew: a caller's array may move as the module's memory grows. */
  readonly data: Float32Array;
  readonly planes: number;
  /** True: [samples or 1, pixels, planes], of which there are as many as classes. */
  readonly channelsLast?: boolean;
  /** 0: all samples share the map. */
  readonly sampleStride: number;
  /** True: nowhere 0, so that no pixel is left out. */
  readonly everywhere?: boolean;
  /** True: weights of pixels stay beside it, and the kernel takes both. */
  readonly beside?: boolean;
}

export interface PixelTerm {
  readonly kind: "pixelwise";
  readonly kernel: LossKernel;
  readonly weight: number;
  readonly options: readonly number[];
  readonly classWeights?: readonly number[];
  /** Factors of class 0 (or the answer no) and of every other class (or the answer yes); not divided out. */
  readonly background: number;
  readonly foreground: number;
  /** A further factor of the answer yes, of all channels or one each. */
  readonly positive?: number | readonly number[];
  readonly labelSmoothing: number;
  /**
   * What the mean divides by: the target's total class weight, the units that count, all entries' class weights, or the
   * pixels that count and one more.
   */
  readonly normaliser: "weight" | "count" | "entries" | "pixelsAndOne";
  /** True makes each entry a yes/no question of its own also where classes compete. */
  readonly independent?: boolean;
  readonly reduction: "mean" | "sum";
  /** Keep only some of the units, the largest: of the batch, or of each sample. */
  readonly top?: Top;
  readonly unitWeights?: UnitWeights;
  /** True where the kernel adds its units up without saying what each is. */
  readonly untold?: boolean;
  /** True where weights of pixels do not act, as in a ranking, or only on what a term of the largest keeps. */
  readonly unweighted?: boolean;
}

export interface Top {
  readonly batch: boolean;
  /** How many of so many units are kept; `above` counts those beyond a bound. */
  readonly keep: (units: number, above: (bound: number) => number) => number;
  /** What the units are ranked by, where that is not their loss. */
  readonly by?: PixelTerm;
}

export interface OverlapTerm {
  readonly kind: "overlap";
  readonly kernel: LossKernel;
  readonly weight: number;
  /** Fields that every score shares. */
  readonly options: readonly number[];
  readonly unitWeights?: UnitWeights;
  /** How p and a target between 0 and 1 overlap (option `overlap`); default: their product. */
  readonly overlap?: "l1" | "product";
  /** The class table while gathering, where a member needs one. */
  readonly gatherTable?: Float32Array;
  /** From the sums of [batch, classes, SUMS]: the value, and each sample's class table for the slope step. */
  readonly score: (context: ScoreContext) => OverlapScore;
  /** The tables where they do not depend on the sums: then one pass does for both. */
  readonly slopes?: (statistics: TargetStatistics, geometry: Geometry) => Omit<OverlapScore, "value">;
  /**
   * Whether the kernel has steps for labels that give one of two answers (assembly/overlap/answers.ts), whose gradient
   * is made of what the gather left, or must read labels again. "left": slopes of p are `no` and `yes`, also where more
   * than two classes compete (assembly/overlap/competing.ts).
   */
  readonly answers?: "left" | "read";
  /** Whether a softmax, the value and the gradient are one step of the kernel, which leaves the value in the sums. */
  readonly sweeps?: boolean;
}

/** A loss of whole planes of probabilities, such as one that ranks or filters them. Returns its value. */
export interface FieldTerm {
  readonly kind: "field";
  readonly weight: number;
  /** Whether it reads maps of the target, which hold only a share's own samples; parts of samples in their order. */
  readonly mapped?: boolean;
  /**
   * Whether the term can leave derivatives by pred, where they are those by p times p (1 - p): of sigmoids, or of two
   * classes, of whose probabilities it then gets the second's alone.
   */
  readonly byPred?: (
    job: Pick<WholeContext, "activation" | "geometry" | "statistics" | "labels" | "ofClass">,
  ) => boolean;
  /** True where it is a sum over pixels and tells each pixel's part; or why not, and the cure. */
  readonly pixels?: true | string;
  readonly evaluate: (context: FieldContext) => number;
}

export interface FieldContext extends WholeContext {
  /**
   * All probabilities in the kernels' coding (assembly/activation/coding.ts), in planes of every class of every sample
   * whatever pred's layout. The term leaves dL/dp in their place.
   */
  readonly field: () => Float32Array;
  /** False: the value alone is wanted, and the field may be left as it is. */
  readonly gradient: boolean;
  /** True: dL/dpred is wanted in the place of p, as the term said it can leave it (`byPred`). */
  readonly byPred: boolean;
  /** Takes the losses of pixels, [batch, pixels], times `weight`, of a term that tells them (`pixels`). */
  readonly perPixel?: Float64Array;
}

/**
 * A loss whose derivative is by pred itself, such as one of differences between neighbours' logits. Returns its value.
 */
export interface NeighbourhoodTerm {
  readonly kind: "neighbourhood";
  readonly weight: number;
  /** As a field term's. */
  readonly mapped?: boolean;
  readonly evaluate: (context: NeighbourhoodContext) => number;
}

export interface NeighbourhoodContext extends WholeContext {
  readonly pred: () => Float32Array;
  /** The term adds dL/dpred to it; without it the value alone is wanted. */
  readonly grad?: () => Float32Array;
}

export interface ScoreContext {
  readonly kernels: Kernels;
  readonly kernel: LossKernel;
  readonly sums: Float64Array;
  readonly statistics: TargetStatistics;
  readonly geometry: Geometry;
  /** The weight of pixel i of sample b, 1 without weights. */
  readonly weightOf: (b: number, i: number) => number;
  readonly weighted: boolean;
  /** Whether slopes of p are `no` and `yes`, and act in sums over classes that cancel what all of them share. */
  readonly competing: boolean;
  readonly ofClass?: WholeContext["ofClass"];
  /** The sum of a number per pixel, times its weight, over the pixels of a sample that count. */
  readonly sumOverValid: (b: number, perPixel: Float64Array) => number;
}

export interface OverlapScore {
  readonly value: number;
  /** [batch, tableLength], not yet times the term's weight. */
  readonly tables: Float32Array;
  readonly tableLength: number;
  /**
   * Called after the slope step of a tile, with the units' weighted squared errors, where per-unit gradients are
   * wanted.
   */
  readonly afterSlope?: (tile: Tile, unit: (c: number) => Float32Array, labels: Int32Array) => void;
}

/** Some pixels of one sample. */
export interface Tile {
  /** Its number among the tiles of the call. */
  readonly index: number;
  readonly b: number;
  readonly first: number;
  readonly count: number;
}

/** What can be made of a target alone. */
export interface TargetContext {
  readonly geometry: Geometry;
  /** The samples that are evaluated here; a target map need hold no others. */
  readonly samples: { readonly first: number; readonly end: number };
  /** A map made from the target alone; `prepare` keeps it. */
  readonly targetMap: (name: string, make: (target: TargetArrays) => Float32Array) => Float32Array;
  /** What `make` returned for this name, these options and this target before: what depends on the target alone. */
  readonly keep: <T>(name: string, make: () => T) => T;
  readonly kernels: Kernels;
}

/** What a plan may depend on besides the options. */
export interface PlanContext extends TargetContext {
  readonly binary: boolean;
  /** Throws UNSUPPORTED with the loss's name before the message. */
  readonly unsupported: (message: string) => never;
  /** An extra input by name. */
  readonly extra: (name: string) => ExtraInput | undefined;
  /** Gradients of extra inputs, to be filled in. */
  readonly grads: Record<string, Float32Array>;
  /** Whether the losses of pixels are wanted. */
  readonly perPixel: boolean;
}

export const isPixel = (term: Term): term is Term & PixelTerm => term.kind === "pixelwise";
export const isOverlap = (term: Term): term is Term & OverlapTerm => term.kind === "overlap";
export const isField = (term: Term): term is Term & FieldTerm => term.kind === "field";
export const isNeighbourhood = (term: Term): term is Term & NeighbourhoodTerm => term.kind === "neighbourhood";

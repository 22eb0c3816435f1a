import type { Activation, TargetStatistics } from "../tensors/conventions.js";
import type { Geometry, LabelArray } from "../tensors/shape.js";
import type { Term } from "./plan.js";
import type { Share } from "./share.js";

/** Everything one evaluation needs, checked. */
export interface Job {
  readonly activation: Activation;
  readonly terms: readonly Term[];
  readonly pred: () => Float32Array;
  readonly geometry: Geometry;
  readonly labels?: () => LabelArray;
  readonly soft?: () => Float32Array;
  readonly ignoreIndex?: number;
  /** Whether pixels whose soft target has zeros only do not count. */
  readonly voids?: boolean;
  /** Whose pred must hold probabilities, where it does; a number that can be none is refused. */
  readonly probabilities?: string;
  readonly statistics: TargetStatistics;
  /** A weight of each pixel, [batch, pixels]. */
  readonly pixelWeights?: () => Float32Array;
  /**
   * If some of them are 0: a bit for each pixel, those of a sample in whole vectors, set where it does not count, which
   * the target need not say.
   */
  readonly weightless?: Uint8Array;
  /** Takes the gradient; without it only the value is computed. */
  readonly out?: () => Float32Array;
  /** Told of each term what it adds to the value. */
  readonly tell?: (term: Term, value: number) => void;
  /** Takes the losses of pixels, [batch, pixels], added up over terms that are all sums over pixels. */
  readonly perPixel?: Float64Array;
  /** Told of the losses of classes that terms with `byClass` average. */
  readonly ofClass?: (b: number, c: number, value: number) => void;
  /** Which of the tiles are evaluated here; all, if there is none. */
  readonly share?: Share;
}

import type { Activation, TargetStatistics } from "../tensors/conventions.js";
import type { Geometry, LabelArray } from "../tensors/shape.js";
import type { Kernels } from "./kernels.js";

/**
 * What terms that see a whole call at once are given; arrays by function, as those in the module's memory are made anew
 * when it grows.
 */
export interface WholeContext {
  readonly kernels: Kernels;
  readonly activation: Activation;
  readonly geometry: Geometry;
  readonly statistics: TargetStatistics;
  readonly labels?: () => LabelArray;
  readonly soft?: () => Float32Array;
  readonly ignoreIndex?: number;
  /** A weight of each pixel, [batch, pixels]. */
  readonly pixelWeights?: () => Float32Array;
  /** Takes the loss of a class of a sample, or of its row where samples are pooled, where classes are averaged. */
  readonly ofClass?: (b: number, c: number, value: number) => void;
  /** Factor of the derivatives that are left; the value is returned without it. */
  readonly weight: number;
}

import type { Activation, TargetStatistics } from "../tensors/conventions.js";
import type { Geometry, LabelArray } from "../tensors/shape.js";
import type { Kernels } from "./kernels.js";

/**
 * The parts of a term's work, of which none needs what another leaves. A call that several workers share has each part
 * done by one of them; the sums are those of one worker, to the bit.
 */
export interface Parts {
  /** Does so many parts, and adds up what `evaluate` returns for each, in their order. */
  sum(count: number, evaluate: (part: number) => number): number;
  /** The same where there is nothing to add up. */
  each(count: number, work: (part: number) => void): void;
  /** Completes a row of equal length for each of so many parts, of which each worker has filled its own (`mapped`). */
  exchange(count: number, rows: () => Float32Array): void;
}

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
  readonly parts: Parts;
  /** Takes the loss of a class of a sample, or of its row where samples are pooled, where classes are averaged. */
  readonly ofClass?: (b: number, c: number, value: number) => void;
  /** Factor of the derivatives that are left; the value is returned without it. */
  readonly weight: number;
}

import type { Kernels } from "../bindings/kernels.js";
import { type Components, findComponents } from "../topology/components.js";
import { dilate } from "../topology/dilate.js";
import { type Connectivity, sizesOf } from "../topology/grid.js";
import { asVolume, type Box } from "./box.js";
import type { Surfaces, Window } from "./distances.js";
import type { Lesions } from "./lesionPairs.js";
import { lesionsInWindow } from "./lesionShapes.js";
import { findOverlaps, type Overlaps } from "./objectOverlaps.js";
import type { MaskPair, Part } from "./pair.js";
import type { Counts, Side } from "./sides.js";
import type { Steps } from "./stepDistances.js";

/** A sample's two sides, and what its image is. */
export interface PairSource {
  readonly kernels: Kernels;
  readonly pred: Side;
  readonly target: Side;
  readonly spatial: readonly number[];
  readonly counts: (c: number) => Counts;
  /** 1 at the pixels of the image near which the target's class changes. */
  readonly labelBand: (width: number) => Uint8Array;
}

/** What is kept under a key, made where it is asked for first. */
export function once<K, V>(kept: Map<K, V>, key: K, make: () => V): V {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  return made;
}

/** What every pair knows; where its surfaces and bands are, each finds in its own way. */
export abstract class KnownPair implements MaskPair {
  readonly filled: MaskPair["filled"];
  readonly image: readonly number[];
  readonly #surfaces = new Map<string, Surfaces>();
  readonly #windows = new Map<number, Window>();
  readonly #components = new Map<string, Components>();
  readonly #objects = new Map<Connectivity, Overlaps>();
  readonly #lesions = new Map<string, Lesions>();

  constructor(
    readonly source: PairSource,
    readonly c: number,
    readonly box: Box,
  ) {
    this.image = source.spatial;
    this.filled = { pred: !source.pred.box(c).empty, target: !source.target.box(c).empty };
  }

  get counts(): Counts {
    return this.source.counts(this.c);
  }

  window(margin = 0): Window {
    return once(this.#windows, margin, () => {
      const { pred, target, spatial } = this.source,
        box = this.box.grown(margin, asVolume(spatial));
      return {
        pred: pred.mask(this.c, box),
        target: target.mask(this.c, box),
        spatial: box.size.slice(3 - spatial.length),
      };
    });
  }

  #componentsOf(side: "pred" | "target", connectivity: Connectivity, margin = 0): Components {
    return once(this.#components, `${side} ${connectivity} ${margin}`, () => {
      const window = this.window(margin);
      return findComponents(window[side], sizesOf(window.spatial), connectivity);
    });
  }

  objects(connectivity: Connectivity): Overlaps {
    return once(this.#objects, connectivity, () => {
      const pred = this.#componentsOf("pred", connectivity),
        target = this.#componentsOf("target", connectivity);
      return findOverlaps(pred.numbers, target.numbers, { pred: pred.count, target: target.count });
    });
  }

  lesions(connectivity: Connectivity, dilation: number): Lesions {
    return once(this.#lesions, `${connectivity} ${dilation}`, () => this.findLesions(connectivity, dilation));
  }

  protected findLesions(connectivity: Connectivity, dilation: number): Lesions {
    const { target, spatial } = this.window(dilation),
      sizes = sizesOf(spatial),
      pred = this.#componentsOf("pred", connectivity, dilation),
      dilated =
        dilation === 0
          ? this.#componentsOf("target", connectivity)
          : findComponents(dilate(target, sizes, dilation), sizes, connectivity);
    return lesionsInWindow(this.source.kernels, spatial, { pred, target, dilated });
  }

  surfaces(spacing: readonly number[]): Surfaces {
    return once(this.#surfaces, spacing.join(), () => this.findSurfaces(spacing));
  }

  stepSurfaces(steps: Steps): Surfaces {
    return once(this.#surfaces, steps, () => this.findStepSurfaces(steps));
  }

  protected abstract findSurfaces(spacing: readonly number[]): Surfaces;
  protected abstract findStepSurfaces(steps: Steps): Surfaces;
  abstract bands(width: number): { both: number; either: number };
  abstract parts(side: "pred" | "target"): Iterable<Part>;
  abstract inBand(width: number, around: "class" | "labels"): { both: number; either: number };
}

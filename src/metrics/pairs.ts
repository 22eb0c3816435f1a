import type { Kernels } from "../bindings/kernels.js";
import { type BoundaryOptions, boundaryMask } from "../bindings/masks/boundary.js";
import { countPairs } from "../bindings/masks/bytes.js";
import { type Components, findComponents } from "../topology/components.js";
import { dilate } from "../topology/dilate.js";
import { type Connectivity, sizesOf } from "../topology/grid.js";
import { asVolume, type Box } from "./box.js";
import type { ClassPixels } from "./classPixels.js";
import type { Surfaces, Window } from "./distances.js";
import { Lesions } from "./lesionPairs.js";
import { findOverlaps, type Overlaps } from "./objectOverlaps.js";
import type { MaskPair } from "./pair.js";
import { type Counts, crop, LabelSide, type Side } from "./sides.js";
import { isDense, surfacesInWindow, surfacesOfPlaces } from "./surfaceDistances.js";

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
function once<K, V>(kept: Map<K, V>, key: K, make: () => V): V {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  return made;
}

/** What every pair knows; where its surfaces and bands are, each finds in its own way. */
abstract class KnownPair implements MaskPair {
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
    return once(this.#lesions, `${connectivity} ${dilation}`, () => {
      const { target, spatial } = this.window(dilation),
        sizes = sizesOf(spatial),
        pred = this.#componentsOf("pred", connectivity, dilation),
        dilated =
          dilation === 0
            ? this.#componentsOf("target", connectivity)
            : findComponents(dilate(target, sizes, dilation), sizes, connectivity);
      return new Lesions({ kernels: this.source.kernels, spatial, pred, target, dilated });
    });
  }

  labelBand(width: number, margin: number): Uint8Array {
    const volume = asVolume(this.image);
    return crop(this.source.labelBand(width), volume, this.box.grown(margin, volume));
  }

  surfaces(spacing: readonly number[]): Surfaces {
    return once(this.#surfaces, spacing.join(), () => this.findSurfaces(spacing));
  }

  protected abstract findSurfaces(spacing: readonly number[]): Surfaces;
  abstract bands(width: number): { both: number; either: number };
}

/** Beyond it all is outside: masks within the box that holds both. */
class CroppedPair extends KnownPair {
  #boundary(side: "pred" | "target", options: BoundaryOptions): Uint8Array {
    const window = this.window(),
      out = new Uint8Array(window[side].length);
    boundaryMask(this.source.kernels, window[side], window.spatial, options, out);
    return out;
  }

  protected override findSurfaces(spacing: readonly number[]): Surfaces {
    return surfacesInWindow(this.source.kernels, this.window(), spacing);
  }

  override bands(width: number): { both: number; either: number } {
    const options = { connectivity: "full", width, border: true } as const,
      [p, t] = [this.#boundary("pred", options), this.#boundary("target", options)],
      { both, pred, target } = countPairs(this.source.kernels, p, t, 2);
    return { both: both[1], either: pred[1] + target[1] - both[1] };
  }
}

/** Pixels of a class one by one, where they are few and far apart. */
class ListedPair extends KnownPair {
  constructor(
    source: PairSource,
    c: number,
    box: Box,
    readonly pred: ClassPixels,
    readonly target: ClassPixels,
    readonly labels: ArrayLike<number>,
  ) {
    super(source, c, box);
  }

  protected override findSurfaces(spacing: readonly number[]): Surfaces {
    const own = (side: ClassPixels) => side.surface(this.c, spacing);
    return surfacesOfPlaces(own(this.pred), own(this.target), this.image.length);
  }

  override bands(width: number): { both: number; either: number } {
    const { c, labels } = this,
      [p, t] = [this.pred.inner(width), this.target.inner(width)];
    const count = (pixels: Int32Array, inBand: (i: number) => boolean) => {
      let n = 0;
      for (const i of pixels) if (inBand(i)) n++;
      return n;
    };
    const own = count(this.pred.of(c), (i) => p[i] === 0),
      other = count(this.target.of(c), (i) => t[i] === 0),
      both = count(this.pred.of(c), (i) => p[i] === 0 && labels[i] === c && t[i] === 0);
    return { both, either: own + other - both };
  }
}

/** The pairs of a sample's classes, made so that all together they cost what its pixels and surfaces do. */
export function pairsOf(source: PairSource): (c: number) => MaskPair {
  const { pred, target, spatial } = source;
  if (!(pred instanceof LabelSide && target instanceof LabelSide))
    return (c) => new CroppedPair(source, c, pred.box(c).with(target.box(c)));
  return (c) => {
    const box = pred.box(c).with(target.box(c)),
      { length } = spatial;
    if (isDense(box.pixels, pred.size(c) + target.size(c))) return new CroppedPair(source, c, box);
    return new ListedPair(source, c, box, pred.pixels(length), target.pixels(length), target.labels);
  };
}

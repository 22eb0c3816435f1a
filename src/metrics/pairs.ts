import type { Kernels } from "../bindings/kernels.js";
import { type BoundaryOptions, boundaryMask } from "../bindings/masks/boundary.js";
import { countPairs } from "../bindings/masks/bytes.js";
import { type Components, findComponents } from "../topology/components.js";
import { dilate } from "../topology/dilate.js";
import { type Connectivity, sizesOf } from "../topology/grid.js";
import { bandBound, findBand, markNear } from "./band.js";
import { asVolume, type Box } from "./box.js";
import type { ClassPixels } from "./classPixels.js";
import type { Surfaces, Window } from "./distances.js";
import { Lesions } from "./lesionPairs.js";
import { NearestPoints } from "./nearest.js";
import { findOverlaps, type Overlaps } from "./objectOverlaps.js";
import type { MaskPair, Part } from "./pair.js";
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

  surfaces(spacing: readonly number[]): Surfaces {
    return once(this.#surfaces, spacing.join(), () => this.findSurfaces(spacing));
  }

  protected abstract findSurfaces(spacing: readonly number[]): Surfaces;
  abstract bands(width: number): { both: number; either: number };
  abstract parts(side: "pred" | "target"): Iterable<Part>;
  abstract inBand(width: number, around: "class" | "labels"): { both: number; either: number };
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

  override parts(side: "pred" | "target"): Iterable<Part> {
    const { pred, target, spatial } = this.window();
    return [side === "pred" ? { own: pred, other: target, spatial } : { own: target, other: pred, spatial }];
  }

  override inBand(width: number, around: "class" | "labels"): { both: number; either: number } {
    const { kernels, labelBand } = this.source,
      margin = Math.ceil(width) + 1,
      volume = asVolume(this.image),
      { pred, target, spatial } = this.window(margin);
    const band =
      around === "class"
        ? findBand(kernels, target, spatial, width)
        : crop(labelBand(width), volume, this.box.grown(margin, volume));
    let [both, either] = [0, 0];
    for (let i = 0; i < band.length; i++) {
      if (band[i] === 0) continue;
      both += pred[i] & target[i];
      either += pred[i] | target[i];
    }
    return { both, either };
  }
}

/** Pixels of a class one by one, where they are few and far apart. */
class ListedPair extends KnownPair {
  constructor(
    source: PairSource,
    c: number,
    box: Box,
    readonly pred: LabelSide,
    readonly target: LabelSide,
  ) {
    super(source, c, box);
  }

  #pixels(side: "pred" | "target"): ClassPixels {
    return this[side].pixels(this.image.length);
  }

  protected override findSurfaces(spacing: readonly number[]): Surfaces {
    const { c, image } = this,
      own = (side: "pred" | "target") => this.#pixels(side).surface(c, spacing);
    return surfacesOfPlaces(own("pred"), own("target"), image.length);
  }

  /** Of the class's pixels that `inPred` and `inTarget` take from their sides, those on both and those on either. */
  #count(inPred: (i: number) => boolean, inTarget: (i: number) => boolean): { both: number; either: number } {
    const { c, target } = this;
    let [both, either] = [0, 0];
    for (const i of this.#pixels("pred").of(c)) {
      if (!inPred(i)) continue;
      either++;
      if (target.has(i, c) && inTarget(i)) both++;
    }
    for (const i of this.#pixels("target").of(c)) if (inTarget(i)) either++;
    return { both, either: either - both };
  }

  override bands(width: number): { both: number; either: number } {
    const [p, t] = [this.#pixels("pred").inner(width), this.#pixels("target").inner(width)];
    return this.#count(
      (i) => p[i] === 0,
      (i) => t[i] === 0,
    );
  }

  override *parts(side: "pred" | "target"): Iterable<Part> {
    const other = this[side === "pred" ? "target" : "pred"],
      volume = asVolume(this.image);
    for (const { pixels, box } of this.#pixels(side).parts(this.c)) {
      const own = new Uint8Array(box.pixels),
        at = box.places(volume);
      for (const i of pixels) own[at(i)] = 1;
      yield { own, other: other.mask(this.c, box), spatial: box.size.slice(3 - this.image.length) };
    }
  }

  override inBand(width: number, around: "class" | "labels"): { both: number; either: number } {
    if (around === "labels") {
      const band = this.source.labelBand(width),
        inside = (i: number) => band[i] === 1;
      return this.#count(inside, inside);
    }
    const { c, target } = this,
      inside = this.#nearEdge(width),
      outside = this.#nearTarget(width);
    return this.#count(
      (i) => (target.has(i, c) ? inside.has(i) : outside(i)),
      (i) => inside.has(i),
    );
  }

  /** The target's pixels within `width` of others: these lie no more than a step out of a part's box. */
  #nearEdge(width: number): Set<number> {
    const { c, target } = this,
      volume = asVolume(this.image),
      near = new Set<number>();
    for (const { pixels, box } of this.#pixels("target").parts(c)) {
      const around = box.grown(1, volume),
        at = around.places(volume),
        mask = target.mask(c, around),
        band = new Uint8Array(mask.length);
      markNear(this.source.kernels, mask, around.size.slice(3 - this.image.length), width, band);
      for (const i of pixels) if (band[at(i)] === 1) near.add(i);
    }
    return near;
  }

  /** Whether a pixel out of the target lies within `width` of it. */
  #nearTarget(width: number): (i: number) => boolean {
    const axes = this.image.length,
      nearest = new NearestPoints(
        this.#pixels("target").surface(
          this.c,
          this.image.map(() => 1),
        ),
        axes,
      ),
      place = new Float64Array(axes);
    return (i) => {
      for (let k = axes - 1, rest = i; k >= 0; k--) {
        place[k] = rest % this.image[k];
        rest = (rest - place[k]) / this.image[k];
      }
      return nearest.squaredDistance(place, 0) <= bandBound(width);
    };
  }
}

/** The pairs of a sample's classes, made so that all together they cost what its pixels and surfaces do. */
export function pairsOf(source: PairSource): (c: number) => MaskPair {
  const { pred, target } = source;
  if (!(pred instanceof LabelSide && target instanceof LabelSide))
    return (c) => new CroppedPair(source, c, pred.box(c).with(target.box(c)));
  return (c) => {
    const box = pred.box(c).with(target.box(c));
    if (!isDense(box.pixels, pred.size(c) + target.size(c))) return new ListedPair(source, c, box, pred, target);
    return new CroppedPair(source, c, box);
  };
}

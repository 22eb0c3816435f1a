import type { Kernels } from "../bindings/kernels.js";
import { countOnes } from "../bindings/masks/bytes.js";
import { type Components, findComponents } from "../topology/components.js";
import { dilate } from "../topology/dilate.js";
import { type Connectivity, sizesOf } from "../topology/grid.js";
import { bandBound, findBand } from "./band.js";
import { asVolume, type Box } from "./box.js";
import type { ClassPixels } from "./classPixels.js";
import type { Surfaces, Window } from "./distances.js";
import { visitNear } from "./labelBand.js";
import { Lesions } from "./lesionPairs.js";
import { NearestPoints } from "./nearest.js";
import { findOverlaps, type Overlaps } from "./objectOverlaps.js";
import type { MaskPair, Part } from "./pair.js";
import { type Counts, crop, LabelSide, type Side } from "./sides.js";
import { type Steps, stepSurfaces } from "./stepDistances.js";
import { isDense, type LoadedWindow, surfacesInWindow, surfacesOfPlaces, withBoundaries } from "./surfaceDistances.js";

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

  stepSurfaces(steps: Steps): Surfaces {
    return once(this.#surfaces, steps, () => this.findStepSurfaces(steps));
  }

  protected abstract findSurfaces(spacing: readonly number[]): Surfaces;
  protected abstract findStepSurfaces(steps: Steps): Surfaces;
  abstract bands(width: number): { both: number; either: number };
  abstract parts(side: "pred" | "target"): Iterable<Part>;
  abstract inBand(width: number, around: "class" | "labels"): { both: number; either: number };
}

/** Beyond it all is outside: masks within the box that holds both. */
class CroppedPair extends KnownPair {
  #loaded(): LoadedWindow {
    const { c, box, source, image } = this;
    return {
      pred: source.pred.load(c, box),
      target: source.target.load(c, box),
      spatial: box.size.slice(3 - image.length),
    };
  }

  protected override findSurfaces(spacing: readonly number[]): Surfaces {
    return surfacesInWindow(this.source.kernels, this.#loaded(), spacing);
  }

  protected override findStepSurfaces(steps: Steps): Surfaces {
    return stepSurfaces(this.source.kernels, this.window(), steps);
  }

  override bands(width: number): { both: number; either: number } {
    const { kernels } = this.source;
    if (this.box.empty) return { both: 0, either: 0 };
    return withBoundaries(kernels, this.#loaded(), { connectivity: "full", width, border: true }, (p, t, pixels) => {
      const { both, pred, target } = countOnes(kernels, p, t, pixels);
      return { both, either: pred + target - both };
    });
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

  protected override findStepSurfaces(steps: Steps): Surfaces {
    const { c, image } = this,
      own = (side: "pred" | "target") => this.#pixels(side).surface(c, new Array<number>(image.length).fill(1));
    return surfacesOfPlaces(own("pred"), own("target"), image.length, steps);
  }

  /** The components of the class's pixels, by their numbers in whole maps. */
  override objects(connectivity: Connectivity): Overlaps {
    const { c, target } = this,
      sizes = (side: "pred" | "target") => {
        const components = this[side].components(connectivity),
          own = new Map<number, number>();
        for (const i of this.#pixels(side).of(c)) own.set(components[i], (own.get(components[i]) ?? 0) + 1);
        return {
          components,
          place: new Map([...own.keys()].map((number, i) => [number, i + 1])),
          all: [0, ...own.values()],
        };
      },
      [p, t] = [sizes("pred"), sizes("target")],
      common = new Map<string, { pred: number; target: number; pixels: number }>();
    for (const i of this.#pixels("pred").of(c)) {
      if (!target.has(i, c)) continue;
      const overlap = {
        pred: p.place.get(p.components[i]) as number,
        target: t.place.get(t.components[i]) as number,
      };
      once(common, `${overlap.pred} ${overlap.target}`, () => ({ ...overlap, pixels: 0 })).pixels++;
    }
    return {
      predSizes: Int32Array.from(p.all),
      targetSizes: Int32Array.from(t.all),
      pairs: [...common.values()],
    };
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

  #nearEdge(width: number): Set<number> {
    const near = new Set<number>(),
      { target, c, image, source } = this;
    visitNear(source.kernels, target, c, { axes: image.length, width }, (i) => near.add(i));
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
